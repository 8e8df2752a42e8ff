/** Crude candidates for a curve: the best of a few stretches and shifts, the rest by least squares. */

import { findFunction } from "../src/maths/functions";
import type { Suggestion } from "../src/protocol";

const NAMES = [
  ["sin", 2],
  ["gaussian", 3],
  ["x^2", 2],
  ["exp", 2],
  ["abs", 3],
  ["tanh", 3],
  ["x", 1],
  ["arctan", 4],
  ["x^3", 3],
] as const;

const STRETCHES = [0.5, 1, 1.5, 2, 2.5, Math.PI, 4];
const SHIFTS = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2];

interface Line {
  readonly c: number;
  readonly d: number;
  readonly r2: number;
}

function fitLine(u: readonly number[], y: readonly number[]): Line {
  const n = y.length;
  const mean = (v: readonly number[]) => v.reduce((a, b) => a + b, 0) / n;
  const mu = mean(u);
  const my = mean(y);
  let uu = 0;
  let uy = 0;
  let yy = 0;
  for (let m = 0; m < n; m++) {
    const du = (u[m] as number) - mu;
    const dy = (y[m] as number) - my;
    uu += du * du;
    uy += du * dy;
    yy += dy * dy;
  }
  const c = uu > 0 ? uy / uu : 0;
  return { c, d: my - c * mu, r2: yy > 0 && uu > 0 ? (uy * uy) / (uu * yy) : 0 };
}

export function suggestFor(x: readonly number[], y: readonly number[]): Suggestion[] {
  const list = NAMES.map(([name, complexity]): Suggestion => {
    const f = findFunction(name) as (x: number) => number;
    let best = { a: 1, b: 0, c: 0, d: 0, r2: -1 };
    for (const a of STRETCHES) {
      for (const b of SHIFTS) {
        const { c, d, r2 } = fitLine(
          x.map(v => f(a * v + b)),
          y,
        );
        if (r2 > best.r2) best = { a, b, c, d, r2 };
      }
    }
    const net_rmse = 0.02 + 0.1 * (1 - best.r2) + 0.001 * complexity;
    return { name, complexity, r2: best.r2, affine: [best.a, best.b, best.c, best.d], net_rmse };
  });
  return list.sort((a, b) => b.r2 - a.r2);
}
