"""The pieces of work of a search: independent of each other, and small enough to be sent to another machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from kanwidget.discovery.assembly import assembled
from kanwidget.discovery.curves import Piece, named, searched
from kanwidget.discovery.fitting import Fitted
from kanwidget.discovery.shapes import Curve, Shape
from kanwidget.model.functions import function

__all__ = ["Task", "done"]

OFFERS, MORE = 6, 9  # formulas per curve
RESULTS = 6  # formulas per task


@dataclass(frozen=True, slots=True)
class Task:
    """Name the curves of one shape.

    Attributes:
        x, y: rows to fit to, shape ``(rows, inputs)`` and ``(rows, 1)``.
        names: the functions that may be used.
        thorough: whether curves are searched for functions of quadratics and pairs of functions as well.
    """

    shape: Shape
    x: Tensor
    y: Tensor
    names: tuple[str, ...]
    thorough: bool = False


def done(task: Task) -> list[Fitted]:
    """The best formulas of a task."""
    with torch.inference_mode(False), torch.no_grad():
        offers = [_offers(curve, task) for curve in task.shape.curves]
        return assembled(task.shape, offers, task.x, task.y)[:RESULTS]


def _offers(curve: Curve, task: Task) -> Sequence[Piece]:
    blur = max(1e-5, 0.3 * task.shape.error)
    pieces = named(curve.x, curve.y, [function(name) for name in task.names])
    if task.thorough:
        pieces = pieces + searched(curve.x, curve.y, set(task.names))
    return sorted(pieces, key=lambda piece: piece.score(blur))[: MORE if task.thorough else OFFERS]
