import { clamp } from "./scales";

interface Box {
  readonly width: number;
  readonly height: number;
}

/** Upper left corner of a box around a point, pushed inside where it would stand over an edge. */
export function lensCorner(at: { x: number; y: number }, box: Box, room: Box) {
  return {
    x: Math.round(clamp(at.x - box.width / 2, 0, Math.max(0, room.width - box.width))),
    y: Math.round(clamp(at.y - box.height / 2, 0, Math.max(0, room.height - box.height))),
  };
}
