/** How strongly an edge is drawn: colour, width and opacity follow the root of its importance. */

import type { Slot } from "../../maths/layout";
import { clamp } from "../../maths/scales";
import type { Widget } from "../context";

export interface Emphasis {
  readonly linkWidth: number;
  readonly linkOpacity: number;
  readonly curve: number;
  readonly isFaint: boolean;
}

const tenths = (value: number): number => Math.round(value * 10) / 10;
const hundredths = (value: number): number => Math.round(value * 100) / 100;

const LINE_WIDTH = 1;
const LINE_OPACITY = 0.5;

export function emphasis({ scene, store, view }: Widget, slot: Slot): Emphasis {
  const [l, i, j] = slot.edge;
  const layer = store.frame.value?.layers[l];
  const importance = layer?.importance[i * layer.outputs + j] ?? 0;
  const most = scene.mostImportant.value[l] ?? 1;
  const share = Math.sqrt(clamp(importance / most, 0, 1)) || 0;
  const opacity = hundredths(0.16 + 0.74 * share);
  const isFaint = importance < view.threshold.value;
  const isLine = slot.tier === "line";
  return {
    linkWidth: isLine ? LINE_WIDTH : tenths(0.8 + 2 * share),
    linkOpacity: isLine ? Math.min(opacity, LINE_OPACITY) : opacity,
    curve: isFaint ? 0.7 : Math.max(0.55, opacity),
    isFaint,
  };
}
