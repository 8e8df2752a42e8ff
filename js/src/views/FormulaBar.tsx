import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { parseMathml } from "../mathml";
import { plural } from "../maths/format";
import type { Formula } from "../protocol";
import { Button } from "./Button";
import { copyText } from "./clipboard";
import { useWidget } from "./context";

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

/** A formula that does not fit is set smaller, and scrolls when that is not enough. */
function MathText({ mathml, spoken }: { mathml: string; spoken: string }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const math = parseMathml(mathml, element.ownerDocument);
    element.classList.remove("kw-long");
    element.replaceChildren(math ?? spoken);
    if (element.scrollWidth > element.clientWidth + 1) element.classList.add("kw-long");
  }, [mathml, spoken]);
  return <div ref={box} class="kw-formula-math" role="math" aria-label={spoken} tabIndex={-1} />;
}

interface CopyState {
  readonly what: "latex" | "python";
  readonly blocked: string | null;
}

const DONE_MS = 1600;

function useCopy() {
  const state = useSignal<CopyState | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async (what: CopyState["what"], text: string) => {
    clearTimeout(timer.current);
    const done = await copyText(text);
    state.value = { what, blocked: done ? null : text };
    if (!done) return;
    timer.current = setTimeout(() => {
      state.value = null;
    }, DONE_MS);
  };
  return { state, copy };
}

/** Where the clipboard is blocked, the text stands in a field, selected, for the keyboard to copy. */
function CopyField({ text, onClose }: { text: string; onClose: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [text]);
  return (
    <>
      <input
        ref={field}
        class="kw-copy-field"
        type="text"
        readOnly
        value={text}
        aria-label="Copy this text with Ctrl+C"
        title="The clipboard is blocked here: copy with Ctrl+C"
        onKeyDown={event => {
          event.stopPropagation();
          if (event.key === "Escape") onClose();
        }}
      />
      <Button icon="close" iconSize={14} title="Close" kind="kw-small" onPress={onClose} />
    </>
  );
}

interface CopyButtonProps {
  readonly what: CopyState["what"];
  readonly text: string | null | undefined;
  readonly isDone: boolean;
  readonly off: string;
  readonly onCopy: (text: string) => void;
}

const LABELS = { latex: "LaTeX", python: "Python" } as const;

function CopyButton({ what, text, isDone, off, onCopy }: CopyButtonProps) {
  return (
    <Button
      act={`copy-${what}`}
      icon={isDone ? "check" : "copy"}
      title={`Copy the formula as ${LABELS[what]}`}
      off={text ? "" : off}
      onPress={() => text && onCopy(text)}
    >
      {LABELS[what]}
    </Button>
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
