import type { Front } from "../../protocol";
import { Button } from "../Button";
import { useWidget } from "../context";
import { Icon } from "../Icon";
import { beginSearch, whyNoSearch } from "./toggle";
import type { Verdict } from "./words";

const BUDGETS = [
  [10, "10 s"],
  [60, "1 min"],
  [300, "5 min"],
] as const;

function Progress({ front }: { front: Front }) {
  const { store } = useWidget();
  const share = Math.min(1, store.spent.value / front.budget_s);
  return (
    <span
      class="kw-progress"
      role="progressbar"
      aria-label="Search"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 * share)}
      title={`${Math.round(store.spent.value)} s of at most ${front.budget_s} s`}
    >
      <span class="kw-progress-done" style={{ width: `${100 * share}%`, display: "block" }} />
    </span>
  );
}

function Budget() {
  const { view } = useWidget();
  const choose = (seconds: number, from: EventTarget | null) => {
    view.budget.value = seconds;
    const group = (from as HTMLElement | null)?.closest(".kw-choice");
    group?.querySelector<HTMLElement>(`[data-budget="${seconds}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (!step) return;
    const at = BUDGETS.findIndex(([seconds]) => seconds === view.budget.value);
    const next = BUDGETS[(at + step + BUDGETS.length) % BUDGETS.length];
    event.preventDefault();
    event.stopPropagation();
    if (next) choose(next[0], event.currentTarget);
  };
  return (
    <div class="kw-choice" role="radiogroup" aria-label="At most" onKeyDown={onKeyDown}>
      <span>at most</span>
      {BUDGETS.map(([seconds, text]) => {
        const isOn = view.budget.value === seconds;
        return (
          <button
            key={seconds}
            type="button"
            class="kw-button"
            role="radio"
            aria-checked={isOn}
            tabIndex={isOn ? 0 : -1}
            data-budget={seconds}
            onClick={event => choose(seconds, event.currentTarget)}
          >
            {text}
          </button>
        );
      })}
    </div>
  );
}

function Actions({ front }: { front: Front | null }) {
  const widget = useWidget();
  const { client, store } = widget;
  if (front?.searching) {
    return (
      <Button
        act="end_seek"
        kind="kw-boxed"
        title="Stop the search; what it has found stays"
        off={store.offReason.value}
        onPress={() => client.once("end_seek", {})}
      >
        {store.isPending("end_seek") ? "Stopping …" : "Stop"}
      </Button>
    );
  }
  if (store.connection.value === "static") return null;
  return (
    <>
      <Budget />
      <Button
        act="search"
        kind="kw-boxed"
        off={whyNoSearch(widget)}
        onPress={() => beginSearch(widget)}
      >
        {front ? "Search again" : "Search"}
      </Button>
    </>
  );
}

export function Head({ front, verdict }: { front: Front | null; verdict: Verdict }) {
  const { view } = useWidget();
  return (
    <div class="kw-drawer-head">
      <span class="kw-title">Discovery</span>
      {verdict.head && (
        <span class={`kw-verdict kw-${verdict.kind}`}>
          {verdict.kind === "certified" && <Icon name="check" size={12} />}
          {verdict.head}
        </span>
      )}
      {front?.searching && <Progress front={front} />}
      <span class="kw-drawer-end">
        <Actions front={front} />
        <Button
          act="close_discovery"
          icon="close"
          kind="kw-small"
          title="Close (Esc)"
          onPress={() => {
            view.discovering.value = false;
          }}
        />
      </span>
    </div>
  );
}
