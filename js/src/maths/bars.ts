/** A histogram as one path: bars that stand on `floor`, the tallest `height` high. */
export function barsPath(
  counts: ArrayLike<number>,
  left: number,
  width: number,
  floor: number,
  height: number,
): string {
  let most = 0;
  for (let n = 0; n < counts.length; n++) most = Math.max(most, counts[n] as number);
  if (most === 0) return "";
  const step = width / counts.length;
  let path = "";
  for (let n = 0; n < counts.length; n++) {
    const tall = ((counts[n] as number) / most) * height;
    if (tall <= 0) continue;
    const from = (left + n * step + 0.5).toFixed(1);
    path += `M${from} ${floor}v${(-tall).toFixed(1)}h${(step - 1).toFixed(1)}v${tall.toFixed(1)}z`;
  }
  return path;
}
