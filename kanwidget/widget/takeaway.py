"""What leaves the widget as a file: script, pictures, a page that stands alone."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from kanwidget.io.html import standalone
from kanwidget.model.network import Network
from kanwidget.session import History, Moment
from kanwidget.widget import texts
from kanwidget.widget.bundle import CSS, ESM
from kanwidget.widget.face import PAGE_MAY_WRITE, SHOWN_IN_PAGES
from kanwidget.widget.screen import Screen

__all__ = ["page", "picture", "text"]

MOST_SAVED = 6 * 2**20  # characters of pictures of moments in a page that stands alone


def text(file: str, mime: str, content: str) -> dict[str, Any]:
    """An answer with a file made of text."""
    return {"file": file, "mime": mime, "text": content}


def picture(what: str, model: Network, looks: Mapping[str, Any]) -> dict[str, Any]:
    """An answer with the figure of a network, as ``"svg"`` or ``"png"``."""
    from kanwidget.plot.export import png, svg

    if what == "svg":
        return text("network.svg", "image/svg+xml", svg(model, **looks))
    data = base64.b64encode(png(model, **looks)).decode()
    return {"file": "network.png", "mime": "image/png", "data": data}


def page(screen: Screen) -> str:
    """A page that stands alone, with the moments of the history in it."""
    face = screen.face
    screen.show_rest(face.status)
    state = {name: getattr(face, name) for name in face.trait_names(sync=True) if not name.startswith("_")}
    state = {name: value for name, value in state.items() if name not in PAGE_MAY_WRITE - SHOWN_IN_PAGES}
    if face.front:
        state["front"] = {**face.front, "searching": False}  # nobody will ask for the rest of it
    state |= {"moments": _saved_moments(screen), "script": screen.session.code()}
    return standalone(state, ESM, CSS)


def _saved_moments(screen: Screen) -> list[dict[str, Any]]:
    history = screen.session.history
    snapshots = {moment.key: screen.picture_of(moment).text() for moment in history.moments}
    return [
        {"key": m.key, "snapshot": snapshots[m.key], "formula": texts.formula_state(m.model, m.step)}
        for m in _chosen(history, snapshots)
    ]


def _chosen(history: History, snapshots: Mapping[int, str]) -> Sequence[Moment]:
    """The moments whose pictures find room in a page, those nearest to the present one first."""
    nearest = sorted(range(len(history.moments)), key=lambda n: abs(n - history.position))
    found: set[int] = set()
    size = 0
    for n in nearest:
        size += len(snapshots[history.moments[n].key])
        if size > MOST_SAVED and found:
            break
        found.add(n)
    return [history.moments[n] for n in sorted(found)]
