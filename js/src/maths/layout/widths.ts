/** How the width is shared between plots, nodes and the fans of links around them. */

import { clamp } from "../scales";
import type { DraftColumn } from "./tiers";
import { type LayoutNet, type LayoutOptions, layerNodes } from "./types";

export const SIDE = 14;
export const SUB_COLUMN_GAP = 10;
const MIN_WIDTH = 40;
const GOOD_FAN = 34;
const MIN_FAN = 18;
const MAX_FAN = 96;

export interface PlotLimits {
  readonly maxHeight: number;
  readonly maxWidth: number;
  readonly ratio: number;
}

/** Few edges, or much room, allow larger plots. */
export function plotLimits(edges: number, width: number): PlotLimits {
  if (edges <= 4) return { maxHeight: 76, maxWidth: 104, ratio: 1.36 };
  if (width >= 1000) return { maxHeight: 72, maxWidth: 96, ratio: 1.45 };
  return { maxHeight: 64, maxWidth: 84, ratio: 1.28 };
}

/** Fans are wider where the links climb more. */
const fanWeights = (net: LayoutNet): [number, number][] =>
  net.layers.map(layer => {
    if (layerNodes(layer) > 1) return [1.35, 0.85];
    return layer.inputs === 1 ? [1, 1] : [0.55, 1.25];
  });

export interface Widths {
  readonly plotWidth: number;
  readonly start: number;
  readonly fans: readonly (readonly [left: number, right: number])[];
  readonly total: number;
  /** The fans are so narrow that links tangle: fewer sub-columns would be better. */
  readonly cramped: boolean;
}

export const zoneWidth = (subColumns: number, plotWidth: number): number =>
  subColumns * plotWidth + (subColumns - 1) * SUB_COLUMN_GAP;

export function shareWidth(
  net: LayoutNet,
  columns: readonly DraftColumn[],
  plotHeight: number,
  options: LayoutOptions,
): Widths {
  const limits = plotLimits(
    net.layers.reduce((sum, layer) => sum + layer.edges.length, 0),
    options.width,
  );
  const weights = fanWeights(net);
  const weight = weights.flat().reduce((a, b) => a + b, 0);
  const fixed = (plotWidth: number) =>
    2 * SIDE +
    options.inputWidth +
    options.outputWidth +
    2 * columns.length * options.nodeRadius +
    columns.reduce((sum, column) => sum + zoneWidth(column.subColumns, plotWidth), 0);
  const fanFor = (plotWidth: number) => (options.width - fixed(plotWidth)) / weight;

  let plotWidth = Math.min(limits.maxWidth, Math.round(plotHeight * limits.ratio));
  while (fanFor(plotWidth) < GOOD_FAN && plotWidth > MIN_WIDTH) plotWidth -= 1;
  const fan = clamp(fanFor(plotWidth), MIN_FAN, MAX_FAN);
  const used = fixed(plotWidth) + fan * weight;
  return {
    plotWidth,
    start: SIDE + Math.max(0, options.width - used) / 2,
    fans: weights.map(([left, right]) => [left * fan, right * fan]),
    total: Math.max(options.width, Math.ceil(used)),
    cramped: fanFor(plotWidth) < MIN_FAN,
  };
}
