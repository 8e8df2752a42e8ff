/** A field as the colours of a canvas: opacity carries the magnitude, so it reads on any ground. */

import { type Colour, parseColour } from "../../maths/colour";
import type { NodeField } from "../../maths/field";
import { paintPixels } from "./pixels";

const STRONGEST = 245;

export interface Heat {
  readonly positive: Colour;
  readonly negative: Colour;
}

const BLUE: Colour = { r: 38, g: 125, b: 196, a: 1 };
const ORANGE: Colour = { r: 222, g: 112, b: 20, a: 1 };

export function heatOf(element: Element): Heat {
  const style = getComputedStyle(element);
  return {
    positive: parseColour(style.getPropertyValue("--kw-posheat")) ?? BLUE,
    negative: parseColour(style.getPropertyValue("--kw-negheat")) ?? ORANGE,
  };
}

export function paintField(
  field: NodeField,
  side: number,
  { positive, negative }: Heat,
  canvas: HTMLCanvasElement,
): void {
  paintPixels(canvas, side, pixels => {
    for (let n = 0; n < field.values.length; n++) {
      const value = field.values[n] as number;
      const { r, g, b } = value >= 0 ? positive : negative;
      const strength = Number.isFinite(value) ? Math.min(1, Math.abs(value) / field.peak) : 0;
      pixels[4 * n] = r;
      pixels[4 * n + 1] = g;
      pixels[4 * n + 2] = b;
      pixels[4 * n + 3] = STRONGEST * strength;
    }
  });
}
