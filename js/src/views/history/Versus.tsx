/** The losses of the compared point beside those of now. */

import { loss as lossText } from "../../maths/format";
import { lastLoss } from "../../maths/lossChart";
import type { HistoryEntry } from "../../protocol";
import { useWidget } from "../context";

interface ChangeProps {
  readonly name: "train" | "test";
  readonly then: number | null;
  readonly now: number | null | undefined;
}

function Change({ name, then, now }: ChangeProps) {
  if (then === null) return null;
  return (
    <span class="kw-change">
      <i class={name === "test" ? "kw-key kw-test" : "kw-key"} />
      {name} {lossText(then)}
      <span aria-hidden="true"> → </span>
      <span class="kw-hidden">, now </span>
      <b>{lossText(now)}</b>
    </span>
  );
}

export function Versus({ entries }: { entries: readonly HistoryEntry[] }) {
  const { store, view } = useWidget();
  if (!view.comparing.value) return null;
  const entry = entries.find(({ key }) => key === store.compared.value?.key);
  if (!entry) return <div class="kw-versus kw-muted">Choose a point to compare with</div>;
  const last = lastLoss(store.frame.value?.loss ?? new Float32Array());
  return (
    <div class="kw-versus" data-part="versus">
      <span class="kw-hidden" role="status">{`Compared with ${entry.label}`}</span>
      <span class="kw-against kw-ellipsis" aria-hidden="true">
        {entry.label}
      </span>
      <Change name="train" then={entry.train} now={last?.train} />
      <Change name="test" then={entry.test} now={last?.test} />
    </div>
  );
}
