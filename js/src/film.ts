/** The frames that this page has seen: bounded in number and memory, so that one can look back without a kernel. */

import type { Frame } from "./frame";

const MOST_FRAMES = 300;
const MOST_BYTES = 24e6;

/** The moment that a frame belongs to, or is on the way to. */
const momentOf = (frame: Frame): number => frame.trail.at(-1) ?? -1;

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

  /** The frames that lead to `now`, earliest first: what was undone or left is not among them. */
  leadingTo(now: Frame): readonly Frame[] {
    const rank = new Map([-1, ...now.trail].map((key, n) => [key, n]));
    const before = (a: Frame, b: Frame) =>
      (rank.get(momentOf(a)) as number) - (rank.get(momentOf(b)) as number) || a.step - b.step;
    return this.#frames
      .filter(frame => frame.step <= now.step && rank.has(momentOf(frame)))
      .sort(before);
  }

  /** The last frame up to a step, or the first one there is. */
  at(step: number, now: Frame): Frame | null {
    const frames = this.leadingTo(now);
    return frames.findLast(frame => frame.step <= step) ?? frames[0] ?? null;
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
