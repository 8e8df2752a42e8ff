/** What the menu is doing, and what it says about it. */

import { type Signal, useSignal } from "@preact/signals";
import { copyText } from "../clipboard";
import { saveFile, type TakenFile } from "./save";

/** Below the buttons: a word, or a text to copy by hand, or a text to be pasted, or a picture. */
export type Below =
  | { readonly kind: "said"; readonly text: string; readonly file: TakenFile | null }
  | { readonly kind: "shown"; readonly text: string }
  | { readonly kind: "picture"; readonly file: TakenFile }
  | { readonly kind: "paste"; readonly error: string };

export interface Taking {
  /** The button whose answer is awaited. */
  readonly busy: Signal<string | null>;
  /** The button that has just done what it says. */
  readonly done: Signal<string | null>;
  readonly below: Signal<Below | null>;
  readonly copy: (id: string, text: string | null) => Promise<void>;
  readonly save: (id: string, file: () => Promise<TakenFile | null>) => Promise<void>;
}

export function useTaking(): Taking {
  const busy = useSignal<string | null>(null);
  const done = useSignal<string | null>(null);
  const below = useSignal<Below | null>(null);

  const copy = async (id: string, text: string | null) => {
    if (text === null) return;
    const isCopied = await copyText(text);
    done.value = isCopied ? id : null;
    below.value = isCopied
      ? { kind: "said", text: "It is in the clipboard.", file: null }
      : { kind: "shown", text };
  };
  const save = async (id: string, make: () => Promise<TakenFile | null>) => {
    if (busy.value !== null) return;
    busy.value = id;
    done.value = null;
    below.value = null;
    const file = await make();
    busy.value = null;
    if (!file) return;
    saveFile(file, document);
    done.value = id;
    below.value = { kind: "said", text: `${file.file} is among your downloads.`, file };
  };
  return { busy, done, below, copy, save };
}
