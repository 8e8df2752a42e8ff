/** What the pointer does on the ground of the picture: find links, move and zoom it, let go. */

import { useRef } from "preact/hooks";
import type { Layout, Slot } from "../../maths/layout";
import { nearestLink } from "../../maths/paths";
import { type Fingers, type Point, pinch } from "../../maths/pinch";
import { allSlots } from "../../scene";
import { useWidget } from "../context";
import { localPoint } from "../drag";
import { panBy, unzoom, zoomAbout } from "./zoom";

/** Half of the band in which a link is hit. */
const REACH = 4.5;
/** A pointer that moved further has dragged, not pressed. */
const STILL = 4;

type On<E> = E & { readonly currentTarget: Element };

const isGround = (event: Event) =>
  !(event.target as Element).closest(".kw-plot, .kw-input, .kw-field, .kw-lensed, .kw-more");

/** Two fingers, as long as both are down. */
function usePinch(layout: Layout) {
  const { view } = useWidget();
  const fingers = useRef(new Map<number, Point>());
  const both = (): Fingers | null => {
    const [first, second] = fingers.current.values();
    return first && second ? [first, second] : null;
  };
  return {
    put(event: On<PointerEvent>) {
      if (event.pointerType !== "touch") return;
      fingers.current.set(event.pointerId, localPoint(event, event.currentTarget, layout.width));
    },
    /** Whether two fingers were down, so that the move was theirs. */
    move(event: On<PointerEvent>): boolean {
      const before = both();
      if (!before || !fingers.current.has(event.pointerId)) return false;
      this.put(event);
      const now = both();
      if (!now) return false;
      const { factor, about, dx, dy } = pinch(before, now);
      const { width, height } = layout;
      const zoomed = zoomAbout(view.zoom.value, factor, about.x, about.y, width, height);
      view.zoom.value = panBy(zoomed, dx, dy, width, height);
      return true;
    },
    lift(event: PointerEvent) {
      fingers.current.delete(event.pointerId);
    },
  };
}

export function usePointer(layout: Layout) {
  const { client, view } = useWidget();
  const pressed = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const pinching = usePinch(layout);
  const slotAt = (event: PointerEvent | MouseEvent, svg: Element): Slot | null => {
    const { x, y } = localPoint(event, svg, layout.width);
    const at = unzoom(view.zoom.value, x, y);
    return nearestLink(allSlots(layout), at.x, at.y, REACH / view.zoom.value.scale + 1);
  };
  const drag = (event: PointerEvent, press: { x: number; y: number; moved: boolean }) => {
    const dx = event.clientX - press.x;
    const dy = event.clientY - press.y;
    press.moved ||= Math.hypot(dx, dy) > STILL;
    if (!press.moved || view.zoom.value.scale <= 1) return;
    view.zoom.value = panBy(view.zoom.value, dx, dy, layout.width, layout.height);
    pressed.current = { x: event.clientX, y: event.clientY, moved: true };
  };
  return {
    onPointerDown(event: On<PointerEvent>) {
      pinching.put(event);
      if (event.button === 0)
        pressed.current = { x: event.clientX, y: event.clientY, moved: false };
    },
    onPointerMove(event: On<PointerEvent>) {
      if (pinching.move(event)) {
        pressed.current = { x: event.clientX, y: event.clientY, moved: true };
      } else if (pressed.current && event.buttons === 1) drag(event, pressed.current);
      else if (isGround(event)) {
        view.hover.value = slotAt(event, event.currentTarget)?.key ?? null;
      }
    },
    onPointerUp: pinching.lift,
    onPointerCancel: pinching.lift,
    onPointerLeave(event: PointerEvent) {
      pinching.lift(event);
      view.hover.value = null;
    },
    onClick(event: On<MouseEvent>) {
      const hasMoved = pressed.current?.moved ?? false;
      pressed.current = null;
      if (hasMoved || !isGround(event)) return;
      const slot = slotAt(event, event.currentTarget);
      if (slot) view.cursor.value = slot.key;
      client.select(slot?.edge ?? null);
    },
    onWheel(event: On<WheelEvent>) {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const { x, y } = localPoint(event, event.currentTarget, layout.width);
      const factor = Math.exp(-event.deltaY / 300);
      view.zoom.value = zoomAbout(view.zoom.value, factor, x, y, layout.width, layout.height);
    },
  };
}
