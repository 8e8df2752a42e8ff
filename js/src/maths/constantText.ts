/** Constants of fitted functions as short texts that can be read back. */

/** As near to π as numbers in a frame can be. */
const EXACT = 2e-7;
const MOST_PI = 9;

/** `π`, `2π` … for a multiple of π, without its sign; null for any other number. */
export function asPi(value: number): string | null {
  const times = Math.round(Math.abs(value) / Math.PI);
  if (times < 1 || times > MOST_PI) return null;
  const isExact = Math.abs(Math.abs(value) / (times * Math.PI) - 1) < EXACT;
  return isExact ? `${times === 1 ? "" : times}π` : null;
}

const LONGEST = 7;

/** To five figures, or as many as fit a small field, without idle zeros; π and π/2 as such. */
export function constantText(value: number): string {
  const sign = value < 0 ? "−" : "";
  const pi = asPi(value);
  if (pi) return sign + pi;
  const half = asPi(2 * value);
  if (half) return `${sign}${half}/2`;
  const sizes = [5, 4, 3, 2].map(figures => String(Number(Math.abs(value).toPrecision(figures))));
  const size =
    sizes.find(text => text.length <= LONGEST && !text.includes("e")) ??
    String(Number(Math.abs(value).toPrecision(2)).toExponential());
  return (size === "0" ? "" : sign) + size.replace("e-", "e−").replace("e+", "e");
}
