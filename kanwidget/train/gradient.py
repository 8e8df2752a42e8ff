"""The gradient of the objective in closed form, layer by layer from the top: for penalties on small networks.

There, most of the penalty's gradient by autograd is the recording and the calling of many small operations. Going down,
``pulled[…, r, j]`` is the derivative of the objective by node ``j`` in row ``r`` through the layers above; a layer adds
what its own edges contribute to the penalty. Shapes begin as in :mod:`kanwidget.train.jacobian`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from kanwidget.model.features import by_edge, columns
from kanwidget.model.layer import KANLayer
from kanwidget.model.network import Network
from kanwidget.model.sums import down, up, up_edge_by_edge
from kanwidget.train.jacobian import Level, affine_gradient, evaluated, through_products
from kanwidget.train.losses import with_pull
from kanwidget.train.objective import Objective
from kanwidget.train.penalty import SMOOTHING, Penalty, covariance, smoothed_scales

__all__ = ["Gradient", "Spread", "backward", "gradient_down", "spreads_of"]

MOST_ENTRIES = 300_000  # values of edges, rows times edges: above, arithmetic costs more than calls


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


def backward(model: Network, objective: Objective) -> Tensor:
    """The objective's value; its gradient is left in ``grad`` of the parameters, as autograd does."""
    entries = len(objective.x) * sum(layer.scale_sp.numel() for layer, _ in model.stack())
    if model.is_plain and (not objective.lamb or entries <= MOST_ENTRIES):
        return _of_sums(model, objective)
    # In single precision the variance of a faint edge, as a quadratic form of large coefficients, is mostly rounding.
    if objective.lamb and entries <= MOST_ENTRIES and model.dtype == torch.float64:
        return _of_levels(model, objective)
    with torch.enable_grad():
        total = objective(model).total
        total.backward()
    return total.detach()


@torch.no_grad()
def _of_sums(model: Network, objective: Objective) -> Tensor:
    """In a network of splines alone."""
    layers = [layer for layer, _ in model.stack()]
    splines, parameters = [layer.splines for layer in layers], [layer.of_splines for layer in layers]
    first = objective.first(layers[0])
    assert first is not None
    varied: list[Varied] = []
    if objective.lamb:
        steps, edges = up_edge_by_edge(splines, objective.columns, parameters, first.by_edge)
        varied = [Varied.of(layer, own, objective.penalty) for layer, own in zip(layers, edges, strict=True)]
    else:
        steps = up(splines, objective.columns, parameters, first.prepared, 1)
    total, pulled = with_pull(objective.loss_fn, steps[-1].sums.T, objective.y)
    for own in varied:
        total = total + objective.lamb * own.penalty
    by_edge = [partial(own.pulled, lamb=objective.lamb) for own in varied]
    gradients, _ = down(steps, pulled.T.contiguous(), 1, by_edge)
    for own, gradient in zip(varied, gradients, strict=False):
        if own.by_coef is not None:
            gradient.coef.add_(own.by_coef, alpha=objective.lamb)
    for layer, gradient in zip(layers, gradients, strict=True):
        for parameter, by in zip(layer.of_splines, gradient, strict=True):
            if parameter.requires_grad:
                parameter.grad = by.contiguous()
    return total


@dataclass(frozen=True, slots=True)
class Varied:
    """How widely the edges of a layer vary over the rows, and what the penalty makes of it.

    Attributes:
        penalty: the layer's share of R.
        deviations: from the means of the edges, ``(in, out, rows)``.
        pull: derivative of R by the deviations, divided by them: ``(in, out)``.
        by_coef: derivative of R by the coefficients at fixed scales, ``(in, out, G + k)``, or None for 0.
    """

    penalty: Tensor
    deviations: Tensor
    pull: Tensor
    by_coef: Tensor | None

    @classmethod
    def of(cls, layer: KANLayer, edges: Tensor, penalty: Penalty) -> Varied:
        deviations = edges - edges.mean(-1, keepdim=True)
        scales = smoothed_scales(layer, deviations.square().mean(-1))
        by_scales, by_coef = penalty.gradient(layer, scales)
        pull = layer.numeric * by_scales / (edges.shape[-1] * (scales + SMOOTHING))
        return cls(penalty.of_layer(layer, scales), deviations, pull, by_coef)

    def pulled(self, y: Tensor, lamb: float) -> Tensor:
        """From the derivatives of the loss by the sums to those of the objective by the edges."""
        return torch.addcmul(y, lamb * self.pull[..., None], self.deviations)


def _of_levels(model: Network, objective: Objective) -> Tensor:
    first = objective.first(model.layer(0))
    levels = evaluated(model, objective.x, first.features if first else None)
    total, pulled = with_pull(objective.loss_fn, levels[-1].output, objective.y)
    spreads = spreads_of(levels, objective.penalty, first.covariance if first else None)
    with torch.no_grad():
        for level, spread in zip(levels, spreads, strict=True):
            if spread is not None:
                total = total + objective.lamb * objective.penalty.of_layer(level.layer, spread.scales)
    for level, gradient in zip(levels, gradient_down(levels, spreads, pulled, objective.lamb), strict=True):
        for name in Gradient.__slots__:
            parameter = getattr(level.layer, name)
            if parameter.requires_grad:
                parameter.grad = getattr(gradient, name).contiguous()
    return total
