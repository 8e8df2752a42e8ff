"""The gradient of the objective in closed form, layer by layer from the top: for penalties on small networks.

There, most of the penalty's gradient by autograd is the recording and the calling of many small operations. Going down,
``pulled[…, r, j]`` is the derivative of the objective by node ``j`` in row ``r`` through the layers above; a layer adds
what its own edges contribute to the penalty. Shapes begin as in :mod:`kanwidget.train.jacobian`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from kanwidget.model.features import by_edge, columns
from kanwidget.train.jacobian import Level, affine_gradient, through_products
from kanwidget.train.penalty import SMOOTHING, Penalty, covariance, smoothed_scales

__all__ = ["Gradient", "Spread", "gradient_down", "spreads_of"]


@dataclass(frozen=True, slots=True)
class Spread:
    """How widely the numeric edges of a layer vary, and what the penalty makes of it.

    Attributes:
        scales: of the edges, ``(…, in, out)``.
        covariance: of the features, ``(…, in, F, F)``. by_weight: that times the weights, ``(…, in, F, out)``.
        pull: derivative of R by the scale of an edge, divided by the scale: ``(…, in, out)``.
        by_coef: derivative of R by the coefficients at fixed scales, ``(…, in, out, G + k)``, or None for 0.
    """

    scales: Tensor
    covariance: Tensor
    by_weight: Tensor
    pull: Tensor
    by_coef: Tensor | None


@torch.no_grad()
def spreads_of(levels: Sequence[Level], penalty: Penalty, first: Tensor | None = None) -> list[Spread | None]:
    """One for every layer with numeric edges; ``first`` is the covariance of the first layer, if it is at hand."""
    return [_spread(level, penalty, first if level is levels[0] else None) for level in levels]


def _spread(level: Level, penalty: Penalty, known: Tensor | None) -> Spread | None:
    if level.features is None:
        return None
    layer, weight = level.layer, level.each(level.layer.weight())
    own = covariance(level.features) if known is None else known
    by_weight = own @ weight
    variance = (weight * by_weight).sum(-2).clamp_min(0)
    scales = level.each(smoothed_scales(layer, variance.view_as(layer.scale_sp)))
    by_scales, by_coef = penalty.gradient(layer, scales)
    pull = level.each(layer.numeric) * by_scales / (scales + SMOOTHING)
    return Spread(scales, own, by_weight, pull, None if by_coef is None else level.each(by_coef))


@dataclass(frozen=True, slots=True)
class Gradient:
    """Derivatives by the parameters of one layer."""

    scale_base: Tensor
    coef: Tensor
    scale_sp: Tensor
    affine: Tensor


@torch.no_grad()
def gradient_down(
    levels: Sequence[Level], spreads: Sequence[Spread | None], pulled: Tensor, lamb: float
) -> list[Gradient]:
    """Derivatives of an objective with the derivative ``pulled`` by the outputs, plus ``lamb`` times the penalty."""
    found: list[Gradient] = []
    for level, spread in zip(reversed(levels), reversed(spreads), strict=True):
        down = through_products(level, pulled[..., None, :])[..., 0, :]
        found.insert(0, _of_layer(level, spread, down, lamb))
        if level.slopes is not None:
            pulled = (_edge_pull(level, spread, down, lamb) * level.slopes).sum(-1)
    return found


def _of_layer(level: Level, spread: Spread | None, down: Tensor, lamb: float) -> Gradient:
    layer, affine = level.layer, affine_gradient(level, down)
    scale_sp, coef = level.each(layer.scale_sp), level.each(layer.coef)
    if level.features is None:
        zero = torch.zeros_like(scale_sp)
        return Gradient(zero, torch.zeros_like(coef), zero, affine)
    by_weight = columns(level.features).flatten(-3, -2) @ down
    by_weight = by_weight.view(*by_weight.shape[:-2], *level.features.shape[-2:], -1)
    if spread is not None:
        by_weight = by_weight + lamb * spread.pull[..., None, :] * spread.by_weight
    by_weight = by_weight.transpose(-2, -1) * level.each(layer.numeric)[..., None]
    by_spline = by_weight[..., 1:]
    by_coef = by_spline * scale_sp[..., None]
    if spread is not None and spread.by_coef is not None:
        by_coef = by_coef + lamb * spread.by_coef
    return Gradient(by_weight[..., 0], by_coef, (by_spline * coef).sum(-1), affine)


def _edge_pull(level: Level, spread: Spread | None, down: Tensor, lamb: float) -> Tensor:
    """Derivative by the value of every edge in every row, or what stands for it: ``(…, rows, in, out)``."""
    down = down[..., None, :]
    if spread is None or level.features is None:
        return down
    edges = by_edge(level.each(level.layer.weight()), level.features)
    pull = lamb * spread.pull[..., None, :, :] / edges.shape[-3]
    return torch.addcmul(down, pull, edges - edges.mean(-3, keepdim=True))
