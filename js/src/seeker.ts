/**
 * A search goes on only while a page asks: one request in flight, the next when its answer came.
 */

import type { Answer } from "./protocol";
import type { Clock } from "./pump";

/** Another page asks already. */
const FOLLOW_AFTER = 1000;

export class Seeker {
  readonly #clock: Clock;
  readonly #ask: () => Promise<Answer | null>;
  #cancel: () => void = () => {};
  #isAsking = false;
  #isClosed = false;

  constructor(clock: Clock, ask: () => Promise<Answer | null>) {
    this.#clock = clock;
    this.#ask = ask;
  }

  /** The kernel says that there is something to search. */
  begin(): void {
    if (this.#isAsking || this.#isClosed) return;
    this.#isAsking = true;
    void this.#askOn();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel();
  }

  async #askOn(): Promise<void> {
    const answer = await this.#ask();
    if (this.#isClosed || answer?.searching !== true) {
      this.#isAsking = false;
      return;
    }
    if (answer.follow === true) {
      this.#cancel = this.#clock.after(FOLLOW_AFTER, () => void this.#askOn());
    } else void this.#askOn();
  }
}
