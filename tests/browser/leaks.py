"""What is left in a page after a widget came and went, or opened and closed what it has, many times."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page

from .hostile import prepare, sample

__all__ = ["Count", "Left", "left"]

SCRIPT = Path(__file__).with_suffix(".js")
FIRST = 5  # rounds that fill caches: of code, of styles, of fonts

What = Literal["mounts", "panels"]


@dataclass(frozen=True, slots=True)
class Left:
    """What there is more than before.

    Attributes:
        listeners: of events.
        nodes: in the page, or kept by something.
        heap_kb: of JavaScript, after the garbage went.
    """

    listeners: int
    nodes: int
    heap_kb: float


class Count:
    """Counts what a page has more than when this was made."""

    def __init__(self, page: Page) -> None:
        self._devtools = page.context.new_cdp_session(page)
        self._devtools.send("Performance.enable")
        self._before = self._metrics()

    def left(self) -> Left:
        now = self._metrics()
        more = {name: value - self._before[name] for name, value in now.items()}
        return Left(int(more["JSEventListeners"]), int(more["Nodes"]), round(more["JSHeapUsedSize"] / 1000, 1))

    def _metrics(self) -> dict[str, float]:
        for _ in range(3):
            self._devtools.send("HeapProfiler.collectGarbage")
        metrics = self._devtools.send("Performance.getMetrics")["metrics"]
        return {metric["name"]: metric["value"] for metric in metrics}


def left(page: Page, what: What, times: int) -> Left:
    """On an empty page, after some rounds that fill caches.

    Args:
        what: ``"mounts"``: a widget comes and goes; ``"panels"``: everything that it has is opened and closed.
    """
    prepare(page, bundle=True)
    page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    shown = sample(classes=False, kernel=True)
    told = json.dumps({"traits": shown.traits, "answers": shown.answers})
    page.evaluate("(told) => { globalThis.shown = JSON.parse(told); }", told)
    page.evaluate(f"() => leaks.{what}(bundle, shown, {FIRST})")
    count = Count(page)
    page.evaluate(f"() => leaks.{what}(bundle, shown, {times})")
    found = count.left()
    page.evaluate("() => leaks.end()")
    return found
