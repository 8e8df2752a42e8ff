import type { LayoutLayer } from "./types";

const PORT = 5;
const FULL_RADIUS = 10;

/** How far the two ports of a product node lie from its middle. */
export const portHeight = (radius: number): number => (PORT * radius) / FULL_RADIUS;

/** The two factors of a product node enter at two ports, above and below its middle. */
export function portOffset(layer: LayoutLayer, sub: number, radius: number): number {
  if (sub < layer.sums) return 0;
  const side = (sub - layer.sums) % 2 === 0 ? -1 : 1;
  return side * portHeight(radius);
}
