/** Net and box in, positions out. */

import { foldFaint, totalEdges } from "./fold";
import { orderNodes } from "./order";
import { placeAll } from "./place";
import { assignTiers, type DraftColumn, MIN_PLOT } from "./tiers";
import {
  BOTTOM,
  type Layout,
  type LayoutEdge,
  type LayoutNet,
  type LayoutOptions,
  TOP,
} from "./types";
import { plotLimits, shareWidth } from "./widths";

export * from "./types";

/** Least distance of two live nodes in a column. */
const NODE_PITCH = 18;

const byImportance = (a: LayoutEdge, b: LayoutEdge) =>
  b.importance - a.importance || a.sub - b.sub || a.from - b.from;

function draftColumns(
  net: LayoutNet,
  options: LayoutOptions,
  orders: readonly number[][],
  shows: (layer: number, edge: LayoutEdge) => boolean,
  maxSubColumns: 1 | 2,
): DraftColumn[] {
  return net.layers.map((layer, l) => {
    const position = new Map(orders[l]?.map((node, n) => [node, n]));
    return assignTiers({
      ranked: layer.edges.filter(edge => shows(l, edge)).sort(byImportance),
      edgeCount: layer.edges.length,
      targets: orders[l + 1] as number[],
      sourcePosition: node => position.get(node) ?? 0,
      room: options.height - TOP - BOTTOM,
      maxSubColumns,
    });
  });
}

/** One height for all plots of the picture. */
function commonHeight(net: LayoutNet, columns: readonly DraftColumn[], width: number): number {
  const most = plotLimits(totalEdges(net), width).maxHeight;
  const solved = columns.filter(c => c.drafts.length > 0).map(c => c.plotHeight);
  return Math.floor(Math.max(MIN_PLOT - 4, Math.min(most, ...solved)));
}

export function layoutNetwork(net: LayoutNet, options: LayoutOptions): Layout {
  const capacity = Math.floor((options.height - TOP - BOTTOM - 24) / NODE_PITCH);
  const fold = foldFaint(net, options.threshold, capacity);
  const orders = orderNodes(net, fold);

  const attempt = (maxSubColumns: 1 | 2) => {
    const columns = draftColumns(net, options, orders, fold.shows, maxSubColumns);
    const plotHeight = commonHeight(net, columns, options.width);
    return { columns, plotHeight, widths: shareWidth(net, columns, plotHeight, options) };
  };
  const wide = attempt(2);
  const { columns, plotHeight, widths } = wide.widths.cramped ? attempt(1) : wide;
  return placeAll({ net, options, fold, orders, columns, plotHeight, widths });
}
