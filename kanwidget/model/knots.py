"""Where the pieces of a spline meet: knot vectors that strictly increase by construction."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["adaptive_knots", "grid_range", "respaced", "sample_range", "uniform_knots"]

MARGIN = 0.02  # share of the range that the grid reaches beyond the data on either side
CONSTANT = 1e-6  # range of a constant column, in units of its values: not more than rounding in float32
NOTHING = 1e6  # size of a column, in units of the smallest normal number, below which cells would be of width 0
NARROWEST = 1e-3  # smallest cell, in units of the mean cell


def uniform_knots(low: Tensor, high: Tensor, grid: int, k: int) -> Tensor:
    """Equally spaced knots, ``grid`` cells on ``[low, high]`` and ``k`` more on either side.

    Args:
        low, high: shape ``(inputs,)``, ``low < high``.

    Returns:
        shape ``(inputs, grid + 2 k + 1)``.
    """
    steps = torch.arange(-k, grid + k + 1, dtype=low.dtype, device=low.device) / grid
    return low[:, None] + (high - low)[:, None] * steps


def adaptive_knots(x: Tensor, grid: int, k: int, eps: float) -> Tensor:
    """Knots that follow the data.

    Args:
        x: samples, shape ``(rows, inputs)``.
        eps: 1 = equally spaced over the range of the data, 0 = equally many samples per cell, linear between.

    Returns:
        shape ``(inputs, grid + 2 k + 1)``, strictly increasing also for constant or heavily repeated columns.
    """
    low, high = sample_range(x)
    if eps == 1:
        return uniform_knots(low, high, grid, k)
    shares = torch.linspace(0, 1, grid + 1, dtype=x.dtype, device=x.device)
    quantiles = torch.quantile(_thinned(x), shares, dim=0).T
    inner = torch.cat([low[:, None], quantiles[:, 1:-1], high[:, None]], dim=1)  # the margin is in the outer cells
    cells = eps * (high - low)[:, None] / grid + (1 - eps) * inner.diff(dim=1)
    cells = cells.clamp_min(NARROWEST * (high - low)[:, None] / grid)
    cells = cells * ((high - low)[:, None] / cells.sum(1, keepdim=True))
    return _extended(torch.cat([low[:, None], low[:, None] + cells.cumsum(1)], dim=1), k)


def respaced(knots: Tensor, grid: int, k: int) -> Tensor:
    """As many intervals as asked for over the same range, dense where the old knots are dense."""
    old = knots.shape[1] - 2 * k - 1
    at = torch.linspace(0, old, grid + 1, dtype=knots.dtype, device=knots.device)
    left = at.floor().clamp(max=old - 1).long()
    inner = knots[:, k + left] + (at - left) * (knots[:, k + left + 1] - knots[:, k + left])
    return _extended(inner, k)


def sample_range(x: Tensor) -> tuple[Tensor, Tensor]:
    """Range of every column with a small margin; a constant column gets a range around its value."""
    low, high = x.amin(0), x.amax(0)
    width, size = high - low, torch.maximum(low.abs(), high.abs())
    some = size > NOTHING * torch.finfo(x.dtype).tiny
    around = torch.where(some, 1e-3 * size, torch.ones_like(size))
    pad = torch.where(some & (width > CONSTANT * size), MARGIN * width, around)
    return low - pad, high + pad


def _extended(inner: Tensor, k: int) -> Tensor:
    """``k`` more knots on either side, as far apart as the mean cell."""
    width = (inner[:, -1:] - inner[:, :1]) / (inner.shape[1] - 1)
    out = torch.arange(1, k + 1, dtype=inner.dtype, device=inner.device) * width
    return torch.cat([inner[:, :1] - out.flip(-1), inner, inner[:, -1:] + out], dim=1)


def grid_range(knots: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """First and last knot of the grid proper, each of shape ``(inputs,)``."""
    last = knots.shape[1] - 1 - k
    return knots[:, k], knots[:, last]


def _thinned(x: Tensor, most: int = 100_000) -> Tensor:
    """At most ``most`` rows: quantiles of more change nothing and :func:`torch.quantile` refuses huge inputs."""
    return x if len(x) <= most else x[:: -(-len(x) // most)]
