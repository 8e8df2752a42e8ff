"""Put names into the curves of a shape, and choose by the whole formula."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from kanwidget.discovery.curves import Piece
from kanwidget.discovery.fitting import Fitted, refitted
from kanwidget.discovery.shapes import Shape
from kanwidget.discovery.terms import complexity

__all__ = ["assembled"]

TRIED, FINALISTS = 48, 6
ROUGH_ROWS, FINE_ROWS = 96, 300
ROUGH, FINE = 12, 60
EXACT = 1e-24  # mean squared error relative to the variance below which formulas are equally exact


def assembled(shape: Shape, offers: Sequence[Sequence[Piece]], x: Tensor, y: Tensor) -> list[Fitted]:
    """Whole formulas of one output, refitted, the most accurate first.

    Args:
        offers: formulas of one input for every curve of the shape, the most promising first.
        x: rows to fit to, shape ``(rows, inputs)``. y: shape ``(rows, 1)``.
    """
    trees = [(shape.filled([piece.tree for piece in pieces]),) for pieces in _best_choices(offers)]
    spread = float(y.var())
    rough = _ranked(refitted(trees, *_thinned(x, y, ROUGH_ROWS), iterations=ROUGH), spread)
    return _ranked(refitted([f.trees for f in rough[:FINALISTS]], *_thinned(x, y, FINE_ROWS), iterations=FINE), spread)


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


def _ranked(found: Sequence[Fitted], spread: float) -> list[Fitted]:
    def score(fitted: Fitted) -> float:
        error = fitted.error / max(spread, 1e-300)
        cost = sum(complexity(tree) for tree in fitted.trees)
        return float(torch.tensor(error + EXACT, dtype=torch.float64).log10()) + 0.3 * cost

    return sorted(found, key=score)
