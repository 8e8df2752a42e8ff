/** The order of the nodes in every layer: users' order outside, hidden nodes where their edges are. */

import { groupBy } from "../group";
import type { Fold } from "./fold";
import { type LayoutEdge, type LayoutNet, layerNodes } from "./types";

const positionsOf = (order: readonly number[]): Map<number, number> =>
  new Map(order.map((node, position) => [node, position]));

/** Importance-weighted mean of a position in [0, 1], or null where there is nothing to weigh. */
function weightedMean(
  edges: readonly LayoutEdge[],
  position: (edge: LayoutEdge) => number,
): number | null {
  let sum = 0;
  let weight = 0;
  for (const edge of edges) {
    sum += edge.importance * position(edge);
    weight += edge.importance;
  }
  return weight > 0 ? sum / weight : null;
}

function hiddenOrder(net: LayoutNet, l: number, fold: Fold, before: readonly number[]): number[] {
  const layer = net.layers[l];
  const next = net.layers[l + 1];
  if (!layer || !next) return [];
  const positions = positionsOf(before);
  const into = groupBy(
    layer.edges.filter(edge => fold.shows(l, edge)),
    edge => edge.to,
  );
  const leadsToOutputs = l + 2 === net.layers.length && layerNodes(next) > 1;
  const away = groupBy(
    leadsToOutputs ? next.edges.filter(edge => fold.shows(l + 1, edge)) : [],
    edge => edge.from,
  );
  const scale = Math.max(1, before.length - 1);
  const outScale = Math.max(1, layerNodes(next) - 1);
  const want = (node: number): number => {
    const from = weightedMean(
      into.get(node) ?? [],
      edge => (positions.get(edge.from) ?? 0) / scale,
    );
    const to = weightedMean(away.get(node) ?? [], edge => edge.to / outScale);
    if (from === null) return to ?? 0.5;
    return to === null ? from : (from + to) / 2;
  };
  const wanted = Array.from({ length: layerNodes(layer) }, (_, node) => want(node));
  return wanted
    .map((_, node) => node)
    .sort((a, b) => (wanted[a] as number) - (wanted[b] as number));
}

/** Folded nodes stand at the end of their column. */
const foldedLast = (order: readonly number[], folded: ReadonlySet<number>): number[] => [
  ...order.filter(node => !folded.has(node)),
  ...order.filter(node => folded.has(node)),
];

export function orderNodes(net: LayoutNet, fold: Fold): number[][] {
  const first = net.layers[0];
  const last = net.layers.at(-1);
  if (!first || !last) return [];
  const inOrder = (n: number) => Array.from({ length: n }, (_, i) => i);
  const orders = [foldedLast(inOrder(first.inputs), fold.folded[0] as ReadonlySet<number>)];
  for (let l = 0; l < net.layers.length; l++) {
    const before = orders[l] as number[];
    const order =
      l === net.layers.length - 1 ? inOrder(layerNodes(last)) : hiddenOrder(net, l, fold, before);
    orders.push(foldedLast(order, fold.folded[l + 1] as ReadonlySet<number>));
  }
  return orders;
}
