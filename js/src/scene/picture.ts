/** Where everything stands: the network of the resting frame, laid out for the width there is. */

import { computed, type ReadonlySignal } from "@preact/signals";
import { inputColumnWidth, type OutputColumn, outputColumn } from "../columns";
import { type EdgeLayer, type Frame, nodeCount, nodeOfSub } from "../frame";
import { MOST_CLASSES } from "../maths/classes";
import { fieldSide } from "../maths/field";
import {
  type Layout,
  type LayoutEdge,
  type LayoutNet,
  type LayoutOptions,
  layoutNetwork,
  type Slot,
} from "../maths/layout";
import { type Screen, screenFor } from "../maths/screen";
import type { EdgeKey } from "../protocol";
import type { Store } from "../store";
import type { ViewState } from "../view";
import { makeMotion } from "./motion";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Picture {
  readonly screen: ReadonlySignal<Screen>;
  /** Points along an edge of the node fields, 0 where there are none. */
  readonly side: ReadonlySignal<number>;
  /** The classes that share one field, by name; null where there is none. */
  readonly classes: ReadonlySignal<readonly string[] | null>;
  readonly output: ReadonlySignal<OutputColumn | null>;
  readonly net: ReadonlySignal<LayoutNet | null>;
  /** The layout that was solved. */
  readonly target: ReadonlySignal<Layout | null>;
  /** The layout on the screen: the target, or on its way there. */
  readonly layout: ReadonlySignal<Layout | null>;
  /** All plots have one size. */
  readonly plotSize: ReadonlySignal<Size>;
  /** The slot that the tab key reaches. */
  readonly cursorKey: ReadonlySignal<EdgeKey | null>;
  readonly close: () => void;
}

function liveEdges(layer: EdgeLayer): LayoutEdge[] {
  const edges: LayoutEdge[] = [];
  for (let from = 0; from < layer.inputs; from++) {
    for (let sub = 0; sub < layer.outputs; sub++) {
      const index = from * layer.outputs + sub;
      if ((layer.mask[index] as number) === 0) continue;
      const importance = layer.importance[index] || 0;
      edges.push({ from, sub, to: nodeOfSub(layer, sub), importance });
    }
  }
  return edges;
}

const layoutNet = (frame: Frame): LayoutNet => ({
  layers: frame.layers.map(layer => ({
    inputs: layer.inputs,
    sums: layer.sums,
    products: layer.products,
    edges: liveEdges(layer),
  })),
});

const FIELD_RADIUS = 13;
const RADIUS = 10;
const SMALL_RADIUS = 7;
/** More nodes than this in a layer are drawn small. */
const FEW_NODES = 12;

function nodeRadius(frame: Frame, hasFields: boolean): number {
  if (hasFields) return FIELD_RADIUS;
  return Math.max(...frame.layers.map(nodeCount)) > FEW_NODES ? SMALL_RADIUS : RADIUS;
}

function layoutOptions(
  frame: Frame,
  screen: Screen,
  hasFields: boolean,
  output: OutputColumn,
  threshold: number,
): LayoutOptions {
  return {
    width: screen.graphWidth,
    height: screen.graphHeight,
    threshold,
    inputWidth: inputColumnWidth(frame, screen.kind === "narrow"),
    outputWidth: output.width,
    outputHeight: output.height,
    nodeRadius: nodeRadius(frame, hasFields),
  };
}

export const allSlots = (layout: Layout): Slot[] =>
  layout.columns.flatMap(column => [...column.slots]);

export function makePicture(
  store: Store,
  view: ViewState,
  resting: ReadonlySignal<Frame | null>,
): Picture {
  const screen = computed(() => screenFor(view.width.value, store.hidden.value));
  const side = computed(() => (store.network.value ? fieldSide(store.network.value) : 0));
  const classes = computed(() => {
    const frame = store.frame.value;
    const names = store.data.value?.classes ?? [];
    const fits = names.length > 2 && names.length <= MOST_CLASSES;
    return fits && side.value > 0 && frame?.outputs.length === names.length ? names : null;
  });
  const output = computed(
    () => resting.value && outputColumn(resting.value, side.value > 0, screen.value, classes.value),
  );
  const net = computed(() => resting.value && layoutNet(resting.value));
  const target = computed(() => {
    const frame = resting.value;
    if (!frame || !net.value || !output.value || view.width.value === 0) return null;
    const hasFields = side.value > 0;
    const threshold = view.threshold.value;
    const options = layoutOptions(frame, screen.value, hasFields, output.value, threshold);
    return layoutNetwork(net.value, options);
  });
  const plotSize = computed(() => ({
    width: target.value?.plotWidth ?? 0,
    height: target.value?.plotHeight ?? 0,
  }));
  const cursorKey = computed(() => {
    const slots = target.value ? allSlots(target.value) : [];
    const cursor = view.cursor.value;
    return (slots.find(slot => slot.key === cursor) ?? slots[0])?.key ?? null;
  });
  const { layout, close } = makeMotion(target);
  return { screen, side, classes, output, net, target, layout, plotSize, cursorKey, close };
}
