/**
 * Sends the newest of many quick values: one request at a time, and when its answer comes, the value
 * that came last meanwhile. Whatever came in between does not matter to anybody any more.
 */
export class Latest<T> {
  readonly #send: (value: T) => Promise<unknown>;
  readonly #settled: () => void;
  #busy = false;
  #next: { value: T } | null = null;

  /** `settled` is called whenever an answer came and nothing newer waits. */
  constructor(send: (value: T) => Promise<unknown>, settled: () => void = () => {}) {
    this.#send = send;
    this.#settled = settled;
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
    void this.#send(value).finally(() => {
      this.#busy = false;
      const next = this.#next;
      this.#next = null;
      if (next) this.push(next.value);
      else this.#settled();
    });
  }
}
