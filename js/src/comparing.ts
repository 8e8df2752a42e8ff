/** Whether another point of the history is drawn behind the network, and which. */

import type { HistoryEntry } from "./protocol";
import type { Widget } from "./views/context";

/** What the present point is compared with at first: the one before it, or at the start the one after it. */
export function partner(entries: readonly HistoryEntry[], position: number): HistoryEntry | null {
  return entries[position - 1] ?? entries[position + 1] ?? null;
}

export function compareWith({ client, view }: Widget, key: number): void {
  view.comparing.value = true;
  client.compare(key);
}

export function toggleComparison(widget: Widget): void {
  const { client, store, view } = widget;
  const { entries = [], position = 0 } = store.history.value ?? {};
  const other = partner(entries, position);
  if (view.comparing.value) {
    view.comparing.value = false;
    client.compare(null);
  } else if (other) {
    compareWith(widget, other.key);
  }
}
