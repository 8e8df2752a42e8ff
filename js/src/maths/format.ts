/** Numbers and names as the screen writes them: true minus, fixed width, no false precision. */

import type { Feature } from "./features";

const MINUS = "−";
const NONE = "–";

const trueMinus = (text: string): string => text.replace("-", MINUS);

/** Removes the sign of a number that rounds to zero. */
const noMinusZero = (text: string): string => (/^-0(\.0*)?$/.test(text) ? text.slice(1) : text);

/** `3.47`, `−0.60`; a number that two decimals cannot hold is written with an exponent. */
export function decimal(value: number, digits = 2): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? NONE : value > 0 ? "∞" : `${MINUS}∞`;
  if (Math.abs(value) >= 1e5) return scientific(value);
  return trueMinus(noMinusZero(value.toFixed(digits)));
}

/**
 * A value of a node whose values reach up to `scale`: three figures of the scale, at least `least`
 * decimals where it is about one, so that a moving value keeps its width.
 */
export function nodeValue(value: number, scale: number, least = 2): string {
  if (!(scale > 0) || !Number.isFinite(value)) return decimal(value, least);
  if (scale < 1e-3) return scientific(value);
  const figures = 1 - Math.floor(Math.log10(scale));
  return decimal(
    value,
    Math.max(0, Math.min(5, scale < 0.1 || scale >= 100 ? figures + 1 : least)),
  );
}

/** `2.3e−15`; whole mantissas lose their `.0` when `short`. */
export function scientific(value: number, short = false): string {
  if (value === 0) return "0";
  const [mantissa = "", exponent = "0"] = value.toExponential(1).split("e");
  const front = short ? mantissa.replace(/\.0$/, "") : mantissa;
  return `${trueMinus(front)}e${trueMinus(String(Number(exponent)))}`;
}

/** A loss: three significant figures, with an exponent below 1e-3 and from 1e4 on. */
export function loss(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NONE;
  if (!Number.isFinite(value)) return "∞";
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(3));
  return rounded >= 1e-3 && rounded < 1e4 ? fixedFigures(rounded, 3) : scientific(value);
}

/** Like toPrecision, but never with an exponent. */
function fixedFigures(value: number, figures: number): string {
  const magnitude = Math.floor(Math.log10(Math.abs(value)) + 1e-12);
  return value.toFixed(Math.max(0, figures - 1 - magnitude));
}

/** r²: three decimals, but the distance from one where three decimals would all be nines. */
export function r2(value: number): string {
  if (!Number.isFinite(value)) return NONE;
  if (value === 1) return "1";
  if (value <= 0.9995) return decimal(value, 3);
  return `1 ${MINUS} ${scientific(1 - value, true).replace(/\.\d/, "")}`;
}

/** A setting such as lamb: `0`, `2e−3`, `2.5e−3`. */
export const setting = (value: number): string => scientific(value, true);

/** A threshold: `0.02`, `0.005`, `1`, and `5e−4` below a thousandth. */
export function threshold(value: number): string {
  return value >= 1e-3 ? String(Number(value.toPrecision(1))) : scientific(value, true);
}

/** A tick: as few figures as tell it from its neighbours, `step` apart. */
export function tick(value: number, step: number): string {
  if (value !== 0 && (Math.abs(value) >= 1e4 || step < 1e-3)) return scientific(value, true);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return decimal(value, digits);
}

/** The end of an axis of this length: 0 where it is hardly anything else. */
export const axisEnd = (value: number, length: number): string =>
  bound(Math.abs(value) < 2e-3 * length ? 0 : value);

