import { loss as lossText } from "../../maths/format";
import type { HistoryEntry } from "../../protocol";
import { useWidget } from "../context";

export interface PointProps {
  readonly entry: HistoryEntry;
  readonly isNow: boolean;
  readonly isUndone: boolean;
  /** The tab key leads here, arrow keys go on from here. */
  readonly isReached: boolean;
  readonly onPress: () => void;
  readonly onReach: () => void;
}

function facts({ step, train, test }: HistoryEntry): string {
  const parts = [`step ${step}`];
  if (train !== null) parts.push(`train ${lossText(train)}`);
  if (test !== null) parts.push(`test ${lossText(test)}`);
  return parts.join(", ");
}

export function Point({ entry, isNow, isUndone, isReached, onPress, onReach }: PointProps) {
  const { client, store, view } = useWidget();
  const isCompared = store.compared.value?.key === entry.key;
  const canShow = client.canShow(entry.key);
  const act = view.comparing.value ? "Compare with this point" : isNow ? "" : "Go here";
  const off = canShow ? "" : store.offReason.value || "This page has no picture of it";
  const state = [isNow && "now", isUndone && "undone", isCompared && "compared"].filter(Boolean);
  return (
    <li class={isUndone ? "kw-undone" : undefined}>
      <button
        type="button"
        class={isCompared ? "kw-button kw-moment kw-compared" : "kw-button kw-moment"}
        data-moment={entry.key}
        title={[off || act, facts(entry)].filter(Boolean).join(": ")}
        aria-label={[entry.label, ...state, facts(entry)].join(", ")}
        aria-current={isNow ? "step" : undefined}
        aria-disabled={!canShow}
        tabIndex={isReached ? 0 : -1}
        onFocus={onReach}
        onClick={() => canShow && onPress()}
      >
        <i class="kw-bead" />
        {entry.label}
      </button>
    </li>
  );
}
