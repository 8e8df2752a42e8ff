// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import widget, { mountStatic } from "../src/index";
import { SHORTCUTS } from "../src/keys";
import { encodeFrame, encodeSnapshot, type FakeNet, fakeNet } from "./support/fakeNet";
import { settled, TestHost } from "./support/host";
import { clearStage, openStage, put } from "./support/stage";

let net: FakeNet;
let el: HTMLElement;

const tinyNet = (curve: Parameters<typeof fakeNet>[0]["curve"]) =>
  fakeNet({
    width: [
      [2, 0],
      [3, 0],
      [1, 0],
    ],
    curve,
    inputs: ["x", "y"],
    outputs: ["f"],
  });

beforeEach(() => {
  el = openStage();
  net = tinyNet((l, i, j) => x => Math.sin(2 * x + l + i + j));
});

afterEach(() => {
  clearStage(el);
});

const traits = () => ({
  snapshot: encodeSnapshot(encodeFrame(net)),
  limits: { lamb: [1e-5, 1e-1] as const, grid: [1, 200] as const, opts: [] },
  history: { entries: [], position: 1, undo: "prune", redo: null },
});

const root = () => el.querySelector(".kanwidget") as HTMLElement;
const all = (selector: string) => [...el.querySelectorAll<HTMLElement>(selector)];
const one = (selector: string) => all(selector)[0] as HTMLElement;

function show(values: Record<string, unknown> = traits()) {
  const host = new TestHost({ uid: Math.random().toString(), ...values });
  const close = put(host, el);
  return {
    host,
    close,
  };
}

const press = (target: Element, key: string, more: KeyboardEventInit = {}) =>
  target.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }),
  );

describe("a view", () => {
  it("shows every edge of a small network and says that it is ready", async () => {
    const { close } = show();
    expect(root().dataset).toMatchObject({
      ready: "true",
      status: "idle",
      step: "0",
      size: "medium",
    });
    expect(all("[data-edge]").map(edge => edge.dataset.edge)).toContain("1,2,0");
    expect(all("[data-edge]")).toHaveLength(9);
    expect(one(".kw-curve").getAttribute("d")).toMatch(/^M5 [\d.]+L/);
    close();
    expect(el.childNodes).toHaveLength(0);
  });

  it("may be opened before the model was initialized, and twice", () => {
    const host = new TestHost({ uid: "late", ...traits() });
    const props = { model: host, el } as unknown as Parameters<typeof widget.render>[0];
    const first = widget.render(props) as () => void;
    const second = widget.render(props) as () => void;
    expect(all(".kanwidget")).toHaveLength(2);
    expect(host.named("hello")).toHaveLength(1);
    first();
    second();
    expect(host.listening).toBe(0);
  });

  it("is waited for: a model that is restored and never shown listens to nothing and asks nobody", () => {
    const host = new TestHost({ uid: "unseen", ...traits() });
    const props = { model: host, el } as unknown as Parameters<typeof widget.render>[0];
    const uninitialize = widget.initialize(props) as () => void;
    expect([host.listening, host.sent.length]).toEqual([0, 0]);
    const close = widget.render(props) as () => void;
    expect(host.named("hello")).toHaveLength(1);
    close();
    expect(host.listening).toBeGreaterThan(0);
    uninitialize();
    expect(host.listening).toBe(0);
  });

  it("opened and closed again and again leaves nothing behind", () => {
    for (let n = 0; n < 20; n++) {
      const { host, close } = show();
      close();
      expect(host.listening).toBe(0);
    }
    expect(el.childNodes).toHaveLength(0);
  });

  it("without a picture waits for the kernel", () => {
    const { close } = show({});
    expect(one(".kw-empty").textContent).toContain("Waiting");
    expect(root().dataset.ready).toBeUndefined();
    close();
  });

  it("shows hostile names as text", () => {
    net = { ...net, inputs: ["<img src=x onerror=alert(1)>", "</script><b>"] };
    const { close } = show();
    expect(el.querySelector("img, script")).toBeNull();
    expect(root().textContent).toContain("<img");
    close();
  });
});

