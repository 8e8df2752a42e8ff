/** Where the nodes of one layer stand, and where those with nothing to show are folded away. */

import { clamp } from "../scales";
import { spread } from "../spread";
import type { FoldedNodes, NodeKind, NodePlace } from "./types";

/** More folded nodes than this become one number. */
const MAX_DOTS = 12;
const DOT_PITCH = 8;
const LABEL_ROOM = 24;
const NUMBER_ROOM = 22;

export interface Band {
  readonly lo: number;
  readonly hi: number;
}

export interface NodeColumn {
  readonly places: readonly NodePlace[];
  readonly folded: FoldedNodes | null;
  readonly yOf: ReadonlyMap<number, number>;
}

export const even = (n: number, { lo, hi }: Band): number[] =>
  Array.from({ length: n }, (_, k) => lo + ((k + 0.5) * (hi - lo)) / Math.max(1, n));

const dotsRoom = (count: number): number => (count - 1) * DOT_PITCH + 4;

/** What is left of the band for live nodes. */
export function liveBand(band: Band, foldedCount: number): Band {
  if (foldedCount === 0) return band;
  const room = foldedCount > MAX_DOTS ? LABEL_ROOM : dotsRoom(foldedCount) + LABEL_ROOM;
  return { lo: band.lo, hi: band.hi - room };
}

export function foldAway(nodes: readonly number[], x: number, { hi }: Band): FoldedNodes | null {
  const count = nodes.length;
  if (count === 0) return null;
  if (count > MAX_DOTS) return { count, x, dots: [], labelY: hi - 6 };
  const first = hi - 2 - (count - 1) * DOT_PITCH;
  return {
    count,
    x,
    dots: nodes.map((_, n) => first + n * DOT_PITCH),
    labelY: (first + hi - 2) / 2,
  };
}

export interface NodeColumnInput {
  readonly layer: number;
  readonly order: readonly number[];
  readonly folded: ReadonlySet<number>;
  readonly kindOf: (node: number) => NodeKind;
  readonly x: number;
  readonly band: Band;
  readonly radius: number;
  /** Height of what stands at a node: the least distance that is good. */
  readonly height: number;
  readonly wanted: ReadonlyMap<number, number>;
}

export function placeNodes(input: NodeColumnInput): NodeColumn {
  const { order, folded, band, radius, x, wanted, layer } = input;
  const live = order.filter(node => !folded.has(node));
  const free = liveBand(band, folded.size);
  const share = (free.hi - free.lo) / Math.max(1, live.length);
  const pitch = Math.min(input.height, share);
  const r = Math.max(2.5, Math.min(radius, (share - 3) / 2));
  const reach = Math.min(input.height, share) / 2;
  const middle = (free.lo + free.hi) / 2;
  const want = live.map(node =>
    clamp(wanted.get(node) ?? middle, free.lo + reach, free.hi - reach),
  );
  const gaps = new Array<number>(Math.max(0, live.length - 1)).fill(pitch);
  const ys = spread(want, gaps, free.lo + reach, free.hi - reach);
  const places = live.map(
    (index, n): NodePlace => ({
      layer,
      index,
      kind: input.kindOf(index),
      x,
      y: ys[n] as number,
      radius: r,
      crowded: pitch < 2 * r + NUMBER_ROOM,
    }),
  );
  const away = foldAway(
    order.filter(node => folded.has(node)),
    x,
    band,
  );
  const yOf = new Map(places.map(place => [place.index, place.y]));
  return { places, folded: away, yOf };
}
