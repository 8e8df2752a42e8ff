/** A number that can be typed. Follows its value, but never while somebody writes in it. */

import { type ReadonlySignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { readNumber } from "../maths/readNumber";

export interface NumberFieldProps {
  readonly label: string;
  readonly text: ReadonlySignal<string>;
  readonly off?: string;
  readonly name?: string;
  /** While it is typed, whenever it is a number. */
  readonly onType?: (value: number) => void;
  /** With Enter, or when it is left with another text. */
  readonly onEnter: (value: number) => void;
  /** When what was typed counts for nothing. */
  readonly onDrop?: () => void;
}

export function NumberField(props: NumberFieldProps) {
  const { label, text, off, name, onType, onEnter, onDrop } = props;
  const field = useRef<HTMLInputElement>(null);
  const isEditing = useRef(false);
  useSignalEffect(() => {
    const next = text.value;
    if (field.current && !isEditing.current) field.current.value = next;
  });
  const settle = () => {
    const input = field.current;
    if (!input || !isEditing.current) return;
    isEditing.current = false;
    const value = readNumber(input.value);
    const isNew = input.value !== text.peek();
    if (isNew && value !== null) onEnter(value);
    else onDrop?.();
    input.value = text.peek();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") settle();
    else if (event.key === "Escape") {
      if (field.current) field.current.value = text.peek();
      field.current?.blur();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <input
      ref={field}
      class="kw-number"
      type="text"
      inputMode="decimal"
      defaultValue={text.peek()}
      autoComplete="off"
      spellcheck={false}
      aria-label={label}
      title={off}
      disabled={Boolean(off)}
      data-number={name}
      onFocus={() => field.current?.select()}
      onInput={event => {
        isEditing.current = true;
        const value = readNumber(event.currentTarget.value);
        event.currentTarget.setAttribute("aria-invalid", String(value === null));
        if (value !== null) onType?.(value);
      }}
      onBlur={event => {
        settle();
        event.currentTarget.removeAttribute("aria-invalid");
      }}
      onKeyDown={onKeyDown}
    />
  );
}
