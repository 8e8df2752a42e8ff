/** How keys move a handle along a track; places are shares of the track, 0 … 1. */

import { clamp } from "./scales";

/** A twentieth of the track; a two hundredth with Shift. */
export const keyStep = (isFine: boolean): number => (isFine ? 1 / 200 : 1 / 20);

/** Where a key leads, or null for a key that does not move the handle. */
export function shareAfterKey(key: string, share: number, isFine: boolean): number | null {
  switch (key) {
    case "ArrowRight":
      return clamp(share + keyStep(isFine), 0, 1);
    case "ArrowLeft":
      return clamp(share - keyStep(isFine), 0, 1);
    case "Home":
      return 0;
    case "End":
      return 1;
    default:
      return null;
  }
}
