import type { SymbolicEdge } from "../../frame";
import { asPi } from "../../maths/constantText";
import { functionSign, type Name, nameText } from "../../maths/format";

const FIGURES = 3;

function figures(value: number): string {
  const pi = asPi(value);
  if (pi) return pi;
  const rounded = Number(value.toPrecision(FIGURES));
  return String(Math.abs(rounded));
}

const isOne = (value: number): boolean => Math.abs(value - 1) < 5e-4;
const isNothing = (value: number): boolean => Math.abs(value) < 5e-4;

/** `2 sin(3.14 x + 0.5) − 1`: a fitted function to three figures, without idle ones and zeros. */
export function affineText({ name, a, b, c, d }: SymbolicEdge, variable: Name): string {
  const x = nameText(variable);
  if (name === "0") return signed(d, true);
  const slope = isOne(a) ? x : `${signed(a, true)} ${x}`;
  const inside = isNothing(b) ? slope : `${slope} ${signed(b)}`;
  const called = callText(name, inside);
  const front = isOne(c) ? called : `${signed(c, true)} ${called}`;
  return isNothing(d) ? front : `${front} ${signed(d)}`;
}

/** With a blank behind the sign inside a sum, without one at its beginning. */
function signed(value: number, isFirst = false): string {
  if (isFirst) return (value < 0 ? "−" : "") + figures(value);
  return `${value < 0 ? "−" : "+"} ${figures(value)}`;
}

/** A bare variable needs no brackets around it. */
const bracketed = (inside: string): string => (inside.includes(" ") ? `(${inside})` : inside);

const SHAPES: Readonly<Record<string, (inside: string) => string>> = {
  x: inside => bracketed(inside),
  abs: inside => `|${inside}|`,
  sqrt: inside => `√${bracketed(inside)}`,
  "1/sqrt(x)": inside => `1/√${bracketed(inside)}`,
  gaussian: inside => `gauss(${inside})`,
};

/** The x that a sign like `1/x²` stands for, not the letter inside a word. */
const VARIABLE = /(?<![\p{L}\p{Nd}_])x(?![\p{L}\p{Nd}_])/u;

function callText(name: string, inside: string): string {
  const shape = Object.hasOwn(SHAPES, name) ? SHAPES[name] : undefined;
  if (shape) return shape(inside);
  const sign = functionSign(name);
  if (!VARIABLE.test(sign)) return `${sign}(${inside})`;
  return sign.replace(VARIABLE, () => bracketed(inside));
}
