"""Put names into the curves of a shape, and choose by the whole formula."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Sequence

from torch import Tensor

from kanwidget.discovery.curves import Piece
from kanwidget.discovery.fitting import Fitted, Trees, refitted
from kanwidget.discovery.measures import constants, description
from kanwidget.discovery.shapes import Shape
from kanwidget.discovery.terms import links

__all__ = ["assembled", "chosen"]

TRIED, FINALISTS = 48, 6
ROUGH_ROWS, FINE_ROWS = 96, 300
ROUGH, FINE = 12, 60
WILD = 1e6  # factor, relative to the deviation of the output
EXACT = 1e-24  # mean squared error relative to the variance below which formulas are equally exact


def assembled(shape: Shape, offers: Sequence[Sequence[Piece]], x: Tensor, y: Tensor) -> list[Fitted]:
    """Whole formulas of one output, refitted, the most accurate first.

    Args:
        offers: formulas of one input for every curve of the shape, the most promising first.
        x: rows to fit to, shape ``(rows, inputs)``. y: shape ``(rows, 1)``.
    """
    return chosen([(shape.filled([piece.tree for piece in pieces]),) for pieces in _best_choices(offers)], x, y)


def chosen(trees: Sequence[Trees], x: Tensor, y: Tensor) -> list[Fitted]:
    """The formulas refitted, on few rows, then the best on more; what takes least to write down first."""
    spread, inputs = float(y.var()), x.shape[1]
    for rows, iterations, kept in ((ROUGH_ROWS, ROUGH, FINALISTS), (FINE_ROWS, FINE, TRIED)):
        few = _thinned(x, y, rows)
        found = _ranked(refitted(trees, *few, iterations=iterations), spread, inputs, len(few[0]))[:kept]
        trees = [fitted.trees for fitted in found]
    return found


def _best_choices(offers: Sequence[Sequence[Piece]]) -> Iterator[list[Piece]]:
    """One piece per curve, the combinations with the lowest sum of scores first."""
    scores = [[piece.score() for piece in offer] for offer in offers]
    first = tuple(0 for _ in offers)
    heap, seen = [(sum(s[0] for s in scores), first)], {first}
    for _ in range(TRIED):
        if not heap:
            return
        _, at = heapq.heappop(heap)
        yield [offer[n] for offer, n in zip(offers, at, strict=True)]
        for curve in range(len(offers)):
            after = (*at[:curve], at[curve] + 1, *at[curve + 1 :])
            if after[curve] < len(offers[curve]) and after not in seen:
                seen.add(after)
                heapq.heappush(heap, (sum(s[n] for s, n in zip(scores, after, strict=True)), after))


def _thinned(x: Tensor, y: Tensor, count: int) -> tuple[Tensor, Tensor]:
    step = max(1, len(x) // count)
    return x[::step], y[::step]


def _ranked(found: Sequence[Fitted], spread: float, inputs: int, rows: int) -> list[Fitted]:
    """What takes least to write down with its residuals first."""

    def score(fitted: Fitted) -> float:
        if _largest(fitted) > WILD * max(1.0, spread**0.5):
            return math.inf
        return description(
            fitted.trees, fitted.error / max(spread, 1e-300) + EXACT, rows, constants(fitted.trees, inputs)
        )

    return sorted(found, key=score)


def _largest(fitted: Fitted) -> float:
    """The largest factor: large ones cancel each other, which no law does."""
    return max(abs(link.affine[2]) for tree in fitted.trees for link in links(tree))
