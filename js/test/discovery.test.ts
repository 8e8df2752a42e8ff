// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mountStatic } from "../src/index";
import { frontPlot } from "../src/maths/frontPlot";
import type { Answer, Found, Front } from "../src/protocol";
import { Seeker } from "../src/seeker";
import { spoken, verdictOf } from "../src/views/discovery/words";
import { TestClock } from "./support/clock";
import { encodeFrame, encodeSnapshot, type FakeNet, fakeNet } from "./support/fakeNet";
import { settled, TestHost } from "./support/host";
import { clearStage, openStage, put } from "./support/stage";

const found = (key: number, complexity: number, error: number | null, more = {}): Found => ({
  key,
  complexity,
  rmse: error,
  relative_rmse: error,
  certified: false,
  best: false,
  mathml: `<mrow><mi>f</mi><mo>=</mo><mn>${key}</mn></mrow>`,
  text: `f = ${key}`,
  moments: [],
  ...more,
});

const LIST = [found(1, 1, 1.01), found(2, 4, 0.1), found(3, 6, 0, { best: true, certified: true })];

const front = (more: Partial<Front> = {}): Front => ({
  searching: false,
  budget_s: 10,
  spent_s: 1.5,
  complete: true,
  certified: true,
  message: "",
  candidates: LIST,
  ...more,
});

describe("the plot of the formulas", () => {
  it("has simple ones on the left and accurate ones below, all within the box", () => {
    const { points, box } = frontPlot(LIST, 320, 180);
    for (const read of [({ x }: { x: number }) => x, ({ y }: { y: number }) => y]) {
      const values = points.map(read);
      expect(values).toEqual([...values].sort((a, b) => a - b));
      expect(new Set(values).size).toBe(3);
    }
    for (const { x, y } of points) {
      expect(x).toBeGreaterThanOrEqual(box.left);
      expect(x).toBeLessThanOrEqual(box.right);
      expect(y).toBeGreaterThanOrEqual(box.top);
      expect(y).toBeLessThanOrEqual(box.bottom);
    }
  });

  it("says where nine digits begin only when a formula comes there", () => {
    const { exactY, points } = frontPlot(LIST, 320, 180);
    expect(exactY).toBeGreaterThan(points[1]?.y ?? 0);
    expect(exactY).toBeLessThan(points[2]?.y ?? 0);
    expect(frontPlot(LIST.slice(0, 2), 320, 180).exactY).toBeNull();
  });

  it("leaves out a formula without an error, and steps over one that is worse than a simpler one", () => {
    const list = [found(1, 1, 0.5), found(2, 3, null), found(3, 4, 0.7), found(4, 5, 0.01)];
    const { points, stairs } = frontPlot(list, 320, 180);
    expect(points.map(point => point.found.key)).toEqual([1, 3, 4]);
    expect(stairs.match(/V/g)).toHaveLength(1);
  });

  it("is empty without formulas", () => {
    expect(frontPlot([], 320, 180)).toMatchObject({ points: [], stairs: "" });
  });
});

describe("the verdict", () => {
  it("says what was checked", () => {
    const { kind, text } = verdictOf(front());
    expect(kind).toBe("certified");
    for (const part of ["nine digits", "never fitted to", "edges", "2.5 digits"])
      expect(text).toContain(part);
  });

  it("is honest where nothing exact was found, and where time was short", () => {
    const open = verdictOf(front({ certified: false }));
    expect(open.head).toContain("No exact formula was found");
    expect(open.text).not.toContain("longer");
    const short = { certified: false, complete: false };
    expect(verdictOf(front({ ...short, spent_s: 8.6 })).text).toContain("time was over");
    expect(verdictOf(front({ ...short, spent_s: 2 })).text).toContain("stopped before its end");
    expect(verdictOf(front({ certified: false, candidates: [] })).kind).toBe("none");
    expect(verdictOf(null).text).toContain("formula behind the data");
  });

  it("claims nothing while the search goes on", () => {
    expect(verdictOf(front({ searching: true, certified: false })).kind).toBe("searching");
  });

  it("is said for every formula", () => {
    expect(spoken(LIST[2] as Found)).toBe("f = 3, complexity 6, relative RMSE 0, best, certified");
  });
});

describe("a search", () => {
  const make = (answers: (Answer | null)[]) => {
    const clock = new TestClock();
    const asked: number[] = [];
    const seeker = new Seeker(clock, async () => {
      asked.push(clock.now());
      return answers.shift() ?? null;
    });
    return { clock, asked, seeker };
  };

  it("is asked for one slice after the other until it is over", async () => {
    const on = { v: 1, searching: true };
    const { asked, seeker } = make([on, on, { v: 1, searching: false }]);
    seeker.begin();
    seeker.begin();
    await settled();
    expect(asked).toHaveLength(3);
  });

  it("waits while another page asks", async () => {
    const { asked, clock, seeker } = make([
      { v: 1, searching: true, follow: true },
      { v: 1, searching: false },
    ]);
    seeker.begin();
    await settled();
    expect(asked).toHaveLength(1);
    clock.pass(1000);
    await settled();
    expect(asked).toEqual([0, 1000]);
  });

  it("ends with an error, a lost kernel and a closed page, and can begin again", async () => {
    const { asked, seeker } = make([{ v: 1, ok: false }, null, { v: 1, searching: true }]);
    for (const count of [1, 2]) {
      seeker.begin();
      await settled();
      expect(asked).toHaveLength(count);
    }
    seeker.close();
    seeker.begin();
    await settled();
    expect(asked).toHaveLength(2);
  });
});

