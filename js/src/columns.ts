/** Room that names, axes and fields of inputs and outputs take, from the names themselves. */

import type { Frame } from "./frame";
import { type Name, splitName } from "./maths/format";
import type { Screen } from "./maths/screen";

/** The axis of an input ends this far left of where its links begin. */
export const AXIS_LEAD = 8;
export const AXIS_WIDTH = 54;
const NAME_GAP = 9;
const LETTER = 8.2;
const SUB_LETTER = 6;
/** Names that fit beside the axis without widening the column. */
const FREE = 33;
const LONGEST = 104;
const LONGEST_NARROW = 58;

const nameWidth = ({ stem, sub }: Name): number =>
  [...stem].length * LETTER + sub.length * SUB_LETTER;

const widest = (names: readonly string[]): number =>
  Math.max(0, ...names.map(name => nameWidth(splitName(name))));

const extra = (names: readonly string[], isNarrow: boolean): number =>
  Math.max(0, Math.min(widest(names), isNarrow ? LONGEST_NARROW : LONGEST) - FREE);

/** Letters of a name that fit the column it stands in. */
export const longestName = (isNarrow: boolean): number =>
  Math.floor((isNarrow ? LONGEST_NARROW : LONGEST) / LETTER);

export const inputColumnWidth = (frame: Frame, isNarrow: boolean): number =>
  (isNarrow ? 82 : 92) + extra(frame.inputs, isNarrow);

export const axisLeft = (x: number): number => x - AXIS_LEAD - AXIS_WIDTH;

export const nameRight = (x: number): number => axisLeft(x) - NAME_GAP;

export interface OutputColumn {
  readonly width: number;
  readonly height: number;
  /** Edge of the field beside every output; 0 without fields. */
  readonly field: number;
}

const FIELD_AROUND = 36;

/** Outputs get a field beside them when there is one and room for all of them. */
export function outputColumn(frame: Frame, hasFields: boolean, screen: Screen): OutputColumn {
  const isNarrow = screen.kind === "narrow";
  const field = isNarrow ? 68 : 84;
  const outputs = frame.outputs.length;
  const fits = outputs * (field + FIELD_AROUND) <= screen.graphHeight - 40;
  const more = extra(frame.outputs, isNarrow);
  if (hasFields && fits) {
    return { width: isNarrow ? 116 : 132, height: field + FIELD_AROUND, field };
  }
  return { width: 76 + more, height: 30, field: 0 };
}
