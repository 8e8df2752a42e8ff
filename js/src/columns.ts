/** Room that names, axes and fields of inputs and outputs take, from the names themselves. */

import type { Frame } from "./frame";
import { type Name, splitName } from "./maths/format";
import { SIDE } from "./maths/layout/widths";
import type { Screen } from "./maths/screen";

/** The axis of an input ends this far left of where its links begin. */
export const AXIS_LEAD = 8;
export const AXIS_WIDTH = 54;
const NAME_GAP = 9;

/** A variable is set like a variable; a whole word is set smaller. */
const VARIABLE = 3;
const LETTER = 9;
const WORD_LETTER = 7.2;
const SUB_LETTER = 6;
const LONGEST = 104;
const LONGEST_NARROW = 58;

const INPUT_WIDTH = 92;
const INPUT_WIDTH_NARROW = 82;
const OUTPUT_WIDTH = 76;
/** What an output's column has for a name beside its value. */
const OUTPUT_NAME = 22;

const letters = ({ lead = "", stem }: Name): number => [...lead, ...stem].length;

export const isWord = (name: Name): boolean => letters(name) > VARIABLE;

/** About how many pixels a name takes in the graph. */
export const nameWidth = (name: Name): number =>
  letters(name) * (isWord(name) ? WORD_LETTER : LETTER) + name.sub.length * SUB_LETTER;

const widest = (names: readonly string[], isNarrow: boolean): number =>
  Math.min(
    isNarrow ? LONGEST_NARROW : LONGEST,
    Math.max(0, ...names.map(name => nameWidth(splitName(name)))),
  );

/** Letters of a name that fit the column it stands in. */
export const longestName = (isNarrow: boolean): number =>
  Math.floor((isNarrow ? LONGEST_NARROW : LONGEST) / WORD_LETTER);

export function inputColumnWidth(frame: Frame, isNarrow: boolean): number {
  const width = isNarrow ? INPUT_WIDTH_NARROW : INPUT_WIDTH;
  const free = SIDE + width - AXIS_LEAD - AXIS_WIDTH - NAME_GAP;
  return width + Math.max(0, widest(frame.inputs, isNarrow) - free);
}

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
  const more = Math.max(0, widest(frame.outputs, isNarrow) - OUTPUT_NAME);
  if (hasFields && fits) {
    return { width: isNarrow ? 116 : 132, height: field + FIELD_AROUND, field };
  }
  return { width: OUTPUT_WIDTH + more, height: 30, field: 0 };
}
