"""Levenberg-Marquardt on networks side by side: the method of :mod:`kanwidget.train.lm`, every network with a
damping, a gain and an end of its own.

Shapes: n networks, P moving parameters each, in the order of :class:`kanwidget.train.jacobian.Columns`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from kanwidget.model.functions import function, with_slope
from kanwidget.model.guard import no_gradients
from kanwidget.model.layer import KANLayer
from kanwidget.train.lm import ATTEMPTS, EXACT, ROUGHNESS
from kanwidget.train.objective import Objective
from kanwidget.train.penalty import SMOOTHING
from kanwidget.train.stack import Stack, Stage

__all__ = ["stack_levenberg_marquardt"]

DAMPING = 1e-3  # of the first step, and of the first after a grid has moved


def stack_levenberg_marquardt(stack: Stack, objective: Objective, *, update_grid: bool) -> Iterator[None]:
    """Improve every network in place, one accepted step each per iteration; ends when none improves any more."""
    descent = _Descent(stack, objective)
    while descent.alive.any():
        descent.iterate(update_grid)
        yield


class _Descent:
    """The state between two iterations.

    Attributes:
        theta: moving parameters ``(n, P)``.
        damping, value: ``(n,)``; the value is the objective and the roughness.
        alive: which networks still improve ``(n,)``.
    """

    def __init__(self, stack: Stack, objective: Objective) -> None:
        self.stack, self.objective = stack, objective
        self.moving = _Moving.of_all(stack)
        self.theta = self._get()
        self.rough = _roughness(self.moving, self.theta)
        self.damping = torch.full_like(self.theta[:, 0], DAMPING)
        self.value = self._value(self.theta)
        self.enough = EXACT * float(objective.y.square().mean())
        self.alive = self.value > self.enough

    @no_gradients()
    def iterate(self, update_grid: bool) -> None:
        output, stages = self.stack.up(self.objective.x, slopes=True)
        if update_grid and self._grids_moved(stages):
            output, stages = self.stack.up(self.objective.x, slopes=True)
        gradient, curvature = self._expansion(output, stages)
        gradient = gradient + 2 * _times(self.rough, self.theta)
        curvature = curvature + 2 * self.rough
        theta, value = self.theta, self.value
        self._search(gradient, curvature)
        step = self.theta - theta
        expected = -_dot(gradient + 0.5 * _times(curvature, step), step)
        gain = torch.where(expected > 0, (value - self.value) / expected, 1.0)
        factor = torch.full_like(gain, 0.5).masked_fill(gain > 0.75, 0.1).masked_fill(gain < 0.25, 2.0)
        self.damping = (self.damping * factor).clamp_min(1e-12)
        self.alive &= self.value > self.enough

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
        self._put(self.theta)
        self.alive &= ~pending

    def _grids_moved(self, stages: list[Stage]) -> bool:
        moved = self.stack.move_grids(stages, self.alive)
        if moved.any():
            self.theta = self._get()
            self.value = self._value(self.theta)
            self.damping = torch.where(moved, DAMPING, self.damping)
        return bool(moved.any())

    def _expansion(self, output: Tensor, stages: list[Stage]) -> tuple[Tensor, Tensor]:
        """Gradients ``(n, P)`` and positive semidefinite curvatures ``(n, P, P)`` of the objectives."""
        objective = self.objective
        residual = (output - objective.y[:, None]).transpose(0, 1).flatten(1)
        rows = _jacobian(stages, self.moving, output).flatten(1, 2)
        factor = 2 / residual.shape[1]
        gradient, curvature = factor * _times(rows.mT, residual), factor * torch.bmm(rows.mT, rows)
        if objective.lamb:
            slope, weights = _penalty_gradient(self.stack, self.moving, objective)
            gradient += objective.lamb * slope
            for stage, own, weight in zip(stages, self.moving, weights, strict=True):
                if stage.features is not None:
                    at, blocks = own.columns, _majoriser(own, stage.features, weight)
                    curvature[:, at[:, :, None], at[:, None, :]] += objective.lamb * blocks
        return gradient, curvature

    def _value(self, theta: Tensor) -> Tensor:
        """Objective and roughness ``(n,)`` with these parameters, which the networks then have."""
        self._put(theta)
        totals = self.stack.totals(self.objective)
        value = totals.loss + self.objective.lamb * totals.reg + _dot(theta, _times(self.rough, theta))
        return value.nan_to_num(float("inf"))

    def _get(self) -> Tensor:
        return torch.cat([moving.get() for moving in self.moving], dim=1)

    def _put(self, theta: Tensor) -> None:
        for moving in self.moving:
            moving.put(theta)


@dataclass(frozen=True, slots=True)
class _Moving:
    """What moves of one layer: ``scale_base`` and ``coef`` of its E numeric edges (i, j), then the constants of the
    L named edges at the places ``live``; in theta from ``start`` on."""

    layer: KANLayer
    count: int
    start: int
    i: Tensor
    j: Tensor
    live: list[int]

    @classmethod
    def of_all(cls, stack: Stack) -> list[_Moving]:
        found: list[_Moving] = []
        for layer in stack.layers:
            own = len(layer.symbolic) // stack.count  # those of the first network come first
            live = [row for row, e in enumerate(layer.symbolic[:own]) if layer.mask[e.i, e.j]]
            i, j = layer.numeric[: layer.in_dim // stack.count].nonzero(as_tuple=True)
            found.append(cls(layer, stack.count, found[-1].end if found else 0, i, j, live))
        return found

    @property
    def end(self) -> int:
        return self.start + len(self.i) * (1 + self.layer.coef.shape[2]) + 4 * len(self.live)

    @property
    def columns(self) -> Tensor:
        """Of every numeric edge, base function first: ``(E, 1 + G + k)``."""
        edges, size = len(self.i), self.layer.coef.shape[2]
        base = self.start + torch.arange(edges, device=self.i.device)[:, None]
        spline = self.start + edges + torch.arange(edges * size, device=self.i.device).view(edges, size)
        return torch.cat([base, spline], dim=1)

    @property
    def scale_sp(self) -> Tensor:
        """``(n, E)``"""
        return self.each(self.layer.scale_sp)[:, self.i, self.j]

    @property
    def affine(self) -> Tensor:
        """``(n, L, 4)``"""
        return self.each(self.layer.affine)[:, self.live]

    def each(self, joint: Tensor) -> Tensor:
        """What belongs to the input nodes (or named edges) of the joint layer, network by network."""
        return joint.detach().view(self.count, len(joint) // self.count, *joint.shape[1:])

    def get(self) -> Tensor:
        return self.flat(self.layer.scale_base, self.layer.coef, self.layer.affine)

    def flat(self, base: Tensor, coef: Tensor, affine: Tensor) -> Tensor:
        """The moving entries of tensors shaped as the parameters: ``(n, end - start)``."""
        base, coef = self.each(base)[:, self.i, self.j], self.each(coef)[:, self.i, self.j]
        return torch.cat([base, coef.flatten(1), self.each(affine)[:, self.live].flatten(1)], dim=1)

    def put(self, theta: Tensor) -> None:
        edges, size, own = len(self.i), self.layer.coef.shape[2], theta[:, self.start : self.end]
        base, coef, affine = torch.split(own, [edges, edges * size, 4 * len(self.live)], dim=1)
        self.each(self.layer.scale_base)[:, self.i, self.j] = base
        self.each(self.layer.coef)[:, self.i, self.j] = coef.reshape(self.count, edges, size)
        self.each(self.layer.affine)[:, self.live] = affine.reshape(self.count, len(self.live), 4)


def _damped_step(curvature: Tensor, damping: Tensor, gradient: Tensor) -> Tensor:
    factor, failed = torch.linalg.cholesky_ex(curvature + torch.diag_embed(damping))
    step = -torch.cholesky_solve(gradient[..., None], factor).squeeze(2)
    if not failed.any():
        return step
    steepest = -gradient / (curvature.diagonal(dim1=1, dim2=2) + damping)
    return torch.where((failed != 0)[:, None], steepest, step)


def _dot(a: Tensor, b: Tensor) -> Tensor:
    return (a * b).sum(1)


def _times(matrices: Tensor, vectors: Tensor) -> Tensor:
    return torch.bmm(matrices, vectors[..., None]).squeeze(2)


# ---------------------------------------------------------------------- gradient and curvature


def _jacobian(stages: list[Stage], moving: list[_Moving], output: Tensor) -> Tensor:
    """Derivatives of all outputs: ``(n, rows, outputs, P)``."""
    rows, count, outputs = output.shape
    sensitivity = torch.eye(outputs, dtype=output.dtype, device=output.device).expand(count, rows, -1, -1)
    blocks: list[Tensor] = []
    for stage, own in zip(reversed(stages), reversed(moving), strict=True):
        down = _through_products(stage, sensitivity)
        blocks = [*_blocks(stage, own, down), *blocks]
        if stage.slopes is not None:
            sensitivity = down @ _by_network(stage.slopes, count).mT
    return torch.cat(blocks, dim=3)


def _through_products(stage: Stage, sensitivity: Tensor) -> Tensor:
    """From nodes to sub-nodes: a factor's sensitivity is its product's times the other factor."""
    nodes = stage.nodes
    if not nodes.products:
        return sensitivity
    other = stage.sums[..., nodes.swapped()].transpose(0, 1)[:, :, None]
    spread = sensitivity[..., nodes.sums :].repeat_interleave(2, dim=3) * other
    return torch.cat([sensitivity[..., : nodes.sums], spread], dim=3)


def _blocks(stage: Stage, own: _Moving, down: Tensor) -> Iterator[Tensor]:
    """The columns of one layer, from the sensitivities ``down (n, rows, outputs, out)`` of its targets."""
    if stage.features is not None:
        features, target = _by_network(stage.features, own.count)[:, :, own.i], down[..., own.j]
        yield features[:, :, None, :, 0] * target
        scaled = target * own.scale_sp[:, None, None]
        yield (features[:, :, None, :, 1:] * scaled[..., None]).flatten(3)
    inputs = _by_network(stage.inputs, own.count)
    for row, (a, b, c, _) in zip(own.live, own.affine[..., None].permute(1, 2, 0, 3), strict=True):
        edge = own.layer.symbolic[row]
        at = inputs[..., edge.i]
        value, slope = with_slope(function(edge.name).torch, a * at + b)
        columns = torch.stack([c * slope * at, c * slope, value, torch.ones_like(at)], dim=-1)
        yield columns[:, :, None] * down[..., edge.j, None]


def _by_network(joint: Tensor, count: int) -> Tensor:
    """``(rows, n * in, …)`` → ``(n, rows, in, …)``."""
    return joint.reshape(len(joint), count, -1, *joint.shape[2:]).transpose(0, 1)


def _penalty_gradient(stack: Stack, moving: list[_Moving], objective: Objective) -> tuple[Tensor, list[Tensor]]:
    """Exact gradients of the penalties, and their derivatives by the scales of the edges, layer by layer."""
    with torch.enable_grad():
        totals = stack.totals(objective)
        tensors = [t for layer in stack.layers for t in (layer.scale_base, layer.coef, layer.affine)]
        found = torch.autograd.grad(totals.reg.sum(), [*tensors, *totals.scales], allow_unused=True)
    full = [torch.zeros_like(t) if g is None else g for t, g in zip([*tensors, *totals.scales], found, strict=True)]
    flat = [own.flat(*full[3 * l : 3 * l + 3]) for l, own in enumerate(moving)]
    weights = [(g / (s + SMOOTHING)).clamp_min(0) for s, g in zip(totals.scales, full[len(tensors) :], strict=True)]
    return torch.cat(flat, dim=1), [weight.detach() for weight in weights]


def _majoriser(own: _Moving, features: Tensor, weight: Tensor) -> Tensor:
    """Curvature of the quadratics that touch the penalty from above: ``(n, E, 1 + G + k, 1 + G + k)``."""
    centred = (features - features.mean(0)).transpose(0, 1)
    covariance = own.each(centred.mT @ centred / len(features))[:, own.i]
    scale = own.scale_sp[..., None].expand(-1, -1, covariance.shape[-1]).clone()
    scale[..., 0] = 1
    weights = own.each(weight)[:, own.i, own.j, None, None]
    return weights * covariance * scale[..., None] * scale[..., None, :]


def _roughness(moving: list[_Moving], theta: Tensor) -> Tensor:
    """The matrices Q of the roughness ``theta' Q theta``: squared third differences of every spline ``(n, P, P)``."""
    total = theta.new_zeros(*theta.shape, theta.shape[1])
    for own in moving:
        third = torch.eye(own.layer.coef.shape[2], dtype=theta.dtype, device=theta.device).diff(n=3, dim=0)
        at = own.columns[:, 1:]
        total[:, at[:, :, None], at[:, None, :]] += (
            own.scale_sp.square()[..., None, None] * ROUGHNESS * (third.T @ third)
        )
    return total
