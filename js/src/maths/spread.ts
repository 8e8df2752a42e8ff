interface Pool {
  sum: number;
  size: number;
}

const level = (pool: Pool): number => pool.sum / pool.size;

/** Neighbours that would stand in the wrong order are pooled at their common mean. */
function poolViolators(values: readonly number[]): Pool[] {
  const pools: Pool[] = [];
  for (const value of values) {
    let pool: Pool = { sum: value, size: 1 };
    let before = pools.at(-1);
    while (before && level(before) > level(pool)) {
      pools.pop();
      pool = { sum: before.sum + pool.sum, size: before.size + pool.size };
      before = pools.at(-1);
    }
    pools.push(pool);
  }
  return pools;
}

function pushUp(y: number[], gaps: readonly number[], lo: number): void {
  let least = lo;
  for (let n = 0; n < y.length; n++) {
    y[n] = Math.max(y[n] as number, least);
    least = (y[n] as number) + (gaps[n] ?? 0);
  }
}

function pushDown(y: number[], gaps: readonly number[], hi: number): void {
  let most = hi;
  for (let n = y.length - 1; n >= 0; n--) {
    y[n] = Math.min(y[n] as number, most);
    most = (y[n] as number) - (gaps[n - 1] ?? 0);
  }
}

/**
 * Positions in order, at least `gaps[n]` apart (between n and n + 1), as near as possible to
 * `wanted` in the sense of least squares, then pushed into [lo, hi] as long as the gaps fit.
 */
export function spread(
  wanted: readonly number[],
  gaps: readonly number[],
  lo: number,
  hi: number,
): number[] {
  const offsets = [0];
  for (const gap of gaps) offsets.push((offsets.at(-1) as number) + gap);
  const free = wanted.map((want, n) => want - (offsets[n] as number));
  const levels = poolViolators(free).flatMap(pool =>
    new Array<number>(pool.size).fill(level(pool)),
  );
  const y = levels.map((value, n) => value + (offsets[n] as number));
  pushUp(y, gaps, lo);
  pushDown(y, gaps, hi);
  return y;
}
