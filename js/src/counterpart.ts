/** The same edge in another picture of a network whose nodes may have been pruned in between. */

import type { EdgeLayer, Frame } from "./frame";
import { nodeOfSub } from "./frame";
import { hasEdge } from "./names";
import type { EdgeId } from "./protocol";

/** Where a node of one frame stands in the layer of another; -1 where it is not. */
function nodeIn(from: Frame, to: Frame, layer: number, node: number): number {
  if (!from.nodes || !to.nodes) return node;
  const name = from.nodes[layer]?.[node];
  return name === undefined ? -1 : (to.nodes[layer]?.indexOf(name) ?? -1);
}

function subIn(above: EdgeLayer, node: number, factor: number): number {
  return node < above.sums ? node : above.sums + 2 * (node - above.sums) + factor;
}

export function counterpart(from: Frame, [l, i, j]: EdgeId, to: Frame): EdgeId | null {
  const here = from.layers[l];
  const there = to.layers[l];
  if (!here || !there) return null;
  const node = nodeIn(from, to, l + 1, nodeOfSub(here, j));
  const factor = j < here.sums ? 0 : (j - here.sums) % 2;
  const edge: EdgeId = [l, nodeIn(from, to, l, i), subIn(there, node, factor)];
  const isAlike = node >= 0 && j < here.sums === node < there.sums;
  return isAlike && hasEdge(to, edge) ? edge : null;
}
