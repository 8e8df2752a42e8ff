/** Arrow keys in the graph: along the slots of a layer, and from layer to layer. */

import type { Layout, Slot } from "../../maths/layout";
import type { EdgeKey } from "../../protocol";

const nearest = (slots: readonly Slot[], y: number): Slot | undefined =>
  [...slots].sort((a, b) => Math.abs(a.y - y) - Math.abs(b.y - y))[0];

/** The slot that an arrow leads to, or the same one at an end. */
export function slotBeside(layout: Layout, from: EdgeKey | null, key: string): Slot | undefined {
  const columns = layout.columns.map(column => column.slots).filter(slots => slots.length > 0);
  const at = columns.findIndex(slots => slots.some(slot => slot.key === from));
  const slots = columns[at];
  if (!slots) return columns[0]?.[0];
  const n = slots.findIndex(slot => slot.key === from);
  const here = slots[n];
  switch (key) {
    case "ArrowUp":
      return slots[n - 1] ?? here;
    case "ArrowDown":
      return slots[n + 1] ?? here;
    case "ArrowLeft":
      return nearest(columns[at - 1] ?? [], here?.y ?? 0) ?? here;
    case "ArrowRight":
      return nearest(columns[at + 1] ?? [], here?.y ?? 0) ?? here;
    default:
      return here;
  }
}
