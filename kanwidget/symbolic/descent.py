"""Damped Gauss-Newton on many small fits at once: ``y ~ c f(alpha z + beta) + d``.

For given alpha and beta the best c and d are a linear regression, so only (alpha, beta) is searched (variable
projection, Golub & Pereyra, *SIAM J. Numer. Anal.* 10, 1973; the Jacobian in the form of Kaufman, *BIT* 15, 1975).
Fits that have arrived leave the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.linalg import vecdot

from kanwidget.model.functions import Function
from kanwidget.symbolic.samples import Samples
from kanwidget.symbolic.slopes import value_and_slope
from kanwidget.symbolic.starts import moving

__all__ = ["Trials", "descended"]

ROUND = 3  # iterations between two looks at which fits have arrived
SLOW = 0.3  # share of the error that an iteration takes away while a fit still converges fast
STILL = 1e-8  # relative to alpha and beta: a step that changes nothing


@dataclass(frozen=True, slots=True)
class Trials:
    """Fits that run side by side, ordered by function, so that each function is called once for all of its fits.

    Attributes:
        functions: the library.
        which: position of the function of each trial, ascending, shape ``(trials,)``.
        curve: which curve a trial fits, same shape.
        theta: alpha and beta, shape ``(trials, 2)``.
    """

    functions: Sequence[Function]
    which: Tensor
    curve: Tensor
    theta: Tensor


def descended(trials: Trials, samples: Samples, *, iterations: int, gain: float) -> tuple[Tensor, Tensor]:
    """Where each trial ends, and the share of the variance that it leaves: ``(trials, 2)`` and ``(trials,)``.

    Args:
        iterations: at most.
        gain: of r² in one iteration, from which on a fit that converges slowly goes on.
    """
    theta, error = trials.theta.clone(), torch.full_like(trials.theta[:, 0], torch.inf)
    left, walk = torch.arange(len(theta)), _Walk(trials, samples)
    for n in range(1, iterations + 1):
        going = walk.step(gain)
        if n % ROUND and n < iterations:
            continue
        theta[left], error[left] = walk.theta, walk.now[0]
        if not bool(going.any()):
            break
        if not bool(going.all()):
            left = left[going]
            walk.keep(going)
    return theta, error


class _Walk:
    """Trials on their way: where they stand, and what they know of their surroundings."""

    def __init__(self, trials: Trials, samples: Samples) -> None:
        self.functions, self.which = trials.functions, trials.which
        self.counts = self._counts()
        root = samples.weight.sqrt()
        y = root * (samples.y - vecdot(samples.weight, samples.y)[:, None])
        y = y / vecdot(y, y).clamp_min(1e-300).sqrt()[:, None]
        self.z, self.y, self.root = samples.z[trials.curve], y[trials.curve], root[trials.curve]
        self.moves = torch.tensor([moving(f.name) for f in self.functions], dtype=y.dtype)[self.which]
        self.theta = trials.theta
        self.damping = torch.full_like(self.theta[:, 0], 0.1)
        self.now = self._around(self.theta)

    def step(self, gain: float) -> Tensor:
        """One iteration; which trials have not arrived."""
        step = _damped(self.now, self.damping)
        ahead = self.theta + step
        new = self._around(ahead)
        gained = self.now[0] - new[0]
        better = gained > 0
        arrives = (gained <= gain) & (gained <= SLOW * self.now[0])
        rests = (step.abs() <= STILL * (1e-3 + self.theta.abs())).all(1)
        self.theta = torch.where(better[:, None], ahead, self.theta)
        self.damping = torch.where(better, self.damping / 5, self.damping * 6).clamp(1e-12, 1e12)
        self.now = torch.where(better, new, self.now)
        return ~torch.where(better, arrives, rests)

    def keep(self, at: Tensor) -> None:
        """Go on with some of the trials."""
        for name in ("which", "z", "y", "root", "moves", "theta", "damping"):
            setattr(self, name, getattr(self, name)[at])
        self.now, self.counts = self.now[:, at], self._counts()

    def _counts(self) -> list[int]:
        return torch.bincount(self.which, minlength=len(self.functions)).tolist()

    def _values(self, u: Tensor) -> tuple[Tensor, Tensor]:
        """Row by row the function of the trial, and its slope: ``(trials, points)`` each."""
        parts = zip(self.functions, torch.split(u, self.counts), strict=True)
        values, slopes = zip(*(value_and_slope(f, part) for f, part in parts if len(part)), strict=True)
        return torch.cat(values), torch.cat(slopes)

    def _around(self, theta: Tensor) -> Tensor:
        """Squared error, normal matrix (aa, ab, bb) and right side (a, b) at theta, with factor and offset
        eliminated: ``(6, trials)``."""
        root = self.root
        value, slope = self._values(torch.addcmul(theta[:, 1:], theta[:, :1], self.z))
        value *= root
        value = torch.addcmul(value, -vecdot(value, root)[:, None], root)
        size = vecdot(value, value).clamp_min(1e-300)
        factor = vecdot(value, self.y) / size
        residual = torch.addcmul(self.y, -factor[:, None], value)
        by_beta = torch.nan_to_num(slope, 0.0, 0.0, 0.0) * root
        by_alpha = by_beta * self.z
        a, b = (factor[:, None] * self.moves).unbind(1)
        a_mean, b_mean = vecdot(by_alpha, root), vecdot(by_beta, root)
        a_value, b_value = vecdot(by_alpha, value), vecdot(by_beta, value)
        return torch.stack(
            [
                vecdot(residual, residual).nan_to_num(torch.inf),
                a * a * (vecdot(by_alpha, by_alpha) - a_mean**2 - a_value**2 / size),
                a * b * (vecdot(by_alpha, by_beta) - a_mean * b_mean - a_value * b_value / size),
                b * b * (vecdot(by_beta, by_beta) - b_mean**2 - b_value**2 / size),
                a * vecdot(by_alpha, residual),
                b * vecdot(by_beta, residual),
            ]
        )


def _damped(around: Tensor, damping: Tensor) -> Tensor:
    """Towards the minimum of the local model: ``(trials, 2)``."""
    _, aa, ab, bb, a, b = around.unbind(0)
    floor = 1e-14 * (aa + bb)
    aa, bb = aa * (1 + damping) + floor, bb * (1 + damping) + floor
    move = torch.stack([bb * a - ab * b, aa * b - ab * a], dim=-1)
    return torch.nan_to_num(move / (aa * bb - ab * ab)[:, None], 0.0, 0.0, 0.0)
