"""Levenberg-Marquardt for small networks, with the sparsity penalty by majorisation.

The residuals have the Jacobian J of :mod:`kanwidget.train.jacobian`; the loss has the Gauss-Newton curvature
``2 J'J / n``. The penalty is a concave function of norms, so its exact gradient is used together with the curvature
of the quadratic that touches it from above: ``s_e <= (w' C w / s + s) / 2`` for the norm ``s_e = sqrt(w' C w)`` of
one edge (re-weighted least squares; Hunter & Lange, *The American Statistician* 58, 2004, section 3.3). The damping
follows the ratio of actual to predicted gain (Nocedal & Wright, *Numerical Optimization*, 2006, algorithm 4.1).

One network or several side by side, each with a damping, a gain and an end of its own. Shapes: n networks, P moving
parameters each, in the order of :class:`kanwidget.train.jacobian.Columns`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import torch
from torch import Tensor

from kanwidget.model.guard import no_gradients
from kanwidget.model.network import Network
from kanwidget.train.gradient import Spread, gradient_down, spreads_of
from kanwidget.train.jacobian import Columns, Level, Moving, Triple, evaluated, jacobian
from kanwidget.train.objective import Objective
from kanwidget.train.stack import Stack

__all__ = ["ROUGHNESS", "levenberg_marquardt", "stack_levenberg_marquardt"]

ROUGHNESS = 1e-6  # weight of the squared third differences of the coefficients: without it, fine grids overfit
EXACT = 1e-30  # squared error, relative to the squared labels, that rounding alone leaves
ATTEMPTS = 14  # dampings tried before the iteration is called converged
DAMPING = 1e-3  # of the first step, and of the first after a grid has moved


def levenberg_marquardt(model: Network, objective: Objective) -> Iterator[None]:
    """Improve ``model`` in place, one accepted step per iteration; ends when no step improves any more."""
    return _iterations(_Descent(_Alone(model, objective), objective))


def stack_levenberg_marquardt(stack: Stack, objective: Objective, *, update_grid: bool) -> Iterator[None]:
    """The same for every network of a stack; ends when none improves any more.

    Args:
        update_grid: whether the grids follow the values.
    """
    return _iterations(_Descent(_Together(stack, objective, update_grid), objective))


def _iterations(descent: _Descent) -> Iterator[None]:
    while descent.alive.any() and descent.iterate():
        yield


class _Networks(Protocol):
    """What is improved.

    Attributes:
        columns: which parameters move.
        scale_sp: factors of the splines, layer by layer ``(n, in, out)``.
    """

    columns: Columns
    scale_sp: list[Tensor]

    def parameters(self) -> list[Triple]:
        """Where they are written to, network by network."""

    def value(self) -> Tensor:
        """The objective ``(n,)``."""

    def evaluate(self, may: Tensor) -> Tensor | None:
        """For :meth:`expansion`; which networks ``(n,)``, of those that ``may``, were given other grids."""

    def expansion(self) -> tuple[Tensor, Tensor]:
        """Gradients ``(n, P)`` and curvatures ``(n, P, P)``."""


class _Alone:
    """A network on its own; whoever has it improved moves its grids."""

    def __init__(self, model: Network, objective: Objective) -> None:
        self._model, self._objective = model, objective
        self.columns = Columns.of(model)
        self.scale_sp = [layer.scale_sp.detach()[None] for layer, _ in model.stack()]

    def parameters(self) -> list[Triple]:
        triples = self.columns.parameters(self._model)
        return [(base.detach()[None], coef.detach()[None], affine.detach()[None]) for base, coef, affine in triples]

    def value(self) -> Tensor:
        return self._objective(self._model).total[None]

    def evaluate(self, may: Tensor) -> None:
        first = self._objective.first(self._model.layer(0))
        self._levels = evaluated(self._model, self._objective.x, first.features if first else None)

    def expansion(self) -> tuple[Tensor, Tensor]:
        first = self._objective.first(self._model.layer(0))
        known = first.covariance if first and self._objective.lamb else None
        gradient, curvature = _expansion(self._levels, self.columns, self._objective, known)
        return gradient[None], curvature[None]


class _Together:
    """Networks side by side."""

    def __init__(self, stack: Stack, objective: Objective, update_grid: bool) -> None:
        self._stack, self._objective, self._update_grid = stack, objective, update_grid
        self.columns = Columns.of_layers(stack.layers, stack.count)
        self.scale_sp = [stack.each(layer.scale_sp) for layer in stack.layers]

    def parameters(self) -> list[Triple]:
        each = self._stack.each
        return [(each(layer.scale_base), each(layer.coef), each(layer.affine)) for layer in self._stack.layers]

    def value(self) -> Tensor:
        totals = self._stack.totals(self._objective)
        return totals.loss + self._objective.lamb * totals.reg

    def evaluate(self, may: Tensor) -> Tensor | None:
        self._stages = self._stack.up(self._objective.x, slopes=True)[1]
        moved = self._stack.move_grids(self._stages, may) if self._update_grid else None
        if moved is None or not moved.any():
            return None
        self._stages = self._stack.up(self._objective.x, slopes=True)[1]
        return moved

    def expansion(self) -> tuple[Tensor, Tensor]:
        levels = [stage.level(self._stack.count) for stage in self._stages]
        return _expansion(levels, self.columns, self._objective, None)


class _Descent:
    """The state between two iterations.

    Attributes:
        theta: moving parameters ``(n, P)``.
        damping, value: ``(n,)``; the value is the objective and the roughness.
        alive: which networks still improve ``(n,)``.
    """

    @no_gradients
    def __init__(self, networks: _Networks, objective: Objective) -> None:
        self.networks, self.columns = networks, networks.columns
        self.theta = self.columns.flat(networks.parameters())
        self.rough = _roughness(self.columns, networks.scale_sp, self.theta)
        self.value = self._value(self.theta)
        self.damping = torch.full_like(self.value, DAMPING)
        enough = EXACT * float(objective.y.square().mean())
        self.enough = enough if self.columns.count else float("inf")
        self.alive = self.value > self.enough

    @no_gradients
    def iterate(self) -> bool:
        """A step of every network that is alive; whether one was found for any."""
        moved = self.networks.evaluate(self.alive)
        if moved is not None:
            self.theta = self.columns.flat(self.networks.parameters())
            self.value = self._value(self.theta)
            self.damping = torch.where(moved, DAMPING, self.damping)
        gradient, curvature = self.networks.expansion()
        gradient = gradient + 2 * _times(self.rough, self.theta)
        curvature = curvature + 2 * self.rough
        theta, value = self.theta, self.value
        self._search(gradient, curvature)
        step = self.theta - theta
        expected = -_dot(gradient + 0.5 * _times(curvature, step), step)
        gain = torch.where(expected > 0, (value - self.value) / expected, 1.0)
        factor = torch.full_like(gain, 0.5).masked_fill(gain > 0.75, 0.1).masked_fill(gain < 0.25, 2.0)
        self.damping = (self.damping * factor).clamp_min(1e-12)
        is_better = bool(self.alive.any())
        self.alive &= self.value > self.enough
        return is_better

    def _search(self, gradient: Tensor, curvature: Tensor) -> None:
        """Raise every network's damping until its step improves it; who finds none is at its end."""
        diagonal = curvature.diagonal(dim1=1, dim2=2)
        scale = torch.maximum(diagonal, 1e-10 * diagonal.amax(1, keepdim=True))
        pending = self.alive.clone()
        for _ in range(ATTEMPTS):
            step = _damped_step(curvature, self.damping[:, None] * scale, gradient)
            tried = torch.where(pending[:, None], self.theta + step, self.theta)
            value = self._value(tried)
            better = pending & (value < self.value)
            self.theta = torch.where(better[:, None], tried, self.theta)
            self.value = torch.where(better, value, self.value)
            pending = pending & ~better
            if not pending.any():
                return
            self.damping = torch.where(pending, 8 * self.damping, self.damping)
        self.columns.write(self.networks.parameters(), self.theta)
        self.alive &= ~pending

    def _value(self, theta: Tensor) -> Tensor:
        """Objective and roughness ``(n,)`` with these parameters, which the networks then have."""
        self.columns.write(self.networks.parameters(), theta)
        value = self.networks.value() + _dot(theta, _times(self.rough, theta))
        return value.nan_to_num(float("inf"))


