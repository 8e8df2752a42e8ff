/**
 * The picture of a network as plain geometry, in pixels and without a DOM.
 *
 * Every edge owns one slot in the column between its layers: a plot (a curve on the link), a line
 * (a thin link in a lane of its own) or nothing (hidden). Position is a function of rank and
 * structure only, so nothing moves while numbers change.
 */

import type { EdgeId, EdgeKey } from "../../protocol";

export interface LayoutEdge {
  readonly from: number;
  /** Sub-node that the edge enters; a product node has two. */
  readonly sub: number;
  /** Node that the sub-node belongs to. */
  readonly to: number;
  readonly importance: number;
}

/** Only edges that are there: masked ones own no slot. */
export interface LayoutLayer {
  readonly inputs: number;
  readonly sums: number;
  readonly products: number;
  readonly edges: readonly LayoutEdge[];
}

export interface LayoutNet {
  readonly layers: readonly LayoutLayer[];
}

export interface LayoutOptions {
  readonly width: number;
  readonly height: number;
  readonly threshold: number;
  /** Room for names and axes of the inputs. */
  readonly inputWidth: number;
  /** Room for names, values and fields of the outputs. */
  readonly outputWidth: number;
  /** Height of what stands at an output, so that outputs keep their distance. */
  readonly outputHeight: number;
  readonly nodeRadius: number;
}

/** What is kept free above and below the columns. */
export const TOP = 26;
export const BOTTOM = 14;

export type Tier = "plot" | "line";

export interface Slot {
  readonly key: EdgeKey;
  readonly edge: EdgeId;
  readonly importance: number;
  readonly tier: Tier;
  /** Centre of the slot; for a plot also its left edge and size. */
  readonly y: number;
  readonly x: number;
  readonly width: number;
  readonly height: number;
  readonly sourceX: number;
  readonly sourceY: number;
  readonly targetX: number;
  readonly targetY: number;
  /** Between these two the link is horizontal. */
  readonly zoneLeft: number;
  readonly zoneRight: number;
}

export type NodeKind = "input" | "sum" | "product";

export interface NodePlace {
  readonly layer: number;
  readonly index: number;
  readonly kind: NodeKind;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Too close to its neighbour for a number below it. */
  readonly crowded: boolean;
}

/** Nodes with nothing to show, shrunk to dots, or to a mere number when there are many. */
export interface FoldedNodes {
  readonly count: number;
  readonly x: number;
  readonly dots: readonly number[];
  readonly labelY: number;
}

/** A small fan of hairs at a node that has hidden inputs. */
export interface Hairs {
  readonly x: number;
  readonly y: number;
  readonly angles: readonly number[];
}

export interface Column {
  readonly slots: readonly Slot[];
  readonly hairs: readonly Hairs[];
  readonly centre: number;
  readonly edges: number;
  readonly plots: number;
  readonly lines: number;
}

export interface Layout {
  /** May exceed the width asked for when a deep network cannot be narrower. */
  readonly width: number;
  readonly height: number;
  readonly plotWidth: number;
  readonly plotHeight: number;
  readonly columns: readonly Column[];
  readonly nodes: readonly (readonly NodePlace[])[];
  readonly folded: readonly (FoldedNodes | null)[];
}

export const layerNodes = (layer: LayoutLayer): number => layer.sums + layer.products;

export const hiddenEdges = ({ edges, plots, lines }: Column): number => edges - plots - lines;
