import type { Widget } from "../context";

/** Whether the inputs stand in the panel as sliders. */
export const isAsking = ({ view }: Pick<Widget, "view">): boolean =>
  view.probing.value && view.topic.value === "probe";

/** All inputs as sliders in the panel. */
export function openProbe({ client, view }: Widget): void {
  view.probing.value = true;
  view.topic.value = "probe";
  view.help.value = false;
  client.select(null);
}

/** Opens the inputs as sliders; the second time puts the probe away altogether. */
export function toggleProbe(widget: Widget): void {
  if (!isAsking(widget)) {
    openProbe(widget);
    return;
  }
  widget.view.probing.value = false;
  widget.view.topic.value = "network";
}
