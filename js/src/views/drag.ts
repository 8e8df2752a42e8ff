/** Dragging with any pointer, captured so that it goes on beside the element. */

import type { TargetedPointerEvent } from "preact";

export interface DragHandlers {
  readonly onPointerDown: (event: TargetedPointerEvent<Element>) => void;
  readonly onPointerMove: (event: TargetedPointerEvent<Element>) => void;
  readonly onPointerUp: (event: TargetedPointerEvent<Element>) => void;
  readonly onPointerCancel: (event: TargetedPointerEvent<Element>) => void;
}

/** Position of a pointer in an element, in the element's own pixels even when it is zoomed. */
export function localPoint(event: PointerEvent | MouseEvent, element: Element, width: number) {
  const box = element.getBoundingClientRect();
  const scale = box.width > 0 ? width / box.width : 1;
  return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
}

/** `move` runs at the press already and then with every move; `end` when the pointer lets go. */
export function dragging(
  move: (event: PointerEvent) => void,
  end: () => void = () => {},
): DragHandlers {
  const isHeld = (event: TargetedPointerEvent<Element>) =>
    event.currentTarget.hasPointerCapture(event.pointerId);
  const release = (event: TargetedPointerEvent<Element>) => {
    if (!isHeld(event)) return;
    event.currentTarget.releasePointerCapture(event.pointerId);
    end();
  };
  return {
    onPointerDown(event) {
      if (event.button !== 0) return;
      event.stopPropagation();
      event.currentTarget.setPointerCapture(event.pointerId);
      move(event);
    },
    onPointerMove(event) {
      if (isHeld(event)) move(event);
    },
    onPointerUp: release,
    onPointerCancel: release,
  };
}
