"""Fit every function of the library to every edge: ``y ~ c f(a x + b) + d``.

A table of functions gives the starting points; descents from them run for all edges and functions at once, on few
points; the best functions of every edge go on with all points. Everything but the table is in float64.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.linalg import vecdot

from kanwidget.model.functions import Function
from kanwidget.symbolic.descent import Trials, descended
from kanwidget.symbolic.samples import Samples, centred
from kanwidget.symbolic.starts import beginnings

__all__ = ["Candidate", "fit_curves"]

POINTS = 64  # per edge while all functions are searched
STARTS = 3  # per function and edge
FINALISTS = 5  # functions per edge that are fitted to all points
FLAT = 1e-24  # variance, relative to the squared values, below which a curve is constant
KNOWN = ("0", "x", "sgn")  # functions that need no search

# Functions that are others in disguise, and how alpha and beta follow from those of the other.
TWINS: dict[str, tuple[str, Callable[[Tensor], Tensor]]] = {
    "cos": ("sin", lambda theta: theta - torch.tensor([0.0, torch.pi / 2], dtype=theta.dtype)),
    "sigmoid": ("tanh", lambda theta: 2 * theta),
    "arccos": ("arcsin", lambda theta: theta),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One function fitted to one edge.

    Attributes:
        name: of the function.
        r2: coefficient of determination over the samples, 1 = perfect.
        complexity: of the function.
        affine: a, b, c, d of ``c f(a x + b) + d``.
        net_rmse: error of the whole network with the function in place, where it was weighed.
    """

    name: str
    r2: float
    complexity: int
    affine: tuple[float, float, float, float]
    net_rmse: float | None = None


@torch.no_grad()
def fit_curves(x: Tensor, y: Tensor, functions: Sequence[Function]) -> list[list[Candidate]]:
    """The candidates of every edge, best r² first, ties to the simpler function.

    Args:
        x, y: inputs and values of the edges, shape ``(edges, points)``.
        functions: the library.
    """
    x, order = x.double().sort(1)
    y = y.double().gather(1, order)
    middle, half = _scale(x)
    samples = Samples.even((x - middle) / half, centred(y))
    r2, affine = _judged(samples, y.mean(1), functions, _searched(samples, functions))
    affine[..., 0] /= half.T
    affine[..., 1] -= affine[..., 0] * middle.T
    good = affine.isfinite().all(-1) & r2.isfinite()
    r2 = torch.where(good, r2, -torch.inf)
    return [_listed(functions, *edge) for edge in zip(r2.T.tolist(), affine.transpose(0, 1).tolist(), strict=True)]


def _listed(functions: Sequence[Function], r2: list[float], affine: list[list[float]]) -> list[Candidate]:
    rows = zip(functions, r2, affine, strict=True)
    found = [Candidate(f.name, r, f.complexity, (a, b, c, d)) for f, r, (a, b, c, d) in rows]
    return sorted(found, key=lambda candidate: (-candidate.r2, candidate.complexity))


def _searched(samples: Samples, functions: Sequence[Function]) -> Tensor:
    """The best alpha and beta of every function for every edge: ``(functions, edges, 2)``."""
    at = {f.name: k for k, f in enumerate(functions)}
    twins = {name: twin for name, twin in TWINS.items() if name in at and twin[0] in at}
    searched = [f for f in functions if f.name not in (*KNOWN, *twins)]
    theta = torch.tensor([1.0, 0.0], dtype=torch.float64).repeat(len(functions), len(samples.z), 1)
    if searched:
        theta[[at[f.name] for f in searched]] = _polished(samples, searched)
    for name, (other, turned) in twins.items():
        theta[at[name]] = turned(theta[at[other]])
    if "sgn" in at:
        theta[at["sgn"]] = _step(samples)
    return theta


def _polished(samples: Samples, functions: Sequence[Function]) -> Tensor:
    """By descents, first on few points from several starts, then on all points for the best functions of each edge."""
    shape = len(functions), len(samples.z)
    few = samples.pooled(POINTS)
    theta = beginnings(functions, samples, STARTS)
    which, curve, _ = torch.cartesian_prod(*(torch.arange(n) for n in (*shape, STARTS))).T
    theta, error = descended(Trials(functions, which, curve, theta.flatten(0, 2)), few, iterations=15, gain=1e-5)
    error, best = error.view(*shape, STARTS).min(2)
    theta = theta.view(*shape, STARTS, 2).gather(2, best[..., None, None].expand(*shape, 1, 2)).squeeze(2)
    which, curve = _places(error.argsort(dim=0, stable=True)[:FINALISTS])
    final = Trials(functions, which, curve, theta[which, curve])
    theta[which, curve], _ = descended(final, samples, iterations=30, gain=1e-10)
    return theta


def _places(listed: Tensor) -> tuple[Tensor, Tensor]:
    """Function and edge of every entry of ``(finalists, edges)``, ordered by function."""
    curve = torch.arange(listed.shape[1]).expand_as(listed).flatten()
    which, order = listed.flatten().sort()
    return which, curve[order]


def _step(samples: Samples) -> Tensor:
    """The best place of a step, ``sgn(z + beta)``: a descent cannot find it, trying all gaps between points can."""
    points = samples.z.shape[1]
    if points < 2:
        return torch.ones_like(samples.z.expand(-1, 2))
    left = torch.arange(1, points, dtype=samples.z.dtype)
    gain = samples.y.cumsum(1)[:, :-1].square() * (1 / left + 1 / (points - left))
    gap = samples.z.diff(dim=1) > 0
    best = torch.where(gap, gain, -1.0).argmax(1, keepdim=True)
    middle = (samples.z.gather(1, best) + samples.z.gather(1, best + 1)) / 2
    return torch.cat([torch.ones_like(middle), -middle], dim=1)


def _judged(samples: Samples, mean: Tensor, functions: Sequence[Function], theta: Tensor) -> tuple[Tensor, Tensor]:
    """r² ``(functions, edges)`` and alpha, beta, factor, offset ``(functions, edges, 4)``, on all points.

    Args:
        mean: of every edge, shape ``(edges,)``.
    """
    z, y = samples.z, samples.y
    value = torch.stack([f.torch(t[:, :1] * z + t[:, 1:]) for f, t in zip(functions, theta, strict=True)])
    level = value.mean(-1)
    value -= level[..., None]
    size = vecdot(value, value)
    factor = torch.where(size > 0, vecdot(value, y) / size, 0.0)
    error = (y - factor[..., None] * value).square().sum(-1)
    total = vecdot(y, y)
    is_flat = total <= FLAT * (mean.square() * y.shape[1])
    is_zero = torch.tensor([float(f.name == "0") for f in functions], dtype=total.dtype)[:, None]
    r2 = torch.where(is_flat, is_zero, 1 - error / total)
    return r2, torch.cat([theta, factor[..., None], (mean - factor * level)[..., None]], dim=-1)


def _scale(x: Tensor) -> tuple[Tensor, Tensor]:
    """Middle and half width of every row; 1 where all values are equal."""
    low, high = x.amin(1, keepdim=True), x.amax(1, keepdim=True)
    half = (high - low) / 2
    return (low + high) / 2, torch.where(half > 0, half, 1.0)
