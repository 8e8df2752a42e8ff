import type { Widget } from "../context";

export function beginSearch({ client, store, view }: Widget): void {
  if (store.front.value?.searching) return;
  view.formula.value = null;
  client.once("discover", { budget_s: view.budget.value });
}

/** Why nothing can be searched for, or empty. */
export function whyNoSearch({ store }: Widget): string {
  if (store.offReason.value) return store.offReason.value;
  return store.data.value?.task === "classification"
    ? "Formulas are found for measured values, not for classes"
    : "";
}

/** Opens the drawer; where nothing has been searched for yet, the search begins with it. */
export function toggleDiscovery(widget: Widget): void {
  const { store, view } = widget;
  if (view.discovering.value) {
    view.discovering.value = false;
    return;
  }
  const isNew = !store.front.value?.candidates.length;
  if (isNew && whyNoSearch(widget)) return;
  view.discovering.value = true;
  if (isNew) beginSearch(widget);
}
