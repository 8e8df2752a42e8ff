"""Refit many formula trees at once, those of one form side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from kanwidget.discovery.lowered import Lowered, lowered
from kanwidget.discovery.terms import Hole, Input, Node, Sum, Times
from kanwidget.model.functions import function
from kanwidget.symbolic.refit import Graph, refit

__all__ = ["Fitted", "Trees", "refitted", "values"]

Trees = tuple[Sum, ...]  # one per output
BATCH = 2_000_000  # residuals times constants at a time: bounds the memory


@dataclass(frozen=True, slots=True)
class Fitted:
    """Formulas with fitted constants, and the mean squared error on the rows they were fitted to."""

    trees: Trees
    error: float


@torch.no_grad()
def refitted(trees: Sequence[Trees], x: Tensor, y: Tensor, *, iterations: int) -> list[Fitted]:
    """Every formula with its best constants near those that it has.

    Args:
        x: shape ``(rows, inputs)``. y: shape ``(rows, outputs)``.
    """
    placed = [lowered(formula, x.shape[1]) for formula in trees]
    found: list[Fitted | None] = [None] * len(placed)
    for members in _alike(placed):
        first = placed[members[0]]
        size = max(1, BATCH // max(1, y.numel() * int(first.free.sum())))
        for start in range(0, len(members), size):
            part = members[start : start + size]
            names = [placed[n].names for n in part]
            affine, free = (torch.stack([getattr(placed[n], what) for n in part]) for what in ("affine", "free"))
            affine, error = refit(first.graph, names, affine, x, y, iterations=iterations, free=free)
            for n, a, e in zip(part, affine, error.tolist(), strict=True):
                found[n] = Fitted(placed[n].trees(a), e)
    return [f for f in found if f is not None]


@torch.no_grad()
def values(trees: Trees, x: Tensor) -> Tensor:
    """The formula's outputs: ``(rows, outputs)``."""
    known: dict[int, Tensor] = {}
    return torch.stack([_total(tree, x, known) for tree in trees], dim=1)


def _total(node: Sum, x: Tensor, known: dict[int, Tensor]) -> Tensor:
    total = torch.zeros_like(x[:, 0])
    for link in node.links:
        a, b, c, d = link.affine
        total = total + (c * function(link.name).torch(a * _value(link.source, x, known) + b) + d)
    return total


def _value(node: Node, x: Tensor, known: dict[int, Tensor]) -> Tensor:
    if isinstance(node, Input | Hole):
        return x[:, node.index]
    if id(node) not in known:
        if isinstance(node, Times):
            known[id(node)] = _total(node.left, x, known) * _total(node.right, x, known)
        else:
            known[id(node)] = _total(node, x, known)
    return known[id(node)]


def _alike(placed: Sequence[Lowered]) -> list[list[int]]:
    groups: dict[Graph, list[int]] = {}
    for n, place in enumerate(placed):
        groups.setdefault(place.graph, []).append(n)
    return list(groups.values())