describe("keys", () => {
  it("stay inside and do what the help says", async () => {
    const { host, close } = show();
    const outside = vi.fn();
    document.addEventListener("keydown", outside);
    press(root(), "p");
    press(root(), "z", { ctrlKey: true });
    press(root(), "?");
    await settled();
    expect(host.named("play")).toHaveLength(1);
    expect(host.named("undo")).toHaveLength(1);
    expect(one('[data-panel="help"]')).toBeDefined();
    expect(outside).not.toHaveBeenCalled();
    document.removeEventListener("keydown", outside);
    close();
  });

  it("walk from edge to edge, choose one, move through its functions and fix one", async () => {
    const { host, close } = show();
    const first = one('[data-edge="0,0,0"]');
    first.focus();
    press(first, "ArrowDown");
    expect((document.activeElement as HTMLElement).dataset.edge).toBe("0,1,0");
    press(document.activeElement as Element, "Enter");
    const suggestions = ["sin", "x^2", "exp"].map((name, n) => ({
      ...{ name, r2: 0.9 - n / 10, complexity: 2, net_rmse: null },
      affine: [1, 0, 1, 0] as const,
    }));
    host.answer("suggest", { suggestions });
    await settled();
    expect(all("[data-candidate]").map(row => row.dataset.candidate)).toEqual([
      ...["sin", "x^2", "exp"],
      "keep spline",
    ]);
    const list = one('[role="listbox"]');
    press(list, "ArrowDown");
    await settled();
    expect(one('[aria-selected="true"]').dataset.candidate).toBe("x^2");
    press(list, "e");
    await settled();
    expect(one('[aria-selected="true"]').dataset.candidate).toBe("exp");
    press(list, "Enter");
    expect(host.named("fix").at(-1)?.args).toEqual({ edge: [0, 1, 0], name: "exp" });
    close();
  });

  it("hear of every function how the whole network does with it, and what that means", async () => {
    const { host, close } = show({ ...traits(), selected_edge: [0, 0, 0] });
    await settled();
    const candidate = { name: "sin", r2: 0.952, complexity: 2, affine: [1, 0, 1, 0] as const };
    host.answer("suggest", { suggestions: [{ ...candidate, net_rmse: 0.0213 }], keep: 0.0218 });
    await settled();
    expect(one('[data-candidate="sin"] .kw-hidden').textContent).toBe(
      "sin, r² 0.952, size 2, RMSE of the whole network 0.0213",
    );
    expect(one('[data-candidate="keep spline"]').textContent).toContain("0.0218");
    expect(one(".kw-row-head").innerHTML).toMatch(/title="RMSE of the whole network[^"]*refit/);
    close();
  });

  it("let go of an edge, and remove it", async () => {
    const { host, close } = show({ ...traits(), selected_edge: [0, 0, 0] });
    press(root(), "Delete");
    expect(host.named("remove_edge").at(-1)?.args).toEqual({ edge: [0, 0, 0] });
    press(root(), "Escape");
    expect(host.named("select").at(-1)?.args).toEqual({ edge: null });
    close();
  });
});

const entry = (key: number, label: string, step = 0) => ({ key, label, step, train: 0.5, test: 1 });

const past = (position: number, undo: string | null = null) => ({
  entries: [entry(0, "Start"), entry(1, "Prune"), entry(4, "Fix sin", 3)],
  ...{ position, undo, redo: null },
});

const point = (key: number) => one(`[data-moment="${key}"]`);

