import type { Answer } from "./protocol";

/**
 * Sends the newest of many quick values: one request at a time, and when its answer comes, the value
 * that came last meanwhile. Whatever came in between does not matter to anybody any more.
 */
export class Latest<T> {
  readonly #send: (value: T) => Promise<Answer | null>;
  readonly #refused: () => void;
  #busy = false;
  #next: { value: T } | null = null;

  /** `refused` is called when a value was not taken and nothing newer waits. */
  constructor(send: (value: T) => Promise<Answer | null>, refused: () => void = () => {}) {
    this.#send = send;
    this.#refused = refused;
  }

  get busy(): boolean {
    return this.#busy;
  }

  push(value: T): void {
    if (this.#busy) {
      this.#next = { value };
      return;
    }
    this.#busy = true;
    void this.#send(value).then(answer => {
      this.#busy = false;
      const next = this.#next;
      this.#next = null;
      if (next) this.push(next.value);
      else if (!answer?.ok) this.#refused();
    });
  }
}
