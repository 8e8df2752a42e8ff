/** Keys that work anywhere in the widget. They never reach the notebook around it. */

import { toggleComparison } from "./comparing";
import type { ViewState } from "./view";
import type { Widget } from "./views/context";
import { toggleDiscovery } from "./views/discovery/toggle";
import { showAll, zoomBy } from "./views/graph/zooming";
import { toggleProbe } from "./views/probe/toggle";
import { toggleTopic } from "./views/topic";

const isTyping = ({ target }: KeyboardEvent): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;

function letGo(widget: Widget): void {
  const { client, store, view } = widget;
  if (view.taking.value) view.taking.value = false;
  else if (view.help.value) view.help.value = false;
  else if (store.past.value) client.lookingBack.lookAt(null);
  else if (view.comparing.value) toggleComparison(widget);
  else if (store.selected.value) client.select(null);
  else if (view.discovering.value) view.discovering.value = false;
}

function removeSelected({ client, store }: Widget): void {
  const edge = store.selected.value;
  if (edge) client.once("remove_edge", { edge });
}

const playOrPause = ({ client, store }: Widget): void =>
  client.once(store.playing.value ? "stop" : "play", {});

const toggle =
  (which: "help" | "taking") =>
  ({ view }: { view: ViewState }) => {
    view[which].value = !view[which].value;
  };

const toggleHelp = toggle("help");
const toggleTaking = toggle("taking");

/** Parts that are gone with another one. */
const WITHIN: Readonly<Record<string, string>> = {
  train: "toolbar",
  undo: "toolbar",
  take_away: "toolbar",
  data: "toolbar",
  settings: "toolbar",
  discover: "toolbar",
  help: "toolbar",
  compare: "history",
};

function isHidden(part: string, { store }: Widget): boolean {
  const hidden = store.hidden.value;
  return hidden.has(part) || hidden.has(WITHIN[part] ?? part);
}

interface Shortcut {
  /** As `KeyboardEvent.key` has it. */
  readonly keys: readonly string[];
  readonly withControl?: boolean;
  /** A lesson that hides this part does without the keys, too. */
  readonly part?: string;
  readonly run: (widget: Widget) => void;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ["p"], part: "train", run: playOrPause },
  { keys: ["s"], part: "train", run: ({ client }) => client.once("step", {}) },
  { keys: ["z"], withControl: true, part: "undo", run: ({ client }) => client.once("undo", {}) },
  {
    keys: ["Z", "y"],
    withControl: true,
    part: "undo",
    run: ({ client }) => client.once("redo", {}),
  },
  { keys: ["Escape"], run: letGo },
  { keys: ["Delete", "Backspace"], run: removeSelected },
  { keys: ["c"], part: "compare", run: toggleComparison },
  { keys: ["w"], part: "what_if", run: toggleProbe },
  { keys: ["f", "0"], part: "zoom", run: showAll },
  { keys: ["+", "="], part: "zoom", run: widget => zoomBy(widget, 1) },
  { keys: ["-"], part: "zoom", run: widget => zoomBy(widget, -1) },
  { keys: ["d"], part: "data", run: toggleTopic("data") },
  { keys: [","], part: "settings", run: toggleTopic("settings") },
  { keys: ["t"], part: "take_away", run: toggleTaking },
  { keys: ["D"], part: "discover", run: toggleDiscovery },
  { keys: ["?"], part: "help", run: toggleHelp },
];

export function handleKey(event: KeyboardEvent, widget: Widget): void {
  event.stopPropagation();
  if (isTyping(event) || event.defaultPrevented || event.altKey) return;
  const withControl = event.ctrlKey || event.metaKey;
  const found = SHORTCUTS.find(
    shortcut => shortcut.keys.includes(event.key) && Boolean(shortcut.withControl) === withControl,
  );
  if (!found || (found.part && isHidden(found.part, widget))) return;
  event.preventDefault();
  found.run(widget);
}