describe("the drawer", () => {
  let net: FakeNet;
  let el: HTMLElement;

  beforeEach(() => {
    el = openStage();
    net = fakeNet({
      width: [
        [2, 0],
        [1, 0],
      ],
      curve: () => Math.sin,
    });
  });

  afterEach(() => {
    clearStage(el);
  });

  const all = (selector: string) => [...el.querySelectorAll<HTMLElement>(selector)];
  const one = (selector: string) => all(selector)[0] as HTMLElement;
  const key = (selector: string, name: string) =>
    one(selector).dispatchEvent(
      new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }),
    );

  function show(values: Record<string, unknown> = {}) {
    const host = new TestHost({
      uid: Math.random().toString(),
      snapshot: encodeSnapshot(encodeFrame(net)),
      ...values,
    });
    const close = put(host, el);
    return {
      host,
      close,
    };
  }

  it("opens with a search, asks on, and stops on demand", async () => {
    const { host, close } = show();
    await settled();
    one('[data-act="discover"]').click();
    await settled();
    expect(host.named("discover").map(({ args }) => args)).toEqual([{ budget_s: 10 }]);
    expect(host.named("seek")).toHaveLength(0);
    host.set("front", front({ searching: true, certified: false, candidates: [] }));
    await settled();
    expect(host.named("seek")).toHaveLength(1);
    expect(one('[role="progressbar"]').getAttribute("aria-valuenow")).toBe("15");
    one('[data-act="end_seek"]').click();
    expect(host.named("end_seek")).toHaveLength(1);
    close();
  });

  it("lists every formula with a badge for the certified one, and uses the one that is pressed", async () => {
    const { host, close } = show({ front: front() });
    await settled();
    one('[data-act="discover"]').click();
    await settled();
    expect(host.named("discover")).toHaveLength(0);
    expect(all("[data-found]").map(row => row.dataset.found)).toEqual(["1", "2", "3"]);
    expect(one('[data-found="3"] .kw-certified').title).toContain("nine digits");
    one('[data-found="2"]').click();
    await settled();
    expect(host.named("use_formula").map(({ args }) => args)).toEqual([{ key: 2 }]);
    close();
  });

  it("is walked by keys", async () => {
    const { host, close } = show({ front: front() });
    await settled();
    one('[data-act="discover"]').click();
    await settled();
    const list = '[role="listbox"]';
    expect(one(list).getAttribute("aria-activedescendant")).toMatch(/-3$/);
    key(list, "ArrowUp");
    await settled();
    expect(one(list).getAttribute("aria-activedescendant")).toMatch(/-2$/);
    expect(one('[data-point="2"]').getAttribute("class")).toContain("kw-on");
    key(list, "Home");
    await settled();
    key(list, "Enter");
    await settled();
    expect(host.named("use_formula").map(({ args }) => args)).toEqual([{ key: 1 }]);
    key(list, "Escape");
    await settled();
    expect(all('[data-panel="discovery"]')).toHaveLength(0);
    close();
  });

  it("marks the formula that is the network, and does not ask for it again", async () => {
    net.trail = [0, 7];
    const list = [...LIST.slice(0, 2), { ...(LIST[2] as Found), moments: [7] }];
    const { host, close } = show({ front: front({ candidates: list }) });
    await settled();
    one('[data-act="discover"]').click();
    await settled();
    expect(all('[role="option"][aria-selected="true"]').map(row => row.dataset.found)).toEqual([
      "3",
    ]);
    one('[data-point="3"]').dispatchEvent(new MouseEvent("click", { bubbles: true }));
    await settled();
    expect(host.named("use_formula")).toHaveLength(0);
    close();
  });

  it("shows itself when a cell begins a search", async () => {
    const { host, close } = show();
    await settled();
    expect(all('[data-panel="discovery"]')).toHaveLength(0);
    host.set("front", front({ searching: true, candidates: [] }));
    await settled();
    expect(all('[data-panel="discovery"]')).toHaveLength(1);
    close();
  });

  it("puts nothing of a formula into the page but mathematics", async () => {
    const bad = {
      mathml: "<mrow><mi>f</mi><script>alert(1)</script><mi onclick='x'>g</mi></mrow>",
    };
    const { close } = show({ front: front({ candidates: [found(1, 1, 0.5, bad)] }) });
    await settled();
    one('[data-act="discover"]').click();
    await settled();
    expect(one(".kw-found-math").querySelector("script, [onclick]")).toBeNull();
    expect(one(".kw-found-math").textContent).toContain("g");
    close();
  });

  it("stands in a saved page too, where nothing can be searched for", async () => {
    const state = { snapshot: encodeSnapshot(encodeFrame(net)), front: front() };
    mountStatic(el, state);
    await settled();
    one('[data-act="discover"]').click();
    await settled();
    expect(all('[role="option"]')).toHaveLength(3);
    expect(all('[data-act="search"]')).toHaveLength(0);
  });
});
