/** Rows of two inputs as dots over the square of their ranges. */

import { classSign } from "./classes";
import { coordinate } from "./paths";

export interface Range {
  readonly lo: number;
  readonly hi: number;
}

export interface Dots {
  readonly positive: string;
  readonly negative: string;
}

/** On which side of an output a label is: its class against the others, or its sign. */
export function side(label: number, output: number, classes: number, outputs: number): 1 | -1 {
  if (classes === 0) return label >= 0 ? 1 : -1;
  return label === (outputs === 1 ? 1 : output) ? 1 : -1;
}

/** Where points are in a square; those outside are left out. */
function* inside(
  points: readonly (readonly number[])[],
  across: Range,
  up: Range,
  size: number,
): Generator<readonly [point: readonly number[], x: number, y: number]> {
  for (const point of points) {
    const x = ((point[0] as number) - across.lo) / (across.hi - across.lo);
    const y = ((point[1] as number) - up.lo) / (up.hi - up.lo);
    if (x >= 0 && x <= 1 && y >= 0 && y <= 1) yield [point, x * size, (1 - y) * size];
  }
}

/** A path of signs per class; the third number of a point is its class. */
export function signs(
  points: readonly (readonly number[])[],
  across: Range,
  up: Range,
  size: number,
  classes: number,
  radius: number,
): string[] {
  const paths = new Array<string>(classes).fill("");
  const draw = paths.map((_, index) => classSign(index, radius));
  for (const [point, x, y] of inside(points, across, up, size)) {
    const at = point[2] as number;
    if (at in paths) paths[at] += draw[at]?.(x, y) ?? "";
  }
  return paths;
}

/** Two paths of dots, each a stroke without length; what lies outside the square is left out. */
export function dots(
  points: readonly (readonly number[])[],
  across: Range,
  up: Range,
  size: number,
  sideOf: (point: readonly number[]) => 1 | -1,
): Dots {
  const paths = { positive: "", negative: "" };
  for (const [point, x, y] of inside(points, across, up, size)) {
    const path = `M${coordinate(x)} ${coordinate(y)}h0`;
    if (sideOf(point) > 0) paths.positive += path;
    else paths.negative += path;
  }
  return paths;
}
