/** The curves of all plots, sampled once per frame, and the spans of values that their plots share. */

import { computed, type ReadonlySignal } from "@preact/signals";
import { ghostOf } from "../ghost";
import type { Layout, Slot } from "../maths/layout";
import type { Network } from "../maths/network";
import {
  type Extent,
  extentOf,
  extentWithoutPoles,
  steadySpan,
  union,
  withZero,
} from "../maths/scales";
import { edgeNumbers, hasEdge, symbolicOf } from "../names";
import type { EdgeKey } from "../protocol";
import type { Store } from "../store";

const POINTS = 49;

export interface EdgeCurve {
  readonly values: Float64Array;
  readonly extent: Extent;
  readonly lo: number;
  readonly hi: number;
  /** The same edge at the moment that is compared with, over the same range. */
  readonly ghost: Float64Array | null;
}

export interface Curves {
  readonly edges: ReadonlyMap<EdgeKey, EdgeCurve>;
  /** Per layer, the span of values that the height of a plot stands for. */
  readonly spans: readonly number[];
}

function sample(network: Network, { edge }: Slot, compared: Network | null): EdgeCurve {
  const { lo, hi } = edgeNumbers(network.frame, edge);
  const values = new Float64Array(POINTS);
  network.sampleEdge(...edge, lo, hi, values);
  const isNamed = symbolicOf(network.frame, edge) !== null;
  const own = isNamed ? extentWithoutPoles(values) : extentOf(values);
  const ghost = ghostOf(network, edge, compared, [lo, hi], POINTS);
  const extent = ghost ? union(own, ghost.extent) : own;
  return { values, extent, lo, hi, ghost: ghost?.values ?? null };
}

function spanOf({ extent }: EdgeCurve): number {
  const { lo, hi } = withZero(extent);
  return hi - lo;
}

export function makeCurves(
  store: Store,
  target: ReadonlySignal<Layout | null>,
): ReadonlySignal<Curves> {
  // Spans remember the frame before, or every curve would be rescaled at every frame.
  let before: { spans: readonly number[]; layout: Layout } | null = null;
  return computed(() => {
    const network = store.network.value;
    const layout = target.value;
    const compared = store.compared.value?.network ?? null;
    const edges = new Map<EdgeKey, EdgeCurve>();
    if (!network || !layout) return { edges, spans: [] };
    const steady = store.moving.peek() && before?.layout === layout ? before.spans : null;
    const spans = layout.columns.map((column, l) => {
      let span = 0;
      for (const slot of column.slots) {
        if (slot.tier !== "plot" || !hasEdge(network.frame, slot.edge)) continue;
        const curve = sample(network, slot, compared);
        edges.set(slot.key, curve);
        span = Math.max(span, spanOf(curve));
      }
      return steady ? steadySpan(steady[l] ?? 0, span) : span || 1;
    });
    before = { spans, layout };
    return { edges, spans };
  });
}
