import { effect } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/**
 * Paints a canvas whenever a signal changes that `paint` reads, within the same repaint: an effect of
 * a component waits for the next one, and the browser would draw every frame of the network twice.
 */
export function usePainting(
  canvas: RefObject<HTMLCanvasElement | null>,
  paint: (canvas: HTMLCanvasElement) => void,
): void {
  const latest = useRef(paint);
  latest.current = paint;
  useLayoutEffect(
    () =>
      effect(() => {
        if (canvas.current) latest.current(canvas.current);
      }),
    [canvas],
  );
}
