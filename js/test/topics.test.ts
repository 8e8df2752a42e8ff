// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeFrame, encodeSnapshot, fakeNet } from "./support/fakeNet";
import { settled, TestHost } from "./support/host";
import { clearStage, openStage, put } from "./support/stage";

const DATA = {
  task: "classification",
  classes: ["no", "yes"],
  rows: [800, 200],
  inputs: [{ name: "x", low: -1, high: 1, hist: [1, 2, 3] }],
  outputs: [{ name: "class", low: 0, high: 1, hist: [1, 1] }],
  points: { train: [[0, 0, 1]], test: [[0.5, 0.5, 0]] },
  example: { name: "xor", rows: 1000, noise: 0.1, test_size: 0.2, seed: 4 },
};

const OPTIONS = {
  opt: "auto",
  lr: null,
  batch: -1,
  steps: 20,
  lamb: 0,
  lamb_entropy: 2,
  update_grid: true,
};

const TILES = [
  { name: "xor", kind: "classes", title: "Quarters", inputs: 2, points: [[0.1, 0.2, 1]] },
  { name: "wave", kind: "function", title: "sin(3x)", inputs: 1, points: [[0, 0]] },
];

let el: HTMLElement;
let host: TestHost;
let close: () => void;

beforeEach(() => {
  el = openStage();
  const net = fakeNet({
    width: [
      [2, 0],
      [3, 1],
      [1, 0],
    ],
    curve: () => x => x,
    inputs: ["x", "y"],
  });
  net.loss = [
    [0, 0.5, 0.6, 0.1],
    [1, 0.4, 0.5, 0.1],
  ];
  host = new TestHost({
    uid: Math.random().toString(),
    snapshot: encodeSnapshot(encodeFrame(net)),
    limits: { lamb: [1e-5, 1e-1], grid: [1, 200], opts: ["auto", "LBFGS", "Adam"] },
    data: DATA,
    training: { now: { ...OPTIONS, batch: 32 }, default: OPTIONS },
    test_accuracy: 0.975,
  });
  close = put(host, el);
  host.answer("hello");
});

afterEach(() => {
  close();
  clearStage(el);
});

const all = (selector: string) => [...el.querySelectorAll<HTMLElement>(selector)];
const one = (selector: string) => all(selector)[0] as HTMLElement;
const open = async (topic: string) => {
  one(`[data-act="${topic}"]`).click();
  await settled();
};

async function openGallery(): Promise<void> {
  await open("data");
  host.answer("gallery", { gallery: TILES as never });
  await settled();
}

describe("the data in the panel", () => {
  it("are told by rows, columns and classes, and how many rows are right", async () => {
    await open("data");
    const text = one('[data-panel="data"]').textContent ?? "";
    for (const part of ["xor", "800 rows, 200 for testing", "class: no, yes", "97.5 %"]) {
      expect(text).toContain(part);
    }
    expect(one(".kw-loss").textContent).toContain("97.5 % right");
    await open("data");
    expect(all('[data-panel="data"]')).toHaveLength(0);
  });

  it("ask for the examples once, and use the one that is pressed", async () => {
    await openGallery();
    await open("data");
    await open("data");
    expect(host.named("gallery")).toHaveLength(1);
    expect(one('[data-example="xor"]').getAttribute("aria-pressed")).toBe("true");
    one('[data-example="wave"]').click();
    expect(host.named("use_example")[0]?.args).toEqual({
      ...{ name: "wave", rows: 1000, noise: 0, test_size: 0.2, seed: 0 },
    });
  });

  it("are drawn again with other rows, and given back", async () => {
    await open("data");
    one('[data-act="draw"]').click();
    expect(host.named("use_example")[0]?.args).toEqual({ ...DATA.example, seed: 5 });
    one('[data-act="own-data"]').click();
    expect(host.named("reset")).toHaveLength(1);
  });

  it("are drawn once with the noise where the slider is let go", async () => {
    await open("data");
    const slider = one('[data-option="noise"]');
    slider.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    expect(host.named("use_example").map(({ args }) => args)).toEqual([
      { ...DATA.example, noise: 0.12 },
    ]);
  });

  it("stand as points over the output when they are wanted", async () => {
    await open("data");
    expect(all("[data-points]")).toHaveLength(0);
    one('[data-rows="test"]').click();
    await settled();
    expect(all('[data-points="test"]').length).toBeGreaterThan(0);
    expect(one("[data-points] .kw-points-negative").getAttribute("d")).toMatch(/^M\d/);
    expect(one("[data-points] .kw-points-positive").getAttribute("d")).toBe("");
  });

  it("leave the picture of the output where the rows stay in the kernel", async () => {
    const bare = (column: object) => ({ ...column, hist: [] });
    host.set("data", {
      ...DATA,
      inputs: DATA.inputs.map(bare),
      outputs: DATA.outputs.map(bare),
      points: { train: [], test: [] },
    });
    await open("data");
    expect(all(".kw-surface-picture canvas")).toHaveLength(1);
    expect(all("[data-rows]")).toHaveLength(0);
    expect(one('[data-panel="data"]').textContent).toContain("800 rows, 200 for testing");
  });
});

describe("the settings in the panel", () => {
  it("change nodes and layers", async () => {
    await open("settings");
    expect(one('[data-layer="1"]').textContent).toContain("3 + 1×");
    for (const act of ["add-node-1", "add-product-1", "take-node-1", "take-layer-1", "add-layer-2"])
      one(`[data-act="${act}"]`).click();
    expect(host.named("add_node").map(({ args }) => args)).toEqual([{ layer: 1, product: false }]);
    expect(host.named("take_node")[0]?.args).toEqual({ layer: 1 });
    expect(host.named("take_layer")[0]?.args).toEqual({ layer: 1 });
    expect(host.named("add_layer")[0]?.args).toEqual({ layer: 2 });
  });

  it("show what is not as by default, and bring it back", async () => {
    await open("settings");
    const batch = one('[data-number="batch"]') as HTMLInputElement;
    expect(batch.value).toBe("32");
    expect((one('[data-number="lr"]') as HTMLInputElement).value).toBe("auto");
    const row = batch.closest(".kw-setting") as HTMLElement;
    (row.querySelector("button") as HTMLElement).click();
    await settled();
    expect(host.named("set_option")[0]?.args).toEqual({ name: "batch", value: -1 });
    const select = one('[data-select="opt"]') as HTMLSelectElement;
    select.value = "Adam";
    select.dispatchEvent(new Event("change", { bubbles: true }));
    await settled();
    expect(host.named("set_option").at(-1)?.args).toEqual({ name: "opt", value: "Adam" });
  });

  it("start with a new network as it was chosen", async () => {
    await open("settings");
    const field = one('[data-number="new low"]') as HTMLInputElement;
    field.focus();
    field.value = "-2";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    one('[data-act="rebuild"]').click();
    expect(host.named("rebuild")[0]?.args).toMatchObject({ k: 3, seed: 0, grid_range: [-2, 1] });
  });

  it("open by a key, and give way to the data", async () => {
    const key = (name: string) =>
      one(".kanwidget").dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
    key(",");
    await settled();
    expect(all('[data-panel="settings"]')).toHaveLength(1);
    key("d");
    await settled();
    expect(all('[data-panel="settings"]')).toHaveLength(0);
    expect(all('[data-panel="data"]')).toHaveLength(1);
  });
});
