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

from kanwidget.model.functions import Function, with_slope
from kanwidget.symbolic.starts import moving, starts

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
        net_rmse: error of the whole network with the function in place, where it was weighed.
    """

    name: str
    r2: float
    complexity: int
    affine: tuple[float, float, float, float]
    net_rmse: float | None = None


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


@dataclass(frozen=True, slots=True)
class _Trials:
    """Fits that run side by side, ordered by function, so that each function is called once for all of its fits.

    Attributes:
        functions: the library.
        counts: number of trials per function.
        edge: which edge a trial fits, shape ``(trials,)``.
        theta: alpha and beta, shape ``(trials, 2)``.
    """

    functions: Sequence[Function]
    counts: list[int]
    edge: Tensor
    theta: Tensor

    def moves(self) -> Tensor:
        """Which of alpha and beta each trial searches: 1 or 0, shape ``(trials, 2)``."""
        rows = torch.tensor([moving(f.name) for f in self.functions], dtype=self.theta.dtype)
        return rows.repeat_interleave(torch.tensor(self.counts), dim=0)

    def evaluate(self, u: Tensor) -> Tensor:
        """Row by row the function of the trial: ``(trials, points)``."""
        parts = zip(self.functions, torch.split(u, self.counts), strict=True)
        return torch.cat([f.torch(part) for f, part in parts if len(part)])


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
    pairs = _polished(samples, functions, *_searched(samples, functions))
    mean = y.mean(1)
    table = [_candidates(f, samples, pairs[:, column], middle, half, mean) for column, f in enumerate(functions)]
    return [sorted(row, key=lambda c: (-c.r2, c.complexity)) for row in zip(*table, strict=True)]


def _searched(samples: _Samples, functions: Sequence[Function]) -> tuple[Tensor, Tensor]:
    """The best (alpha, beta) on some of the points, and its squared error: ``(edges, functions, 2)`` and
    ``(edges, functions)``."""
    edges, coarse = len(samples.z), samples.thinned(COARSE)
    begin = [_beginnings(f, coarse) for f in functions]
    counts = [b.shape[1] for b in begin]
    trials = _Trials(
        functions,
        [edges * count for count in counts],
        torch.cat([torch.arange(edges).repeat_interleave(count) for count in counts]),
        torch.cat([b.flatten(0, 1) for b in begin]),
    )
    theta, error = _descended(trials, samples.thinned(MIDDLE), iterations=14)
    best = []
    for part, errors, count in zip(
        torch.split(theta, trials.counts), torch.split(error, trials.counts), counts, strict=True
    ):
        least, at = errors.view(edges, count).min(1)
        best.append((part.view(edges, count, 2)[torch.arange(edges), at], least))
    return torch.stack([pair for pair, _ in best], 1), torch.stack([least for _, least in best], 1)


def _polished(samples: _Samples, functions: Sequence[Function], pairs: Tensor, error: Tensor) -> Tensor:
    """The most promising functions of every edge, fitted on all points."""
    listed = torch.zeros_like(error, dtype=torch.bool)
    listed.scatter_(1, error.argsort(dim=1, stable=True)[:, :POLISHED], True)
    column, edge = listed.T.nonzero(as_tuple=True)
    trials = _Trials(functions, listed.sum(0).tolist(), edge, pairs[edge, column])
    pairs = pairs.clone()
    pairs[edge, column], _ = _descended(trials, samples, iterations=10)
    for at, f in enumerate(functions):
        if f.name == "sgn":
            pairs[:, at] = _steps(samples)
    return pairs


def _steps(samples: _Samples) -> Tensor:
    """The best place of a step, ``sgn(z + beta)``: a descent cannot find it, trying all gaps between points can."""
    points = samples.z.shape[1]
    if points < 2:
        return torch.ones_like(samples.z.expand(-1, 2))
    left = torch.arange(1, points, dtype=samples.z.dtype)
    gain = samples.y.cumsum(1)[:, :-1].square() * (1 / left + 1 / (points - left))
    gap = samples.z.diff(dim=1) > 0
    best = torch.where(gap, gain, -torch.ones_like(gain)).argmax(1, keepdim=True)
    middle = (samples.z.gather(1, best) + samples.z.gather(1, best + 1)) / 2
    return torch.cat([torch.ones_like(middle), -middle], dim=1)


def _beginnings(f: Function, samples: _Samples) -> Tensor:
    """The most promising starting points of every edge: ``(edges, STARTS, 2)``."""
    pairs = starts(f.name).to(samples.z)
    count = min(STARTS, len(pairs))
    chosen = samples.z.new_empty(len(samples.z), count, 2)
    for node in torch.unique(samples.node):
        edges = (samples.node == node).nonzero().flatten()
        values = _centred(f.torch(pairs[:, :1] * samples.z[edges[0]] + pairs[:, 1:]))
        size = values.square().sum(1)
        match = (values @ samples.y[edges].T).square() / size[:, None]
        match = torch.where(torch.isfinite(match), match, -torch.ones_like(match))
        chosen[edges] = pairs[match.topk(count, dim=0).indices.T]
    return chosen


def _descended(trials: _Trials, samples: _Samples, *, iterations: int) -> tuple[Tensor, Tensor]:
    """Damped Gauss-Newton on all trials at once: where each ends, and its squared error."""
    z, y = samples.z[trials.edge], samples.y[trials.edge]
    theta, damping = trials.theta, torch.full_like(trials.theta[:, 0], 1e-2)
    moves = trials.moves()
    now = _projected(trials, z, y, theta, moves)
    for _ in range(iterations):
        ahead = theta + now.step(damping)
        new = _projected(trials, z, y, ahead, moves)
        better = new.error < now.error
        theta = torch.where(better[:, None], ahead, theta)
        damping = torch.where(better, damping / 5, damping * 6).clamp(1e-12, 1e12)
        now = now.replaced_by(new, better)
    return theta, now.error


@dataclass(frozen=True, slots=True)
class _Local:
    """Squared error and its 2 x 2 normal equations where each trial stands; shape ``(trials,)`` each."""

    error: Tensor
    aa: Tensor
    ab: Tensor
    bb: Tensor
    ga: Tensor
    gb: Tensor

    def step(self, damping: Tensor) -> Tensor:
        """Towards the minimum of the local model, in damped steps."""
        floor = 1e-14 * (self.aa + self.bb)
        aa, bb = self.aa * (1 + damping) + floor, self.bb * (1 + damping) + floor
        determinant = aa * bb - self.ab.square()
        move = torch.stack([bb * self.ga - self.ab * self.gb, aa * self.gb - self.ab * self.ga], dim=-1)
        return torch.nan_to_num(move / determinant[:, None], 0.0, 0.0, 0.0)

    def replaced_by(self, other: _Local, where: Tensor) -> _Local:
        mine = (getattr(self, name) for name in self.__slots__)
        theirs = (getattr(other, name) for name in self.__slots__)
        return _Local(*(torch.where(where, b, a) for a, b in zip(mine, theirs, strict=True)))


def _projected(trials: _Trials, z: Tensor, y: Tensor, theta: Tensor, moves: Tensor) -> _Local:
    """Evaluate with factor and offset eliminated; ``moves`` says which of alpha and beta are searched."""
    value, slope = with_slope(trials.evaluate, theta[:, :1] * z + theta[:, 1:])
    value = _centred(value)
    size = value.square().sum(1).clamp_min(1e-300)
    factor = (value * y).sum(1) / size
    residual = y - factor[:, None] * value
    error = residual.square().sum(1)
    slope = torch.nan_to_num(factor[:, None] * slope, 0.0, 0.0, 0.0)
    a, b = (_without(_centred(column), value, size) for column in (moves[:, :1] * slope * z, moves[:, 1:] * slope))
    return _Local(
        torch.where(torch.isfinite(error), error, torch.full_like(error, float("inf"))),
        (a * a).sum(1),
        (a * b).sum(1),
        (b * b).sum(1),
        (a * residual).sum(1),
        (b * residual).sum(1),
    )


def _without(column: Tensor, value: Tensor, size: Tensor) -> Tensor:
    """What is left of ``column`` across ``value``, of squared length ``size``."""
    return column - ((column * value).sum(1) / size)[:, None] * value


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