describe("the history", () => {
  it("shows what was done, and a press on a point goes there", () => {
    const { host, close } = show({ ...traits(), history: past(2) });
    expect(all("[data-moment]").map(({ textContent }) => textContent)).toEqual([
      ...["Start", "Prune", "Fix sin"],
    ]);
    expect(point(4).getAttribute("aria-current")).toBe("step");
    point(4).click();
    expect(host.named("jump")).toHaveLength(0);
    point(1).click();
    expect(host.named("jump").at(-1)?.args).toEqual({ key: 1 });
    close();
  });

  it("is walked by arrow keys without going anywhere", () => {
    const { host, close } = show({ ...traits(), history: past(1) });
    point(1).focus();
    press(point(1), "ArrowRight");
    expect((document.activeElement as HTMLElement).dataset.moment).toBe("4");
    press(point(4), "Home");
    expect((document.activeElement as HTMLElement).dataset.moment).toBe("0");
    expect(host.named("jump")).toHaveLength(0);
    close();
  });

  it("compares with the point before, with another one, and lets go", async () => {
    const { host, close } = show({ ...traits(), history: past(2) });
    press(root(), "c");
    expect(host.named("look").at(-1)?.args).toEqual({ key: 1 });
    host.answer("look", { moment: encodeSnapshot(encodeFrame({ ...net, seq: 0 })) });
    await settled();
    expect(one('[data-part="versus"]').textContent).toContain("Prune");
    expect(one(".kw-ghost").getAttribute("d")).toBe(one(".kw-curve").getAttribute("d"));
    host.set("selected_edge", [0, 0, 0]);
    await settled();
    expect(one('[data-panel="edge"] .kw-ghost').getAttribute("d")).not.toBe("");
    point(0).click();
    expect(host.named("look").at(-1)?.args).toEqual({ key: 0 });
    expect(host.named("jump")).toHaveLength(0);
    press(root(), "Escape");
    await settled();
    expect(one(".kw-ghost").getAttribute("d")).toBe("");
    expect(one('[data-part="versus"]')).toBeUndefined();
    close();
  });

  it("lets go of a compared point that is gone", async () => {
    const { host, close } = show({ ...traits(), history: past(2) });
    press(root(), "c");
    host.answer("look", { moment: encodeSnapshot(encodeFrame({ ...net, seq: 0 })) });
    await settled();
    host.set("history", { ...past(0), entries: past(0).entries.slice(0, 1) });
    await settled();
    expect(one(".kw-ghost").getAttribute("d")).toBe("");
    close();
  });

  it("of a saved page goes to the points that it has pictures of", async () => {
    const early = { ...net, step: 1, trail: [0] };
    const moments = [{ key: 0, snapshot: encodeSnapshot(encodeFrame(early)), formula: null }];
    const unmount = mountStatic(el, { ...traits(), history: past(2), moments });
    expect(point(1).getAttribute("aria-disabled")).toBe("true");
    point(0).click();
    await settled();
    expect(root().dataset.step).toBe("1");
    expect(point(0).getAttribute("aria-current")).toBe("step");
    unmount();
  });
});

describe("a function with a very long name", () => {
  it("keeps to the plot of its edge, and says its whole name", () => {
    const name = "a_function_of_my_own_with_a_name_of_sixty_letters_in_one_row";
    net.layers[0]?.symbolic.set(0, { name, affine: [1, 0, 1, 0] });
    const table = { name: `fn/${name}`, shape: [2, 3], data: [-9, 0, 9, -9, 0, 9] };
    const { close } = show({ ...traits(), snapshot: encodeSnapshot(encodeFrame(net, [table])) });
    const edge = one('[data-edge="0,0,0"]');
    const widthOf = (selector: string) =>
      Number(edge.querySelector(selector)?.getAttribute("width"));
    expect(widthOf(".kw-chip")).toBeLessThan(widthOf(".kw-frame"));
    expect(edge.querySelector(".kw-chip-text")?.textContent).toMatch(/^a_f.*…$/);
    expect(edge.querySelector("title")?.textContent).toBe(name);
    expect(edge.getAttribute("aria-label")).toContain(name);
    close();
  });
});

