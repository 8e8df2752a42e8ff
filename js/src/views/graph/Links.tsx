import { useComputed } from "@preact/signals";
import type { Column, Layout, Slot } from "../../maths/layout";
import { hairPath, linkPath } from "../../maths/paths";
import { plainEdge, symbolicOf } from "../../names";
import { useWidget } from "../context";
import { emphasis } from "./emphasis";
import { slotEvents } from "./slotEvents";

function useIsNamed({ edge }: Slot) {
  const { store } = useWidget();
  return useComputed(
    () => store.frame.value !== null && symbolicOf(store.frame.value, edge) !== null,
  );
}

function Link({ slot }: { slot: Slot }) {
  const widget = useWidget();
  const width = useComputed(() => emphasis(widget, slot).linkWidth);
  const opacity = useComputed(() => emphasis(widget, slot).linkOpacity);
  const isNamed = useIsNamed(slot);
  return (
    <path
      class={isNamed.value ? "kw-link kw-named" : "kw-link"}
      d={linkPath(slot)}
      stroke-width={width}
      stroke-opacity={opacity}
    />
  );
}

/** A line has no plot to press, so its link is a button of its own for the keyboard. */
function LineButton({ slot }: { slot: Slot }) {
  const widget = useWidget();
  const isCursor = useComputed(() => widget.scene.cursorKey.value === slot.key);
  const label = useComputed(() => {
    const frame = widget.store.frame.value;
    return frame ? plainEdge(frame, slot.edge) : "";
  });
  return (
    <path
      class="kw-linehit"
      d={linkPath(slot)}
      role="button"
      tabIndex={isCursor.value ? 0 : -1}
      data-edge={slot.key}
      aria-label={label}
      {...slotEvents(widget, slot)}
    />
  );
}

/** The link under the pointer and the selected one, drawn over all others. */
function RaisedLinks({ slots }: { slots: readonly Slot[] }) {
  const { scene } = useWidget();
  const pointed = slots.find(slot => slot.key === scene.pointedKey.value);
  const selected = slots.find(slot => slot.key === scene.selectedKey.value);
  return (
    <g>
      {pointed && pointed !== selected && (
        <path class="kw-link kw-hovered" stroke-width={2.4} d={linkPath(pointed)} />
      )}
      {selected && <path class="kw-link kw-selected" stroke-width={2.8} d={linkPath(selected)} />}
    </g>
  );
}

const weakestFirst = (slots: readonly Slot[]): Slot[] =>
  [...slots].sort((a, b) => a.importance - b.importance);

const hairs = (column: Column): string => column.hairs.map(hairPath).join("");

export function Links({ layout }: { layout: Layout }) {
  const slots = layout.columns.flatMap(column => [...column.slots]);
  return (
    <g class="kw-links">
      <path class="kw-hairs" d={layout.columns.map(hairs).join("")} />
      {weakestFirst(slots).map(slot => (
        <Link key={`${slot.key} ${slot.tier}`} slot={slot} />
      ))}
      <RaisedLinks slots={slots} />
      {slots
        .filter(slot => slot.tier === "line")
        .map(slot => (
          <LineButton key={slot.key} slot={slot} />
        ))}
    </g>
  );
}
