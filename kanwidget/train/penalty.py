"""What makes a network sparse: the penalty on edge activations and spline coefficients.

With ``s_e`` the standard deviation of the value of edge ``e`` over the rows, and per layer ``p_e = s_e / sum s``,

    R = sum over layers of  lamb_l1 * sum_e s_e  -  lamb_entropy * sum_e p_e log p_e
                            + lamb_coef * mean |coef|  +  lamb_coefdiff * mean |difference of neighbouring coef|

and the objective is ``loss + lamb * R``: Liu et al. 2024 (arXiv:2404.19756), eq. 2.17 to 2.20, with the standard
deviation in place of the mean magnitude, because a constant can move to another edge and needs no edge of its own.
Named edges are a decision already taken and carry no penalty.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from kanwidget.model.features import columns
from kanwidget.model.layer import KANLayer

__all__ = ["SMOOTHING", "Penalty", "covariance", "edge_scales", "entropy", "entropy_gradient", "smoothed_scales"]

SMOOTHING = 1e-4  # the standard deviation is smooth at 0 on this scale


@dataclass(frozen=True, slots=True)
class Penalty:
    """Weights of the four terms; see the module's text for the formula."""

    lamb_l1: float = 1.0
    lamb_entropy: float = 2.0
    lamb_coef: float = 0.0
    lamb_coefdiff: float = 0.0

    def of_layer(self, layer: KANLayer, scales: Tensor) -> Tensor:
        """One layer's share of R, from the scales ``(in, out)`` of its edges."""
        return self.of_edges(scales, layer.numeric, layer.coef)

    def of_edges(self, scales: Tensor, numeric: Tensor, coef: Tensor) -> Tensor:
        """The same from scales and mask ``(…, in, out)`` and coefficients ``(…, in, out, G + k)``: ``(…)``."""
        each = scales.flatten(-2)
        total = self.lamb_l1 * each.sum(-1) + self.lamb_entropy * entropy(each)
        if self.lamb_coef:
            total = total + self.lamb_coef * _mean_magnitude(numeric, coef)
        if self.lamb_coefdiff:
            total = total + self.lamb_coefdiff * _mean_magnitude(numeric, coef.diff(dim=-1))
        return total

    def gradient(self, layer: KANLayer, scales: Tensor) -> tuple[Tensor, Tensor | None]:
        """Derivatives of :meth:`of_layer` by the scales ``(…, in, out)``, and by the coefficients at fixed scales (None
        for 0)."""
        by_coef = None
        if self.lamb_coef or self.lamb_coefdiff:
            count, rise = layer.coef.shape[2], layer.coef.diff(dim=-1).sign()
            per_step = torch.nn.functional.pad(rise, (1, 0)) - torch.nn.functional.pad(rise, (0, 1))
            by_coef = self.lamb_coef / count * layer.coef.sign() + self.lamb_coefdiff / max(1, count - 1) * per_step
            by_coef = layer.numeric[..., None] * by_coef
        slope = entropy_gradient(scales.flatten(-2)).view_as(scales)
        return self.lamb_l1 + self.lamb_entropy * slope, by_coef


def edge_scales(layer: KANLayer, edges: Tensor) -> Tensor:
    """Smoothed standard deviation of every numeric edge, 0 for the others: ``(rows, in, out)`` → ``(in, out)``."""
    return smoothed_scales(layer, edges.var(dim=0, correction=0))


def smoothed_scales(layer: KANLayer, variance: Tensor) -> Tensor:
    """As :func:`edge_scales`, from the variance of every edge, shape ``(in, out)``."""
    return layer.numeric * ((variance + SMOOTHING**2).sqrt() - SMOOTHING)


def covariance(features: Tensor) -> Tensor:
    """Of the features of every input: ``(…, rows, in, F)`` → ``(…, in, F, F)``; an edge with weights w has the variance
    ``w' C w``."""
    own = columns(features)
    centred = own - own.mean(-1, keepdim=True)
    return centred @ centred.mT / own.shape[-1]


def entropy(scales: Tensor) -> Tensor:
    """``-sum p log p`` of the shares p of a layer's edges ``(…, edges)``; 0 for a layer without activity."""
    total = (scales.sum(-1, keepdim=True).square() + SMOOTHING**2).sqrt()  # also smooth where nothing varies
    p = scales / total
    shared: Tensor = torch.special.xlogy(p, p + 1e-9)
    return -shared.sum(-1)


def entropy_gradient(scales: Tensor) -> Tensor:
    """Derivative of :func:`entropy` by the scales."""
    s = scales.sum(-1, keepdim=True)
    total = (s.square() + SMOOTHING**2).sqrt()
    p = scales / total
    by_share = -((p + 1e-9).log() + p / (p + 1e-9))
    return by_share / total - s / total**3 * (by_share * scales).sum(-1, keepdim=True)


def _mean_magnitude(numeric: Tensor, coef: Tensor) -> Tensor:
    return (numeric[..., None] * coef).abs().mean(-1).sum((-2, -1))
