/** From a draft in the page to the kernel: it stays in sight until the picture has it. */

import { effect } from "@preact/signals";
import type { Client } from "./client";
import type { Draft } from "./maths/draft";
import type { Answer } from "./protocol";
import type { Store } from "./store";

/** Drafts on their way: what is changed next starts from the frame that answers them. */
const sent = new WeakSet<Draft>();

export const isSent = (draft: Draft | null): boolean => draft !== null && sent.has(draft);

function drop(store: Store, draft: Draft): void {
  if (store.draft.peek() === draft) store.draft.value = null;
}

/** The number of the frame that came with an answer. */
function seqOf(answer: Answer | null): number | null {
  const seq = (answer?.frame as { seq?: unknown } | null | undefined)?.seq;
  return answer?.ok && typeof seq === "number" ? seq : null;
}

async function settle(store: Store, draft: Draft, asked: Promise<Answer | null>): Promise<void> {
  sent.add(draft);
  const seq = seqOf(await asked);
  if (seq === null) {
    drop(store, draft);
    return;
  }
  let isOver = false;
  let stop = () => {};
  stop = effect(() => {
    const newest = store.newest.value;
    if (isOver || (newest && newest.seq < seq)) return;
    isOver = true;
    drop(store, draft);
    stop();
  });
  if (isOver) stop();
}

/** Makes the draft real, if there is one. */
export function commitDraft(client: Client, name: string | null): void {
  const { store } = client;
  const draft = store.draft.peek();
  if (isSent(draft)) return;
  if (!draft || !store.live.peek()) {
    store.draft.value = null;
    return;
  }
  const { edge } = draft;
  if (draft.kind === "coef") {
    void settle(store, draft, client.send("move_coef", { edge, m: draft.m, by: draft.by }));
  } else if (name !== null) {
    void settle(store, draft, client.send("fix_affine", { edge, name, affine: draft.affine }));
  }
}
