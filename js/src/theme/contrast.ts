/** Which colours must be told from which grounds, and how well (WCAG 2 ratios). */

import { type Colour, contrast } from "../maths/colour";

export interface ContrastRule {
  readonly mark: string;
  readonly grounds: readonly string[];
  readonly ratio: number;
}

const TEXT = 4.5;
const SHAPE = 3;

export const CONTRAST_RULES: readonly ContrastRule[] = [
  { mark: "ink", grounds: ["bg", "panel", "hover", "raise"], ratio: TEXT },
  { mark: "ink2", grounds: ["bg", "panel", "hover"], ratio: TEXT },
  { mark: "acc", grounds: ["bg", "panel", "accbg"], ratio: TEXT },
  { mark: "ink", grounds: ["accbg"], ratio: TEXT },
  { mark: "accink", grounds: ["acc"], ratio: TEXT },
  { mark: "pos", grounds: ["bg", "panel"], ratio: TEXT },
  { mark: "neg", grounds: ["bg", "panel"], ratio: TEXT },
  { mark: "ghost", grounds: ["bg"], ratio: TEXT },
  { mark: "link", grounds: ["bg"], ratio: SHAPE },
  { mark: "ink3", grounds: ["bg", "panel"], ratio: SHAPE },
  { mark: "line2", grounds: ["bg"], ratio: 1.4 },
];

/** Signs of classes have a shape and a border, too: on a host's ground they may be fainter. */
export const CLASS_RULES: readonly ContrastRule[] = [1, 2, 3, 4, 5, 6].map(n => ({
  mark: `class${n}`,
  grounds: ["bg", "panel"],
  ratio: SHAPE,
}));

export type Palette = ReadonlyMap<string, Colour>;

export interface Failure {
  readonly mark: string;
  readonly ground: string;
  readonly ratio: number;
  readonly needed: number;
}

/** Every pair of a palette that cannot be told apart well enough; a missing colour fails too. */
export function contrastFailures(palette: Palette, rules = CONTRAST_RULES): Failure[] {
  return rules.flatMap(({ mark, grounds, ratio: needed }) =>
    grounds.flatMap(ground => {
      const a = palette.get(mark);
      const b = palette.get(ground);
      const ratio = a && b ? contrast(a, b) : 0;
      return ratio >= needed ? [] : [{ mark, ground, ratio, needed }];
    }),
  );
}

export const TOKENS: readonly string[] = [
  ...new Set(CONTRAST_RULES.flatMap(({ mark, grounds }) => [mark, ...grounds])),
];
