import type { Network } from "./maths/network";
import type { Suggestion } from "./protocol";

/** A candidate at evenly spaced points of [lo, hi]; null for a function that the page cannot evaluate. */
export function candidateCurve(
  network: Network,
  { name, affine: [a, b, c, d] }: Suggestion,
  lo: number,
  hi: number,
  points: number,
): Float64Array | null {
  const f = network.functionNamed(name);
  if (!f) return null;
  const step = (hi - lo) / (points - 1);
  return Float64Array.from({ length: points }, (_, n) => c * f(a * (lo + n * step) + b) + d);
}
