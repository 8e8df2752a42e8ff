"""What every numeric edge of a layer is linear in: the base function of its input, then all basis functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from kanwidget.model.basis import Cells, spread
from kanwidget.model.functions import with_slope
from kanwidget.model.sums import transformed

__all__ = ["features", "features_with_slopes"]

Base = Callable[[Tensor], Tensor]


def features(x: Tensor, base: Base, cells: Cells) -> Tensor:
    """``(rows, inputs)`` → ``(rows, inputs, 1 + G + k)``, differentiable."""
    recorded = x.requires_grad and torch.is_grad_enabled() and not transformed()
    splines: Tensor = _Basis.apply(x, cells) if recorded else _plain(x, cells)  # type: ignore[no-untyped-call]
    return torch.cat([base(x)[..., None], splines], dim=-1)


def features_with_slopes(x: Tensor, base: Base, cells: Cells) -> tuple[Tensor, Tensor]:
    """:func:`features` and their derivatives by ``x``, without history."""
    place = cells.place(x.detach().T.contiguous())
    value, slope = with_slope(base, x)
    at = place.cell.T[..., None] + torch.arange(1, 2 + cells.k, device=x.device)
    return _filled(value, at, place.values, cells), _filled(slope, at, place.slopes * place.density, cells)


def _filled(base: Tensor, at: Tensor, local: Tensor, cells: Cells) -> Tensor:
    """Base function first, local values where they belong."""
    full = local.new_zeros(*base.shape, 1 + cells.count)
    full[..., 0] = base
    return full.scatter_(-1, at, local.permute(2, 1, 0))


def _plain(x: Tensor, cells: Cells) -> Tensor:
    return spread(cells.place(x.T), cells.count)


class _Basis(torch.autograd.Function):
    """With a hand-written backward: only k + 1 basis functions have a slope."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, cells: Cells) -> Tensor:
        ctx.save_for_backward(x)
        ctx.cells, ctx.place = cells, cells.place(x.T.contiguous())
        return spread(ctx.place, cells.count)

    @staticmethod
    def backward(ctx: Any, y: Tensor) -> tuple[Tensor, None]:
        if torch.is_grad_enabled():  # a gradient that will be differentiated again
            (x,) = ctx.saved_tensors
            return torch.autograd.grad(_plain(x, ctx.cells), x, y, create_graph=True)[0], None
        cell, _, slopes, density = ctx.place
        at = cell.T[..., None] + torch.arange(len(slopes), device=cell.device)
        return (y.gather(-1, at) * slopes.permute(2, 1, 0)).sum(-1).mul_(density.T), None
