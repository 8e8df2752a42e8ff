/**
 * The closed table of functions an edge can become: the mirror of the table in the Python engine.
 *
 * Every function is evaluated exactly as written and is NaN outside its real domain, so that a
 * curve on the screen never shows a value that the formula does not have.
 */

export type RealFunction = (x: number) => number;

/** Arguments and values of a function that the page does not know, both increasing in x. */
export interface FunctionTable {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

const square = (x: number) => x * x;

const SYMBOLIC: Readonly<Record<string, RealFunction>> = {
  "0": x => x * 0,
  x: x => x,
  "x^2": square,
  "x^3": x => x * x * x,
  "x^4": x => square(x * x),
  "x^5": x => square(x * x) * x,
  "1/x": x => 1 / x,
  "1/x^2": x => 1 / (x * x),
  "1/x^3": x => 1 / (x * x * x),
  "1/x^4": x => 1 / square(x * x),
  "1/x^5": x => 1 / (square(x * x) * x),
  sqrt: Math.sqrt,
  "1/sqrt(x)": x => 1 / Math.sqrt(x),
  "x^1.5": x => x * Math.sqrt(x),
  exp: Math.exp,
  log: Math.log,
  abs: Math.abs,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  tanh: Math.tanh,
  sigmoid: x => 1 / (1 + Math.exp(-x)),
  sgn: Math.sign,
  arcsin: Math.asin,
  arccos: Math.acos,
  arctan: Math.atan,
  arctanh: Math.atanh,
  gaussian: x => Math.exp(-(x * x)),
  cosh: Math.cosh,
  relu: x => Math.max(0, x),
};

const BASE: Readonly<Record<string, RealFunction>> = {
  silu: x => x / (1 + Math.exp(-x)),
  identity: x => x,
  zero: () => 0,
};

export const SYMBOLIC_NAMES: readonly string[] = Object.keys(SYMBOLIC);

/** Linear between the points; NaN outside them and wherever a neighbour is NaN. */
export function interpolate({ x, y }: FunctionTable, at: number): number {
  const last = x.length - 1;
  if (!(at >= (x[0] as number) && at <= (x[last] as number))) return Number.NaN;
  let low = 0;
  let high = last - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((x[middle] as number) <= at) low = middle;
    else high = middle - 1;
  }
  const x0 = x[low] as number;
  const x1 = x[low + 1] as number;
  const share = x1 > x0 ? (at - x0) / (x1 - x0) : 0;
  return (y[low] as number) * (1 - share) + (y[low + 1] as number) * share;
}

const own = (table: Readonly<Record<string, RealFunction>>, name: string) =>
  Object.hasOwn(table, name) ? table[name] : undefined;

const NO_TABLES: ReadonlyMap<string, FunctionTable> = new Map();

/** The function behind a name: built in, sampled by the kernel, or undefined. */
export function findFunction(
  name: string,
  sampled: ReadonlyMap<string, FunctionTable> = NO_TABLES,
): RealFunction | undefined {
  const known = own(SYMBOLIC, name) ?? own(BASE, name);
  if (known) return known;
  const table = sampled.get(name);
  return table && (at => interpolate(table, at));
}
