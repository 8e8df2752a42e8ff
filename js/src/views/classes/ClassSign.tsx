/** The sign of a class: a shape in its colour. */

import { classSign } from "../../maths/classes";

const RADIUS = 4.2;

interface Props {
  readonly index: number;
  readonly x?: number;
  readonly y?: number;
}

export function ClassSign({ index, x = 0, y = 0 }: Props) {
  return <path class={`kw-class kw-class${index + 1}`} d={classSign(index, RADIUS)(x, y)} />;
}
