/**
 * While a person waits for a picture, the page says something now and then until it is there.
 *
 * Jupyter's server holds a small message back until the one before it is acknowledged, and a page
 * that says nothing acknowledges after 40 ms only.
 */

import type { Clock } from "./pump";

/** In milliseconds. A kernel that is slow to begin is not made faster by many requests. */
const MOMENTS = [16, 26, 36, 50, 70, 95];

/** Calls `say` at each of the moments; returns how to end it. */
export function nudge(clock: Clock, say: () => void): () => void {
  const cancels = MOMENTS.map(moment => clock.after(moment, say));
  return () => {
    for (const cancel of cancels) cancel();
  };
}
