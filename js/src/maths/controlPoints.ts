/**
 * Where the coefficients of a spline can be taken hold of: on the curve, above the mean of the
 * inner knots of their basis functions (their Greville points), where they matter most.
 */

import type { EdgeId } from "../protocol";
import type { Network } from "./network";
import { clamp } from "./scales";
import { splineWeights } from "./spline";

export interface ControlPoint {
  /** Number of the coefficient. */
  readonly m: number;
  readonly x: number;
  readonly y: number;
  /** What the curve rises here when the coefficient grows by one. */
  readonly lift: number;
}

/** More points than this could not be told apart. */
const MOST = 24;
const LEAST_LIFT = 1e-9;

function greville(knots: ArrayLike<number>, offset: number, k: number, m: number): number {
  if (k === 0) return ((knots[offset + m] as number) + (knots[offset + m + 1] as number)) / 2;
  let sum = 0;
  for (let r = 1; r <= k; r++) sum += knots[offset + m + r] as number;
  return sum / k;
}

/** The points within [lo, hi], and those just beside it at its ends; none for a function, a removed edge, or a very fine grid. */
export function controlPoints(
  network: Network,
  [l, i, j]: EdgeId,
  lo: number,
  hi: number,
): ControlPoint[] {
  const layer = network.frame.layers[l];
  const index = layer ? i * layer.outputs + j : 0;
  if (!layer || layer.symbolic.has(index) || layer.mask[index] === 0) return [];
  const { k, grid, knots } = layer;
  const offset = i * (grid + 2 * k + 1);
  const weights = new Float64Array(k + 1);
  const value = new Float64Array(1);
  const slack = 0.05 * (hi - lo);
  const points: ControlPoint[] = [];
  for (let m = 0; m < grid + k; m++) {
    const centre = greville(knots, offset, k, m);
    if (centre < lo - slack || centre > hi + slack) continue;
    const x = clamp(centre, lo, hi);
    const first = splineWeights(knots, offset, k, grid, x, weights);
    const lift = (layer.scaleSpline[index] as number) * (weights[m - first] ?? 0);
    if (!(Math.abs(lift) > LEAST_LIFT)) continue;
    network.sampleEdge(l, i, j, x, x, value);
    points.push({ m, x, y: value[0] as number, lift });
  }
  return points.length > MOST ? [] : points;
}
