/** Room that names, axes and fields of inputs and outputs take, from the names themselves. */

import type { Frame } from "./frame";
import type { Name } from "./maths/format";
import type { Layout } from "./maths/layout";
import { SIDE } from "./maths/layout/widths";
import { clamp } from "./maths/scales";
import type { Screen } from "./maths/screen";
import { nodeNames } from "./names";

/** The axis of an input ends this far left of where its links begin. */
export const AXIS_LEAD = 8;
export const AXIS_WIDTH = 54;
const NAME_GAP = 9;
/** What stays free at the left edge of the graph. */
const EDGE = 8;

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
  const free = SIDE - EDGE + width - AXIS_LEAD - AXIS_WIDTH - NAME_GAP;
  return width + Math.max(0, widest(nodeNames(frame, 0), isNarrow) - free);
}

export const axisLeft = (x: number): number => x - AXIS_LEAD - AXIS_WIDTH;

export const nameRight = (x: number): number => axisLeft(x) - NAME_GAP;

export interface OutputColumn {
  readonly width: number;
  readonly height: number;
  /** Edge of the field beside every output; 0 without fields. */
  readonly field: number;
  /** Edge of the one field of all classes; 0 without. */
  readonly joint: number;
  /** How far right of an output's node that field stands: its class is named in between. */
  readonly lead: number;
}

const JOINT = { narrow: 88, medium: 108, wide: 132 } as const;
/** Sign of a class, before its name. */
export const SIGN_ROOM = 22;
const CLASS_LETTER = 6.6;
const LONGEST_CLASS = { narrow: 7, medium: 10, wide: 14 } as const;
/** A probability stands below the name. */
const LEAST_CLASS = 5;
const JOINT_GAP = 12;
const JOINT_TICKS = 28;
const CLASS_PITCH = 40;
const ABOVE_JOINT = 30;
const BELOW_JOINT = 20;

/** Letters of the name of a class that have room beside its node. */
export const longestClass = (screen: Screen): number => LONGEST_CLASS[screen.kind];

function classColumn(classes: readonly string[], screen: Screen): OutputColumn {
  const most = Math.max(LEAST_CLASS, ...classes.map(letters));
  const name = Math.ceil(Math.min(most, longestClass(screen)) * CLASS_LETTER);
  const lead = SIGN_ROOM + name + JOINT_GAP;
  const joint = JOINT[screen.kind];
  return { width: lead + joint + JOINT_TICKS, height: CLASS_PITCH, field: 0, joint, lead };
}

const FIELD_AROUND = 36;

/** Where the one field of all classes stands: in the middle of its outputs. */
export function jointPlace({ nodes, height }: Layout, { joint: size, lead }: OutputColumn) {
  const outputs = nodes.at(-1) ?? [];
  const first = outputs[0];
  const last = outputs.at(-1);
  if (!first || !last || size === 0) return null;
  const y = clamp((first.y + last.y - size) / 2, ABOVE_JOINT, height - size - BELOW_JOINT);
  return { x: first.x + first.radius + lead, y, size };
}

/** Outputs get a field beside them when there is one and room for all of them; several classes get one together. */
export function outputColumn(
  frame: Frame,
  hasFields: boolean,
  screen: Screen,
  classes: readonly string[] | null,
): OutputColumn {
  if (classes) return classColumn(classes, screen);
  const isNarrow = screen.kind === "narrow";
  const field = isNarrow ? 68 : 84;
  const outputs = frame.outputs.length;
  const fits = outputs * (field + FIELD_AROUND) <= screen.graphHeight - 40;
  const more = Math.max(0, widest(nodeNames(frame, frame.layers.length), isNarrow) - OUTPUT_NAME);
  if (hasFields && fits) {
    const height = field + FIELD_AROUND;
    return { width: isNarrow ? 116 : 132, height, field, joint: 0, lead: 0 };
  }
  return { width: OUTPUT_WIDTH + more, height: 30, field: 0, joint: 0, lead: 0 };
}
