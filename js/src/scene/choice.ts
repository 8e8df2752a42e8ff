/** What is pointed at, what is selected, and which function is looked at for it. */

import { computed, effect, type ReadonlySignal } from "@preact/signals";
import { symbolicOf } from "../names";
import { type EdgeKey, edgeKey, type Suggestion } from "../protocol";
import type { Store } from "../store";
import { KEEP_SPLINE, type ViewState } from "../view";

export interface Choice {
  readonly selectedKey: ReadonlySignal<EdgeKey | null>;
  /** The edge that pointer or keyboard point at. */
  readonly pointedKey: ReadonlySignal<EdgeKey | null>;
  /** The function that the selected edge has, if it has one. */
  readonly selectedName: ReadonlySignal<string | null>;
  readonly candidates: ReadonlySignal<readonly Suggestion[]>;
  /** The highlighted candidate: at first the edge's own function, else the best one. */
  readonly candidate: ReadonlySignal<Suggestion | null>;
  /** The candidate whose dashed curve is shown: none where it would repeat the edge's own. */
  readonly dashed: ReadonlySignal<Suggestion | null>;
  readonly close: () => void;
}

export function makeChoice(store: Store, view: ViewState): Choice {
  const selectedKey = computed(() => store.selected.value && edgeKey(store.selected.value));
  const pointedKey = computed(() => view.hover.value ?? view.focus.value);
  const selectedName = computed(() => {
    const edge = store.selected.value;
    const frame = store.frame.value;
    return (edge && frame && symbolicOf(frame, edge)?.name) ?? null;
  });
  const candidates = computed(() => {
    const key = selectedKey.value;
    return (key && store.candidates.value.get(key)?.list) ?? [];
  });
  const candidate = computed(() => {
    const wanted = view.highlight.value ?? selectedName.value;
    if (wanted === KEEP_SPLINE) return null;
    return candidates.value.find(({ name }) => name === wanted) ?? candidates.value[0] ?? null;
  });
  const dashed = computed(() => {
    const isOwn = candidate.value?.name === selectedName.value;
    return isOwn ? null : candidate.value;
  });
  const forgets = [
    effect(() => {
      void selectedKey.value;
      view.highlight.value = null;
    }),
    effect(() => {
      void store.structure.value;
      view.hover.value = null;
    }),
  ];
  const close = () => {
    for (const forget of forgets) forget();
  };
  return { selectedKey, pointedKey, selectedName, candidates, candidate, dashed, close };
}
