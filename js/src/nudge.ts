/**
 * While a person waits for a picture, the page says something again and again until it is there.
 *
 * Jupyter's server holds a small message back until the one before it is acknowledged, and a page
 * that says nothing acknowledges after 40 ms only.
 */

import type { Clock } from "./pump";

const FIRST = 16;
const PAUSE = 10;
const MOST = 9;

/** Calls `say` so often at most; returns how to end it. */
export function nudge(clock: Clock, say: () => void): () => void {
  let left = MOST;
  let cancel = clock.after(FIRST, function again() {
    say();
    left -= 1;
    if (left > 0) cancel = clock.after(PAUSE, again);
  });
  return () => cancel();
}
