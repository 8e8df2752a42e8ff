import type { Widget } from "../context";

/** Whether the inputs stand in the panel as sliders. */
export const isAsking = ({ view }: Pick<Widget, "view">): boolean =>
  view.probing.value && view.topic.value === "probe";

/** Opens the inputs as sliders; the second time puts the probe away altogether. */
export function toggleProbe(widget: Widget): void {
  const { client, view } = widget;
  const isOn = isAsking(widget);
  view.probing.value = !isOn;
  view.topic.value = isOn ? "network" : "probe";
  view.help.value = false;
  if (!isOn) client.select(null);
}
