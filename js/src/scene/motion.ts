/** The layout on the screen follows the one that was solved, in a fifth of a second. */

import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { nextFrame } from "../host";
import type { Layout } from "../maths/layout";
import { easeOut, tweenLayout } from "../maths/layout/tween";

const MOTION_MS = 200;

export interface Motion {
  readonly layout: ReadonlySignal<Layout | null>;
  readonly close: () => void;
}

const prefersStillness = (): boolean =>
  globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? false;

export function makeMotion(target: ReadonlySignal<Layout | null>): Motion {
  const layout = signal<Layout | null>(null);
  let cancel: (() => void) | null = null;

  const glide = (from: Layout, to: Layout) => {
    const start = performance.now();
    const tick = () => {
      const share = Math.min(1, (performance.now() - start) / MOTION_MS);
      layout.value = tweenLayout(from, to, easeOut(share));
      cancel = share < 1 ? nextFrame(tick) : null;
    };
    tick();
  };
  const stop = effect(() => {
    const to = target.value;
    const from = layout.peek();
    cancel?.();
    cancel = null;
    if (from && to && from.height === to.height && !prefersStillness()) glide(from, to);
    else layout.value = to;
  });
  return {
    layout,
    close() {
      stop();
      cancel?.();
    },
  };
}
