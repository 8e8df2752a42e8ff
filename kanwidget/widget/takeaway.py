"""What leaves the widget as a file: script, pictures, a page that stands alone."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from kanwidget.model.network import Network
from kanwidget.session import History, Moment

__all__ = ["chosen_moments", "picture", "text"]

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


def chosen_moments(history: History, snapshots: Mapping[int, str]) -> Sequence[Moment]:
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
