"""What every numeric edge of a layer is linear in: the base function of its input, then all basis functions.

Features have the shape ``(rows, inputs, 1 + G + k)``, but rows lie side by side in memory: see :func:`columns`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from kanwidget.model.basis import Cells, Place, spread
from kanwidget.model.designs import gathered
from kanwidget.model.functions import with_slope
from kanwidget.model.sums import transformed

__all__ = ["by_edge", "columns", "features", "features_with_slopes"]

Base = Callable[[Tensor], Tensor]


def features(x: Tensor, base: Base, cells: Cells) -> Tensor:
    """``(rows, inputs)`` → ``(rows, inputs, 1 + G + k)``, differentiable."""
    recorded = x.requires_grad and torch.is_grad_enabled() and not transformed()
    splines: Tensor = _Basis.apply(x, cells) if recorded else _plain(x, cells)  # type: ignore[no-untyped-call]  # torch has no types for it
    return torch.cat([base(x.T)[:, None], columns(splines)], dim=1).permute(2, 0, 1)


def features_with_slopes(x: Tensor, base: Base, cells: Cells) -> tuple[Tensor, Tensor]:
    """:func:`features` and their derivatives by ``x``, without history."""
    samples = x.detach().T.contiguous()
    place = cells.place(samples)
    value, slope = with_slope(base, samples)
    at = _entries(place, 1 + cells.count) + len(x)  # after the base function
    return _filled(value, at, place.values, cells), _filled(slope, at, place.slopes * place.density, cells)


def columns(features: Tensor) -> Tensor:
    """As they lie in memory: ``(…, rows, inputs, 1 + G + k)`` → ``(…, inputs, 1 + G + k, rows)``."""
    return features.movedim(-3, -1)


def by_edge(weight: Tensor, features: Tensor) -> Tensor:
    """Every edge by itself: ``(…, inputs, 1 + G + k, outputs)`` and features → ``(…, rows, inputs, outputs)``."""
    return (weight.mT @ columns(features)).movedim(-1, -3)


def _filled(base: Tensor, at: Tensor, local: Tensor, cells: Cells) -> Tensor:
    """Base function first, local values where they belong."""
    full = _spread(at, local, 1 + cells.count)
    full[:, 0] = base
    return full.permute(2, 0, 1)


def _entries(place: Place, count: int) -> Tensor:
    """Where local values lie among ``(inputs, count, rows)``: ``(k + 1, inputs, rows)``."""
    (inputs, rows), device = place.cell.shape, place.cell.device
    first = torch.arange(0, inputs * count * rows, count * rows, device=device)[:, None] + torch.arange(
        rows, device=device
    )
    steps = torch.arange(0, len(place.values) * rows, rows, device=device)
    return torch.add(first, place.cell, alpha=rows) + steps[:, None, None]


def _spread(at: Tensor, local: Tensor, count: int) -> Tensor:
    _, inputs, rows = local.shape
    full = local.new_zeros(inputs * count * rows)
    return full.scatter_(0, at.view(-1), local.reshape(-1)).view(inputs, count, rows)


def _plain(x: Tensor, cells: Cells) -> Tensor:
    return spread(cells.place(x.T), cells.count)


class _Basis(torch.autograd.Function):
    """With a hand-written backward: only k + 1 basis functions have a slope."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, cells: Cells) -> Tensor:
        ctx.save_for_backward(x)
        place = cells.place(x.T.contiguous())
        ctx.cells, ctx.slopes = cells, (_entries(place, cells.count), place.slopes, place.density)
        return _spread(ctx.slopes[0], place.values, cells.count).permute(2, 0, 1)

    @staticmethod
    def backward(ctx: Any, y: Tensor) -> tuple[Tensor, None]:
        if torch.is_grad_enabled():  # a gradient that will be differentiated again
            (x,) = ctx.saved_tensors
            return torch.autograd.grad(_plain(x, ctx.cells), x, y, create_graph=True)[0], None
        at, slopes, density = ctx.slopes
        entries = columns(y).contiguous().view(-1)
        return (gathered(entries, at) * slopes).sum(0).mul_(density).T, None
