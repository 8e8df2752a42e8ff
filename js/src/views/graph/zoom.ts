/** Zooming about a point and moving about, so that the picture never leaves its frame. */

import { clamp } from "../../maths/scales";
import { FIT, type Zoom } from "../../view";

export const CLOSEST = 6;

function keepInside(zoom: Zoom, width: number, height: number): Zoom {
  if (zoom.scale <= 1) return FIT;
  return {
    scale: zoom.scale,
    x: clamp(zoom.x, width * (1 - zoom.scale), 0),
    y: clamp(zoom.y, height * (1 - zoom.scale), 0),
  };
}

export function zoomAbout(
  zoom: Zoom,
  factor: number,
  x: number,
  y: number,
  width: number,
  height: number,
): Zoom {
  const scale = clamp(zoom.scale * factor, 1, CLOSEST);
  const grown = scale / zoom.scale;
  const moved = { scale, x: x - (x - zoom.x) * grown, y: y - (y - zoom.y) * grown };
  return keepInside(moved, width, height);
}

export const panBy = (zoom: Zoom, dx: number, dy: number, width: number, height: number): Zoom =>
  keepInside({ ...zoom, x: zoom.x + dx, y: zoom.y + dy }, width, height);

/** A point of the screen in the coordinates of the layout. */
export const unzoom = (zoom: Zoom, x: number, y: number) => ({
  x: (x - zoom.x) / zoom.scale,
  y: (y - zoom.y) / zoom.scale,
});
