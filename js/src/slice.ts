/**
 * How long the kernel should train before it answers.
 *
 * The time between two answers while two requests are in flight is the slice plus an overhead that
 * the page cannot change. Thirty frames a second that are seen are the aim, which takes a few more:
 * of two that come between two repaints one is drawn. Where the overhead is so large that most of
 * the time would not be training, the slice grows, at first down to twenty frames a second,
 * and where even those cost too much, as far as nearly half of the time is training.
 */

import { clamp } from "./maths/scales";

const SHORTEST = 10;
const LONGEST = 100;
const SMOOTH_MS = 1000 / 33;
const FLUENT_MS = 47;
const GOOD_SHARE = 2.5;
const LEAST_SHARE = 0.8;
const WEIGHT = 0.2;

/** A longer interval tells of a frozen page, not of the kernel. */
const NOT_A_MEASUREMENT = 600;

/** A running mean that follows slowly. */
const follow = (mean: number, sample: number): number => mean + WEIGHT * (sample - mean);

export class Slice {
  #overhead = 8;
  /** How much longer than asked the kernel trains, because it ends with a whole iteration. */
  #excess = 0;
  #lastAnswer: number | null = null;

  get budget(): number {
    const overhead = this.#overhead;
    const training = Math.max(
      SMOOTH_MS - overhead,
      Math.min(GOOD_SHARE * overhead, FLUENT_MS - overhead),
      LEAST_SHARE * overhead,
    );
    return Math.round(clamp(training - this.#excess, SHORTEST, LONGEST));
  }

  /**
   * An answer came; `saturated` when the kernel had the next request already. A kernel that does not
   * say how long it trained is taken to have kept to the budget.
   */
  measure(now: number, budget: number, saturated: boolean, trained: number = budget): void {
    const interval = this.#lastAnswer === null ? null : now - this.#lastAnswer;
    this.#lastAnswer = now;
    if (interval === null || !saturated || interval > NOT_A_MEASUREMENT) return;
    this.#overhead = follow(this.#overhead, Math.max(0, interval - trained));
    this.#excess = follow(this.#excess, Math.max(0, trained - budget));
  }

  rest(): void {
    this.#lastAnswer = null;
  }
}
