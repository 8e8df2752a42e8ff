"""Which grids a fit trains on, one after the other, and how the best of them is found.

A finer grid always has the smaller training loss, and on a thousand rows an error of about 1e-5 is all that splines
can be held to: whether finer is better is decided on rows that training does not see.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite

import torch

from kanwidget.model.guard import no_gradients
from kanwidget.model.network import Network
from kanwidget.train.losses import mean_squared_error
from kanwidget.train.objective import Objective

__all__ = ["GridFit", "Search", "finer", "held_back"]

SHARE = 5  # one row in so many is held back
GAIN = 0.1  # share that the error on these has to fall by: from grid to grid, and while a grid is trained,
WINDOW = 0.25  # within this share of the steps,
LEAST_WINDOW = 4  # but at least so many
PATIENCE = 3  # grids in a row that may bring less: one that is far too coarse for a wave shows nothing of it
EXACT = 1e-6  # error in units of the labels, where finer grids have nothing left to find
LARGEST = 200  # intervals
ROWS = 5  # per interval


@dataclass(frozen=True, slots=True)
class GridFit:
    """What training on one grid ended with.

    Attributes:
        grid: number of intervals, layer by layer.
        steps: steps on this grid.
        held_back: error on the rows that were held back, as losses are reported; None where none were.
    """

    grid: list[int]
    steps: int = 0
    held_back: float | None = None


class Search:
    """The best of the grids tried so far, judged on rows that were held back.

    Args:
        held: these rows.
        steps: how many each grid has at most.

    Attributes:
        best: the best network, None before the first.
        over: whether finer grids are not worth trying any more.
    """

    def __init__(self, held: Objective, steps: int) -> None:
        self._held, self._window = held, max(LEAST_WINDOW, round(WINDOW * steps))
        self._root = held.loss_fn is mean_squared_error
        self._exact = EXACT * float(held.y.square().mean().sqrt()) if self._root else -float("inf")
        self._error, self._failed = float("inf"), 0
        self._course: list[float] = []
        self.best: Network | None = None
        self.over = False

    def settled(self, network: Network) -> bool:
        """Whether this step, like those before it, brought the grid in training nothing to speak of."""
        self._course.append(self.error(network))
        earlier = self._course[: -self._window]
        return bool(earlier) and not _falls(earlier[-1], self._course[-1])

    def tried(self, network: Network) -> float:
        """A grid is done: its error; the network is remembered if it is the best."""
        error = self.error(network)
        if self.best is None or _falls(self._error, error):
            self.best, self._error, self._failed = network.copy(), error, 0
        else:
            self._failed += 1
        self.over = error <= self._exact or self._failed >= PATIENCE
        self._course = []
        return error

    @no_gradients
    def error(self, network: Network) -> float:
        """On the rows held back, as losses are reported."""
        loss = self._held(network).loss
        error = float(loss.sqrt() if self._root else loss)
        return error if error == error else float("inf")


def _falls(before: float, after: float) -> bool:
    return after < (before - GAIN * abs(before) if isfinite(before) else before)


def held_back(objective: Objective) -> tuple[Objective, Objective]:
    """Rows to train on, and the fifth of them, evenly spread, to choose by."""
    held = torch.arange(len(objective.x), device=objective.x.device) % SHARE == SHARE // 2
    x, y = objective.x, objective.y
    return replace(objective, x=x[~held], y=y[~held]), replace(objective, x=x[held], y=y[held])


def finer(grid: list[int], rows: int) -> list[int] | None:
    """Twice as many intervals in every layer, None where that is too many for them to be told apart by the rows."""
    twice = [2 * g for g in grid]
    return twice if max(twice) <= min(LARGEST, rows // ROWS) else None
