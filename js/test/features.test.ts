// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { decodeFrame, FrameError } from "../src/codec";
import { allFeatures, featureValue, madeOf } from "../src/maths/features";
import { computeFields, fieldSide } from "../src/maths/field";
import { featureName, nameText } from "../src/maths/format";
import { Network } from "../src/maths/network";
import { encodeFrame, encodeSnapshot, type FakeNet, fakeNet } from "./support/fakeNet";
import { settled, TestHost } from "./support/host";
import { clearStage, openStage, put } from "./support/stage";

const named = (names: string[]) =>
  allFeatures(names.length).map(feature => nameText(featureName(feature, names)));

describe("inputs that are made of columns", () => {
  it("are squares, products of two and sines", () => {
    const at = [3, -2];
    expect(allFeatures(2).map(feature => featureValue(feature, at))).toEqual([
      9,
      4,
      -6,
      Math.sin(3),
      Math.sin(-2),
    ]);
    expect(allFeatures(6)).toHaveLength(27);
    expect(madeOf(8).map(({ kind, columns }) => [kind, columns])).toEqual([
      ["square", [8]],
      ["sine", [8]],
    ]);
  });

  it("are called as one writes them", () => {
    expect(named(["x", "y"])).toEqual(["x²", "y²", "xy", "sin x", "sin y"]);
    expect(named(["x_1", "x_2"])).toEqual(["x₁²", "x₂²", "x₁x₂", "sin x₁", "sin x₂"]);
    expect(named(["width", "mass"])[2]).toBe("width · mass");
  });
});

/** Of x, y, x² and xy the edges add 1, 2, 3 and 4 times the value. */
function made(): FakeNet {
  const net = fakeNet({
    width: [
      [4, 0],
      [1, 0],
    ],
    curve: (_l, i) => x => (i + 1) * x,
    inputs: ["x", "y", "x^2", "x*y"],
  });
  net.features = [
    ["square", 0],
    ["product", 0, 1],
  ];
  return net;
}

const decoded = (net: FakeNet) => {
  const { header, floats } = encodeFrame(net);
  return decodeFrame(header, floats);
};

describe("a network with such inputs", () => {
  it("is evaluated at the columns alone", () => {
    const { nodes } = new Network(decoded(made())).evaluate([0.5, -0.5]);
    expect([...(nodes[0] as Float64Array)]).toEqual([0.5, -0.5, 0.25, -0.25]);
    expect(nodes[1]?.[0]).toBeCloseTo(0.5 - 1 + 0.75 - 1, 5);
  });

  it("has fields over its two columns", () => {
    const network = new Network(decoded(made()));
    expect(fieldSide(network)).toBe(40);
    const corner = computeFields(network, 2).layers[0]?.[0]?.values[1];
    expect(corner).toBeCloseTo(0.5 + 1 + 0.75 + 1, 4);
  });

  it.each([
    [["cube", 0]],
    [["square", 3]],
    [["square"]],
    [["product", 0]],
    [["sine", 0.5]],
    ["square"],
    [7],
  ])("is refused with what is none of them: %j", (...features) => {
    const { header, floats } = encodeFrame(made());
    expect(() => decodeFrame({ ...header, features: [...features, ["sine", 0]] }, floats)).toThrow(
      FrameError,
    );
  });
});

describe("on the page", () => {
  let el: HTMLElement;
  let host: TestHost;
  let close: () => void;

  const all = (selector: string) => [...el.querySelectorAll<HTMLElement>(selector)];
  const one = (selector: string) => all(selector)[0] as HTMLElement;

  function show(net: FakeNet): void {
    host = new TestHost({
      uid: Math.random().toString(),
      snapshot: encodeSnapshot(encodeFrame(net)),
      data: {
        ...{ task: "regression", classes: [], rows: [8, 2], example: null },
        ...{ inputs: [], outputs: [], points: { train: [], test: [] } },
      },
    });
    close = put(host, el);
    host.answer("hello");
  }

  beforeEach(() => {
    el = openStage();
  });

  afterEach(() => {
    close();
    clearStage(el);
  });

  it("each is a switch in the panel of the data", async () => {
    show(made());
    one('[data-act="data"]').click();
    await settled();
    const pressed = all(".kw-feature").map(button => [
      button.textContent,
      button.getAttribute("aria-pressed"),
    ]);
    expect(pressed).toEqual([
      ["x²", "true"],
      ["y²", "false"],
      ["xy", "true"],
      ["sin x", "false"],
      ["sin y", "false"],
    ]);
    one('[data-act="feature-sine-1"]').click();
    one('[data-act="feature-product-0-1"]').click();
    expect(host.named("add_feature")[0]?.args).toEqual({ kind: "sine", columns: [1] });
    expect(host.named("take_feature")[0]?.args).toEqual({ kind: "product", columns: [0, 1] });
  });

  it("they follow the columns, which alone can be moved", async () => {
    show(made());
    await settled();
    expect(all("[data-input]")).toHaveLength(2);
    expect(all("[data-made]")).toHaveLength(2);
    one('[data-act="whatif"]').click();
    await settled();
    expect(all("[data-whatif]")).toHaveLength(2);
    const field = one('[data-number="whatif 0"]') as HTMLInputElement;
    field.value = "-0.5";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    await vi.waitFor(() =>
      expect(one('[data-made="2"]').getAttribute("aria-label")).toBe("Input x²: 0.25"),
    );
  });

  it("of many columns are offered for one at a time", async () => {
    const inputs = Array.from({ length: 8 }, (_, n) => `c${n + 1}`);
    const curve = () => (x: number) => x;
    const net = fakeNet({
      width: [
        [9, 0],
        [1, 0],
      ],
      curve,
      inputs: [...inputs, "c1*c2"],
    });
    net.features = [["product", 0, 1]];
    show(net);
    one('[data-act="data"]').click();
    await settled();
    expect(all(".kw-feature").map(button => button.textContent)).toEqual(["c1²", "sin c1", "c1c2"]);
    const chooser = one('[data-select="feature-of"]') as HTMLSelectElement;
    chooser.value = "c8";
    chooser.dispatchEvent(new Event("change", { bubbles: true }));
    await settled();
    one('[data-act="feature-square-7"]').click();
    expect(host.named("add_feature")[0]?.args).toEqual({ kind: "square", columns: [7] });
  });
});
