/** The curve of one edge in a window: paths of the line and of the areas above and below zero. */

import { coordinate } from "./paths";
import { clamp, type Extent, type Scale, withZero } from "./scales";

export interface Window {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Curve {
  readonly line: string;
  readonly above: string;
  readonly below: string;
  readonly zeroY: number;
  readonly yOf: Scale;
}

/** Points evenly spaced over the window; the pen lifts where a value is not a number. */
export function linePath(values: ArrayLike<number>, window: Window, yOf: Scale): string {
  const step = (window.right - window.left) / Math.max(1, values.length - 1);
  let path = "";
  let drawing = false;
  for (let n = 0; n < values.length; n++) {
    const value = values[n] as number;
    if (Number.isNaN(value)) {
      drawing = false;
      continue;
    }
    const x = coordinate(window.left + n * step);
    path += `${drawing ? "L" : "M"}${x} ${coordinate(yOf(value))}`;
    drawing = true;
  }
  return path;
}

/** The area between the curve and zero, on one side of it; what is not a number counts as zero. */
function areaPath(values: ArrayLike<number>, window: Window, yOf: Scale, side: 1 | -1): string {
  const zero = coordinate(yOf(0));
  const step = (window.right - window.left) / Math.max(1, values.length - 1);
  let path = `M${coordinate(window.left)} ${zero}`;
  for (let n = 0; n < values.length; n++) {
    const value = values[n] as number;
    const kept = value * side > 0 ? value : 0;
    path += `L${coordinate(window.left + n * step)} ${coordinate(yOf(kept))}`;
  }
  return `${path}L${coordinate(window.right)} ${zero}Z`;
}

/**
 * A scale of `perUnit` pixels to a unit of value. It slides so that curve and zero line are inside;
 * values beyond the window stop at its edge.
 */
export function windowScale(extent: Extent, perUnit: number, { top, bottom }: Window): Scale {
  const { lo, hi } = withZero(extent);
  const middle = (lo + hi) / 2;
  const centre = (top + bottom) / 2;
  return value => clamp(centre - (value - middle) * perUnit, top, bottom);
}

/** Areas thinner than this many pixels are not worth a path. */
const VISIBLE = 0.1;

export function drawCurve(
  values: ArrayLike<number>,
  extent: Extent,
  yOf: Scale,
  window: Window,
): Curve {
  const { lo, hi } = withZero(extent);
  const zeroY = yOf(0);
  return {
    line: linePath(values, window, yOf),
    above: zeroY - yOf(hi) > VISIBLE ? areaPath(values, window, yOf, 1) : "",
    below: yOf(lo) - zeroY > VISIBLE ? areaPath(values, window, yOf, -1) : "",
    zeroY: coordinate(zeroY),
    yOf,
  };
}
