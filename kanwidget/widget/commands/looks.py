"""Commands that look at the session or take something away, and change nothing in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kanwidget.model.guard import at_work
from kanwidget.widget import answers, takeaway
from kanwidget.widget.data import gallery
from kanwidget.widget.screen import Screen

__all__ = ["LOOKS"]

Answer = dict[str, Any]


def select(screen: Screen, edge: tuple[int, int, int] | None) -> Answer:
    screen.put(selected_edge=None if edge is None else list(screen.session.network().edge(*edge)))
    return {}


def suggest(screen: Screen, edge: tuple[int, int, int]) -> Answer:
    weighed = screen.session.suggest(*edge)
    screen.show_suggestions()
    return {"suggestions": answers.listed(weighed), "keep": answers.number(weighed.keep)}


def look(screen: Screen, key: int) -> Answer:
    return {"moment": screen.picture_of(screen.session.moment(key)).text()}


def examples(screen: Screen) -> Answer:
    with at_work(screen.session.network(), 1):  # many small operations, as in a small network
        return {"gallery": gallery()}


def take(screen: Screen, what: str, looks: dict[str, Any]) -> Answer:
    if what == "html":
        return takeaway.text("network.html", "text/html", takeaway.page(screen))
    if what == "code":
        return takeaway.text("network.py", "text/x-python", screen.session.code())
    return takeaway.picture(what, screen.session.network(), looks)


LOOKS: dict[str, Callable[..., Answer]] = {
    "select": select,
    "suggest": suggest,
    "look": look,
    "gallery": examples,
    "take": take,
}
