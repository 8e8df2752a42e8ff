/** Straight scales, round ticks, and the spans that keep plots still while their curves move. */

export type Scale = (value: number) => number;

export const linear = (lo: number, hi: number, from: number, to: number): Scale => {
  const slope = hi === lo ? 0 : (to - from) / (hi - lo);
  return value => from + (value - lo) * slope;
};

export const clamp = (value: number, lo: number, hi: number): number =>
  Math.min(hi, Math.max(lo, value));

/** The smallest of 1, 2, 5 times a power of ten that divides `span` into at most `most` steps. */
export function roundStep(span: number, most: number): number {
  const raw = span / Math.max(1, most);
  if (!(raw > 0) || !Number.isFinite(raw)) return 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5, 10].find(f => f * power >= raw * (1 - 1e-9)) ?? 10;
  return factor * power;
}

export interface Axis {
  readonly lo: number;
  readonly hi: number;
  readonly step: number;
  readonly ticks: readonly number[];
}

/** An axis around [lo, hi] that begins and ends on a round tick. */
export function roundAxis(lo: number, hi: number, most: number): Axis {
  const span = hi - lo || Math.abs(hi) || 1;
  const step = roundStep(span, most);
  const first = Math.floor(lo / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(hi / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, n) => (first + n) * step);
  return { lo: first * step, hi: last * step, step, ticks };
}

export interface LogAxis {
  /** Exponents of ten at both ends. */
  readonly lo: number;
  readonly hi: number;
  readonly exponents: readonly number[];
}

/** Whole decades around the positive values, with at most `most` steps between the ticks. */
export function logAxis(smallest: number, largest: number, most: number): LogAxis {
  const lo = Math.floor(Math.log10(smallest));
  const hi = Math.max(lo + 1, Math.ceil(Math.log10(largest))) || 0;
  const step = Math.max(1, Math.ceil((hi - lo) / most));
  const exponents: number[] = [];
  for (let e = hi; e >= lo; e -= step) exponents.push(e);
  return { lo, hi, exponents };
}

export interface Extent {
  readonly lo: number;
  readonly hi: number;
}

/** The extent of the finite values. */
export function extentOf(values: ArrayLike<number>): Extent {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (let n = 0; n < values.length; n++) {
    const value = values[n] as number;
    if (!Number.isFinite(value)) continue;
    if (value < lo) lo = value;
    if (value > hi) hi = value;
  }
  return lo <= hi ? { lo, hi } : { lo: 0, hi: 0 };
}

/**
 * The extent without what stands far outside the middle nine tenths: a pole of a named function
 * would flatten every other curve of its layer.
 */
export function extentWithoutPoles(values: ArrayLike<number>): Extent {
  const { lo, hi } = extentOf(values);
  const sorted = Array.from(values)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  if (sorted.length === 0) return { lo, hi };
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
  const room = 3 * (at(0.95) - at(0.05));
  return { lo: Math.max(lo, at(0.05) - room), hi: Math.min(hi, at(0.95) + room) };
}

export const union = (a: Extent, b: Extent): Extent => ({
  lo: Math.min(a.lo, b.lo),
  hi: Math.max(a.hi, b.hi),
});

/** The extent that also holds zero: the zero line is always inside a plot. */
export const withZero = ({ lo, hi }: Extent): Extent => ({
  lo: Math.min(0, lo),
  hi: Math.max(0, hi),
});

/**
 * The span that plots share, in units of the values. It grows at once and shrinks only when less
 * than six tenths of it are used, so that curves are not rescaled at every frame.
 */
export function steadySpan(previous: number, needed: number): number {
  if (!(needed > 0)) return previous > 0 ? previous : 1;
  return needed > previous || needed < 0.6 * previous ? needed : previous;
}