def _expansion(
    levels: Sequence[Level], columns: Columns, objective: Objective, covariance: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Gradient ``(…, P)`` and positive semidefinite curvature ``(…, P, P)`` of the objective; ``covariance`` of the
    first layer's features, if it is at hand."""
    output = levels[-1].output
    rows = jacobian(levels, columns).flatten(-3, -2)
    residual = (output - objective.y).flatten(-2)
    factor = 2 / residual.shape[-1]
    gradient, curvature = factor * _times(rows.mT, residual), factor * (rows.mT @ rows)
    if objective.lamb:
        spreads = spreads_of(levels, objective.penalty, covariance)
        slopes = gradient_down(levels, spreads, torch.zeros_like(output), 1.0)
        gradient += objective.lamb * columns.flat([(g.scale_base, g.coef, g.affine) for g in slopes])
        for level, spread, moving in zip(levels, spreads, columns.layers, strict=True):
            if spread is not None:
                at = moving.at[:, :, None], moving.at[:, None, :]
                curvature[..., at[0], at[1]] += objective.lamb * _majoriser(level, spread, moving)
    return gradient, curvature


def _majoriser(level: Level, spread: Spread, moving: Moving) -> Tensor:
    """Curvature of the quadratics that touch the penalty from above: ``(…, E, 1 + G + k, 1 + G + k)``."""
    i, j = moving.i, moving.j
    spline = level.each(level.layer.scale_sp)[..., i, j, None]
    scale = torch.cat([torch.ones_like(spline), spline.expand(*spline.shape[:-1], moving.at.shape[1] - 1)], dim=-1)
    pull = spread.pull[..., i, j, None, None].clamp_min(0)
    return pull * spread.covariance[..., i, :, :] * scale[..., :, None] * scale[..., None, :]


def _roughness(columns: Columns, scale_sp: Sequence[Tensor], theta: Tensor) -> Tensor:
    """The matrices Q of the roughness ``theta' Q theta``: squared third differences of every spline ``(n, P, P)``."""
    total = theta.new_zeros(*theta.shape, theta.shape[-1])
    for own, scale in zip(columns.layers, scale_sp, strict=True):
        at = own.at[:, 1:]
        third = torch.eye(at.shape[1], dtype=theta.dtype, device=theta.device).diff(n=3, dim=0)
        block = ROUGHNESS * third.T @ third
        total[:, at[:, :, None], at[:, None, :]] += scale[:, own.i, own.j, None, None].square() * block
    return total


def _damped_step(curvature: Tensor, damping: Tensor, gradient: Tensor) -> Tensor:
    """``(n, P)``; where rounding has made a curvature indefinite, a scaled gradient."""
    factor, failed = torch.linalg.cholesky_ex(curvature + torch.diag_embed(damping))
    step = -torch.cholesky_solve(gradient[..., None], factor).squeeze(2)
    if not failed.any():
        return step
    steepest = -gradient / (curvature.diagonal(dim1=1, dim2=2) + damping)
    return torch.where((failed != 0)[:, None], steepest, step)


def _dot(a: Tensor, b: Tensor) -> Tensor:
    return (a * b).sum(-1)


def _times(matrices: Tensor, vectors: Tensor) -> Tensor:
    return (matrices @ vectors[..., None]).squeeze(-1)
