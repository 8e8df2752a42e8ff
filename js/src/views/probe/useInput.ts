/** One input as something to slide: in the graph and in the panel it is the same. */

import { type ReadonlySignal, useComputed } from "@preact/signals";
import { nodeValue } from "../../maths/format";
import { clamp } from "../../maths/scales";
import { shareAfterKey } from "../../maths/shareKeys";
import { edgeNumbers } from "../../names";
import { useWidget } from "../context";

export interface InputValue {
  readonly lo: number;
  readonly hi: number;
  readonly now: ReadonlySignal<number>;
  readonly text: ReadonlySignal<string>;
  /** Where it stands between `lo` and `hi`, 0 … 1. */
  readonly share: ReadonlySignal<number>;
}

export interface InputHandle extends InputValue {
  readonly setTo: (value: number) => void;
  readonly moveTo: (share: number) => void;
  /** Follows a key; false for one that means nothing to it. */
  readonly follow: (event: KeyboardEvent) => boolean;
}

const shareOf = (value: number, { lo, hi }: { lo: number; hi: number }) =>
  clamp((value - lo) / (hi - lo), 0, 1);

/** What an input is at the probe: `valueAt` says it from the values of the columns. */
export function useInputValue(
  index: number,
  valueAt: (probe: readonly number[]) => number | undefined,
): InputValue {
  const { store, view } = useWidget();
  const range = () => {
    const frame = store.frame.value;
    return frame ? edgeNumbers(frame, [0, index, 0]) : { lo: 0, hi: 1 };
  };
  const now = useComputed(() => valueAt(view.probe.value) ?? range().lo);
  const share = useComputed(() => shareOf(now.value, range()));
  const text = useComputed(() => {
    const { lo, hi } = range();
    return nodeValue(now.value, Math.max(Math.abs(lo), Math.abs(hi)));
  });
  const { lo, hi } = range();
  return { lo, hi, now, text, share };
}

export function useInput(index: number): InputHandle {
  const { scene } = useWidget();
  const value = useInputValue(index, probe => probe[index]);
  const { lo, hi } = value;
  const setTo = (to: number) => scene.probe.move(new Map([[index, to]]));
  const moveTo = (to: number) => setTo(lo + clamp(to, 0, 1) * (hi - lo));
  return {
    ...value,
    setTo,
    moveTo,
    follow(event) {
      const at = shareOf(scene.probe.wanted(index), value);
      const to = shareAfterKey(event.key, at, event.shiftKey);
      if (to === null) return false;
      event.preventDefault();
      event.stopPropagation();
      moveTo(to);
      return true;
    },
  };
}
