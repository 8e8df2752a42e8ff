"""Refit many formulas at once: the same network graph, other functions on its edges.

Levenberg-Marquardt in float64 over the constants of all edges, batched over the candidates; every candidate has
its own damping and keeps its best constants.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from kanwidget.model.network import Network
from kanwidget.model.nodes import Edge, Nodes
from kanwidget.symbolic.calls import Calls

__all__ = ["Graph", "deviations", "evaluate", "refit"]


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and live edges, without functions.

    Attributes:
        width: nodes per layer, inputs first.
        edges: bottom layer first, as :meth:`Network.edges` lists them.
    """

    width: tuple[Nodes, ...]
    edges: tuple[Edge, ...]

    @classmethod
    def of(cls, model: Network) -> Graph:
        return cls(tuple(model.width), tuple(model.edges()))

    def layer(self, l: int) -> tuple[slice, Tensor, Tensor]:
        """Where the edges of layer ``l`` stand in the list, their sources and their targets."""
        own = [(n, e) for n, e in enumerate(self.edges) if e.l == l]
        first = own[0][0] if own else 0
        return (
            slice(first, first + len(own)),
            torch.tensor([e.i for _, e in own], dtype=torch.long),
            torch.tensor([e.j for _, e in own], dtype=torch.long),
        )


Names = Sequence[Sequence[str]]


