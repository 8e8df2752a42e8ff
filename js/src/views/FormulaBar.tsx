import { plural } from "../maths/format";
import type { Formula } from "../protocol";
import { CopyButton, CopyField, type CopyState, useCopy } from "./Copying";
import { useWidget } from "./context";
import { MathText } from "./MathText";

const MOST_PIPS = 24;

function Pips({ named, total }: { named: number; total: number }) {
  const label = `${named} of ${total}`;
  if (total > MOST_PIPS) {
    const width = `${(100 * named) / total}%`;
    return (
      <span class="kw-pips" role="img" aria-label={label}>
        <span class="kw-progress">
          <span class="kw-progress-done" style={{ width, display: "block" }} />
        </span>
      </span>
    );
  }
  return (
    <span class="kw-pips" role="img" aria-label={label}>
      {Array.from({ length: total }, (_, n) => (
        <i key={n} class={n < named ? "kw-pip kw-done" : "kw-pip"} />
      ))}
    </span>
  );
}

/** Before there is a formula: how far it is, and what to do next. */
function Progress({ formula }: { formula: Formula | null }) {
  const { store } = useWidget();
  const { named = 0, total = 0 } = formula ?? {};
  // What to do next needs a kernel to do it with.
  const hint = store.live.value ? (formula?.hint ?? "") : "";
  if (total === 0) return <div class="kw-formula-text kw-muted">No formula yet.</div>;
  return (
    <div class="kw-formula-text">
      <Pips named={named} total={total} />
      <span>
        <b class="kw-strong">{`${named} of ${total}`}</b>
        {total === 1 ? " edge named" : " edges named"}
      </span>
      <span class="kw-muted kw-hint kw-ellipsis" title={hint}>
        {hint}
      </span>
    </div>
  );
}

export function FormulaBar() {
  const { store } = useWidget();
  const formula = store.formula.value;
  const { state, copy } = useCopy();
  const blocked = state.value?.blocked ?? null;
  const open = formula ? formula.total - formula.named : 0;
  const off = open > 0 ? `${plural(open, "edge")} still without a name` : "There is no formula yet";
  const button = (what: CopyState["what"]) => (
    <CopyButton
      what={what}
      text={formula?.[what]}
      isDone={state.value?.what === what && blocked === null}
      off={off}
      onCopy={text => void copy(what, text)}
    />
  );
  return (
    <div class="kw-formulabar" data-formula={formula?.mathml ? "closed" : "open"}>
      {blocked !== null ? (
        <CopyField
          text={blocked}
          onClose={() => {
            state.value = null;
          }}
        />
      ) : formula?.mathml ? (
        <div class="kw-formula-text">
          <MathText mathml={formula.mathml} spoken={formula.sympy ?? formula.python ?? ""} />
        </div>
      ) : (
        <Progress formula={formula} />
      )}
      <div class="kw-group">
        {button("latex")}
        {button("python")}
      </div>
    </div>
  );
}
