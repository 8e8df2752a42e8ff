"""An ordinary network of the same depth with as many parameters: what a KAN costs beyond it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from torch import nn

__all__ = ["mlp"]


def mlp(net: Sequence[int], parameters: int) -> nn.Module:
    """Linear layers with SiLU between them; all hidden layers are as wide as comes closest to ``parameters``."""
    hidden = 1
    while _count(_widths(net, hidden + 1)) <= parameters:
        hidden += 1
    near = min((hidden, hidden + 1), key=lambda h: abs(_count(_widths(net, h)) - parameters))
    widths = _widths(net, near)
    layers: list[nn.Module] = []
    for below, above in pairwise(widths):
        layers += [nn.Linear(below, above), nn.SiLU()]
    return nn.Sequential(*layers[:-1])


def _widths(net: Sequence[int], hidden: int) -> list[int]:
    return [net[0], *[hidden] * (len(net) - 2), net[-1]]


def _count(widths: Sequence[int]) -> int:
    return sum((below + 1) * above for below, above in pairwise(widths))
