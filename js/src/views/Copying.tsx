/** Copying the formula: buttons that say that they did it, and a field where the clipboard is blocked. */

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "./Button";
import { copyText } from "./clipboard";

export interface CopyState {
  readonly what: "latex" | "python";
  readonly blocked: string | null;
}

const DONE_MS = 1600;

export function useCopy() {
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
export function CopyField({ text, onClose }: { text: string; onClose: () => void }) {
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

export function CopyButton({ what, text, isDone, off, onCopy }: CopyButtonProps) {
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
