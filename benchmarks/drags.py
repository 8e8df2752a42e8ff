"""Dragging with a pressed pointer, moved once per frame of the browser: how many frames there are, how long they take.

The kernel has no part in it: what is measured is the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Literal

from tests.browser.hosts.base import Document

__all__ = ["Drag", "drag"]

# Pointer moves on an element under the pressed pointer, one per frame, to and fro, and when each frame began.
MOVES = """(element, { seconds, along, reach }) => new Promise((resolve) => {
    const { left, width, top, height } = element.getBoundingClientRect();
    const middle = { x: left + width / 2, y: top + height / 2 };
    const starts = [], busy = [];
    const tick = (now) => {
        starts.push(now);
        if (now - starts[0] > 1000 * seconds) {
            const gaps = starts.slice(1).map((at, n) => at - starts[n]);
            resolve({ gaps, busy });
            return;
        }
        const off = reach * (2 * Math.abs(((now - starts[0]) / 800) % 2 - 1) - 1);
        const begun = performance.now();
        element.dispatchEvent(new PointerEvent("pointermove", {
            bubbles: true, composed: true, pointerId: 1, buttons: 1,
            clientX: middle.x + (along === "x" ? off : 0), clientY: middle.y + (along === "y" ? off : 0),
        }));
        busy.push(performance.now() - begun);
        requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
})"""


@dataclass(frozen=True, slots=True)
class Drag:
    """Milliseconds between the beginnings of frames, and of script in each."""

    gaps: list[float]
    busy: list[float]

    @property
    def fps(self) -> float:
        return 1000 * len(self.gaps) / sum(self.gaps)

    @property
    def longest_ms(self) -> float:
        return max(self.gaps)

    @property
    def script_ms(self) -> float:
        return median(self.busy)


def drag(page: Document, selector: str, *, along: Literal["x", "y"], reach: float, seconds: float) -> Drag:
    """Presses on the first element that a selector finds in the widget, and moves ``reach`` pixels to both sides."""
    element = page.root().locator(selector).first
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    assert box is not None
    mouse = page.page.mouse
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mouse.down()
    found = element.evaluate(MOVES, {"seconds": seconds, "along": along, "reach": reach})
    mouse.up()
    return Drag(**found)
