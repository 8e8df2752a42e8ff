"""The pieces of work of a search: independent of each other, and small enough to be sent to another machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from kanwidget.discovery.assembly import assembled, chosen
from kanwidget.discovery.clock import Clock
from kanwidget.discovery.curves import Piece, named, searched
from kanwidget.discovery.fitting import Fitted
from kanwidget.discovery.shapes import Curve, Shape
from kanwidget.discovery.words import plain_sums
from kanwidget.model.functions import function
from kanwidget.model.guard import one_thread

__all__ = ["Naming", "Summing", "Task", "done"]

OFFERS, MORE = 6, 9  # formulas per curve
RESULTS = 12  # formulas per task


@dataclass(frozen=True, slots=True)
class Naming:
    """Name the curves of one shape.

    Attributes:
        x, y: rows to fit to, shape ``(rows, inputs)`` and ``(rows, 1)``.
        names: the functions that may be used.
        seconds: for which curves are searched thoroughly: for functions of quadratics and pairs of functions as well.
    """

    shape: Shape
    x: Tensor
    y: Tensor
    names: tuple[str, ...]
    seconds: float = 0.0

    def results(self) -> list[Fitted]:
        clock = Clock(self.seconds)
        return assembled(self.shape, [self._offers(curve, clock) for curve in self.shape.curves], self.x, self.y)

    def _offers(self, curve: Curve, clock: Clock) -> Sequence[Piece]:
        blur = max(1e-5, 0.3 * self.shape.error)
        pieces = named(curve.x, curve.y, [function(name) for name in self.names])
        if not clock.over:
            pieces = pieces + searched(curve.x, curve.y, set(self.names))
        return sorted(pieces, key=lambda piece: piece.score(blur))[: MORE if self.seconds else OFFERS]


@dataclass(frozen=True, slots=True)
class Summing:
    """Look for a sum of plain terms of all columns at once.

    Attributes:
        x, y, names: as of :class:`Naming`.
        columns: the inputs that matter.
    """

    x: Tensor
    y: Tensor
    names: tuple[str, ...]
    columns: tuple[int, ...]

    def results(self) -> list[Fitted]:
        trees = plain_sums(self.x, self.y[:, 0], self.columns, set(self.names))
        return chosen([(tree,) for tree in trees], self.x, self.y)


Task = Naming | Summing


def done(task: Task) -> list[Fitted]:
    """The best formulas of a task."""
    with one_thread(), torch.inference_mode(False), torch.no_grad():
        return task.results()[:RESULTS]
