/** One input as something to slide: in the graph and in the panel it is the same. */

import { type ReadonlySignal, useComputed } from "@preact/signals";
import { nodeValue } from "../../maths/format";
import { clamp } from "../../maths/scales";
import { shareAfterKey } from "../../maths/shareKeys";
import { edgeNumbers } from "../../names";
import { useWidget } from "../context";

export interface InputHandle {
  readonly lo: number;
  readonly hi: number;
  readonly now: ReadonlySignal<number>;
  readonly text: ReadonlySignal<string>;
  /** Where it stands between `lo` and `hi`, 0 … 1. */
  readonly share: ReadonlySignal<number>;
  readonly setTo: (value: number) => void;
  readonly moveTo: (share: number) => void;
  /** Follows a key; false for one that means nothing to it. */
  readonly follow: (event: KeyboardEvent) => boolean;
}

export function useInput(index: number): InputHandle {
  const { scene, store, view } = useWidget();
  const range = () => {
    const frame = store.frame.value;
    return frame ? edgeNumbers(frame, [0, index, 0]) : { lo: 0, hi: 1 };
  };
  const { lo, hi } = range();
  const shareOf = (value: number, from: number, to: number) =>
    clamp((value - from) / (to - from), 0, 1);
  const now = useComputed(() => view.probe.value[index] ?? range().lo);
  const share = useComputed(() => {
    const { lo, hi } = range();
    return shareOf(now.value, lo, hi);
  });
  const text = useComputed(() => {
    const { lo, hi } = range();
    return nodeValue(now.value, Math.max(Math.abs(lo), Math.abs(hi)));
  });
  const setTo = (value: number) => scene.probe.move(new Map([[index, value]]));
  const moveTo = (to: number) => setTo(lo + clamp(to, 0, 1) * (hi - lo));
  return {
    lo,
    hi,
    now,
    text,
    share,
    setTo,
    moveTo,
    follow(event) {
      const at = shareOf(scene.probe.wanted(index), lo, hi);
      const to = shareAfterKey(event.key, at, event.shiftKey);
      if (to === null) return false;
      event.preventDefault();
      event.stopPropagation();
      moveTo(to);
      return true;
    },
  };
}