describe("looking back along the loss", () => {
  const loss = (steps: number) =>
    Array.from({ length: steps + 1 }, (_, n) => [n, 1 / (n + 1), 2 / (n + 1), 0]);

  const scrubber = () => one('[aria-label="Look back"]');

  async function trained() {
    const shown = show();
    shown.host.answer("hello");
    for (let step = 1; step <= 3; step++) {
      net = { ...net, seq: net.seq + 1, step, trail: [0, 1], loss: loss(step) };
      const { header, floats } = encodeFrame(net);
      shown.host.emit("msg:custom", { v: 1, push: true, playing: false, frame: header }, [
        new DataView(floats.buffer),
      ]);
      await settled();
      await settled();
    }
    return shown;
  }

  it("shows frames that were seen without asking the kernel, and returns", async () => {
    const { host, close } = await trained();
    const asked = host.sent.length;
    expect(root().dataset.step).toBe("3");
    press(scrubber(), "ArrowLeft");
    await settled();
    expect(root().dataset.step).toBe("2");
    expect(one(".kw-loss-head").textContent).toContain("Step 2 of 3");
    expect(one('[data-part="status"]').textContent).toContain("Looking back at step 2");
    press(scrubber(), "Home");
    await settled();
    expect(scrubber().getAttribute("aria-valuenow")).toBe("0");
    press(root(), "Escape");
    await settled();
    expect(root().dataset.step).toBe("3");
    expect(host.sent).toHaveLength(asked);
    close();
  });

  it("ends where the keyboard goes elsewhere", async () => {
    const { close } = await trained();
    scrubber().focus();
    press(scrubber(), "ArrowLeft");
    await settled();
    expect(root().dataset.step).toBe("2");
    scrubber().blur();
    await settled();
    expect(root().dataset.step).toBe("3");
    close();
  });

  describe("in a page that has been loaded anew", () => {
    const entry = (key: number) => ({ key, label: `Point ${key}`, step: key, train: 1, test: 1 });
    const at = (step: number, ...trail: number[]) =>
      encodeSnapshot(encodeFrame({ ...net, seq: 20 + step, step, trail, loss: loss(step) }));

    function reloaded() {
      const shown = show({
        ...traits(),
        snapshot: at(3, 0, 1, 2, 3),
        history: { entries: [0, 1, 2, 3].map(entry), position: 3, undo: "x", redo: null },
      });
      shown.host.answer("hello");
      return shown;
    }

    it("asks for a moment of the history where one looks, and only once", async () => {
      const { host, close } = reloaded();
      await settled();
      expect(host.named("look")).toHaveLength(0);
      press(scrubber(), "ArrowLeft");
      await settled();
      expect(host.named("look").map(({ args }) => args)).toEqual([{ key: 2 }]);
      host.answer("look", { moment: at(2, 0, 1, 2) });
      await settled();
      await settled();
      expect(root().dataset.step).toBe("2");
      press(scrubber(), "End");
      press(scrubber(), "ArrowLeft");
      await settled();
      expect(root().dataset.step).toBe("2");
      expect(host.named("look")).toHaveLength(1);
      close();
    });

    it("has one question under way, and goes on with the last place looked at", async () => {
      const { host, close } = reloaded();
      await settled();
      press(scrubber(), "ArrowLeft");
      press(scrubber(), "Home");
      await settled();
      expect(host.named("look")).toHaveLength(1);
      host.answer("look", { moment: at(2, 0, 1, 2) });
      await settled();
      await settled();
      expect(root().dataset.step).toBe("3");
      expect(host.named("look").at(-1)?.args).toEqual({ key: 0 });
      host.answer("look", { moment: at(0, 0) });
      await settled();
      await settled();
      expect(root().dataset.step).toBe("0");
      close();
    });

    it("shows nothing late to somebody who has returned", async () => {
      const { host, close } = reloaded();
      await settled();
      scrubber().focus();
      press(scrubber(), "ArrowLeft");
      await settled();
      scrubber().blur();
      host.answer("look", { moment: at(2, 0, 1, 2) });
      await settled();
      await settled();
      expect(root().dataset.step).toBe("3");
      close();
    });

    it("asks nothing while the network is trained", async () => {
      const { host, close } = reloaded();
      host.set("playing", true);
      await settled();
      expect(scrubber().getAttribute("aria-disabled")).toBe("true");
      close();
    });
  });

  it("is off while only one frame was seen", () => {
    const { close } = show({
      ...traits(),
      snapshot: encodeSnapshot(encodeFrame({ ...net, loss: loss(0) })),
    });
    expect(scrubber().getAttribute("aria-disabled")).toBe("true");
    expect(one(".kw-loss").textContent).toContain("Train to see the loss here");
    close();
  });

  it("says so where there is nothing to lose from the start", () => {
    const exact = { ...net, loss: [[0, 0, 0, 0]] };
    const { close } = show({ ...traits(), snapshot: encodeSnapshot(encodeFrame(exact)) });
    expect(one(".kw-loss").textContent).toContain("The loss is exactly zero");
    expect(one(".kw-train-line").getAttribute("d")).toMatch(/^M[\d.]+ [\d.]+h/);
    close();
  });

  it("can be read in decades or in even steps", async () => {
    const { close } = await trained();
    const before = one(".kw-train-line").getAttribute("d");
    one('[data-act="log"]').click();
    await settled();
    expect(one(".kw-train-line").getAttribute("d")).not.toBe(before);
    close();
  });
});

