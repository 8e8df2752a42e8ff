/** The inputs that a person plays with. Moves are gathered and drawn once per repaint. */

import { effect } from "@preact/signals";
import { columnCount, type Frame } from "../frame";
import { nextFrame } from "../host";
import { edgeNumbers } from "../names";
import type { Store } from "../store";
import type { ViewState } from "../view";

export interface Probe {
  /** Where input i will stand at the next repaint. */
  wanted(i: number): number;
  /** Moves some inputs, and brings the probe back where it was put away. */
  move(changes: ReadonlyMap<number, number>): void;
  /** Back to where the inputs stood at first. */
  reset(): void;
  readonly close: () => void;
}

/** Values to begin with, one per column: spread over the ranges, never all alike. */
function firstValues(frame: Frame): number[] {
  return Array.from({ length: columnCount(frame) }, (_, i) => {
    const { lo, hi } = edgeNumbers(frame, [0, i, 0]);
    const share = (0.72 + 0.525 * i + 0.19 * Math.floor(i / 2)) % 1;
    return lo + (0.1 + 0.8 * share) * (hi - lo);
  });
}

export function makeProbe(store: Store, view: ViewState): Probe {
  let ahead: readonly number[] | null = null;
  let cancel: (() => void) | null = null;

  const draw = () => {
    if (ahead) view.probe.value = ahead;
    ahead = null;
    cancel = null;
  };
  const want = (values: readonly number[]) => {
    ahead = values;
    view.probing.value = true;
    cancel ??= nextFrame(draw);
  };
  const forget = () => {
    cancel?.();
    cancel = null;
    ahead = null;
  };
  const stop = effect(() => {
    const frame = store.frame.value;
    if (!frame || columnCount(frame) === view.probe.peek().length) return;
    forget();
    view.probe.value = firstValues(frame);
  });
  const standing = () => ahead ?? view.probe.peek();
  return {
    wanted: i => standing()[i] ?? Number.NaN,
    move: changes => want(standing().map((value, i) => changes.get(i) ?? value)),
    reset() {
      const frame = store.frame.peek();
      if (frame) want(firstValues(frame));
    },
    close() {
      stop();
      forget();
    },
  };
}
