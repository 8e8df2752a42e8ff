"""The dense form of a spline layer, as efficient-kan made it known: all basis functions at all samples by the
Cox-de Boor recursion, then one matrix product for all edges.

The recursion is that of de Boor, *A Practical Guide to Splines*, 1978, chapter X.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["DenseSplines", "dense_splines"]


class DenseSplines(nn.Module):
    """``silu(x) W + B(x) C``: a base weight, spline coefficients and a scale per edge."""

    def __init__(self, inputs: int, outputs: int, grid: int, k: int = 3) -> None:
        super().__init__()
        knots = -1 + 2 / grid * torch.arange(-k, grid + k + 1, dtype=torch.get_default_dtype())
        self.k = k
        self.register_buffer("knots", knots.repeat(inputs, 1))
        self.base = nn.Parameter(torch.randn(outputs, inputs) / inputs**0.5)
        self.coef = nn.Parameter(0.1 * torch.randn(outputs, inputs, grid + k))
        self.scale = nn.Parameter(torch.ones(outputs, inputs))

    knots: Tensor

    def forward(self, x: Tensor) -> Tensor:
        splines = (self.scale[..., None] * self.coef).flatten(1)
        return F.linear(F.silu(x), self.base) + F.linear(self.basis(x).flatten(1), splines)

    def basis(self, x: Tensor) -> Tensor:
        """``(rows, inputs)`` → ``(rows, inputs, G + k)``."""
        x, t = x[..., None], self.knots
        values = ((x >= t[:, :-1]) & (x < t[:, 1:])).to(x.dtype)
        for p in range(1, self.k + 1):
            rising = (x - t[:, : -p - 1]) / (t[:, p:-1] - t[:, : -p - 1])
            falling = (t[:, p + 1 :] - x) / (t[:, p + 1 :] - t[:, 1:-p])
            values = rising * values[..., :-1] + falling * values[..., 1:]
        return values


def dense_splines(net: Sequence[int], grid: int) -> nn.Module:
    return nn.Sequential(*(DenseSplines(a, b, grid) for a, b in pairwise(net)))
