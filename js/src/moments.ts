/** Other moments of the history than the present one: to compare with, and in a saved page to go to. */

import { batch } from "@preact/signals";
import { decodeSnapshot, FrameError } from "./codec";
import type { Frame } from "./frame";
import { Network } from "./maths/network";
import type { SavedMoment } from "./protocol";
import type { Store } from "./store";

/** The picture of a moment as text; null where it cannot be had. */
export type Ask = (key: number) => Promise<string | null>;

export class Moments {
  readonly #store: Store;
  readonly #ask: Ask;
  #saved: ReadonlyMap<number, SavedMoment> = new Map();
  #wanted: number | null = null;

  constructor(store: Store, ask: Ask) {
    this.#store = store;
    this.#ask = ask;
  }

  /** Moments that came with the page need no kernel; their pictures are a film already. */
  keep(saved: readonly SavedMoment[]): void {
    this.#saved = new Map(saved.map(moment => [moment.key, moment]));
    for (const { snapshot } of saved) {
      const frame = this.#decode(snapshot);
      if (frame) this.#store.film.add(frame);
    }
  }

  /** The frame of a moment; null where it cannot be had. */
  async frame(key: number): Promise<Frame | null> {
    const text = this.#saved.get(key)?.snapshot ?? (await this.#ask(key));
    return text ? this.#decode(text) : null;
  }

  has(key: number): boolean {
    return this.#saved.has(key);
  }

  /** Draws another moment behind the network; null draws none. The last one wanted wins. */
  async compare(key: number | null): Promise<void> {
    this.#wanted = key;
    if (key === null) {
      this.#store.compared.value = null;
      return;
    }
    const frame = await this.frame(key);
    if (frame && this.#wanted === key) {
      this.#store.compared.value = { key, network: new Network(frame) };
    }
  }

  /** Lets go of a moment that the history has no more. */
  forget(): void {
    const key = this.#store.compared.value?.key ?? this.#wanted;
    const entries = this.#store.history.value?.entries ?? [];
    if (key !== null && !entries.some(entry => entry.key === key)) void this.compare(null);
  }

  /** In a saved page: shows a moment as if a kernel had gone there. */
  show(key: number): void {
    const { history, formula, newest } = this.#store;
    const saved = this.#saved.get(key);
    const frame = saved && this.#decode(saved.snapshot);
    const position = history.value?.entries.findIndex(entry => entry.key === key) ?? -1;
    if (!frame || !history.value || position < 0) return;
    batch(() => {
      newest.value = frame;
      formula.value = saved.formula;
      history.value = history.value && { ...history.value, position };
    });
  }

  #decode(text: string): Frame | null {
    try {
      return decodeSnapshot(text);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#store.notice.value = { text: error.message, kind: "error" };
      return null;
    }
  }
}
