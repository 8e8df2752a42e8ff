/** Dragging with any pointer, captured so that it goes on beside the element. */

import type { RefObject, TargetedPointerEvent } from "preact";
import { useRef } from "preact/hooks";

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

/**
 * Dragging in the own pixels of an element that is `width` of them wide. Where it stands is measured
 * at the press, so that moves ask for no layout.
 */
export function useLocalDrag(
  element: RefObject<Element | null>,
  width: number,
  move: (x: number, y: number) => void,
  end: () => void = () => {},
): DragHandlers {
  const ground = useRef<DOMRect | null>(null);
  const handlers = dragging(event => {
    if (!ground.current) return;
    const scale = ground.current.width > 0 ? width / ground.current.width : 1;
    move(
      (event.clientX - ground.current.left) * scale,
      (event.clientY - ground.current.top) * scale,
    );
  }, end);
  return {
    ...handlers,
    onPointerDown(event) {
      ground.current = element.current?.getBoundingClientRect() ?? null;
      handlers.onPointerDown(event);
    },
  };
}
