/** Looking back along the loss. A frame that this page has not seen is asked for when somebody looks there. */

import type { Stop } from "./film";
import type { Frame } from "./frame";
import type { Store } from "./store";

/** The frame of a moment of the history; null where it cannot be had. */
type Load = (key: number) => Promise<Frame | null>;

export class LookingBack {
  readonly #store: Store;
  readonly #load: Load;
  #wanted: Stop | null = null;
  #isAsking = false;

  constructor(store: Store, load: Load) {
    this.#store = store;
    this.#load = load;
  }

  /** Where one can look, earliest first. While the network is trained that is what was seen. */
  get stops(): readonly Stop[] {
    const { film, history, live, newest, playing } = this.#store;
    const now = newest.value;
    const canAsk = live.value && !playing.value;
    const moments = canAsk ? (history.value?.entries ?? []) : [];
    return now ? film.leadingTo(now, moments) : [];
  }

  /** Shows a stop, at once or when its frame came; null shows how it is now. */
  lookAt(stop: Stop | null): void {
    const { past } = this.#store;
    this.#wanted = stop;
    if (stop && !stop.frame) void this.#fill();
    else past.value = stop && stop.frame !== this.stops.at(-1)?.frame ? stop.frame : null;
  }

  /** One question at a time; where the person went on meanwhile, the last one wanted comes next. */
  async #fill(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    for (let stop = this.#unseen; stop; stop = this.#unseen) {
      const frame = await this.#load(stop.key);
      if (frame) this.#store.film.add(frame);
      if (this.#wanted?.key === stop.key) this.lookAt(frame && { ...stop, frame });
    }
    this.#isAsking = false;
  }

  get #unseen(): Stop | null {
    const isAtRest = this.#store.live.value && !this.#store.playing.value;
    return isAtRest && this.#wanted && !this.#wanted.frame ? this.#wanted : null;
  }
}
