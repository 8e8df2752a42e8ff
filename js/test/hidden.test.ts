// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeFrame, encodeSnapshot, fakeNet } from "./support/fakeNet";
import { settled, TestHost } from "./support/host";
import { clearStage, openStage, put } from "./support/stage";

/** Where each part is seen, how it is opened if it is not there from the start, and the key that does the same. */
interface Part {
  readonly seen: string;
  readonly opened?: string;
  readonly key?: string;
}

const PARTS: Readonly<Record<string, Part>> = {
  toolbar: { seen: ".kw-toolbar" },
  train: { seen: '[data-act="play"], [data-act="step"], [data-act="reset"]' },
  undo: { seen: '[data-act="undo"], [data-act="redo"]' },
  prune: { seen: '[data-act="prune"]' },
  auto_symbolic: { seen: '[data-act="auto_symbolic"]' },
  discover: { seen: '[data-act="discover"], .kw-drawer', opened: ".kw-drawer", key: "D" },
  lamb: { seen: '[data-option="lamb"]' },
  grid: { seen: '[data-option="grid"]' },
  data: { seen: '[data-act="data"], [data-panel="data"]', opened: '[data-panel="data"]', key: "d" },
  settings: {
    seen: '[data-act="settings"], [data-panel="settings"]',
    opened: '[data-panel="settings"]',
    key: ",",
  },
  take_away: {
    seen: '[data-act="take_away"], [data-panel="take"]',
    opened: '[data-panel="take"]',
    key: "t",
  },
  help: { seen: '[data-act="help"], .kw-help', opened: ".kw-help", key: "?" },
  what_if: { seen: '[data-act="whatif"], [data-whatif]', opened: "[data-whatif]", key: "w" },
  zoom: { seen: '[data-act="zoom-in"], [data-act="fit"]' },
  history: { seen: ".kw-history" },
  compare: { seen: '[data-act="compare"]' },
  panel: { seen: ".kw-panel" },
  loss: { seen: ".kw-loss" },
  formula: { seen: ".kw-formulabar" },
  status: { seen: ".kw-statusbar" },
  viewing: { seen: '[data-option="threshold"], [data-scale]' },
};

let el: HTMLElement;

beforeEach(() => {
  el = openStage();
});

afterEach(() => {
  clearStage(el);
});

const count = (selector: string) => el.querySelectorAll(selector).length;

function press(key: string): void {
  const at = el.querySelector(".kanwidget") as HTMLElement;
  at.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

function show(hide: readonly string[]) {
  const net = fakeNet({
    width: [
      [2, 0],
      [3, 0],
      [1, 0],
    ],
    curve: (l, i, j) => x => Math.sin(2 * x + l + i + j),
  });
  const data = { task: "regression", classes: [], rows: [8, 2], inputs: [], outputs: [] };
  const host = new TestHost({
    uid: Math.random().toString(),
    snapshot: encodeSnapshot(encodeFrame(net)),
    history: { entries: [], position: 0, undo: null, redo: null },
    data: { ...data, points: { train: [], test: [] }, example: null },
    hide,
  });
  const close = put(host, el);
  return {
    host,
    close,
  };
}

describe("what a lesson hides", () => {
  it("is every part that Python knows", () => {
    const file = join(import.meta.dirname, "../../kanwidget/widget/parts.py");
    const python = readFileSync(file, "utf8");
    const listed = /PARTS = \(([^)]*)\)/.exec(python)?.[1] ?? "";
    const names = [...listed.matchAll(/"(\w+)"/g)].map(match => match[1]);
    expect(Object.keys(PARTS).sort()).toEqual(names.sort());
  });

  for (const [part, { seen, opened, key }] of Object.entries(PARTS)) {
    it(`${part}: there, and gone with its key when it is hidden`, async () => {
      const whole = show([]);
      await settled();
      expect(count(seen)).toBeGreaterThan(0);
      if (key && opened) {
        press(key);
        await settled();
        expect(count(opened)).toBeGreaterThan(0);
      }
      whole.host.set("hide", [part]); // also while it is open
      await settled();
      expect(count(seen)).toBe(0);
      whole.close();

      const without = show([part]);
      await settled();
      if (key) press(key);
      await settled();
      expect(count(seen)).toBe(0);
      expect(count("[data-edge]")).toBe(9);
      without.close();
    });
  }
});
