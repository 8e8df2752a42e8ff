/**
 * Effects that run at once. Those that components usually have wait for the next repaint and ask for
 * it whenever anything may have changed: while training runs, the browser would draw every frame of
 * the network twice.
 */

import { effect } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** Runs when a signal has changed that `run` reads; what it returns is called before the next time. */
export function useInstantEffect(run: () => (() => void) | undefined): void {
  const latest = useRef(run);
  latest.current = run;
  useLayoutEffect(() => effect(() => latest.current()), []);
}

/** Paints a canvas anew when a signal has changed that `paint` reads. */
export function usePainting(
  ref: RefObject<HTMLCanvasElement | null>,
  paint: (canvas: HTMLCanvasElement) => void,
): void {
  useInstantEffect(() => {
    if (ref.current) paint(ref.current);
    return undefined;
  });
}
