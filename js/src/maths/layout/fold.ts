/** Which nodes have nothing to show and shrink to dots, and which edges may own a slot. */

import { type LayoutEdge, type LayoutNet, layerNodes } from "./types";

export interface Fold {
  /** Per layer of nodes, inputs first. */
  readonly folded: readonly ReadonlySet<number>[];
  readonly shows: (layer: number, edge: LayoutEdge) => boolean;
}

/** Networks up to this size show every curve, faint or not. */
const SMALL = 24;

/** Up to so many inputs keep their axis even when nothing leads away from them. */
const FEW_INPUTS = 7;

export const totalEdges = (net: LayoutNet): number =>
  net.layers.reduce((sum, layer) => sum + layer.edges.length, 0);

export const isSmall = (net: LayoutNet): boolean => totalEdges(net) <= SMALL;

const nodesPerLayer = (net: LayoutNet): number[] => [
  net.layers[0]?.inputs ?? 0,
  ...net.layers.map(layerNodes),
];

/** Summed importance of the shown edges at every node; zero only where there are none. */
function nodeWeights(net: LayoutNet, shows: Fold["shows"]): Float64Array[] {
  const weights = nodesPerLayer(net).map(n => new Float64Array(n));
  net.layers.forEach((layer, l) => {
    for (const edge of layer.edges) {
      if (!shows(l, edge)) continue;
      const weight = edge.importance + Number.MIN_VALUE;
      const below = weights[l] as Float64Array;
      const above = weights[l + 1] as Float64Array;
      below[edge.from] = (below[edge.from] as number) + weight;
      above[edge.to] = (above[edge.to] as number) + weight;
    }
  });
  return weights;
}

const indices = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

function foldColumn(weights: Float64Array, mayFold: boolean, capacity: number): Set<number> {
  const faint = mayFold ? indices(weights.length).filter(i => weights[i] === 0) : [];
  const folded = new Set(faint.length < weights.length ? faint : []);
  const live = indices(weights.length)
    .filter(i => !folded.has(i))
    .sort((a, b) => (weights[b] as number) - (weights[a] as number));
  for (const i of live.slice(Math.max(1, capacity))) folded.add(i);
  return folded;
}

export function foldFaint(net: LayoutNet, threshold: number, capacity: number): Fold {
  const small = isSmall(net);
  const last = net.layers.length;
  const mayFold = (layer: number) =>
    layer === 0 ? (net.layers[0]?.inputs ?? 0) > FEW_INPUTS : layer < last;
  const important: Fold["shows"] = (_, edge) => small || edge.importance >= threshold;

  const fold = (shows: Fold["shows"]) =>
    nodeWeights(net, shows).map((weights, n) => foldColumn(weights, mayFold(n), capacity));

  let folded = fold(important);
  const shows: Fold["shows"] = (l, edge) =>
    important(l, edge) &&
    !(folded[l] as Set<number>).has(edge.from) &&
    !(folded[l + 1] as Set<number>).has(edge.to);

  // Folding for want of room takes edges away, which may leave other nodes with nothing to show.
  folded = fold(shows).map((more, n) => new Set([...(folded[n] as Set<number>), ...more]));
  return { folded, shows };
}
