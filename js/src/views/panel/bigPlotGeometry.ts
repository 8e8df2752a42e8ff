/** The large plot of one edge as plain geometry: curve, candidate, axes, and histograms at both sides. */

import { candidateCurve } from "../../candidateCurve";
import { type EdgeLayer, HIST_BINS } from "../../frame";
import { ghostOf } from "../../ghost";
import { type Curve, drawCurve, linePath, type Window, windowScale } from "../../maths/curve";
import type { Network } from "../../maths/network";
import {
  type Axis,
  type Extent,
  extentOf,
  extentWithoutPoles,
  roundAxis,
  type Scale,
  union,
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

export interface Residual {
  readonly band: string;
  readonly rms: number;
}

export interface BigCurve {
  readonly curve: Curve;
  readonly candidate: string;
  /** The curve at the moment that is compared with; empty without one. */
  readonly ghost: string;
  /** The band between curve and candidate, and its mean height over the data; none without one. */
  readonly residual: Residual | null;
  readonly axis: Axis;
  readonly window: Window;
  readonly values: Float64Array;
}

/** Root of the mean square of a difference, weighed by how many rows lie in which bin of the input. */
function rmsOver(counts: Float32Array, difference: Float64Array): number {
  let sum = 0;
  let rows = 0;
  difference.forEach((value, n) => {
    const bin = Math.min(HIST_BINS - 1, Math.floor((n / difference.length) * HIST_BINS));
    const count = counts.length > 0 ? (counts[bin] as number) : 1;
    if (!Number.isFinite(value)) return;
    sum += count * value * value;
    rows += count;
  });
  return Math.sqrt(sum / (rows || 1));
}

function residualOf(
  counts: Float32Array,
  values: Float64Array,
  other: Float64Array,
  window: Window,
  yOf: Scale,
): Residual {
  const there = linePath(values, window, yOf);
  const back = linePath(other, window, yOf);
  const isWhole = values.every(Number.isFinite) && other.every(Number.isFinite);
  const points = back.slice(1).split("L").reverse().join("L");
  return {
    band: isWhole ? `${there}L${points}Z` : "",
    rms: rmsOver(
      counts,
      values.map((value, n) => value - (other[n] as number)),
    ),
  };
}

/** The counts of an edge's input; none in frames of very wide networks. */
export const countsOf = (layer: EdgeLayer, i: number): Float32Array =>
  layer.hist?.subarray(i * HIST_BINS, (i + 1) * HIST_BINS) ?? new Float32Array();

export interface Corner {
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "end";
}

/** The corner of the plot that the curve leaves most room in, for a short text. */
export function quietCorner(values: Float64Array, yOf: Scale, window: Window): Corner {
  const third = Math.floor(values.length / 3);
  const ends = [
    { x: window.left + 4, anchor: "start", part: values.subarray(0, third) },
    { x: window.right, anchor: "end", part: values.subarray(-third) },
  ] as const;
  const corners = ends.flatMap(({ x, anchor, part }) => {
    const { lo, hi } = extentOf(part);
    return [
      { x, anchor, y: window.top + 12, room: yOf(hi) - window.top },
      { x, anchor, y: window.bottom - 4, room: window.bottom - yOf(lo) },
    ];
  });
  return corners.reduce((best, corner) => (corner.room > best.room ? corner : best));
}

export interface BigPlotOptions {
  readonly candidate: Suggestion | null;
  readonly width: number;
  readonly height: number;
  /** The network at another moment of the history. */
  readonly compared?: Network | null;
  /** What the axis holds at least, so that it does not shrink under a hand that drags. */
  readonly least?: Extent | null;
}

export function bigCurve(network: Network, edge: EdgeId, options: BigPlotOptions): BigCurve {
  const { candidate, width, height } = options;
  const { lo, hi } = edgeNumbers(network.frame, edge);
  const values = new Float64Array(POINTS);
  network.sampleEdge(...edge, lo, hi, values);
  const other = candidate && candidateCurve(network, candidate, lo, hi, POINTS);
  const ghost = ghostOf(network, edge, options.compared ?? null, [lo, hi], POINTS);
  const drawn = extentWithoutPoles(values);
  const own = ghost ? union(drawn, ghost.extent) : drawn;
  const whole = withZero(other ? union(own, extentWithoutPoles(other)) : own);
  const window: Window = {
    left: MARGIN.left,
    right: width - MARGIN.right,
    top: MARGIN.top,
    bottom: height - MARGIN.bottom - MARGIN.histogram,
  };
  const { lo: least, hi: most } = options.least ? union(whole, options.least) : whole;
  const axis = roundAxis(least, most, height > 140 ? 5 : 4);
  const layer = network.frame.layers[edge[0]];
  const counts = layer ? countsOf(layer, edge[1]) : new Float32Array();
  const yOf = windowScale(axis, (window.bottom - window.top) / (axis.hi - axis.lo), window);
  return {
    curve: drawCurve(values, extentOf(values), yOf, window),
    ghost: ghost ? linePath(ghost.values, window, yOf) : "",
    candidate: other ? linePath(other, window, yOf) : "",
    residual: other && residualOf(counts, values, other, window, yOf),
    axis,
    window,
    values,
  };
}
