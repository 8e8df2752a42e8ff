import { describe, expect, it } from "vitest";
import { decodeFrame } from "../../src/codec";
import { constantText } from "../../src/maths/constantText";
import { controlPoints } from "../../src/maths/controlPoints";
import { withDraft } from "../../src/maths/draft";
import { Network } from "../../src/maths/network";
import { readNumber } from "../../src/maths/readNumber";
import type { EdgeId } from "../../src/protocol";
import { encodeFrame, fakeNet } from "../support/fakeNet";

const EDGE: EdgeId = [0, 1, 2];

function frame(more: { k?: number; grid?: number } = {}) {
  const net = fakeNet({
    width: [
      [2, 0],
      [3, 0],
      [1, 0],
    ],
    curve: (l, i, j) => x => Math.sin(2 * x + l + i + j),
    ...more,
  });
  net.layers[0]?.symbolic.set(0, { name: "sin", affine: [2, 0, 1, 0] });
  const { header, floats } = encodeFrame(net);
  return decodeFrame(header, floats);
}

function sampled(network: Network, edge: EdgeId, x: number): number {
  const out = new Float64Array(1);
  network.sampleEdge(...edge, x, x, out);
  return out[0] as number;
}

describe("control points", () => {
  it.each([1, 2, 3, 4])("lie on the curve, which goes where they are dragged, for k = %i", k => {
    const before = frame({ k });
    const network = new Network(before);
    const points = controlPoints(network, EDGE, -1, 1);
    expect(points.length).toBeGreaterThan(3);
    for (const { m, x, y, lift } of points) {
      expect(y).toBeCloseTo(sampled(network, EDGE, x), 12);
      const draft = { kind: "coef", edge: EDGE, m, by: 0.5 / lift } as const;
      const dragged = new Network(withDraft(before, draft));
      expect(sampled(dragged, EDGE, x)).toBeCloseTo(y + 0.5, 5);
    }
  });

  it("of cubic splines stand at the knots", () => {
    const xs = controlPoints(new Network(frame()), EDGE, -1, 1).map(({ x }) => x);
    [-1, -0.6, -0.2, 0.2, 0.6, 1].forEach((knot, n) => {
      expect(xs[n]).toBeCloseTo(knot, 2);
    });
  });

  it("just beside the data stand at their end", () => {
    const points = controlPoints(new Network(frame()), EDGE, -0.97, 0.99);
    expect(points[0]?.x).toBe(-0.97);
    expect(points.at(-1)?.x).toBe(0.99);
  });

  it("are none on a function, nor on a grid too fine to tell them apart", () => {
    expect(controlPoints(new Network(frame()), [0, 0, 0], -1, 1)).toEqual([]);
    expect(controlPoints(new Network(frame({ grid: 60 })), EDGE, -1, 1)).toEqual([]);
  });
});

describe("a draft", () => {
  it("changes one edge of a copy", () => {
    const before = frame();
    const was = before.layers[0]?.coef.slice();
    const after = withDraft(before, { kind: "coef", edge: EDGE, m: 3, by: 1 });
    expect(before.layers[0]?.coef).toEqual(was);
    const changed = after.layers[0]?.coef.filter((value, n) => value !== was?.[n]);
    expect(changed).toHaveLength(1);
    expect(after.layers[1]).toBe(before.layers[1]);
  });

  it("gives a function other constants and leaves its name", () => {
    const draft = { kind: "affine", edge: [0, 0, 0], affine: [1, 2, 3, 4] } as const;
    const named = withDraft(frame(), draft).layers[0]?.symbolic.get(0);
    expect(named).toEqual({ name: "sin", a: 1, b: 2, c: 3, d: 4 });
  });

  it("for an edge that is gone, or is something else now, changes nothing", () => {
    const before = frame();
    const at = (edge: EdgeId) => ({ kind: "coef", edge, m: 2, by: 1 }) as const;
    expect(withDraft(before, at([7, 0, 0]))).toBe(before);
    expect(withDraft(before, at([0, 9, 0]))).toBe(before);
    expect(withDraft(before, at([0, 0, 0])).layers[0]).toEqual(before.layers[0]);
    expect(withDraft(before, { ...at(EDGE), m: 99 }).layers[0]).toEqual(before.layers[0]);
  });
});

describe("a constant", () => {
  it.each([
    [Math.PI, "π"],
    [-2 * Math.PI, "−2π"],
    [0.5, "0.5"],
    [-1.23456789, "−1.2346"],
    [0, "0"],
    [2.5e-8, "2.5e−8"],
    [-1.5 * Math.PI, "−3π/2"],
    [-0.00063512, "−0.00064"],
    [0.012345678, "0.01235"],
    [123456.789, "123460"],
    [3e15, "3e15"],
  ])("%f is written %s and read back", (value, text) => {
    expect(constantText(value)).toBe(text);
    expect(Math.abs((readNumber(text) ?? 9) - value)).toBeLessThanOrEqual(0.01 * Math.abs(value));
  });
});
