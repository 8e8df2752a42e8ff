/** The picture on its way from one layout to another. */

import type { Column, Layout, NodePlace, Slot } from "./types";

const between = (from: number, to: number, share: number): number => from + (to - from) * share;

type Coordinate =
  | "x"
  | "y"
  | "sourceX"
  | "sourceY"
  | "targetX"
  | "targetY"
  | "zoneLeft"
  | "zoneRight";

function tweenSlot(from: Slot, to: Slot, share: number): Slot {
  const at = (key: Coordinate) => between(from[key], to[key], share);
  return {
    ...to,
    x: at("x"),
    y: at("y"),
    sourceX: at("sourceX"),
    sourceY: at("sourceY"),
    targetX: at("targetX"),
    targetY: at("targetY"),
    zoneLeft: at("zoneLeft"),
    zoneRight: at("zoneRight"),
  };
}

function tweenColumn(from: Column | undefined, to: Column, share: number): Column {
  if (!from) return to;
  const before = new Map(from.slots.map(slot => [slot.key, slot]));
  const slots = to.slots.map(slot => {
    const old = before.get(slot.key);
    return old?.tier === slot.tier ? tweenSlot(old, slot, share) : slot;
  });
  return { ...to, slots, centre: between(from.centre, to.centre, share), hairs: [] };
}

function tweenNodes(from: readonly NodePlace[], to: readonly NodePlace[], share: number) {
  const before = new Map(from.map(node => [node.index, node]));
  return to.map(node => {
    const old = before.get(node.index);
    if (!old) return node;
    return {
      ...node,
      x: between(old.x, node.x, share),
      y: between(old.y, node.y, share),
      radius: between(old.radius, node.radius, share),
    };
  });
}

/**
 * Slots and nodes that both layouts have move straight; what is new stands at its place at once.
 * A slot that changed its tier is new.
 */
export function tweenLayout(from: Layout, to: Layout, share: number): Layout {
  if (share >= 1) return to;
  return {
    ...to,
    columns: to.columns.map((column, l) => tweenColumn(from.columns[l], column, share)),
    nodes: to.nodes.map((nodes, n) => tweenNodes(from.nodes[n] ?? [], nodes, share)),
  };
}

export const easeOut = (share: number): number => 1 - (1 - share) ** 3;
