/** What buttons and keys do with the zoom: about the middle of what is seen. */

import { FIT } from "../../view";
import type { Widget } from "../context";
import { panBy, zoomAbout } from "./zoom";

const STEP = 1.4;
/** Pixels that a key moves the picture. */
const STRIDE = 60;

export function zoomBy({ scene, view }: Widget, steps: number): void {
  const layout = scene.layout.value;
  if (!layout) return;
  const { width, height } = layout;
  const factor = STEP ** steps;
  view.zoom.value = zoomAbout(view.zoom.value, factor, width / 2, height / 2, width, height);
}

export function showAll({ view }: Widget): void {
  view.zoom.value = FIT;
}

const STRIDES: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowRight: [-STRIDE, 0],
  ArrowLeft: [STRIDE, 0],
  ArrowUp: [0, STRIDE],
  ArrowDown: [0, -STRIDE],
};

/** Moves a zoomed picture with an arrow key; false where there is nothing to move. */
export function panWithKey({ scene, view }: Widget, key: string): boolean {
  const layout = scene.layout.value;
  const stride = STRIDES[key];
  if (!layout || !stride || view.zoom.value.scale <= 1) return false;
  view.zoom.value = panBy(view.zoom.value, ...stride, layout.width, layout.height);
  return true;
}
