/** Room that names, axes and fields of inputs and outputs take, from the names themselves. */

import type { Frame } from "./frame";
import type { Name } from "./maths/format";
import { SIDE } from "./maths/layout/widths";
import type { Screen } from "./maths/screen";
import { nodeNames } from "./names";

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

const letters = (text: string): number => [...text].length;

export const isWord = ({ stem, times }: Name): boolean =>
  letters(stem) > VARIABLE || (times !== undefined && isWord(times[1]));

/** About how many pixels a name takes in the graph. */
export function nameWidth(name: Name): number {
  const { lead = "", stem, sub, tail = "", times } = name;
  const letter = isWord(name) ? WORD_LETTER : LETTER;
  const own =
    letters(lead) * WORD_LETTER + letters(stem) * letter + letters(sub + tail) * SUB_LETTER;
  return times ? own + letters(times[0]) * SUB_LETTER + nameWidth(times[1]) : own;
}

const widest = (names: readonly Name[], isNarrow: boolean): number =>
  Math.min(isNarrow ? LONGEST_NARROW : LONGEST, Math.max(0, ...names.map(nameWidth)));

/** Letters of a name that fit the column it stands in. */
export const longestName = (isNarrow: boolean): number =>
  Math.floor((isNarrow ? LONGEST_NARROW : LONGEST) / WORD_LETTER);

export function inputColumnWidth(frame: Frame, isNarrow: boolean): number {
  const width = isNarrow ? INPUT_WIDTH_NARROW : INPUT_WIDTH;
  const free = SIDE + width - AXIS_LEAD - AXIS_WIDTH - NAME_GAP;
  return width + Math.max(0, widest(nodeNames(frame, 0), isNarrow) - free);
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
  const more = Math.max(0, widest(nodeNames(frame, frame.layers.length), isNarrow) - OUTPUT_NAME);
  if (hasFields && fits) {
    return { width: isNarrow ? 116 : 132, height: field + FIELD_AROUND, field };
  }
  return { width: OUTPUT_WIDTH + more, height: 30, field: 0 };
}
