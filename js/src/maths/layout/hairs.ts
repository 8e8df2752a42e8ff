/** Hidden inputs of a node leave a few hairs on its left that point at where they come from. */

import { groupBy } from "../group";
import type { NodeColumn } from "./nodes";
import { portOffset } from "./ports";
import type { Hairs, LayoutEdge, LayoutLayer } from "./types";

/** A node with fewer hidden inputs has none. */
const LEAST = 4;
const MOST_HAIRS = 7;

/** A few angles that span the same fan. */
function thinOut(angles: readonly number[]): number[] {
  const sorted = [...angles].sort((a, b) => a - b);
  if (sorted.length <= MOST_HAIRS) return sorted;
  const first = sorted[0] as number;
  const width = (sorted.at(-1) as number) - first;
  return Array.from({ length: MOST_HAIRS }, (_, n) => first + (n / (MOST_HAIRS - 1)) * width);
}

/** Direction from a node to a source on its left, between a quarter and three quarters of a turn. */
function angleTo(dx: number, dy: number): number {
  const angle = Math.atan2(dy, dx);
  return angle < 0 ? angle + 2 * Math.PI : angle;
}

export function hairsOf(
  layer: LayoutLayer,
  hidden: Iterable<LayoutEdge>,
  below: NodeColumn,
  above: NodeColumn,
  sourceX: number,
): Hairs[] {
  const floor = below.folded?.labelY ?? 0;
  return [...groupBy(hidden, edge => edge.sub)].flatMap(([sub, edges]) => {
    const place = above.places.find(({ index }) => index === edges[0]?.to);
    if (!place || edges.length <= LEAST) return [];
    const x = place.x - place.radius;
    const y = place.y + portOffset(layer, sub, place.radius);
    const angles = edges.map(edge => angleTo(sourceX - x, (below.yOf.get(edge.from) ?? floor) - y));
    return [{ x, y, angles: thinOut(angles) }];
  });
}
