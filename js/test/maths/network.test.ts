import { describe, expect, it } from "vitest";
import { decodeFrame } from "../../src/codec";
import type { Frame } from "../../src/frame";
import { Network } from "../../src/maths/network";
import { encodeFrame, fakeNet, type NetSpec } from "../support/fakeNet";

function frameOf(
  spec: NetSpec,
  change: (net: ReturnType<typeof fakeNet>) => void = () => {},
): Frame {
  const net = fakeNet(spec);
  change(net);
  const { header, floats } = encodeFrame(net);
  return decodeFrame(header, floats);
}

const sums = (...n: number[]): [number, number][] => n.map(count => [count, 0]);

describe("evaluation", () => {
  it("adds the edges at a sum node: straight edges make a linear map", () => {
    const frame = frameOf({ width: sums(2, 1), curve: (_l, i) => x => (i === 0 ? 2 * x : -x) });
    const { nodes, edges } = new Network(frame).evaluate([0.5, 0.25]);
    expect(edges[0]?.[0]).toBeCloseTo(1, 5);
    expect(edges[0]?.[1]).toBeCloseTo(-0.25, 5);
    expect(nodes[1]?.[0]).toBeCloseTo(0.75, 5);
  });

  it("multiplies the two sub-nodes of a product node", () => {
    const frame = frameOf({
      width: [
        [2, 0],
        [1, 1],
      ],
      curve: (_l, i, j) => x => (j === 0 ? x : j - 1 === i ? x + 1 : 0),
    });
    const { nodes } = new Network(frame).evaluate([0.5, -0.25]);
    expect(nodes[1]?.[0]).toBeCloseTo(0.25, 5);
    expect(nodes[1]?.[1]).toBeCloseTo(1.5 * 0.75, 5);
  });

  it("adds base and spline with their scales", () => {
    const frame = frameOf({ width: sums(1, 1), curve: () => x => x }, net => {
      net.layers[0]?.scaleBase.fill(3);
      net.layers[0]?.scaleSpline.fill(0.5);
    });
    const x = 0.4;
    const silu = x / (1 + Math.exp(-x));
    expect(new Network(frame).evaluate([x]).nodes[1]?.[0]).toBeCloseTo(3 * silu + 0.2, 5);
  });

  it("takes the fitted function on a symbolic edge, NaN outside its domain", () => {
    const frame = frameOf({ width: sums(1, 1), curve: () => x => x }, net => {
      net.layers[0]?.symbolic.set(0, { name: "log", affine: [2, 1, 3, -1] });
    });
    const network = new Network(frame);
    expect(network.evaluate([0.25]).nodes[1]?.[0]).toBeCloseTo(3 * Math.log(1.5) - 1, 5);
    expect(network.evaluate([-0.75]).nodes[1]?.[0]).toBeNaN();
  });

  it("gives nothing on a masked edge, not even NaN", () => {
    const frame = frameOf({ width: sums(2, 1), curve: () => x => x }, net => {
      net.layers[0]?.symbolic.set(0, { name: "log", affine: [1, 0, 1, 0] });
      net.layers[0]?.mask.set([0], 0);
    });
    expect(new Network(frame).evaluate([-1, 0.5]).nodes[1]?.[0]).toBeCloseTo(0.5, 5);
  });

  it("goes through several layers, and a workspace can be used again", () => {
    const frame = frameOf({ width: sums(2, 3, 2, 1), curve: () => x => 0.5 * x });
    const network = new Network(frame);
    const space = network.workspace();
    network.evaluate([1, 1], space);
    network.evaluate([0.2, 0.4], space);
    expect(space.nodes[3]?.[0]).toBeCloseTo(0.6 * 0.5 * 3 * 0.5 * 2 * 0.5, 5);
  });
});

describe("sampling an edge", () => {
  it("agrees with the evaluation", () => {
    const frame = frameOf({
      width: sums(2, 3, 1),
      curve: (l, i, j) => x => Math.sin(3 * x + l + i + j),
    });
    const network = new Network(frame);
    const curve = new Float64Array(5);
    network.sampleEdge(0, 1, 2, -1, 1, curve);
    const at = [-1, -0.5, 0, 0.5, 1].map(x => network.evaluate([0, x]).edges[0]?.[1 * 3 + 2] ?? 0);
    curve.forEach((value, n) => {
      expect(value).toBeCloseTo(at[n] as number, 12);
    });
  });
});

it("a field of 1,600 points needs one workspace, and each point is what it is alone", () => {
  const network = new Network(frameOf({ width: sums(2, 5, 1), curve: () => Math.sin }));
  const space = network.workspace();
  for (let n = 0; n < 1600; n++) {
    const point = [(n % 40) / 20 - 1, n / 800 - 1];
    expect(network.evaluate(point, space)).toBe(space);
    if (n % 97 === 0) expect(space).toEqual(network.evaluate(point));
  }
});
