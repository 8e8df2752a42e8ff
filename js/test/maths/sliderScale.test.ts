import { describe, expect, it } from "vitest";
import { gridScale, ladder125, logScale, stepFrom } from "../../src/maths/sliderScale";

describe("a logarithmic slider", () => {
  const lamb = logScale(1e-5, 1e-1, true);

  it("has its decades evenly apart and stops at one figure", () => {
    expect([1e-5, 1e-3, 1e-1].map(v => lamb.toShare(v))).toEqual([0, 0.5, 1]);
    expect(lamb.fromShare(0.5)).toBe(1e-3);
    expect(lamb.fromShare(0.58)).toBe(0.002);
    expect(lamb.fromShare(7)).toBe(0.1);
  });

  it("steps by a third of a decade, down to zero and back", () => {
    expect(stepFrom(lamb, 1e-3, 1)).toBe(2e-3);
    expect(stepFrom(lamb, 1e-3, -1)).toBe(5e-4);
    expect(stepFrom(lamb, 3e-3, 1)).toBe(5e-3);
    expect(stepFrom(lamb, 1e-5, -1)).toBe(0);
    expect(stepFrom(lamb, 0, -1)).toBe(0);
    expect(stepFrom(lamb, 0, 1)).toBe(1e-5);
    expect(stepFrom(lamb, 0.1, 1)).toBe(0.1);
  });

  it("has a ladder within its limits", () => {
    expect(ladder125(1e-2, 1)).toEqual([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]);
  });
});

describe("the grid slider", () => {
  const grid = gridScale(1, 200);

  it("stops at whole grids and finds its way back", () => {
    for (const value of grid.ladder) expect(grid.fromShare(grid.toShare(value))).toBe(value);
    expect(grid.ladder.every(Number.isInteger)).toBe(true);
  });

  it("shows a grid between its stops between them", () => {
    expect(grid.toShare(7)).toBeGreaterThan(grid.toShare(6));
    expect(grid.toShare(7)).toBeLessThan(grid.toShare(8));
    expect(grid.toShare(0)).toBe(0);
    expect(grid.toShare(999)).toBe(1);
    expect(stepFrom(grid, 7, 1)).toBe(8);
    expect(stepFrom(grid, 7, -1)).toBe(6);
  });

  it("copes with narrow limits", () => {
    expect(gridScale(7, 7).fromShare(1)).toBe(7);
  });
});
