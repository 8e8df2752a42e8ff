"""Levenberg-Marquardt for small networks, with the sparsity penalty by majorisation.

The residuals have the Jacobian J of :mod:`kanwidget.train.jacobian`; the loss has the Gauss-Newton curvature
``2 J'J / n``. The penalty is a concave function of norms, so its exact gradient is used together with the curvature
of the quadratic that touches it from above: ``s_e <= (w' C w / s + s) / 2`` for the norm ``s_e = sqrt(w' C w)`` of
one edge (re-weighted least squares; Hunter & Lange, *The American Statistician* 58, 2004, section 3.3). The damping
follows the ratio of actual to predicted gain (Nocedal & Wright, *Numerical Optimization*, 2006, algorithm 4.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from kanwidget.model.layer import KANLayer
from kanwidget.model.network import Network
from kanwidget.train.gradient import Spread, gradient_down, spreads_of
from kanwidget.train.jacobian import Columns, Level, evaluated, jacobian
from kanwidget.train.objective import Objective

__all__ = ["levenberg_marquardt"]

ROUGHNESS = 1e-6  # weight of the squared third differences of the coefficients: without it, fine grids overfit
EXACT = 1e-30  # squared error, relative to the squared labels, that rounding alone leaves
ATTEMPTS = 14  # dampings tried before the iteration is called converged


def levenberg_marquardt(model: Network, objective: Objective) -> Iterator[None]:
    """Improve ``model`` in place, one accepted step per iteration; ends when no step improves any more."""
    columns = Columns.of(model)
    theta, damping = columns.get(model), 1e-3
    rough = _roughness(model, columns)
    value = _value(model, objective, theta, rough)
    enough = EXACT * float(objective.y.square().mean())
    while columns.count and value > enough:
        gradient, curvature = _expansion(model, objective, columns)
        gradient, curvature = gradient + 2 * rough @ theta, curvature + 2 * rough
        scale = curvature.diagonal().clamp_min(1e-10 * float(curvature.diagonal().max()))
        for _ in range(ATTEMPTS):
            step = _damped_step(curvature, damping * scale, gradient)
            columns.put(model, theta + step)
            new = _value(model, objective, theta + step, rough)
            if new < value:
                break
            damping *= 8
        else:
            columns.put(model, theta)
            return
        expected = -float(gradient @ step + 0.5 * step @ (curvature @ step))
        gain = (value - new) / expected if expected > 0 else 1.0
        damping = max(1e-12, damping * (0.1 if gain > 0.75 else 2.0 if gain < 0.25 else 0.5))
        theta, value = theta + step, new
        yield


@torch.no_grad()
def _value(model: Network, objective: Objective, theta: Tensor, rough: Tensor) -> float:
    value = float(objective(model).total + theta @ (rough @ theta))
    return value if value == value else float("inf")


def _damped_step(curvature: Tensor, damping: Tensor, gradient: Tensor) -> Tensor:
    factor, failed = torch.linalg.cholesky_ex(curvature + torch.diag(damping))
    if int(failed):
        return -gradient / (curvature.diagonal() + damping)
    return -torch.cholesky_solve(gradient[:, None], factor).squeeze(1)


@torch.no_grad()
def _expansion(model: Network, objective: Objective, columns: Columns) -> tuple[Tensor, Tensor]:
    """Gradient and positive semidefinite curvature of the objective."""
    first = objective.first(model.layer(0))
    levels = evaluated(model, objective.x, first.features if first else None)
    rows = jacobian(levels, columns).flatten(0, 1)
    residual = (levels[-1].output - objective.y).flatten()
    factor = 2 / len(residual)
    gradient, curvature = factor * rows.T @ residual, factor * rows.T @ rows
    if objective.lamb:
        spreads = spreads_of(levels, objective.penalty, first.covariance if first else None)
        nothing = torch.zeros_like(levels[-1].output)
        gradients = gradient_down(levels, spreads, nothing, 1.0)
        gradient = gradient + objective.lamb * columns.flat([(g.scale_base, g.coef, g.affine) for g in gradients])
        for block in _edge_blocks(levels, spreads):
            curvature[block.at[:, :, None], block.at[:, None, :]] += objective.lamb * block.values
    return gradient, curvature


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Square blocks on the diagonal, one per edge: positions ``(edges, size)``, values ``(edges, size, size)``."""

    at: Tensor
    values: Tensor


def _edge_blocks(levels: list[Level], spreads: list[Spread | None]) -> Iterator[_Blocks]:
    start = 0
    for level, spread in zip(levels, spreads, strict=True):
        layer = level.layer
        if spread is not None:
            at, i, j = _edge_columns(layer, start)
            scale = layer.scale_sp[i, j][:, None]
            size = torch.cat([torch.ones_like(scale), scale.expand(-1, at.shape[1] - 1)], dim=1)
            pull = spread.pull[i, j].clamp_min(0)[:, None, None]
            yield _Blocks(at, pull * spread.covariance[i] * size[:, :, None] * size[:, None, :])
        start += _column_count(layer)


def _edge_columns(layer: KANLayer, start: int) -> tuple[Tensor, Tensor, Tensor]:
    """Columns of every numeric edge (base first, then coefficients): ``(edges, 1 + G + k)``, with its i and j."""
    i, j = layer.numeric.nonzero(as_tuple=True)
    count, size = len(i), layer.coef.shape[2]
    base = start + torch.arange(count, device=i.device)[:, None]
    spline = start + count + torch.arange(count * size, device=i.device).view(count, size)
    return torch.cat([base, spline], dim=1), i, j


def _column_count(layer: KANLayer) -> int:
    live = sum(bool(layer.mask[e.i, e.j]) for e in layer.symbolic)
    return int(layer.numeric.sum()) * (1 + layer.coef.shape[2]) + 4 * live


@torch.no_grad()
def _roughness(model: Network, columns: Columns) -> Tensor:
    """The matrix Q of the roughness ``theta' Q theta``: squared third differences of every spline."""
    total = torch.zeros(columns.count, columns.count, dtype=model.dtype, device=model.device)
    start = 0
    for layer, _ in model.stack():
        if layer.has_numeric:
            at, i, j = _edge_columns(layer, start)
            size = layer.coef.shape[2]
            third = torch.eye(size, dtype=total.dtype, device=total.device).diff(n=3, dim=0)
            block = ROUGHNESS * third.T @ third
            spline = at[:, 1:]
            total[spline[:, :, None], spline[:, None, :]] += layer.scale_sp[i, j].square()[:, None, None] * block
        start += _column_count(layer)
    return total
