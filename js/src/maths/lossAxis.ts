/** The upright axis of the loss chart: decades, or from zero on in even steps. */

import { powerOfTen, tick } from "./format";
import { linear, logAxis, roundAxis, type Scale } from "./scales";

export interface ChartTick {
  readonly y: number;
  readonly text: string;
}

export interface LossAxis {
  readonly ticks: readonly ChartTick[];
  readonly yOf: Scale;
}

/** What is smaller counts as zero. */
const FLOOR = 1e-16;
/** Zero has no place on a logarithmic axis, so it gets one below. */
const ZERO_ROOM = 13;
const CLEARANCE = 11;

const isZero = (value: number): boolean => value <= FLOOR;

const atZero = (y: number): LossAxis => ({ ticks: [{ y, text: "0" }], yOf: () => y });

function decades(values: readonly number[], top: number, bottom: number, steps: number): LossAxis {
  const positive = values.filter(value => !isZero(value));
  const hasZero = positive.length < values.length;
  if (positive.length === 0) return atZero((top + bottom) / 2);
  const foot = hasZero ? bottom - ZERO_ROOM : bottom;
  const { lo, hi, exponents } = logAxis(Math.min(...positive), Math.max(...positive), steps);
  const yOf = linear(hi, lo, top, foot);
  const ticks = exponents.map(e => ({ y: yOf(e), text: powerOfTen(e) }));
  return {
    ticks: hasZero ? [...ticks, { y: bottom, text: "0" }] : ticks,
    yOf: value => (isZero(value) ? bottom : yOf(Math.log10(value))),
  };
}

function evenSteps(values: readonly number[], top: number, bottom: number, steps: number) {
  const most = Math.max(...values);
  if (isZero(most)) return atZero(bottom);
  const axis = roundAxis(0, most, steps);
  const yOf = linear(axis.lo, axis.hi, bottom, top);
  const ticks = axis.ticks.map(value => ({ y: yOf(value), text: tick(value, axis.step) }));
  return { ticks: ticks.reverse(), yOf };
}

/** Leaves out ticks whose texts would touch; the uppermost stays. */
function apart(ticks: readonly ChartTick[]): ChartTick[] {
  let free = Number.NEGATIVE_INFINITY;
  return ticks.filter(({ y }) => {
    if (y < free) return false;
    free = y + CLEARANCE;
    return true;
  });
}

/** An axis for losses of zero or more, between two heights. */
export function lossAxis(
  values: readonly number[],
  isLog: boolean,
  top: number,
  bottom: number,
): LossAxis {
  const steps = bottom - top > 70 ? 4 : 3;
  if (values.length === 0) return { ticks: [], yOf: () => bottom };
  const axis = (isLog ? decades : evenSteps)(values, top, bottom, steps);
  return { ...axis, ticks: apart(axis.ticks) };
}
