/** Keys that work anywhere in the widget. They never reach the notebook around it. */

import { toggleComparison } from "./comparing";
import type { Widget } from "./views/context";
import { showAll, zoomBy } from "./views/graph/zooming";
import { toggleProbe } from "./views/probe/toggle";

const isTyping = (event: KeyboardEvent): boolean => event.target instanceof HTMLInputElement;

function letGo(widget: Widget): void {
  const { client, store, view } = widget;
  if (view.help.value) view.help.value = false;
  else if (store.past.value) store.past.value = null;
  else if (view.comparing.value) toggleComparison(widget);
  else if (store.selected.value) client.select(null);
}

function removeSelected({ client, store }: Widget): void {
  const edge = store.selected.value;
  if (edge) client.once("remove_edge", { edge });
}

const playOrPause = ({ client, store }: Widget): void =>
  client.once(store.playing.value ? "stop" : "play", {});

type Action = (widget: Widget) => void;

const PLAIN: Readonly<Record<string, Action>> = {
  Escape: letGo,
  Delete: removeSelected,
  Backspace: removeSelected,
  p: playOrPause,
  c: toggleComparison,
  s: ({ client }) => client.once("step", {}),
  f: showAll,
  "0": showAll,
  "+": widget => zoomBy(widget, 1),
  "=": widget => zoomBy(widget, 1),
  "-": widget => zoomBy(widget, -1),
  w: toggleProbe,
  "?": ({ view }) => {
    view.help.value = !view.help.value;
  },
};

const WITH_CONTROL: Readonly<Record<string, Action>> = {
  z: ({ client }) => client.once("undo", {}),
  Z: ({ client }) => client.once("redo", {}),
  y: ({ client }) => client.once("redo", {}),
};

export function handleKey(event: KeyboardEvent, widget: Widget): void {
  event.stopPropagation();
  if (isTyping(event) || event.defaultPrevented || event.altKey) return;
  const table = event.ctrlKey || event.metaKey ? WITH_CONTROL : PLAIN;
  const action = Object.hasOwn(table, event.key) ? table[event.key] : undefined;
  if (!action) return;
  event.preventDefault();
  action(widget);
}
