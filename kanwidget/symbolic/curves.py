"""Fit every function of the library to every edge: ``y ~ c f(a x + b) + d``.

For given a and b the best c and d are a linear regression, so only (a, b) is searched (variable projection, Golub &
Pereyra, *SIAM J. Numer. Anal.* 10, 1973; the Jacobian in the form of Kaufman, *BIT* 15, 1975). A coarse table on few
points, shared by all edges that leave a node, gives the starting points; a damped Gauss-Newton then runs for all
edges and starts at once; the best functions of every edge are polished on all points. Everything is in float64.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.autograd import forward_ad

from kanwidget.model.functions import Function
from kanwidget.symbolic.starts import starts

__all__ = ["Candidate", "fit_curves"]

COARSE, MIDDLE = 96, 200  # points per edge
STARTS = 3  # per function and edge
POLISHED = 8  # functions per edge that are fitted on all points
FLAT = 1e-24  # variance, relative to the squared values, below which a curve is constant


@dataclass(frozen=True, slots=True)
class Candidate:
    """One function fitted to one edge.

    Attributes:
        name: of the function.
        r2: coefficient of determination over the samples, 1 = perfect.
        complexity: of the function.
        affine: a, b, c, d of ``c f(a x + b) + d``.
    """

    name: str
    r2: float
    complexity: int
    affine: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Samples:
    """Edges as curves over z in [-1, 1].

    Attributes:
        z, y: shape ``(edges, points)``, sorted by z; ``y`` is centred.
        node: ``(edges,)``, equal where edges share their input.
    """

    z: Tensor
    y: Tensor
    node: Tensor

    def thinned(self, count: int) -> _Samples:
        """``count`` of the points, evenly along the sorted z."""
        points = self.z.shape[1]
        if points <= count:
            return self
        at = torch.linspace(0, points - 1, count).round().long()
        return _Samples(self.z[:, at], _centred(self.y[:, at]), self.node)

    def some(self, edges: Tensor) -> _Samples:
        return _Samples(self.z[edges], self.y[edges], self.node[edges])


@torch.no_grad()
def fit_curves(
    x: Tensor, y: Tensor, functions: Sequence[Function], node: Tensor | None = None
) -> list[list[Candidate]]:
    """The candidates of every edge, best r² first, ties to the simpler function.

    Args:
        x, y: inputs and values of the edges, shape ``(edges, points)``.
        functions: the library.
        node: which edges share their input, shape ``(edges,)``; by default none do.
    """
    x, y = x.double(), y.double()
    order = x.argsort(1)
    middle, half = _scale(x)
    z = ((x - middle) / half).gather(1, order)
    node = torch.arange(len(x)) if node is None else node
    samples = _Samples(z, _centred(y).gather(1, order), node)
    pairs, r2 = _searched(samples, functions)
    shortlist = r2.argsort(dim=1, descending=True, stable=True)[:, :POLISHED]
    for column, f in enumerate(functions):
        edges = (shortlist == column).any(1).nonzero().flatten()
        if len(edges):
            polished, _ = _refined(f, samples.some(edges), pairs[edges, column][:, None], iterations=10)
            pairs[edges, column] = polished[:, 0]
    mean = y.mean(1)
    table = [_candidates(f, samples, pairs[:, column], middle, half, mean) for column, f in enumerate(functions)]
    return [sorted(row, key=lambda c: (-c.r2, c.complexity)) for row in zip(*table, strict=True)]


def _searched(samples: _Samples, functions: Sequence[Function]) -> tuple[Tensor, Tensor]:
    """The best (alpha, beta) on some of the points, and its r²: ``(edges, functions, 2)``, ``(edges, functions)``."""
    coarse, middle = samples.thinned(COARSE), samples.thinned(MIDDLE)
    best = [_refined(f, middle, _beginnings(f, coarse), iterations=14) for f in functions]
    return torch.stack([b[0][:, 0] for b in best], 1), torch.stack([b[1][:, 0] for b in best], 1)


def _beginnings(f: Function, samples: _Samples) -> Tensor:
    """The most promising starting points of every edge: ``(edges, STARTS, 2)``."""
    pairs = starts(f.name).to(samples.z)
    count = min(STARTS, len(pairs))
    chosen = samples.z.new_empty(len(samples.z), count, 2)
    for node in samples.node.unique():
        edges = (samples.node == node).nonzero().flatten()
        values = _centred(f.torch(pairs[:, :1] * samples.z[edges[0]] + pairs[:, 1:]))
        size = values.square().sum(1)
        match = (values @ samples.y[edges].T).square() / size[:, None]
        match = torch.where(torch.isfinite(match), match, -torch.ones_like(match))
        chosen[edges] = pairs[match.topk(count, dim=0).indices.T]
    return chosen


def _refined(f: Function, samples: _Samples, pairs: Tensor, *, iterations: int) -> tuple[Tensor, Tensor]:
    """Damped Gauss-Newton from every start; the ends, best first, and their r².

    Args:
        pairs: shape ``(edges, starts, 2)``.
    """
    theta, damping = pairs, torch.full_like(pairs[..., 0], 1e-2)
    now = _projected(f, samples, theta)
    for _ in range(iterations):
        ahead = theta + now.step(damping)
        new = _projected(f, samples, ahead)
        better = new.error < now.error
        theta = torch.where(better[..., None], ahead, theta)
        damping = torch.where(better, damping / 5, damping * 6).clamp(1e-12, 1e12)
        now = now.replaced_by(new, better)
    order = now.error.argsort(1)
    total = samples.y.square().sum(1, keepdim=True)
    r2 = torch.where(total > 0, 1 - now.error / total, torch.zeros_like(now.error))
    return theta.gather(1, order[..., None].expand(-1, -1, 2)), r2.gather(1, order)


@dataclass(frozen=True, slots=True)
class _Local:
    """Squared error and its 2 x 2 normal equations at every point of the search; shape ``(edges, starts)`` each."""

    error: Tensor
    aa: Tensor
    ab: Tensor
    bb: Tensor
    ga: Tensor
    gb: Tensor

    def step(self, damping: Tensor) -> Tensor:
        floor = 1e-14 * (self.aa + self.bb)
        aa, bb = self.aa * (1 + damping) + floor, self.bb * (1 + damping) + floor
        determinant = aa * bb - self.ab.square()
        move = torch.stack([bb * self.ga - self.ab * self.gb, aa * self.gb - self.ab * self.ga], dim=-1)
        return torch.nan_to_num(move / determinant[..., None], 0.0, 0.0, 0.0)

    def replaced_by(self, other: _Local, where: Tensor) -> _Local:
        mine = (getattr(self, name) for name in self.__slots__)
        theirs = (getattr(other, name) for name in self.__slots__)
        return _Local(*(torch.where(where, b, a) for a, b in zip(mine, theirs, strict=True)))


def _projected(f: Function, samples: _Samples, theta: Tensor) -> _Local:
    """Evaluate with factor and offset eliminated."""
    z = samples.z[:, None]
    value, slope = _with_slope(f, theta[..., :1] * z + theta[..., 1:])
    value = _centred(value)
    size = value.square().sum(-1).clamp_min(1e-300)
    factor = (value * samples.y[:, None]).sum(-1) / size
    residual = samples.y[:, None] - factor[..., None] * value
    error = residual.square().sum(-1)
    gb = torch.nan_to_num(factor[..., None] * slope, 0.0, 0.0, 0.0)
    columns = []
    for column in (gb * z, gb):
        column = _centred(column)
        columns.append(column - ((column * value).sum(-1) / size)[..., None] * value)
    a, b = columns
    bad = ~torch.isfinite(error)
    return _Local(
        error.masked_fill(bad, float("inf")),
        (a * a).sum(-1),
        (a * b).sum(-1),
        (b * b).sum(-1),
        (a * residual).sum(-1),
        (b * residual).sum(-1),
    )


def _with_slope(f: Function, x: Tensor) -> tuple[Tensor, Tensor]:
    with forward_ad.dual_level():
        value, slope = forward_ad.unpack_dual(f.torch(forward_ad.make_dual(x, torch.ones_like(x))))
        return value, torch.zeros_like(value) if slope is None else slope


def _candidates(
    f: Function, samples: _Samples, pairs: Tensor, middle: Tensor, half: Tensor, mean: Tensor
) -> list[Candidate]:
    """Factor, offset and r² on all points, in the coordinates of the edge."""
    value = f.torch(pairs[:, :1] * samples.z + pairs[:, 1:])
    level = value.mean(1)
    value = _centred(value)
    size = value.square().sum(1)
    factor = torch.where(size > 0, (value * samples.y).sum(1) / size, torch.zeros_like(size))
    total = samples.y.square().sum(1)
    error = (samples.y - factor[:, None] * value).square().sum(1)
    flat = total <= FLAT * (mean.square() * samples.y.shape[1])
    r2 = torch.where(flat, torch.full_like(total, float(f.name == "0")), 1 - error / total)
    a = pairs[:, 0] / half[:, 0]
    b = pairs[:, 1] - a * middle[:, 0]
    rows = torch.stack([a, b, factor, mean - factor * level], dim=1)
    good = torch.isfinite(rows).all(1) & torch.isfinite(r2)
    return [
        Candidate(f.name, float(r) if ok else float("-inf"), f.complexity, tuple(row))
        for r, ok, row in zip(r2, good, rows.tolist(), strict=True)
    ]


def _scale(x: Tensor) -> tuple[Tensor, Tensor]:
    """Middle and half width of every row; 1 where all values are equal."""
    low, high = x.amin(1, keepdim=True), x.amax(1, keepdim=True)
    half = (high - low) / 2
    return (low + high) / 2, torch.where(half > 0, half, torch.ones_like(half))


def _centred(values: Tensor) -> Tensor:
    return values - values.mean(-1, keepdim=True)
