"""The objective and its gradient, in the way that is fastest: where descents by LBFGS and Adam spend their time.

Networks of splines go up and down in one go (:mod:`kanwidget.model.sums`), small ones with a penalty on any edges by
:mod:`kanwidget.train.gradient`, and whatever is left by autograd.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from kanwidget.model.layer import KANLayer
from kanwidget.model.network import Network
from kanwidget.model.sums import down, up, up_edge_by_edge
from kanwidget.train.gradient import Gradient, gradient_down, spreads_of
from kanwidget.train.jacobian import evaluated
from kanwidget.train.losses import with_pull
from kanwidget.train.objective import Objective
from kanwidget.train.penalty import SMOOTHING, Penalty, smoothed_scales

__all__ = ["backward"]

MOST_ENTRIES = 300_000  # values of edges, rows times edges: above, arithmetic costs more than calls


def backward(model: Network, objective: Objective) -> Tensor:
    """The objective's value; its gradient is left in ``grad`` of the parameters, as autograd does."""
    penalised = bool(objective.lamb)
    few = penalised and len(objective.x) * sum(layer.scale_sp.numel() for layer, _ in model.stack()) <= MOST_ENTRIES
    if model.is_plain and few == penalised:
        return _of_sums(model, objective)
    # In single precision the variance of a faint edge, as a quadratic form of large coefficients, is mostly rounding.
    if few and model.dtype == torch.float64:
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
    widened = [partial(own.pulled, lamb=objective.lamb) for own in varied]
    gradients, _ = down(steps, pulled.T.contiguous(), 1, widened)
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


@torch.no_grad()
def _of_levels(model: Network, objective: Objective) -> Tensor:
    """With a penalty, in networks of any kind."""
    first = objective.first(model.layer(0))
    levels = evaluated(model, objective.x, first.features if first else None)
    total, pulled = with_pull(objective.loss_fn, levels[-1].output, objective.y)
    spreads = spreads_of(levels, objective.penalty, first.covariance if first else None)
    for level, spread in zip(levels, spreads, strict=True):
        if spread is not None:
            total = total + objective.lamb * objective.penalty.of_layer(level.layer, spread.scales)
    for level, gradient in zip(levels, gradient_down(levels, spreads, pulled, objective.lamb), strict=True):
        for name in Gradient.__slots__:
            parameter = getattr(level.layer, name)
            if parameter.requires_grad:
                parameter.grad = getattr(gradient, name).contiguous()
    return total
