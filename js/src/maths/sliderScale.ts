/** How the values of a slider lie on its track, which values it stops at, and how keys move it. */

import { clamp } from "./scales";

export interface SliderScale {
  readonly min: number;
  readonly max: number;
  /** Zero is a value of its own, left of the track. */
  readonly zero: boolean;
  /** Place on the track, 0 … 1. Zero has none. */
  toShare(value: number): number;
  /** The nearest value that the slider stops at. */
  fromShare(share: number): number;
  /** The values that the arrow keys visit. */
  readonly ladder: readonly number[];
}

const oneFigure = (value: number): number => Number(value.toPrecision(1));

/** 1, 2, 5, 10, … between two values. */
export function ladder125(min: number, max: number): number[] {
  const steps: number[] = [];
  for (let e = Math.floor(Math.log10(min)); e <= Math.ceil(Math.log10(max)); e++) {
    for (const factor of [1, 2, 5]) {
      const value = Number(`${factor}e${e}`);
      if (value >= min * (1 - 1e-9) && value <= max * (1 + 1e-9)) steps.push(value);
    }
  }
  return steps;
}

export function logScale(min: number, max: number, zero = false): SliderScale {
  const lo = Math.log10(min);
  const width = Math.log10(max) - lo || 1;
  return {
    min: zero ? 0 : min,
    max,
    zero,
    toShare: value => clamp((Math.log10(value) - lo) / width, 0, 1),
    fromShare: share => clamp(oneFigure(10 ** (lo + clamp(share, 0, 1) * width)), min, max),
    ladder: zero ? [0, ...ladder125(min, max)] : ladder125(min, max),
  };
}

const GRIDS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 200];

/** Numbers of grid intervals: every one of them up to six, then in round steps. */
export function gridScale(min: number, max: number): SliderScale {
  const inside = GRIDS.filter(grid => grid >= min && grid <= max);
  const stops = inside.length > 1 ? inside : [min, max];
  const last = stops.length - 1;
  const at = (n: number) => stops[n] as number;
  return {
    min: at(0),
    max: at(last),
    zero: false,
    toShare(value) {
      const next = stops.findIndex(stop => stop >= value);
      if (next === 0) return 0;
      if (next < 0) return 1;
      return (next - 1 + (value - at(next - 1)) / (at(next) - at(next - 1))) / last;
    },
    fromShare: share => at(Math.round(clamp(share, 0, 1) * last)),
    ladder: stops,
  };
}

/** The next value of the ladder above (1) or below (-1), also from a value that is not on it. */
export function stepFrom(scale: SliderScale, value: number, direction: 1 | -1): number {
  const { ladder } = scale;
  const beyond = (stop: number) =>
    direction > 0 ? stop > value * (1 + 1e-9) : stop < value * (1 - 1e-9);
  const found = direction > 0 ? ladder.find(beyond) : ladder.findLast(beyond);
  return found ?? (direction > 0 ? (ladder.at(-1) as number) : (ladder[0] as number));
}

/** Even steps from one end to the other. */
export function evenScale(min: number, max: number, step: number): SliderScale {
  const count = Math.round((max - min) / step);
  const at = (n: number) => Number((min + n * step).toPrecision(12));
  return {
    min,
    max,
    zero: false,
    toShare: value => clamp((value - min) / (max - min), 0, 1),
    fromShare: share => at(Math.round(clamp(share, 0, 1) * count)),
    ladder: Array.from({ length: count + 1 }, (_, n) => at(n)),
  };
}
