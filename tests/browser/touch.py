"""Fingers on a page, as Chromium gives them to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Locator, Page

Point = tuple[float, float]

LEAST = 24
"""Pixels: the smallest target of WCAG 2.2 (2.5.8, AA)."""

SMALL = """(root, least) => {
    const found = [];
    const what = "button, input, select, textarea, a[href], [role=slider], [role=option], [role=button], [role=radio]";
    for (const element of root.querySelectorAll(what)) {
        const { width, height } = element.getBoundingClientRect();
        const isThere = element.checkVisibility({ visibilityProperty: true }) && width * height > 0;
        if (!isThere || (width >= least && height >= least)) continue;
        const name = element.getAttribute("aria-label") ?? element.textContent.slice(0, 30);
        found.push(`${element.getAttribute("class")} ${name}: ${width.toFixed(1)} x ${height.toFixed(1)}`);
    }
    return found;
}"""


class Fingers:
    """Touches on a page that has a touch screen from now on."""

    def __init__(self, page: Page) -> None:
        self._cdp = page.context.new_cdp_session(page)
        self._cdp.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 2})

    def tap(self, element: Locator) -> None:
        at = middle(element)
        self.move([(at,)])

    def drag(self, start: Point, end: Point, steps: int = 6) -> None:
        self.move([(_between(start, end, n / steps),) for n in range(steps + 1)])

    def pinch(self, centre: Point, start: float, end: float, steps: int = 6) -> None:
        """Two fingers beside a point, from one distance to another."""
        apart = [start + (end - start) * n / steps for n in range(steps + 1)]
        self.move([((centre[0] - d / 2, centre[1]), (centre[0] + d / 2, centre[1])) for d in apart])

    def move(self, ways: Sequence[Sequence[Point]]) -> None:
        """Puts fingers down at the first places, moves them along the others, and lifts them."""
        for n, points in enumerate(ways):
            self._send("touchMove" if n else "touchStart", points)
        self._send("touchEnd", ())

    def close(self) -> None:
        self._cdp.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
        self._cdp.detach()

    def _send(self, kind: str, points: Sequence[Point]) -> None:
        touches: list[dict[str, Any]] = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]
        self._cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def middle(element: Locator) -> Point:
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def too_small(root: Locator) -> list[str]:
    """What a finger would miss, each as a line."""
    found: list[str] = root.evaluate(SMALL, LEAST)
    return found


def _between(a: Point, b: Point, share: float) -> Point:
    return a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])
