/**
 * B-splines of any degree on any strictly increasing knots.
 *
 * Knots are rows of one flat array, `G + 2k + 1` numbers each, as they come in a frame. Degree k,
 * G intervals: the grid proper is [t_k, t_{k+G}], and G + k basis functions live on it, of which
 * k + 1 differ from zero in any one cell.
 */

const MAX_DEGREE = 31;
const left = new Float64Array(MAX_DEGREE + 2);
const right = new Float64Array(MAX_DEGREE + 2);
const lower = new Float64Array(MAX_DEGREE + 2);

export { MAX_DEGREE };

/** Index c in 0 … G-1 of the cell [t_{k+c}, t_{k+c+1}) that holds x; the ends hold what lies beyond. */
export function findCell(
  knots: ArrayLike<number>,
  offset: number,
  k: number,
  G: number,
  x: number,
): number {
  let low = 0;
  let high = G - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((knots[offset + k + middle] as number) <= x) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The `degree + 1` basis functions that differ from zero at x, which lies in [t_span, t_{span+1}]. */
function nonZeroBasis(
  knots: ArrayLike<number>,
  offset: number,
  span: number,
  degree: number,
  x: number,
  out: Float64Array,
): void {
  out[0] = 1;
  for (let d = 1; d <= degree; d++) {
    left[d] = x - (knots[offset + span + 1 - d] as number);
    right[d] = (knots[offset + span + d] as number) - x;
    let carried = 0;
    for (let r = 0; r < d; r++) {
      const share = (out[r] as number) / ((right[r + 1] as number) + (left[d - r] as number));
      out[r] = carried + (right[r + 1] as number) * share;
      carried = (left[d - r] as number) * share;
    }
    out[d] = carried;
  }
}

/** Adds `distance` times the slope of every basis function at x to `out`. */
function addSlope(
  knots: ArrayLike<number>,
  offset: number,
  span: number,
  k: number,
  x: number,
  distance: number,
  out: Float64Array,
): void {
  nonZeroBasis(knots, offset, span, k - 1, x, lower);
  for (let r = 0; r <= k; r++) {
    const first = offset + span - k + r;
    const rising =
      r > 0
        ? (lower[r - 1] as number) / ((knots[first + k] as number) - (knots[first] as number))
        : 0;
    const falling =
      r < k
        ? (lower[r] as number) / ((knots[first + k + 1] as number) - (knots[first + 1] as number))
        : 0;
    out[r] = (out[r] as number) + distance * k * (rising - falling);
  }
}

/**
 * Weights of the coefficients `cell … cell + k` at x, written to `out`; returns `cell`.
 *
 * Beyond the grid they are the weights of the straight line that touches the spline at the border,
 * so one dot product evaluates an edge everywhere.
 */
export function splineWeights(
  knots: ArrayLike<number>,
  offset: number,
  k: number,
  G: number,
  x: number,
  out: Float64Array,
): number {
  const first = knots[offset + k] as number;
  const last = knots[offset + k + G] as number;
  const inside = Math.min(Math.max(x, first), last);
  const cell = findCell(knots, offset, k, G, inside);
  nonZeroBasis(knots, offset, k + cell, k, inside, out);
  if (inside !== x && k > 0) addSlope(knots, offset, k + cell, k, inside, x - inside, out);
  return cell;
}
