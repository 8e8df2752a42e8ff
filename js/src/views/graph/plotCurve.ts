/** The curve of one plot, in the plot's own coordinates. */

import { type Curve, drawCurve, linePath, type Window, windowScale } from "../../maths/curve";
import { type Extent, withZero } from "../../maths/scales";
import type { EdgeCurve } from "../../scene";

const PAD = 5;
/** A chip stands on the top frame; the curve keeps clear of it. */
const CHIP_CLEARANCE = 8;

export interface PlotCurve extends Curve {
  readonly window: Window;
  readonly extent: Extent;
  /** The curve of the moment that is compared with. */
  readonly ghost: string;
}

export function plotWindow(width: number, height: number, isNamed: boolean): Window {
  return {
    left: PAD,
    right: width - PAD,
    top: PAD + (isNamed ? CHIP_CLEARANCE : 0),
    bottom: height - PAD,
  };
}

/** `span` units fill a plot without a chip; null gives the curve a scale of its own. */
export function plotCurve(
  edge: EdgeCurve,
  span: number | null,
  width: number,
  height: number,
  isNamed: boolean,
): PlotCurve {
  const window = plotWindow(width, height, isNamed);
  const whole = withZero(edge.extent);
  const needed = span ?? whole.hi - whole.lo;
  // A chip takes room from the window of its plot, but a unit stays as many pixels in all plots.
  const room = height - 2 * PAD - CHIP_CLEARANCE;
  const perUnit = (span === null ? window.bottom - window.top : room) / (needed || 1);
  const yOf = windowScale(edge.extent, perUnit, window);
  const ghost = edge.ghost ? linePath(edge.ghost, window, yOf) : "";
  const curve = drawCurve(edge.values, edge.extent, yOf, window);
  return { ...curve, window, extent: edge.extent, ghost };
}
