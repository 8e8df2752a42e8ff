"""Which columns a target depends on, and the scales to compute in."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import torch
from torch import Tensor

from kanwidget.discovery.bases import Bases
from kanwidget.discovery.clock import Clock
from kanwidget.discovery.splits import split
from kanwidget.discovery.terms import Input, Sum, links

__all__ = ["MOST_COLUMNS", "relevant", "unit", "used"]

MOST_COLUMNS = 10
WORSE = 1.1  # ratio of errors from which on a column is needed
POOR = 0.7  # relative error of a fit that says nothing
ROUNDING = 1e-9  # relative error below which fits are equally exact


def unit(values: Tensor) -> Tensor:
    """A power of ten per column by which to divide: 1 unless the values are so large or small that squares fail."""
    size = values.abs().amax(0)
    exponent = torch.where(size > 0, size.log10().round(), 0.0)
    return torch.where(exponent.abs() > 30, 10.0**exponent, 1.0)


def used(trees: Sequence[Sum]) -> list[int]:
    """The columns that stand in formulas."""
    every = [link for tree in trees for link in links(tree) if link.name != "0"]
    return sorted({link.source.index for link in every if isinstance(link.source, Input)})


def relevant(x: Tensor, y: Tensor, clock: Clock | None = None) -> list[int]:
    """The columns that ``y`` depends on, at most :data:`MOST_COLUMNS`: without constant, repeated and idle ones."""
    columns = _different(x)
    if len(columns) > MOST_COLUMNS:
        columns = _strongest(x[:, columns], y, columns)
    return _needed(x, y, columns, clock or Clock(math.inf))


def _different(x: Tensor) -> list[int]:
    """Columns that vary and repeat no other."""
    found: list[int] = []
    for c in range(x.shape[1]):
        own = x[:, c]
        if own.max() > own.min() and not any(bool((own == x[:, other]).all()) for other in found):
            found.append(c)
    return found


def _strongest(x: Tensor, y: Tensor, columns: Sequence[int]) -> list[int]:
    """Those with the largest share in the target, alone or multiplied by another."""
    z = (x - x.mean(0)) / x.std(0, correction=0)
    bases = Bases(z)
    singles = [split(bases, y, [(c,)]).error for c in range(z.shape[1])]
    best = [1 - error for error in singles]
    centred = (y - y.mean()) / y.std(correction=0)
    pairs = ((z * centred[:, None]).T @ z / len(z)).abs()
    for i, j in itertools.combinations(range(z.shape[1]), 2):
        gain = float(pairs[i, j])
        best[i], best[j] = max(best[i], gain), max(best[j], gain)
    order = sorted(range(z.shape[1]), key=lambda c: -best[c])[:MOST_COLUMNS]
    return sorted(columns[c] for c in order)


def _needed(x: Tensor, y: Tensor, columns: list[int], clock: Clock) -> list[int]:
    """Without the columns that a smooth fit does as well without, one after the other."""
    bases = Bases(x)
    left = list(columns)
    while len(left) > 1 and not clock.over:
        error = split(bases, y, [tuple(left)]).error
        if error > POOR:
            break
        trials = [(split(bases, y, [tuple(c for c in left if c != out)]).error, out) for out in left]
        least, out = min(trials)
        if least > WORSE * max(error, ROUNDING):
            break
        left.remove(out)
    return left
