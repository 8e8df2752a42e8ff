import { type EdgeKey, edgeKey } from "../protocol";
import type { LayoutNet } from "./layout";

export interface Ranked {
  readonly key: EdgeKey;
  readonly importance: number;
}

/** All edges of a network, most important first. */
export function rankEdges(net: LayoutNet): Ranked[] {
  return net.layers
    .flatMap((layer, l) =>
      layer.edges.map(({ from, sub, importance }) => ({
        key: edgeKey([l, from, sub]),
        importance,
      })),
    )
    .sort((a, b) => b.importance - a.importance);
}
