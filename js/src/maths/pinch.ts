/** Two fingers on a picture: how far it grows, about which point, and how far it moves. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export type Fingers = readonly [Point, Point];

const middle = ([a, b]: Fingers): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const spread = ([a, b]: Fingers): number => Math.hypot(a.x - b.x, a.y - b.y);

export function pinch(before: Fingers, now: Fingers) {
  const from = middle(before);
  const to = middle(now);
  return {
    factor: spread(now) / (spread(before) || 1),
    about: from,
    dx: to.x - from.x,
    dy: to.y - from.y,
  };
}
