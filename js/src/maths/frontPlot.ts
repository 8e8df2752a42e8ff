/** Where the formulas of a search stand: complexity across, error upwards in decades. */

import type { Found } from "../protocol";
import { tick } from "./format";
import { type ChartTick, lossAxis } from "./lossAxis";
import { linear, roundAxis } from "./scales";

export interface FrontPoint {
  readonly found: Found;
  readonly x: number;
  readonly y: number;
}

export interface FrontPlot {
  readonly box: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
  readonly points: readonly FrontPoint[];
  /** The least error that a formula of this complexity has, as a staircase. */
  readonly stairs: string;
  readonly across: readonly { readonly x: number; readonly text: string }[];
  readonly up: readonly ChartTick[];
  /** Below this height a formula holds to nine digits; null where nothing comes near. */
  readonly exactY: number | null;
}

const LEFT = 42;
const RIGHT = 14;
const TOP = 20;
const BOTTOM = 32;
/** A relative error from which on a formula may be exact. */
const EXACT = 1e-9;
const FEWEST = 4;
const LEAST_SPAN = 0.1;
/** Between a point and the ends of the axes. */
const CLEAR = 10;

function stairsOf(points: readonly FrontPoint[], right: number): string {
  let lowest = Number.NEGATIVE_INFINITY; // on the screen, where y grows downwards
  const corners = points.flatMap(point => {
    if (point.y <= lowest) return [];
    const isFirst = lowest === Number.NEGATIVE_INFINITY;
    lowest = point.y;
    return isFirst ? [`M${point.x} ${lowest}`] : [`H${point.x}V${lowest}`];
  });
  return corners.length > 0 ? `${corners.join("")}H${right}` : "";
}

export function frontPlot(list: readonly Found[], width: number, height: number): FrontPlot {
  const box = { left: LEFT, right: width - RIGHT, top: TOP, bottom: height - BOTTOM };
  const drawn = list.filter(({ relative_rmse }) => relative_rmse !== null);
  // No formula is worse than a constant, but for the rows that happened to be held back.
  const errors = drawn.map(({ relative_rmse }) => Math.min(1, relative_rmse as number));
  const isNear = errors.some(error => error <= EXACT);
  const span = [1, isNear ? EXACT : LEAST_SPAN, ...errors];
  const { ticks, yOf } = lossAxis(span, true, box.top, box.bottom - CLEAR);
  const most = Math.max(FEWEST, ...list.map(({ complexity }) => complexity));
  const axis = roundAxis(0, most, 6);
  const xOf = linear(0, Math.max(axis.hi, most), box.left, box.right - CLEAR);
  const points = drawn.map((found, n) => ({
    found,
    x: xOf(found.complexity),
    y: yOf(errors[n] as number),
  }));
  return {
    box,
    points,
    stairs: stairsOf(points, box.right),
    across: axis.ticks
      .filter(value => Number.isInteger(value))
      .map(value => ({ x: xOf(value), text: tick(value, Math.max(1, axis.step)) })),
    up: ticks,
    exactY: isNear ? yOf(EXACT) : null,
  };
}