describe("a frame of training", () => {
  it("is drawn whole in one repaint: curves, and fields on their canvas", async () => {
    const { host, close } = show();
    const push = (step: number) => {
      const trained = tinyNet(() => x => Math.cos((2 + step) * x));
      const { header, floats } = encodeFrame({ ...trained, seq: step + 1, step });
      const message = { v: 1, push: true, playing: true, frame: header };
      host.emit("msg:custom", message, [new DataView(floats.buffer)]);
    };
    host.answer("hello");
    push(1);
    await vi.waitFor(() => expect(root().dataset).toMatchObject({ step: "1", status: "playing" }));
    await settled();
    const repaints: (() => void)[] = [];
    vi.stubGlobal("requestAnimationFrame", (action: () => void) => repaints.push(action));
    const painted = vi.spyOn(HTMLCanvasElement.prototype, "getContext");
    const curve = one(".kw-curve").getAttribute("d");
    push(2);
    for (const repaint of repaints.splice(0)) repaint();
    await settled();
    expect(root().dataset.step).toBe("2");
    expect(one(".kw-curve").getAttribute("d")).not.toBe(curve);
    expect(painted).toHaveBeenCalled();
    expect(repaints).toHaveLength(0);
    close();
  });
});

describe("a page without a kernel", () => {
  it("draws, moves its inputs, and has what needs a kernel switched off with the reason", async () => {
    const unmount = mountStatic(el, traits());
    expect(root().dataset.status).toBe("static");
    const play = one('[data-act="play"]') as HTMLButtonElement;
    expect([play.disabled, play.title]).toEqual([true, "A saved picture has no kernel"]);
    const input = one('[data-input="0"]');
    const before = one("[data-field]").getAttribute("aria-valuetext");
    press(input, "Home");
    await settled();
    expect(one('[data-input="0"]').getAttribute("aria-valuenow")).toBe("-1");
    expect(one("[data-field]").getAttribute("aria-valuetext")).not.toBe(before);
    unmount();
    expect(el.childNodes).toHaveLength(0);
  });

  it("says so when there is nothing to draw", () => {
    const unmount = mountStatic(el, {});
    expect(one(".kw-empty").textContent).toContain("no picture");
    unmount();
  });
});

describe("the probe", () => {
  const drawn = async () => {
    await settled();
    await settled();
  };
  const value = (n: number) => one(`[data-input="${n}"]`).getAttribute("aria-valuenow");

  it("opens as sliders that move the inputs of the graph, and is put away by the same button", async () => {
    const unmount = mountStatic(el, traits());
    one('[data-act="whatif"]').click();
    await drawn();
    expect(all("[data-whatif]")).toHaveLength(2);
    press(one('[data-whatif="1"]'), "End");
    await drawn();
    expect([value(1), one('[data-whatif="1"]').getAttribute("aria-valuenow")]).toEqual(["1", "1"]);
    expect(all(".kw-dot").some(dot => dot.getAttribute("display") !== "none")).toBe(true);
    one('[data-act="whatif"]').click();
    await drawn();
    expect(all("[data-whatif]")).toHaveLength(0);
    expect(all(".kw-dot").every(dot => dot.getAttribute("display") === "none")).toBe(true);
    expect(one(".kw-cross")).toBeUndefined();
    press(one('[data-input="0"]'), "Home");
    await drawn();
    expect(one(".kw-cross")).toBeDefined();
    unmount();
  });

  it("gathers moves until the next repaint and loses none", async () => {
    const unmount = mountStatic(el, traits());
    const input = one('[data-input="0"]');
    press(input, "Home");
    for (let n = 0; n < 5; n++) press(input, "ArrowRight");
    await drawn();
    expect(Number(value(0))).toBeCloseTo(-0.5, 6);
    unmount();
  });

  it("takes typed values, beyond the range of the data too, and refuses what is no number", async () => {
    const unmount = mountStatic(el, traits());
    press(root(), "w");
    await drawn();
    const type = async (text: string) => {
      const field = one('[data-number="whatif 0"]') as HTMLInputElement;
      field.focus();
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      press(field, "Enter");
      await drawn();
    };
    await type("π/2");
    expect(Number(value(0))).toBeCloseTo(Math.PI / 2, 12);
    await type("much");
    expect(Number(value(0))).toBeCloseTo(Math.PI / 2, 12);
    one('[data-act="whatif-reset"]').click();
    await drawn();
    expect(Math.abs(Number(value(0)))).toBeLessThan(1);
    unmount();
  });
});

