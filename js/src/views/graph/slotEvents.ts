/** What pointer and keyboard do with a slot, whether it is a plot or a line. */

import type { Slot } from "../../maths/layout";
import type { Widget } from "../context";

/** Unhovers only what is hovered: a later enter may have come before this leave. */
function leave({ view }: Widget, slot: Slot): void {
  if (view.hover.value === slot.key) view.hover.value = null;
}

export function slotEvents(widget: Widget, slot: Slot) {
  const { client, view } = widget;
  return {
    onPointerEnter: () => {
      view.hover.value = slot.key;
    },
    onPointerLeave: () => leave(widget, slot),
    onFocus: () => {
      view.cursor.value = slot.key;
      view.focus.value = slot.key;
    },
    onBlur: () => {
      if (view.focus.value === slot.key) view.focus.value = null;
    },
    onClick: (event: MouseEvent) => {
      event.stopPropagation();
      view.cursor.value = slot.key;
      client.select(slot.edge);
    },
  };
}
