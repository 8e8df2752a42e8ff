import { describe, expect, it } from "vitest";
import { decodeFrame } from "../src/codec";
import { counterpart } from "../src/counterpart";
import { encodeFrame, fakeNet } from "./support/fakeNet";

function frame(width: [number, number][], nodes?: number[][]) {
  const net = fakeNet({ width, curve: () => Math.sin });
  const { header, floats } = encodeFrame(nodes ? { ...net, nodes } : net);
  return decodeFrame(header, floats);
}

const whole = frame(
  [
    [2, 0],
    [3, 1],
    [1, 0],
  ],
  [[0, 1], [0, 1, 2, 3], [0]],
);
const pruned = frame(
  [
    [2, 0],
    [1, 1],
    [1, 0],
  ],
  [[0, 1], [2, 3], [0]],
);

describe("the same edge in another picture", () => {
  it("is found by its nodes, also where others were pruned", () => {
    expect(counterpart(pruned, [0, 1, 0], whole)).toEqual([0, 1, 2]);
    expect(counterpart(whole, [1, 2, 0], pruned)).toEqual([1, 0, 0]);
  });

  it("of a product node keeps its factor", () => {
    expect(counterpart(pruned, [0, 0, 2], whole)).toEqual([0, 0, 4]);
    expect(counterpart(whole, [0, 0, 3], pruned)).toEqual([0, 0, 1]);
  });

  it("is missing where its node was pruned", () => {
    expect(counterpart(whole, [0, 0, 0], pruned)).toBeNull();
  });

  it("has the same place where nodes are not told", () => {
    const [a, b] = [
      frame([
        [2, 0],
        [1, 0],
      ]),
      frame([
        [2, 0],
        [1, 0],
      ]),
    ];
    expect(counterpart(a, [0, 1, 0], b)).toEqual([0, 1, 0]);
  });
});
