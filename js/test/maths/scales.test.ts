import { describe, expect, it } from "vitest";
import {
  extentOf,
  extentWithoutPoles,
  linear,
  logAxis,
  roundAxis,
  roundStep,
  steadySpan,
} from "../../src/maths/scales";
import { spread } from "../../src/maths/spread";

describe("axes", () => {
  it("step by 1, 2 or 5 times a power of ten", () => {
    expect([1, 4, 0.07, 300].map(span => roundStep(span, 4))).toEqual([0.5, 1, 0.02, 100]);
    expect(roundStep(0, 4)).toBe(1);
    expect(roundStep(Number.NaN, 4)).toBe(1);
  });

  it("begin and end on a tick around the values", () => {
    const axis = roundAxis(-0.18, 1.39, 4.2);
    expect(axis.ticks).toEqual([-0.5, 0, 0.5, 1, 1.5]);
    expect(roundAxis(0, 0, 4).hi).toBeGreaterThan(0);
  });

  it("cover whole decades when logarithmic", () => {
    expect(logAxis(2.3e-15, 0.7, 3)).toEqual({ lo: -15, hi: 0, exponents: [0, -5, -10, -15] });
    expect(logAxis(0.02, 0.7, 3).exponents).toEqual([0, -1, -2]);
    expect(logAxis(0.1, 0.1, 3).exponents).toEqual([0, -1]);
  });

  it("map straight, and a scale without width maps to its start", () => {
    expect(linear(0, 2, 10, 20)(1)).toBe(15);
    expect(linear(3, 3, 10, 20)(7)).toBe(10);
  });
});

describe("the extent of a curve", () => {
  it("leaves out what is not finite", () => {
    expect(extentOf([3, Number.NaN, -1, Number.POSITIVE_INFINITY])).toEqual({ lo: -1, hi: 3 });
    expect(extentOf([Number.NaN])).toEqual({ lo: 0, hi: 0 });
  });

  it("does not follow a pole when told so, and keeps a smooth curve whole", () => {
    const pole = Array.from({ length: 61 }, (_, n) => 1 / (n / 30 - 1.001));
    expect(extentOf(pole).lo).toBeLessThan(-500);
    expect(extentWithoutPoles(pole).lo).toBeGreaterThan(-100);
    expect(extentWithoutPoles(pole).lo).toBeLessThan(-1);
    const smooth = Array.from({ length: 61 }, (_, n) => Math.exp(n / 20));
    expect(extentWithoutPoles(smooth)).toEqual({ lo: 1, hi: Math.exp(3) });
    expect(extentWithoutPoles([Number.NaN])).toEqual({ lo: 0, hi: 0 });
  });
});

it("a shared span grows at once and shrinks late", () => {
  expect(steadySpan(1, 1.2)).toBe(1.2);
  expect(steadySpan(1, 0.7)).toBe(1);
  expect(steadySpan(1, 0.5)).toBe(0.5);
  expect(steadySpan(0, 0)).toBe(1);
});

describe("spread", () => {
  it("leaves positions alone that already keep their distance", () => {
    expect(spread([1, 5, 9], [2, 2], 0, 10)).toEqual([1, 5, 9]);
  });

  it("moves neighbours apart by equal amounts", () => {
    expect(spread([5, 5], [4], 0, 10)).toEqual([3, 7]);
  });

  it("keeps order and gaps at both ends", () => {
    const y = spread([9, 9, 9, 0], [2, 2, 2], 0, 10);
    for (let n = 1; n < y.length; n++) {
      expect((y[n] as number) - (y[n - 1] as number)).toBeGreaterThanOrEqual(2 - 1e-9);
    }
    expect(Math.max(...y)).toBeLessThanOrEqual(10);
    expect(spread([-5, -4], [3], 0, 10)).toEqual([0, 3]);
  });

  it("of nothing is nothing", () => {
    expect(spread([], [], 0, 10)).toEqual([]);
  });
});
