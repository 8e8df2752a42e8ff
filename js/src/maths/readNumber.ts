/** Numbers as people type them: `0.5`, `−1e-3`, `π`, `3π/2`. Nothing is evaluated. */

const NUMBER = "(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?";
const TYPED = new RegExp(`^([+-]?)(${NUMBER})?\\*?(pi|π)?(?:/(${NUMBER}))?$`, "i");

/** The finite number that was typed, or null. */
export function readNumber(text: string): number | null {
  const found = TYPED.exec(text.replace(/\s/g, "").replace(/−/g, "-"));
  if (!found) return null;
  const [, sign, factor, pi, divisor] = found;
  if (factor === undefined && pi === undefined) return null;
  const size = Number(factor ?? 1) * (pi === undefined ? 1 : Math.PI);
  const value = (sign === "-" ? -size : size) / Number(divisor ?? 1);
  return Number.isFinite(value) ? value : null;
}
