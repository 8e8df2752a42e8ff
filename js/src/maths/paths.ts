/** SVG path texts, with coordinates to a tenth of a pixel. */

import type { Hairs, Slot } from "./layout";

const HAIR = 10;
/** Straight bit at both ends of the horizontal part of a link. */
const LEAD = 4;

export const coordinate = (value: number): number => Math.round(value * 10) / 10;

type Point = readonly [x: number, y: number];

const point = (x: number, y: number): string => `${coordinate(x)} ${coordinate(y)}`;

interface Bend {
  readonly from: Point;
  readonly to: Point;
}

const bendReach = ({ from, to }: Bend): number => Math.max(12, (to[0] - from[0]) / 2);

const isLevel = ({ from, to }: Bend): boolean => Math.abs(from[1] - to[1]) < 0.3;

/** From `from`, where the pen is, to `to`, leaving and arriving horizontally. */
function bend(b: Bend): string {
  const [x1, y1] = b.to;
  if (isLevel(b)) return `H${coordinate(x1)}`;
  const reach = bendReach(b);
  const [x0, y0] = b.from;
  return `C${point(x0 + reach, y0)} ${point(x1 - reach, y1)} ${point(x1, y1)}`;
}

const bendsOf = (slot: Slot): readonly [Bend, Bend] => [
  { from: [slot.sourceX, slot.sourceY], to: [slot.zoneLeft - LEAD, slot.y] },
  { from: [slot.zoneRight + LEAD, slot.y], to: [slot.targetX, slot.targetY] },
];

/** The link of an edge: bent in the fans, horizontal between them, open where its plot stands. */
export function linkPath(slot: Slot): string {
  const [left, right] = bendsOf(slot);
  const level = coordinate(slot.zoneRight + LEAD);
  const across =
    slot.tier === "plot"
      ? `H${coordinate(slot.x)}M${point(slot.x + slot.width, slot.y)}H${level}`
      : `H${level}`;
  return `M${point(...left.from)}${bend(left)}${across}${bend(right)}`;
}

export function hairPath({ x, y, angles }: Hairs): string {
  return angles
    .map(angle => {
      const dx = coordinate(Math.cos(angle) * HAIR);
      const dy = coordinate(Math.sin(angle) * HAIR);
      return `M${point(x - 1, y)}l${dx} ${dy}`;
    })
    .join("");
}

function bezier(a: number, b: number, c: number, d: number, t: number): number {
  const s = 1 - t;
  return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d;
}

/** Height of a bend at x. Its x is monotonic in the parameter, so halving finds it. */
function bendHeight(b: Bend, x: number): number {
  if (isLevel(b)) return b.to[1];
  const reach = bendReach(b);
  let low = 0;
  let high = 1;
  for (let n = 0; n < 14; n++) {
    const t = (low + high) / 2;
    if (bezier(b.from[0], b.from[0] + reach, b.to[0] - reach, b.to[0], t) < x) low = t;
    else high = t;
  }
  return bezier(b.from[1], b.from[1], b.to[1], b.to[1], (low + high) / 2);
}

/** Height of a link at x, or null beside it. */
export function linkHeight(slot: Slot, x: number): number | null {
  if (x < slot.sourceX || x > slot.targetX) return null;
  const [left, right] = bendsOf(slot);
  if (x < left.to[0]) return bendHeight(left, x);
  return x > right.from[0] ? bendHeight(right, x) : slot.y;
}

/** How far, in pixels, a link lies from a point: exact where it is level, good where it climbs. */
export function linkDistance(slot: Slot, x: number, y: number): number {
  const here = linkHeight(slot, x);
  if (here === null) return Number.POSITIVE_INFINITY;
  const ahead = linkHeight(slot, x + 1) ?? here;
  return Math.abs(y - here) / Math.hypot(1, ahead - here);
}

/** The link nearest to a point, if one is within `reach` pixels. */
export function nearestLink(
  slots: readonly Slot[],
  x: number,
  y: number,
  reach: number,
): Slot | null {
  let nearest: Slot | null = null;
  let least = reach;
  for (const slot of slots) {
    const distance = linkDistance(slot, x, y);
    if (distance <= least) {
      least = distance;
      nearest = slot;
    }
  }
  return nearest;
}