@torch.no_grad()
def refit(
    graph: Graph,
    names: Names,
    affine: Tensor,
    x: Tensor,
    y: Tensor,
    *,
    iterations: int = 20,
    free: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Improve the constants of every candidate.

    Args:
        names: functions per candidate, one per edge.
        affine: where to begin, shape ``(candidates, edges, 4)``.
        x: shape ``(rows, inputs)``. y: shape ``(rows, outputs)``.
        free: which constants are fitted, shape ``(candidates, edges, 4)``, by default all.

    Returns:
        constants of the same shape, and the mean squared error of every candidate (infinite where it is not
        finite on the rows).
    """
    calls = _calls(graph, names)
    moves, held = _moving(free)
    theta, damping = affine.double().clone(), torch.full((len(affine), 1), 1e-3, dtype=torch.float64)
    error, gradient, curvature = _held(held, *_expansion(graph, calls, theta, x, y, moves))
    for _ in range(iterations if gradient.shape[1] else 0):
        ahead = theta.clone()
        ahead.view(len(theta), -1)[:, moves] += _damped(gradient, curvature, damping)
        new = _held(held, *_expansion(graph, calls, ahead, x, y, moves))
        better = new[0] < error
        gained = (error - new[0]) / error.clamp_min(1e-300)
        theta = torch.where(better[:, None, None], ahead, theta)
        damping = torch.where(better[:, None], damping / 6, damping * 8).clamp(1e-15, 1e12)
        error = torch.where(better, new[0], error)
        gradient = torch.where(better[:, None], new[1], gradient)
        curvature = torch.where(better[:, None, None], new[2], curvature)
        if not bool((~better & (damping[:, 0] < 1e8) | better & (gained > 1e-9)).any()):
            break
    return theta, error


def evaluate(graph: Graph, names: Names, affine: Tensor, x: Tensor) -> Tensor:
    """Outputs of every candidate: ``(candidates, rows, outputs)``."""
    calls = _calls(graph, names)
    return _forward(graph, calls, affine, x)[-1].value.transpose(1, 2)


@torch.no_grad()
def deviations(graph: Graph, names: Sequence[str], affine: Tensor, x: Tensor, y: Tensor, free: Tensor) -> Tensor:
    """Standard errors of the fitted constants of one formula, 0 for the others: shape ``(edges, 4)``.

    The covariance is that of a linear model around the fit, ``s^2 (J'J)^-1`` with the residual variance s² (Bates &
    Watts, *Nonlinear Regression Analysis*, 1988, eq. 2.5); a direction that the data do not determine has none.
    """
    moves = free.flatten().nonzero()[:, 0]
    error, _, curvature = _expansion(graph, _calls(graph, [names]), affine[None].double(), x, y, moves)
    if not len(moves):
        return torch.zeros_like(affine)
    scale = curvature[0].diagonal().sqrt().clamp_min(1e-300)
    inverse = torch.linalg.pinv(curvature[0] / scale[:, None] / scale, hermitian=True, rtol=1e-14)
    degrees = max(1, y.numel() - len(moves))
    found = torch.zeros(affine.numel(), dtype=torch.float64)
    found[moves] = (error[0] * inverse.diagonal().clamp_min(0.0) / degrees).sqrt() / scale
    return found.view_as(affine)


def _moving(free: Tensor | None) -> tuple[slice | Tensor, Tensor | None]:
    """The constants that any candidate fits, and which of them every candidate holds: ``(candidates, moving)``."""
    if free is None:
        return slice(None), None
    flat = free.flatten(1)
    moves = flat.any(0).nonzero()[:, 0]
    held = ~flat[:, moves]
    return moves, held if bool(held.any()) else None


def _held(held: Tensor | None, error: Tensor, gradient: Tensor, curvature: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """No slope along constants that are held."""
    if held is None:
        return error, gradient, curvature
    either = held[:, :, None] | held[:, None]
    return error, gradient.masked_fill(held, 0.0), curvature.masked_fill(either, 0.0) + torch.diag_embed(held.double())


def _damped(gradient: Tensor, curvature: Tensor, damping: Tensor) -> Tensor:
    diagonal = curvature.diagonal(dim1=1, dim2=2)
    floor = 1e-12 * diagonal.amax(1, keepdim=True) + 1e-300
    factor, _ = torch.linalg.cholesky_ex(curvature + torch.diag_embed(damping * (diagonal + floor) + 1e-3 * floor))
    return torch.nan_to_num(-torch.cholesky_solve(gradient[..., None], factor)[..., 0], 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class _Level:
    """What one layer computed; shape ``(candidates, ·, rows)`` each."""

    inputs: Tensor
    curve: Tensor  # f(u) per edge
    slope: Tensor  # f'(u) per edge
    sums: Tensor  # per sub-node
    value: Tensor  # per node


def _calls(graph: Graph, names: Names) -> list[Calls]:
    return [Calls.of([row[graph.layer(l)[0]] for row in names]) for l in range(len(graph.width) - 1)]


def _forward(graph: Graph, calls: list[Calls], theta: Tensor, x: Tensor) -> list[_Level]:
    value = x.T.double().expand(len(theta), -1, -1)
    levels = []
    for l, nodes in enumerate(graph.width[1:]):
        span, source, target = graph.layer(l)
        a, b, c, d = theta[:, span, :, None].unbind(2)
        u = a * value[:, source] + b
        curve, slope = calls[l](u)
        sums = u.new_zeros(len(theta), nodes.subnodes, u.shape[2]).index_add(1, target, c * curve + d)
        levels.append(_Level(value, curve, slope, sums, _joined(nodes, sums)))
        value = levels[-1].value
    return levels


def _expansion(
    graph: Graph, calls: list[Calls], theta: Tensor, x: Tensor, y: Tensor, moves: slice | Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Mean squared error, gradient and Gauss-Newton curvature (both halved) of every candidate."""
    levels = _forward(graph, calls, theta, x)
    output = levels[-1].value
    rows, outputs = output.shape[2], output.shape[1]
    residual = output - y.T
    sensitivity = torch.eye(outputs, dtype=torch.float64)[None, :, :, None].expand(len(theta), -1, -1, rows)
    blocks: list[Tensor] = []
    for l in range(len(levels) - 1, -1, -1):
        level, nodes = levels[l], graph.width[l + 1]
        span, source, target = graph.layer(l)
        a, _, c, _ = theta[:, span, :, None].unbind(2)
        down = _through_products(nodes, sensitivity, level.sums)[:, :, target]
        inner = c * level.slope
        own = torch.stack([inner * level.inputs[:, source], inner, level.curve, torch.ones_like(inner)], dim=2)
        blocks.insert(0, (down[:, :, :, None] * own[:, None]).flatten(2, 3))
        below = down.new_zeros(len(theta), outputs, level.inputs.shape[1], rows)
        sensitivity = below.index_add(2, source, down * (inner * a)[:, None])
    columns = torch.cat(blocks, dim=2)[:, :, moves]
    columns = torch.nan_to_num(
        columns.transpose(2, 3).flatten(1, 2), 0.0, 0.0, 0.0
    )  # (candidates, residuals, constants)
    flat = residual.flatten(1)
    error = flat.square().mean(1)
    error = torch.where(torch.isfinite(error), error, torch.full_like(error, float("inf")))
    flat = torch.nan_to_num(flat, 0.0, 0.0, 0.0)
    count = flat.shape[1]
    return error, (columns.mT @ flat[..., None])[..., 0] / count, columns.mT @ columns / count


def _joined(nodes: Nodes, sums: Tensor) -> Tensor:
    """As :meth:`Nodes.join`, with the rows last."""
    if not nodes.products:
        return sums
    factors = sums[:, nodes.sums :]
    return torch.cat([sums[:, : nodes.sums], factors[:, ::2] * factors[:, 1::2]], dim=1)


def _through_products(nodes: Nodes, sensitivity: Tensor, sums: Tensor) -> Tensor:
    """From nodes to sub-nodes: a factor's sensitivity is its product's times the other factor."""
    if not nodes.products:
        return sensitivity
    other = sums[:, nodes.swapped()]
    spread = sensitivity[:, :, nodes.sums :].repeat_interleave(2, dim=2) * other[:, None]
    return torch.cat([sensitivity[:, :, : nodes.sums], spread], dim=2)