describe("the picture", () => {
  const moved = () => one(".kw-svg > g").getAttribute("transform");

  it("is enlarged, moved and shown whole by keys", async () => {
    const unmount = mountStatic(el, traits());
    expect(moved()).toBe("translate(0 0) scale(1)");
    press(root(), "+");
    await settled();
    const enlarged = moved();
    expect(enlarged).toContain("scale(1.4)");
    press(one(".kw-svg"), "ArrowRight", { shiftKey: true });
    await settled();
    expect(moved()).not.toBe(enlarged);
    press(root(), "0");
    await settled();
    expect(moved()).toBe("translate(0 0) scale(1)");
    unmount();
  });

  it("shows the field of a node closely while the keyboard is there", async () => {
    const unmount = mountStatic(el, traits());
    one("[data-node]").focus();
    await settled();
    expect(one("[data-lens]").dataset.lens).toBe("1,0");
    press(document.activeElement as Element, "ArrowDown");
    await settled();
    expect(one("[data-lens]").dataset.lens).toBe("1,1");
    expect(one("[data-lens]").textContent).toContain("h2");
    (document.activeElement as HTMLElement).blur();
    await settled();
    expect(all("[data-lens]")).toHaveLength(0);
    unmount();
  });
});

describe("a curve changed by hand", () => {
  const line = () => one('[data-panel="edge"] .kw-curve').getAttribute("d");
  const answered = (host: TestHost, name: "move_coef" | "fix_affine") => {
    net.seq += 1;
    const { header, floats } = encodeFrame(net);
    host.answer(name, { frame: header } as never, [new DataView(floats.buffer)]);
  };
  const settleAll = async () => {
    for (let n = 0; n < 4; n++) await settled();
  };

  it("moves while a key is down, and is sent when the key is let go", async () => {
    const { host, close } = show({ ...traits(), selected_edge: [0, 1, 2] });
    await settled();
    const before = line();
    const point = one('[data-control="3"]');
    press(point, "ArrowUp");
    press(point, "ArrowUp");
    await settled();
    const dragged = line();
    expect(dragged).not.toBe(before);
    expect(host.named("move_coef")).toHaveLength(0);
    point.dispatchEvent(new KeyboardEvent("keyup", { key: "ArrowUp", bubbles: true }));
    const asked = host.named("move_coef").at(-1)?.args as unknown as {
      edge: number[];
      m: number;
      by: number;
    };
    expect([asked.edge, asked.m]).toEqual([[0, 1, 2], 3]);
    await settled();
    expect(line()).toBe(dragged);
    const { coef, grid, k } = net.layers[0] as (typeof net.layers)[number];
    const at = (1 * 3 + 2) * (grid + k) + 3;
    coef[at] = (coef[at] as number) + asked.by;
    answered(host, "move_coef");
    await settleAll();
    expect(line()).toBe(dragged);
    close();
  });

  it("goes back when Escape is pressed, or the kernel refuses", async () => {
    const { host, close } = show({ ...traits(), selected_edge: [0, 1, 2] });
    await settled();
    const before = line();
    const point = one('[data-control="3"]');
    press(point, "ArrowDown");
    press(point, "Escape");
    await settled();
    expect(line()).toBe(before);
    press(point, "ArrowDown");
    point.dispatchEvent(new KeyboardEvent("keyup", { key: "ArrowDown", bubbles: true }));
    host.answer("move_coef", { ok: false, error: { type: "ShapeError", message: "no" } } as never);
    await settleAll();
    expect(line()).toBe(before);
    close();
  });

  it("takes typed constants of a function, drawn before Enter and dropped by Escape", async () => {
    net.layers[0]?.symbolic.set(1 * 3 + 2, { name: "sin", affine: [Math.PI, 0, 1, 0] });
    const { host, close } = show({ ...traits(), selected_edge: [0, 1, 2] });
    await settled();
    const before = line();
    const field = one('[data-number="constant c"]') as HTMLInputElement;
    expect((one('[data-number="constant a"]') as HTMLInputElement).value).toBe("π");
    const type = (text: string) => {
      field.focus();
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    type("0.25");
    await settled();
    expect(line()).not.toBe(before);
    press(field, "Escape");
    await settled();
    expect(line()).toBe(before);
    type("-1/2");
    press(field, "Enter");
    const asked = host.named("fix_affine").at(-1)?.args as unknown as {
      name: string;
      affine: number[];
    };
    expect(asked.name).toBe("sin");
    expect(asked.affine[0]).toBeCloseTo(Math.PI, 6);
    expect(asked.affine.slice(1)).toEqual([0, -0.5, 0]);
    close();
  });

  it("cannot be changed in a page without a kernel", async () => {
    const unmount = mountStatic(el, traits());
    one('[data-edge="0,1,2"]').dispatchEvent(new MouseEvent("click", { bubbles: true }));
    await settled();
    expect(line()).toBeTruthy();
    expect(all("[data-control]")).toHaveLength(0);
    unmount();
  });
});

describe("a pin", () => {
  it("stands at its edge, and its button lets go of it", async () => {
    net = { ...net, pinned: [[0, 1, 2]] };
    const { host, close } = show({ ...traits(), selected_edge: [0, 1, 2] });
    await settled();
    expect(all(".kw-pin")).toHaveLength(1);
    expect(one('[data-edge="0,1,2"] .kw-pin')).toBeDefined();
    const button = one('[data-act="pin"]');
    expect(button.getAttribute("aria-pressed")).toBe("true");
    button.click();
    expect(host.named("pin").at(-1)?.args).toEqual({ edge: [0, 1, 2], pinned: false });
    close();
  });
});

describe("a formula", () => {
  const closed = {
    ...{ step: 3, named: 9, total: 9, open: [], hint: "", rmse: 1e-9 },
    ...{ mathml: "<mi>f</mi>", latex: "\\sin x", python: "sin(x)", sympy: "sin(x)" },
  };

  it("is shown, and copied where the page may", async () => {
    const writeText = vi.fn(() => Promise.resolve());
    vi.stubGlobal("navigator", { clipboard: { writeText } });
    const { close } = show({ ...traits(), formula: closed });
    expect(one("math mi").textContent).toBe("f");
    one('[data-act="copy-latex"]').click();
    await settled();
    expect(writeText).toHaveBeenCalledWith("\\sin x");
    close();
  });

  it("stands selected in a field where the clipboard is blocked", async () => {
    vi.stubGlobal("navigator", { clipboard: undefined });
    const { close } = show({ ...traits(), formula: closed });
    one('[data-act="copy-python"]').click();
    await settled();
    expect((one(".kw-copy-field") as HTMLInputElement).value).toBe("sin(x)");
    close();
  });

  it("cannot be copied before it is there, and the button says why", () => {
    const { close } = show({
      ...traits(),
      formula: { ...closed, named: 7, latex: null, mathml: null },
    });
    const copy = one('[data-act="copy-latex"]') as HTMLButtonElement;
    expect([copy.disabled, copy.title]).toEqual([true, "2 edges still without a name"]);
    close();
  });
});

describe("the help", () => {
  it("lists every key that there is", async () => {
    const { close } = show();
    press(root(), "?");
    await settled();
    const listed = one('[data-panel="help"]').textContent?.toLowerCase() ?? "";
    const names: Record<string, string> = { Escape: "esc", Z: "shift", "-": "−" };
    for (const key of SHORTCUTS.flatMap(({ keys }) => keys)) {
      expect(listed).toContain((names[key] ?? key).toLowerCase());
    }
    close();
  });
});