/** The end of an axis, to two figures and without idle zeros: 0.9987 becomes `1`. */
export function bound(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return decimal(value, 0);
  const rounded = Number(value.toPrecision(2));
  const size = Math.abs(rounded);
  return size >= 1e4 || size < 1e-2 ? scientific(rounded, true) : trueMinus(String(rounded));
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

export const superscript = (n: number): string =>
  (n < 0 ? "⁻" : "") + String(Math.abs(n)).replace(/\d/g, d => SUPERSCRIPTS[Number(d)] ?? d);

/** A power of ten for a logarithmic axis: `1`, `10⁻⁵`. */
export const powerOfTen = (exponent: number): string =>
  exponent === 0 ? "1" : `10${superscript(exponent)}`;

export interface Name {
  /** What stands before the name, upright: a function that is taken of it. */
  readonly lead?: string;
  readonly stem: string;
  readonly sub: string;
  /** What stands behind it: a power. */
  readonly tail?: string;
  /** The other factor of a product, and the sign between them. */
  readonly times?: readonly [sign: string, name: Name];
}

/** `x_1`, `x1` and `x₁` are all x with the index 1; any other name is left as it is. */
export function splitName(name: string): Name {
  const plain = name.replace(/[₀-₉]/g, d => String(SUBSCRIPTS.indexOf(d)));
  const match = /^(\p{L})_?(\d{1,4})$/u.exec(plain) ?? /^(\p{L}+)_(\d{1,4})$/u.exec(plain);
  return match ? { stem: match[1] as string, sub: match[2] as string } : { stem: name, sub: "" };
}

/** A name in plain text: `h₁`, with a subscript where it is a number. */
export const nameText = ({ lead = "", stem, sub, tail = "", times }: Name): string => {
  const own = lead + stem + sub.replace(/\d/g, d => SUBSCRIPTS[Number(d)] ?? d) + tail;
  return times ? own + times[0] + nameText(times[1]) : own;
};

/** `x²`, `xy`, `sin x`: an input that is made of columns with these names. */
export function featureName({ kind, columns }: Feature, names: readonly string[]): Name {
  const [first, last] = [columns[0], columns.at(-1)].map(column =>
    splitName(names[column as number] ?? ""),
  ) as [Name, Name];
  if (kind === "square") return { ...first, tail: "²" };
  if (kind === "sine") return { ...first, lead: "sin " };
  const areLetters = [first, last].every(({ stem }) => [...stem].length === 1);
  return { ...first, times: [areLetters ? "" : " · ", last] };
}

/** At most as wide as `most` letters; an ellipsis, two letters wide, where something was cut. */
export const shorten = (name: string, most: number): string => {
  const letters = [...name];
  return letters.length > most ? `${letters.slice(0, Math.max(1, most - 2)).join("")}…` : name;
};

const FUNCTION_SIGNS: Readonly<Record<string, string>> = {
  "0": "0",
  "x^2": "x²",
  "x^3": "x³",
  "x^4": "x⁴",
  "x^5": "x⁵",
  "1/x^2": "1/x²",
  "1/x^3": "1/x³",
  "1/x^4": "1/x⁴",
  "1/x^5": "1/x⁵",
  "x^1.5": "x¹·⁵",
  sqrt: "√x",
  "1/sqrt(x)": "1/√x",
  abs: "|x|",
  gaussian: "gauss",
};

/** A function's name as a chip or a row of candidates shows it. */
export const functionSign = (name: string): string =>
  Object.hasOwn(FUNCTION_SIGNS, name) ? (FUNCTION_SIGNS[name] as string) : name;

/** `1 edge`, `3 edges`. */
export const plural = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;

/** A share as per cent: never a full hundred, or nothing, that is not quite. */
export function percent(share: number): string {
  const shown = Number((100 * share).toFixed(1));
  const kept = share < 1 ? Math.min(shown, 99.9) : shown;
  return `${share > 0 ? Math.max(kept, 0.1) : 0} %`;
}

/** A number as one would type it: no more digits than it has, powers of ten only where it is very small or large. */
export function typed(value: number): string {
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-3 || size >= 1e6)) return scientific(value, true);
  return String(Number(value.toPrecision(6))).replace("-", "\u2212");
}
