/** The large plot of one edge as plain geometry: curve, candidate, axes, and histograms at both sides. */

import { candidateCurve } from "../../candidateCurve";
import { type EdgeLayer, HIST_BINS } from "../../frame";
import { type Curve, drawCurve, linePath, type Window, windowScale } from "../../maths/curve";
import type { Network } from "../../maths/network";
import {
  type Axis,
  type Extent,
  extentOf,
  extentWithoutPoles,
  roundAxis,
  withZero,
} from "../../maths/scales";
import { edgeNumbers } from "../../names";
import type { EdgeId, Suggestion } from "../../protocol";

const POINTS = 121;
const OUTPUT_BINS = 14;
const MOST_KNOTS = 60;

/** Room around the curve. The input's histogram stands between it and the axis. */
export const MARGIN = { left: 34, right: 26, top: 8, bottom: 18, histogram: 20 } as const;

export interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Counts of the input, as bars that stand on the axis. */
export function inputBars(counts: Float32Array, width: number, height: number): Bar[] {
  const most = Math.max(...counts) || 1;
  const step = (width - MARGIN.left - MARGIN.right) / HIST_BINS;
  return Array.from(counts, (count, n) => {
    const tall = (count / most) * (MARGIN.histogram - 5);
    const y = height - MARGIN.bottom - tall;
    return { x: MARGIN.left + n * step + 0.5, y, width: step - 1, height: tall };
  });
}

/** How often the curve takes which value: each bin of the input lands where the curve is above it. */
function outputCounts(counts: Float32Array, values: Float64Array, { lo, hi }: Extent): number[] {
  const bins = new Array<number>(OUTPUT_BINS).fill(0);
  counts.forEach((count, n) => {
    const at = Math.round(((n + 0.5) / HIST_BINS) * (values.length - 1));
    const share = ((values[at] as number) - lo) / (hi - lo);
    if (Number.isNaN(share)) return;
    const bin = Math.min(OUTPUT_BINS - 1, Math.max(0, Math.floor(share * OUTPUT_BINS)));
    bins[bin] = (bins[bin] ?? 0) + count;
  });
  return bins;
}

export function outputBars(
  counts: Float32Array,
  values: Float64Array,
  extent: Extent,
  { right, top, bottom }: Window,
): Bar[] {
  const bins = outputCounts(counts, values, extent);
  const most = Math.max(...bins) || 1;
  const step = (bottom - top) / OUTPUT_BINS;
  return bins.map((count, n) => ({
    x: right + 4,
    y: bottom - (n + 1) * step + 0.5,
    width: (count / most) * (MARGIN.right - 6),
    height: step - 1,
  }));
}

/** The knots of the grid proper that lie in the range; none where they would be a solid bar. */
export function knotsWithin(layer: EdgeLayer, i: number, lo: number, hi: number): number[] {
  if (layer.grid >= MOST_KNOTS) return [];
  const first = i * (layer.grid + 2 * layer.k + 1) + layer.k;
  const slack = 0.05 * (hi - lo);
  return Array.from(layer.knots.subarray(first, first + layer.grid + 1))
    .filter(knot => knot >= lo - slack && knot <= hi + slack)
    .map(knot => Math.min(hi, Math.max(lo, knot)));
}

export interface BigCurve {
  readonly curve: Curve;
  readonly candidate: string;
  readonly axis: Axis;
  readonly window: Window;
  readonly values: Float64Array;
}

const union = (a: Extent, b: Extent): Extent => ({
  lo: Math.min(a.lo, b.lo),
  hi: Math.max(a.hi, b.hi),
});

export function bigCurve(
  network: Network,
  edge: EdgeId,
  candidate: Suggestion | null,
  width: number,
  height: number,
): BigCurve {
  const { lo, hi } = edgeNumbers(network.frame, edge);
  const values = new Float64Array(POINTS);
  network.sampleEdge(...edge, lo, hi, values);
  const other = candidate && candidateCurve(network, candidate, lo, hi, POINTS);
  const own = extentWithoutPoles(values);
  const whole = withZero(other ? union(own, extentWithoutPoles(other)) : own);
  const window: Window = {
    left: MARGIN.left,
    right: width - MARGIN.right,
    top: MARGIN.top,
    bottom: height - MARGIN.bottom - MARGIN.histogram,
  };
  const axis = roundAxis(whole.lo, whole.hi, height > 140 ? 5 : 4);
  const yOf = windowScale(axis, (window.bottom - window.top) / (axis.hi - axis.lo), window);
  return {
    curve: drawCurve(values, extentOf(values), yOf, window),
    candidate: other ? linePath(other, window, yOf) : "",
    axis,
    window,
    values,
  };
}
