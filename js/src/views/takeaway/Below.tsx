/** What stands below the buttons of the menu, for every case in which a browser refuses something. */

import { useComputed } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { readSettings, SettingsError } from "../../settings";
import { useWidget, type Widget } from "../context";
import type { TakenFile } from "./save";
import type { Taking } from "./useTaking";

function ByHand({ text }: { text: string }) {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [text]);
  return (
    <>
      <textarea
        ref={field}
        class="kw-by-hand"
        rows={4}
        readOnly
        value={text}
        aria-label="Copy this text with Ctrl+C"
      />
      <p class="kw-note">It is selected: copy it with Ctrl+C.</p>
    </>
  );
}

function Pixels({ file }: { file: TakenFile }) {
  const url = useMemo(
    () => URL.createObjectURL(new Blob([file.bytes], { type: file.mime })),
    [file],
  );
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return (
    <>
      <img class="kw-pixels" src={url} alt="The network" />
      <p class="kw-note">Save it by a right click or a long press.</p>
    </>
  );
}

function applySettings(text: string, { client, store, view }: Widget): void {
  const known = store.limits.value.opts;
  const { threshold, y_scale: scale, ...training } = readSettings(text, known);
  for (const [name, value] of Object.entries(training)) {
    client.setOption(name as keyof typeof training, value);
  }
  if (threshold !== undefined) view.threshold.value = threshold;
  if (scale !== undefined) view.ownScale.value = scale === "own";
}

function Paste({ error, taking }: { error: string; taking: Taking }) {
  const widget = useWidget();
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const apply = () => {
    try {
      applySettings(field.current?.value ?? "", widget);
      taking.below.value = { kind: "said", text: "The settings are in use.", file: null };
    } catch (problem) {
      if (!(problem instanceof SettingsError)) throw problem;
      taking.below.value = { kind: "paste", error: problem.message };
    }
  };
  return (
    <>
      <textarea ref={field} class="kw-by-hand" rows={4} aria-label="Settings to use" />
      <div class="kw-paste">
        <p class="kw-note" role={error ? "alert" : undefined}>
          {error || "Paste settings that somebody copied."}
        </p>
        <button type="button" class="kw-button kw-boxed" data-act="use-settings" onClick={apply}>
          Use them
        </button>
      </div>
    </>
  );
}

function Said({ text, file, taking }: { text: string; file: TakenFile | null; taking: Taking }) {
  const show = () => {
    if (!file) return;
    taking.below.value =
      file.text === null ? { kind: "picture", file } : { kind: "shown", text: file.text };
  };
  return (
    <p class="kw-note" role="status">
      {text}
      {file && (
        <button type="button" class="kw-link-button" data-act="by-hand" onClick={show}>
          Nothing came?
        </button>
      )}
    </p>
  );
}

export function BelowMenu({ taking }: { taking: Taking }) {
  const below = useComputed(() => taking.below.value).value;
  switch (below?.kind) {
    case "said":
      return <Said text={below.text} file={below.file} taking={taking} />;
    case "shown":
      return <ByHand text={below.text} />;
    case "picture":
      return <Pixels file={below.file} />;
    case "paste":
      return <Paste error={below.error} taking={taking} />;
    default:
      return null;
  }
}
