/** What edges and nodes are called on the screen. */

import { type Frame, nodeOfSub, type SymbolicEdge } from "./frame";
import { featureName, type Name, splitName } from "./maths/format";
import type { EdgeId } from "./protocol";

/** Hidden nodes are h₁, h₂ …; with several hidden layers h₁,₂ … with the layer first. */
function hiddenName(frame: Frame, layer: number, node: number): Name {
  const several = frame.layers.length > 2;
  return { stem: "h", sub: several ? `${layer},${node + 1}` : String(node + 1) };
}

function inputName({ inputs, features }: Frame, node: number): Name {
  const feature = features[node - (inputs.length - features.length)];
  if (!feature) return splitName(inputs[node] ?? "");
  return featureName(feature, inputs);
}

export function nodeName(frame: Frame, layer: number, node: number): Name {
  if (layer === 0) return inputName(frame, node);
  if (layer === frame.layers.length) return splitName(frame.outputs[node] ?? "");
  return hiddenName(frame, layer, node);
}

/** Names of the inputs (layer 0), or of the outputs. */
export const nodeNames = (frame: Frame, layer: number): Name[] =>
  (layer === 0 ? frame.inputs : frame.outputs).map((_, node) => nodeName(frame, layer, node));

export interface EdgeEnds {
  readonly from: Name;
  readonly to: Name;
}

export function edgeEnds(frame: Frame, [l, i, j]: EdgeId): EdgeEnds {
  const node = nodeOfSub(frame.layers[l] ?? { sums: 0 }, j);
  return { from: nodeName(frame, l, i), to: nodeName(frame, l + 1, node) };
}

/** Whether the edge still exists: a structure may have lost it since it was selected. */
export function hasEdge(frame: Frame, [l, i, j]: EdgeId): boolean {
  const layer = frame.layers[l];
  return (
    layer !== undefined &&
    i >= 0 &&
    i < layer.inputs &&
    j >= 0 &&
    j < layer.outputs &&
    (layer.mask[i * layer.outputs + j] as number) !== 0
  );
}

/** The fitted function of an edge, or null for a spline. */
export function symbolicOf(frame: Frame, [l, i, j]: EdgeId): SymbolicEdge | null {
  const layer = frame.layers[l];
  return layer?.symbolic.get(i * layer.outputs + j) ?? null;
}

export function isPinned(frame: Frame, [l, i, j]: EdgeId): boolean {
  const layer = frame.layers[l];
  return layer?.pinned.has(i * layer.outputs + j) ?? false;
}

export const plainName = ({ lead = "", stem, sub, tail = "", times }: Name): string =>
  lead + stem + sub + tail + (times ? times[0] + plainName(times[1]) : "");

export const plainEdge = (frame: Frame, edge: EdgeId): string => {
  const { from, to } = edgeEnds(frame, edge);
  return `${plainName(from)} to ${plainName(to)}`;
};

export interface EdgeNumbers {
  readonly importance: number;
  readonly lo: number;
  readonly hi: number;
}

/**
 * Importance of an edge and the range of its input; a range without width is widened. Total: while
 * the structure changes a view may ask for an edge that is no more.
 */
export function edgeNumbers(frame: Frame, [l, i, j]: EdgeId): EdgeNumbers {
  const layer = frame.layers[l];
  const lo = layer?.range[2 * i] ?? Number.NaN;
  const hi = layer?.range[2 * i + 1] ?? Number.NaN;
  const importance = layer?.importance[i * layer.outputs + j] ?? 0;
  if (!Number.isFinite(lo) || !Number.isFinite(hi)) return { importance, lo: -1, hi: 1 };
  if (hi - lo < 1e-9 * (1 + Math.abs(lo))) return { importance, lo: lo - 0.5, hi: hi + 0.5 };
  return { importance, lo, hi };
}
