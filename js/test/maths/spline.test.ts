import { describe, expect, it } from "vitest";
import { findCell, splineWeights } from "../../src/maths/spline";

const uniform = (k: number, G: number, lo = -1, hi = 1) =>
  Float64Array.from({ length: G + 2 * k + 1 }, (_, m) => lo + ((m - k) * (hi - lo)) / G);

const uneven = (k: number) =>
  Float64Array.from([-3, -2.2, -1.7, -1, -0.4, -0.1, 0.6, 1, 1.3, 2, 2.1].slice(3 - k, 8 + k));

/** The textbook recursion, as a witness for the local algorithm. */
function recursiveBasis(t: Float64Array, m: number, k: number, x: number): number {
  const at = (n: number) => t[n] as number;
  if (k === 0) return x >= at(m) && x < at(m + 1) ? 1 : 0;
  return (
    ((x - at(m)) / (at(m + k) - at(m))) * recursiveBasis(t, m, k - 1, x) +
    ((at(m + k + 1) - x) / (at(m + k + 1) - at(m + 1))) * recursiveBasis(t, m + 1, k - 1, x)
  );
}

function spline(t: Float64Array, coef: number[], k: number, G: number, x: number): number {
  const w = new Float64Array(k + 1);
  const cell = splineWeights(t, 0, k, G, x, w);
  return w.reduce((sum, v, r) => sum + v * (coef[cell + r] as number), 0);
}

describe("cell search", () => {
  it("puts a knot into the cell on its right, and the last knot into the last cell", () => {
    const t = uniform(2, 4);
    expect([-1, -0.5, 0, 0.49, 0.5, 1].map(x => findCell(t, 0, 2, 4, x))).toEqual([
      0, 1, 2, 2, 3, 3,
    ]);
  });

  it("gives the outer cells to what lies beyond the grid", () => {
    const t = uniform(3, 5);
    expect(findCell(t, 0, 3, 5, -9)).toBe(0);
    expect(findCell(t, 0, 3, 5, 9)).toBe(4);
  });
});

describe("basis", () => {
  for (const k of [0, 1, 2, 3, 5]) {
    it(`of degree ${k} agrees with the recursion`, () => {
      const G = 7;
      const t = uniform(k, G);
      const w = new Float64Array(k + 1);
      for (let x = -0.999; x < 1; x += 0.037) {
        const cell = splineWeights(t, 0, k, G, x, w);
        for (let m = 0; m < G + k; m++) {
          const local = m >= cell && m <= cell + k ? w[m - cell] : 0;
          expect(local).toBeCloseTo(recursiveBasis(t, m, k, x), 12);
        }
      }
    });

    it(`of degree ${k} sums to one everywhere, beyond the grid too`, () => {
      const t = uniform(k, 4);
      const w = new Float64Array(k + 1);
      for (const x of [-5, -1, -0.2, 0.5, 1, 3]) {
        splineWeights(t, 0, k, 4, x, w);
        expect(w.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      }
    });
  }

  it("copes with uneven knots", () => {
    const k = 3;
    const t = uneven(k);
    const w = new Float64Array(k + 1);
    const cell = splineWeights(t, 0, k, 4, 0.3, w);
    for (let r = 0; r <= k; r++) {
      expect(w[r]).toBeCloseTo(recursiveBasis(t, cell + r, k, 0.3), 12);
    }
  });

  it("reads the row that the offset names", () => {
    const t = new Float64Array([...uniform(2, 3), ...uniform(2, 3, 10, 13)]);
    const w = new Float64Array(3);
    expect(splineWeights(t, 8, 2, 3, 11.5, w)).toBe(1);
    expect(w[1]).toBeCloseTo(0.75, 12);
  });
});

describe("beyond the grid", () => {
  const coef = [0.3, -1, 0.8, 2, -0.4, 0.1, 0.9, -0.6];
  for (const k of [1, 2, 3]) {
    it(`a spline of degree ${k} goes on as the line that touches it at the border`, () => {
      const G = 5;
      const t = uniform(k, G);
      const h = 1e-6;
      for (const [border, side] of [
        [-1, -1],
        [1, 1],
      ] as const) {
        const value = spline(t, coef, k, G, border);
        const slope = (value - spline(t, coef, k, G, border - side * h)) / (side * h);
        expect(spline(t, coef, k, G, border + side * 2)).toBeCloseTo(value + side * 2 * slope, 4);
      }
    });
  }

  it("a step function goes on as its last value", () => {
    const t = uniform(0, 5);
    expect(spline(t, coef, 0, 5, 7)).toBe(coef[4]);
    expect(spline(t, coef, 0, 5, -7)).toBe(coef[0]);
  });

  it("lets NaN through", () => {
    expect(spline(uniform(3, 5), coef, 3, 5, Number.NaN)).toBeNaN();
  });
});
