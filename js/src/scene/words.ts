/** What is said: the status line, and what stands in place of a picture. */

import { computed, type ReadonlySignal } from "@preact/signals";
import type { EdgeLayer } from "../frame";
import { type Status, statusOf } from "../statusText";
import type { Store } from "../store";
import type { ViewState } from "../view";
import type { Picture } from "./picture";

export interface Words {
  readonly status: ReadonlySignal<Status>;
  readonly hasFrame: ReadonlySignal<boolean>;
  /** Said in place of the picture while there is none. */
  readonly emptyText: ReadonlySignal<string>;
  /** Every edge that is there has a name. */
  readonly isClosed: ReadonlySignal<boolean>;
}

const isNamedThroughout = ({ mask, symbolic }: EdgeLayer): boolean =>
  mask.every((value, index) => value === 0 || symbolic.has(index));

export function makeWords(store: Store, view: ViewState, { net, target }: Picture): Words {
  return {
    status: computed(() =>
      statusOf({
        store,
        net: net.value,
        layout: target.value,
        threshold: view.threshold.value,
      }),
    ),
    hasFrame: computed(() => store.frame.value !== null),
    emptyText: computed(() => {
      if (store.notice.value) return store.notice.value.text;
      return store.live.value ? "Waiting for the kernel …" : "There is no picture in this page.";
    }),
    isClosed: computed(() => store.frame.value?.layers.every(isNamedThroughout) ?? false),
  };
}
