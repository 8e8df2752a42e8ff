// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { jointPlace, outputColumn } from "../src/columns";
import { classField, classSign, confidence, softmax, verdict } from "../src/maths/classes";
import { signs } from "../src/maths/points";
import { screenFor } from "../src/maths/screen";
import { encodeFrame, encodeSnapshot, fakeNet } from "./support/fakeNet";
import { settled, TestHost } from "./support/host";
import { clearStage, openStage, put } from "./support/stage";

const field = (...values: number[]) => ({ values: Float32Array.from(values), peak: 1 });

describe("the verdict on classes", () => {
  it("is the largest logit, with its probability", () => {
    const shares = softmax([0, Math.log(2), Math.log(5)]);
    expect([...shares].map(share => share.toFixed(3))).toEqual(["0.125", "0.250", "0.625"]);
    expect(verdict(shares)).toEqual({ winner: 2, probability: shares[2] });
  });

  it("does not overflow where logits are huge", () => {
    expect([...softmax([1e4, -1e4, 0])]).toEqual([1, 0, 0]);
  });

  it("is as sure as it is better than guessing", () => {
    expect(confidence(1 / 3, 3)).toBeCloseTo(0);
    expect(confidence(1, 3)).toBe(1);
    expect(confidence(Number.NaN, 3)).toBe(0);
  });

  it("is made for every point of a field, unsure where a logit is no number", () => {
    const all = classField([field(5, 0, 1), field(0, 5, Number.NaN), field(0, 0, 1)]);
    expect([...all.winners]).toEqual([0, 1, 0]);
    expect(all.confidence[0]).toBeGreaterThan(0.95);
    expect(all.confidence[2]).toBe(0);
  });

  it("has a sign of its own for each class", () => {
    const drawn = Array.from({ length: 6 }, (_, n) => classSign(n, 2)(5, 5));
    expect(new Set(drawn).size).toBe(6);
  });
});

it("rows stand with the sign of their class where they are", () => {
  const unit = { lo: 0, hi: 1 };
  const rows = [
    [0.5, 0.25, 0],
    [0.25, 0.75, 2],
    [2, 0, 1],
  ];
  const paths = signs(rows, unit, unit, 100, 3, 2);
  expect(paths).toEqual([classSign(0, 2)(50, 75), "", classSign(2, 2)(25, 25)]);
});

describe("on the page", () => {
  const WIDTH = 960;
  let el: HTMLElement;
  let host: TestHost;
  let close: () => void;
  const NAMES = ["ash", "birch", "cedar"];

  const all = (selector: string) => [...el.querySelectorAll<HTMLElement>(selector)];
  const one = (selector: string) => all(selector)[0] as HTMLElement;

  /** Logits 4 x, 4 y and 0 over the square from -1 to 1. */
  function show(classes: readonly string[] = NAMES, isStatic = false): void {
    const net = fakeNet({
      width: [
        [2, 0],
        [3, 0],
      ],
      curve: (_l, i, j) => x => (i === j ? 4 * x : 0),
      inputs: ["x", "y"],
      outputs: ["a", "b", "c"],
    });
    const points = { train: [[0, 0, 0]], test: [[0.5, 0.5, 1]] };
    host = new TestHost({
      uid: Math.random().toString(),
      snapshot: encodeSnapshot(encodeFrame(net)),
      data: {
        ...{ task: "classification", classes, rows: [8, 2], example: null },
        ...{ inputs: [], outputs: [], points },
      },
    });
    close = put(host, el);
    if (!isStatic) host.answer("hello");
  }

  const goTo = async (x: string, y: string) => {
    one('[data-act="whatif"]').click();
    await settled();
    for (const [index, value] of [x, y].entries()) {
      const input = one(`[data-number="whatif ${index}"]`) as HTMLInputElement;
      input.value = value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
      await settled();
    }
  };

  beforeEach(() => {
    el = openStage(WIDTH);
  });

  afterEach(() => {
    close();
    clearStage(el);
  });

  it("one field says which class wins at the probe, and how surely", async () => {
    show();
    await goTo("-0.9", "0.9");
    const joint = one('[data-field="classes"]');
    expect(all("[data-field]")).toEqual([joint]);
    const share = softmax([-3.6, 3.6, 0])[1] as number;
    await vi.waitFor(() =>
      expect(joint.getAttribute("aria-valuetext")).toBe(`birch ${(100 * share).toFixed(1)} %`),
    );
  });

  it("keys on the field move the probe", async () => {
    show();
    await goTo("-0.9", "0.9");
    const joint = one('[data-field="classes"]');
    for (let n = 0; n < 40; n++) {
      joint.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
      joint.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
    }
    await vi.waitFor(() => expect(joint.getAttribute("aria-valuetext")).toContain("ash"));
  });

  it("test rows stand on it from the start, others when they are wanted", async () => {
    show();
    await settled();
    expect(all('[data-points="test"] .kw-class2')).toHaveLength(1);
    one('[data-act="data"]').click();
    await settled();
    expect(one('[data-rows="test"]').getAttribute("aria-checked")).toBe("true");
    expect(all(".kw-class-legend li").map(li => li.textContent)).toEqual(NAMES);
    one('[data-rows="train"]').click();
    await settled();
    expect(all('[data-points="train"] .kw-class1').length).toBeGreaterThan(0);
    one('[data-rows="none"]').click();
    await settled();
    expect(all("[data-points]")).toHaveLength(0);
  });

  it("is enlarged while pointer or keyboard are at it", async () => {
    show();
    await settled();
    const joint = one('[data-field="classes"]');
    joint.dispatchEvent(new FocusEvent("focus"));
    await settled();
    expect(all('[data-lens="classes"]')).toHaveLength(1);
    joint.dispatchEvent(new FocusEvent("blur"));
    await settled();
    expect(all('[data-lens="classes"]')).toHaveLength(0);
  });

  it("there is none for classes that are not the outputs", async () => {
    show(["ash", "birch"]);
    await settled();
    expect(all('[data-field="classes"]')).toHaveLength(0);
  });
});

describe("its place", () => {
  it("is inside the graph, beside the names of the classes", () => {
    const outputs = [
      { x: 500, y: 60, radius: 13 },
      { x: 500, y: 380, radius: 13 },
    ];
    for (const width of [600, 900, 1400]) {
      const screen = screenFor(width);
      const column = outputColumn({} as never, true, screen, [
        "ash",
        "a very long name of a class",
      ]);
      const layout = { nodes: [[], outputs], height: screen.graphHeight } as never;
      const place = jointPlace(layout, column);
      expect(place?.x).toBeGreaterThan(513 + 40);
      expect(column.lead + column.joint).toBeLessThan(column.width);
      expect((place?.y ?? -1) + column.joint).toBeLessThan(screen.graphHeight);
      expect(column.width).toBeLessThan(screen.graphWidth / 2);
    }
  });
});
