/** The field of all classes as the colours of a canvas: the winner's hue, as strong as the win is sure. */

import type { ClassField } from "../../maths/classes";
import { type Colour, parseColour } from "../../maths/colour";
import { paintPixels } from "../graph/pixels";

const FAINTEST = 14;
const STRONGEST = 144;

const GREY: Colour = { r: 128, g: 128, b: 128, a: 1 };

export function classColours(element: Element, count: number): Colour[] {
  const style = getComputedStyle(element);
  return Array.from(
    { length: count },
    (_, n) => parseColour(style.getPropertyValue(`--kw-class${n + 1}`)) ?? GREY,
  );
}

export function paintClasses(
  { winners, confidence }: ClassField,
  side: number,
  colours: readonly Colour[],
  canvas: HTMLCanvasElement,
): void {
  paintPixels(canvas, side, pixels => {
    for (let n = 0; n < winners.length; n++) {
      const { r, g, b } = colours[winners[n] as number] ?? GREY;
      const strength = FAINTEST + (STRONGEST - FAINTEST) * (confidence[n] as number);
      pixels.set([r, g, b, strength], 4 * n);
    }
  });
}
