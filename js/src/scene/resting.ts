import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Frame } from "../frame";
import type { Store } from "../store";

export interface Resting {
  /** The frame whose importances decide the layout: not the newest while training runs. */
  readonly frame: ReadonlySignal<Frame | null>;
  readonly close: () => void;
}

/** Order and tiers change with the structure, or with any frame while nothing is trained. */
export function makeResting(store: Store): Resting {
  const resting = signal<Frame | null>(null);
  const close = effect(() => {
    const frame = store.frame.value;
    const isNew = frame?.structure !== resting.peek()?.structure;
    if (isNew || !store.moving.value) resting.value = frame;
  });
  return { frame: resting, close };
}
