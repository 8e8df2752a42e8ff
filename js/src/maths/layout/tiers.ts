/**
 * Who gets a plot, who gets a line, and in which order they stand.
 *
 * Order is by target, then by source, so that nothing ever crosses on the target side. As many of
 * the most important edges get plots as the column holds at the least height; the height of a
 * column is linear in the height H of a plot, so H is solved, not searched.
 */

import type { LayoutEdge, Tier } from "./types";

export const MIN_PLOT = 34;
const CLEAR = 6;
const GROUP_GAP = 4;
const LANE = 5;
const MIN_LANE = 2.5;
/** In a layer of very many edges more than a few dozen lines are a thicket. */
const MANY_EDGES = 400;
const MIN_LANE_OF_MANY = 4;
const LINE_SHARE = 0.3;
const MAX_PLOTS = 24;

export interface Draft {
  readonly edge: LayoutEdge;
  readonly tier: Tier;
}

export interface DraftColumn {
  readonly drafts: readonly Draft[];
  /** Sub-columns of plots, used in turn, so that links pass between the plots of the other. */
  readonly subColumns: 1 | 2;
  readonly lane: number;
  /** The greatest height that plots in this column can have. */
  readonly plotHeight: number;
}

export interface ColumnInput {
  /** Edges that may be shown, most important first. */
  readonly ranked: readonly LayoutEdge[];
  readonly edgeCount: number;
  readonly targets: readonly number[];
  readonly sourcePosition: (node: number) => number;
  readonly room: number;
  readonly maxSubColumns: 1 | 2;
}

/** Distance between the centres of two neighbours in a column. */
export function gapBetween(
  a: Draft,
  b: Draft,
  plotHeight: number,
  { subColumns, lane }: Pick<DraftColumn, "subColumns" | "lane">,
): number {
  const group = a.edge.to === b.edge.to ? 0 : GROUP_GAP;
  if (a.tier === "plot" && b.tier === "plot") {
    return (subColumns === 2 ? plotHeight / 2 + CLEAR : plotHeight + 8) + group;
  }
  if (a.tier === "plot" || b.tier === "plot") return plotHeight / 2 + CLEAR + group;
  return lane + group / 2;
}

export const gapsOf = (column: Omit<DraftColumn, "plotHeight">, plotHeight: number): number[] =>
  column.drafts.slice(1).map((draft, n) => {
    const before = column.drafts[n] as Draft;
    return gapBetween(before, draft, plotHeight, column);
  });

/** Half the height of what stands at an end of the column. */
export const reachOf = (draft: Draft | undefined, plotHeight: number): number =>
  draft?.tier === "plot" ? plotHeight / 2 : 2;

function heightThatFills(column: Omit<DraftColumn, "plotHeight">, room: number): number {
  const total = (plotHeight: number) =>
    gapsOf(column, plotHeight).reduce((a, b) => a + b, 0) +
    reachOf(column.drafts[0], plotHeight) +
    reachOf(column.drafts.at(-1), plotHeight);
  const fixed = total(0);
  return (room - fixed) / Math.max(total(1) - fixed, 1e-6);
}

/**
 * Targets from top to bottom; in each group plots stand together and lines together, mirrored from
 * group to group so that lines meet lines.
 */
function inReadingOrder(input: ColumnInput, plots: number, maxLines: number): Draft[] {
  const drafts = input.ranked
    .slice(0, plots + maxLines)
    .map((edge, rank): Draft => ({ edge, tier: rank < plots ? "plot" : "line" }));
  const bySource = (a: Draft, b: Draft) =>
    a.edge.sub - b.edge.sub ||
    input.sourcePosition(a.edge.from) - input.sourcePosition(b.edge.from);
  return input.targets.flatMap((target, group) => {
    const own = drafts.filter(draft => draft.edge.to === target).sort(bySource);
    const curves = own.filter(draft => draft.tier === "plot");
    const lines = own.filter(draft => draft.tier === "line");
    return group % 2 === 0 ? [...curves, ...lines] : [...lines, ...curves];
  });
}

function draftWith(input: ColumnInput, plots: number): DraftColumn {
  const lineRoom = LINE_SHARE * input.room;
  const least = input.edgeCount > MANY_EDGES ? MIN_LANE_OF_MANY : MIN_LANE;
  const drafts = inReadingOrder(input, plots, Math.floor(lineRoom / least));
  const lines = drafts.length - plots;
  const column = {
    drafts,
    subColumns: input.maxSubColumns === 2 && input.edgeCount > 6 && plots > 4 ? 2 : 1,
    lane: Math.min(LANE, Math.max(least, lineRoom / Math.max(1, lines))),
  } as const;
  return { ...column, plotHeight: heightThatFills(column, input.room) };
}

export function assignTiers(input: ColumnInput): DraftColumn {
  let plots = Math.min(input.ranked.length, MAX_PLOTS);
  let column = draftWith(input, plots);
  while (plots > 0 && column.plotHeight < MIN_PLOT) {
    plots -= 1;
    column = draftWith(input, plots);
  }
  return column;
}
