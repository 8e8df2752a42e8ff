/** The frames that this page has seen: bounded in number and memory, so that one can look back without a kernel. */

import type { Frame } from "./frame";

const MOST_FRAMES = 300;
const MOST_BYTES = 24e6;

/** The moment that a frame belongs to, or is on the way to. */
const momentOf = (frame: Frame): number => frame.trail.at(-1) ?? -1;

/** A point that one can look back at; null where this page has not seen its frame. */
export interface Stop {
  readonly key: number;
  readonly step: number;
  readonly frame: Frame | null;
}

/** The last stop up to a step, or the first one there is. */
export const stopAt = (stops: readonly Stop[], step: number): Stop | null =>
  stops.findLast(stop => stop.step <= step) ?? stops[0] ?? null;

const bytesOf = ({ layers, loss }: Frame): number =>
  (layers[0]?.knots.buffer ?? loss.buffer).byteLength;

export interface FilmLimits {
  readonly frames: number;
  readonly bytes: number;
}

export class Film {
  readonly #limits: FilmLimits;
  readonly #frames: Frame[] = [];
  #bytes = 0;

  constructor(limits: FilmLimits = { frames: MOST_FRAMES, bytes: MOST_BYTES }) {
    this.#limits = limits;
  }

  /** Keeps a frame, in the place of another one of the same step of the same moment. */
  add(frame: Frame): void {
    const isSame = (other: Frame) =>
      other.step === frame.step && momentOf(other) === momentOf(frame);
    const same = this.#frames.findLastIndex(isSame);
    if (same >= 0) this.#drop(same);
    this.#frames.push(frame);
    this.#bytes += bytesOf(frame);
    while (this.#isTooLarge) this.#drop(this.#leastMissed());
  }

  /**
   * What leads to `now`, earliest first: every frame, and those of the `moments` that have none.
   * What was undone or left is not among it.
   */
  leadingTo(now: Frame, moments: readonly Omit<Stop, "frame">[] = []): readonly Stop[] {
    const rank = new Map([-1, ...now.trail].map((key, n) => [key, n]));
    const before = (a: Stop, b: Stop) =>
      (rank.get(a.key) as number) - (rank.get(b.key) as number) || a.step - b.step;
    const seen = this.#frames.map(frame => ({ key: momentOf(frame), step: frame.step, frame }));
    const known = new Set(seen.map(({ key }) => key));
    const unseen = moments
      .filter(({ key }) => !known.has(key))
      .map(({ key, step }) => ({ key, step, frame: null }));
    return [...seen, ...unseen]
      .filter(({ key, step }) => step <= now.step && rank.has(key))
      .sort(before);
  }

  get #isTooLarge(): boolean {
    const { frames, bytes } = this.#limits;
    return this.#frames.length > 2 && (this.#frames.length > frames || this.#bytes > bytes);
  }

  #drop(index: number): void {
    const [gone] = this.#frames.splice(index, 1);
    if (gone) this.#bytes -= bytesOf(gone);
  }

  /** The frame whose neighbours of the same moment are nearest; first and last frames of moments stay longest. */
  #leastMissed(): number {
    const frames = this.#frames;
    let least = { index: 0, gap: Number.POSITIVE_INFINITY };
    for (let n = 1; n + 1 < frames.length; n++) {
      const [before, here, after] = frames.slice(n - 1, n + 2) as [Frame, Frame, Frame];
      const isInside = momentOf(before) === momentOf(here) && momentOf(here) === momentOf(after);
      const gap = after.step - before.step;
      if (isInside && gap < least.gap) least = { index: n, gap };
    }
    return least.index;
  }
}
