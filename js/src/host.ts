/** The little that is used of the page around the widget: its model, its clock, its frames. */

import type { Clock } from "./pump";

type Listener = (...args: never[]) => void;

/** What every host gives a widget. Jupyter, marimo and a page without a kernel all fit. */
export interface Host {
  get(name: string): unknown;
  send(message: unknown): void;
  on(event: string, listener: Listener): void;
  off(event: string, listener: Listener): void;
  readonly comm_live?: boolean;
}

export const browserClock: Clock = {
  now: () => performance.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};

/** Runs `action` before the next repaint; returns how to cancel it. */
export function nextFrame(action: () => void): () => void {
  const request = requestAnimationFrame(action);
  return () => cancelAnimationFrame(request);
}

export const randomName = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), byte =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

/**
 * Hosts hand `initialize` and `render` different faces of one model. Its `uid` tells them together;
 * a kernel without one is known by its layout and picture, which no two widgets share.
 */
export function sameModel(a: Host, b: Host): boolean {
  if (a === b) return true;
  const same = (name: string) => Boolean(a.get(name)) && a.get(name) === b.get(name);
  return a.get("uid") || b.get("uid") ? same("uid") : same("layout") && same("snapshot");
}
