"""How good a formula is on rows that no fit has seen, and whether it may be called certified."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from kanwidget.discovery.bases import Bases
from kanwidget.discovery.columns import used
from kanwidget.discovery.fitting import Trees, values
from kanwidget.discovery.polish import Polished
from kanwidget.discovery.splits import split
from kanwidget.symbolic.refit import evaluate, refit

__all__ = ["CERTAIN", "Rows", "is_certain", "relative_error"]

CERTAIN = 1e-9  # relative error on unseen rows
DIGITS = 2.5  # of accuracy that every constant has to bring that is no known number
EDGE = 0.05  # of a column's range, on both sides
ITERATIONS = 25
ROUNDING = 1e-13  # relative error that is taken for rounding
PATTERN = 0.8  # of the residual, what a smooth function leaves of it where there is one


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows to fit to, and rows that no fit sees.

    Attributes:
        x, held_x: shape ``(rows, inputs)``. y, held_y: shape ``(rows, outputs)``.
    """

    x: Tensor
    y: Tensor
    held_x: Tensor
    held_y: Tensor

    def output(self, n: int) -> Rows:
        """With one of the outputs."""
        return Rows(self.x, self.y[:, n : n + 1], self.held_x, self.held_y[:, n : n + 1])


def relative_error(trees: Trees, x: Tensor, y: Tensor) -> float:
    """Root mean squared error relative to the deviation of ``y``; infinite where the formula has no value."""
    return _relative(values(trees, x), y)


def _relative(guess: Tensor, y: Tensor) -> float:
    spread = float((y - y.mean(0)).square().mean().sqrt())
    error = float((guess - y).square().mean().sqrt())
    return error / max(spread, 1e-300) if math.isfinite(error) else math.inf


def is_certain(formula: Polished, rows: Rows) -> bool:
    """Whether the formula is beyond reasonable doubt the law behind the data.

    It has to hold to nine digits on rows that were never fitted to; to nine digits at the edges of the range when it
    was fitted to the inside only, where an approximation goes astray; with at least 2.5 digits for every constant
    that is no known number, because with enough free constants any smooth curve is met; and what is left has to be
    rounding, while an approximation leaves a smooth curve.
    """
    error = relative_error(formula.trees, rows.held_x, rows.held_y)
    if not error <= CERTAIN or -math.log10(max(error, 1e-16)) < DIGITS * formula.unknown:
        return False
    return _edge_error(formula, rows) <= CERTAIN and not _leaves_a_pattern(formula, rows)


def _leaves_a_pattern(formula: Polished, rows: Rows) -> bool:
    """Whether a smooth function of the columns in the formula tells the residuals of rows that it was not fitted to."""
    x, y = torch.cat([rows.x, rows.held_x]), torch.cat([rows.y, rows.held_y])
    residuals = (y - values(formula.trees, x))[:, 0]
    if not formula.unknown or float(residuals.square().mean().sqrt()) <= ROUNDING * float(y.square().mean().sqrt()):
        return False
    columns = tuple(used(formula.trees))
    return bool(columns) and split(Bases(x), residuals, [columns]).error < PATTERN


def _edge_error(formula: Polished, rows: Rows) -> float:
    """On the rows at the edges of the range, fitted to the others."""
    x, y = torch.cat([rows.x, rows.held_x]), torch.cat([rows.y, rows.held_y])
    low, high = x.amin(0), x.amax(0)
    margin = EDGE * (high - low)
    inside = ((x >= low + margin) & (x <= high - margin) | (low == high)).all(1)
    free = formula.place.free & ~formula.known
    if not bool((~inside).any()) or int(inside.sum()) < 2 * int(free.sum()) + 1:
        return 0.0
    graph, names = formula.place.graph, [formula.place.names]
    affine, _ = refit(graph, names, formula.affine[None], x[inside], y[inside], iterations=ITERATIONS, free=free[None])
    return _relative(evaluate(graph, names, affine, x[~inside])[0], y[~inside])
