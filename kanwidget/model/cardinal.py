"""Sums over the edges of a small layer on few samples.

There a call of torch costs more than its arithmetic, and a call of numpy a third of that: this form of the design
matrix (see :mod:`kanwidget.model.sums`) is numpy throughout. It takes few calls because knots are equally spaced: all
basis functions are then shifts of one, the cardinal B-spline, and that is a sum of few powers (Schoenberg,
*Contributions to the problem of approximation of equidistant data by analytic functions*, 1946, part A, eq. 3.11,
folded at its centre so that nothing cancels): ``B(t) = sum_j (-1)^j binom(k + 1, j) max(h - j - |t|, 0)^k / k!`` with
``h = (k + 1) / 2`` and ``j < h``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, comb, factorial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

__all__ = ["Cardinal", "Shifts"]

Array = NDArray[np.floating]

# As in torch, what is not finite passes through without a word.
quietly = np.errstate(all="ignore")

SMOOTH = 2  # degree from which slopes have no jumps: at a jump, shifts do not know which side is meant


@dataclass(frozen=True, slots=True)
class Shifts:
    """The basis functions of a layer as shifts of one.

    Lengths are counted in units of which a cell has the k-th root of 1 / k!: powers need no factor then.

    Attributes:
        low: lower ends of the grids, ``(inputs, 1)``.
        density: units per unit of the input, ``(inputs, 1)``.
        width: of the grid.
        centres: of the basis functions, ``(G + k, 1, 1)``.
        reaches: from where on |t| is beyond a term of the sum, and the factors of the terms: ``(terms, 1, 1, 1)``.
    """

    k: int
    low: Array
    density: Array
    width: float
    centres: Array
    reaches: Array
    factors: Array

    @classmethod
    def of(cls, low: Tensor, density: Tensor, grid: int, k: int) -> Shifts | None:
        """None where they are better not looked at as shifts."""
        if k < SMOOTH or low.device.type != "cpu" or low.dtype not in (torch.float32, torch.float64):
            return None
        cell = factorial(k) ** (-1 / k)
        terms = range(ceil((k + 1) / 2))
        own = low.numpy()

        def column(values: Iterable[float], dimensions: int) -> Array:
            return np.array(list(values), own.dtype).reshape(-1, *[1] * dimensions)

        return cls(
            k,
            own,
            (density * cell).numpy(),
            grid * cell,
            column(((m - (k - 1) / 2) * cell for m in range(grid + k)), 2),
            column((((k + 1) / 2 - j) * cell for j in terms), 3),
            column(((-1) ** j * comb(k + 1, j) for j in terms), 3),
        )

    @quietly
    def evaluated(self, x: Array, values: Array, with_slopes: bool) -> Array | None:
        """All basis functions at the samples ``(inputs, rows)``, into ``values`` of shape ``(G + k, inputs, rows)``.
        Beyond the grid every function continues as its tangent at the border.

        Returns:
            The slopes per unit, divided by -k, if they are asked for.
        """
        beyond = x - self.low
        beyond *= self.density
        inside = np.minimum(beyond, self.width)
        np.maximum(inside, 0, out=inside)
        beyond -= inside
        offset = inside - self.centres
        rest = self.reaches - np.abs(offset)
        np.maximum(rest, 0, out=rest)
        lower = _power(rest, self.k - 1)
        lower *= self.factors
        rest *= lower
        np.add.reduce(rest, axis=0, out=values)
        outside = bool(beyond.any())
        if not outside and not with_slopes:
            return None
        slopes: Array = np.add.reduce(lower, axis=0)
        slopes *= np.sign(offset, out=offset)
        if outside:
            beyond *= -self.k
            values += slopes * beyond
        return slopes if with_slopes else None


def _power(x: Array, exponent: int) -> Array:
    """numpy's own power is fast for squares only."""
    result = x * x if exponent > 1 else x.copy()
    for _ in range(2, exponent):
        result *= x
    return result


class Cardinal:
    """All entries: ``((G + k + 1) * inputs, rows)``."""

    def __init__(self, shifts: Shifts, x: Tensor, base: Tensor, with_slopes: bool) -> None:
        samples = x.numpy()
        matrix = np.empty((len(shifts.centres) + 1, *samples.shape), samples.dtype)
        self.slopes = shifts.evaluated(samples, matrix[:-1], with_slopes)
        matrix[-1] = base.numpy()
        self.shifts, self.shape = shifts, matrix.shape
        self.matrix = matrix.reshape(len(matrix) * len(samples), samples.shape[1])

    @quietly
    def weight(self, coef: Tensor, scale_sp: Tensor, scale_base: Tensor) -> Array:
        weight = np.empty((coef.shape[1], *self.shape[:2]), self.matrix.dtype)
        np.multiply(coef.numpy().transpose(1, 2, 0), scale_sp.numpy().T[:, None], out=weight[:, :-1])
        weight[:, -1] = scale_base.numpy().T
        return weight.reshape(len(weight), len(self.matrix))

    @quietly
    def times(self, weight: Array) -> Tensor:
        return torch.from_numpy(weight @ self.matrix)

    @quietly
    def by_weight(self, y: Tensor, coef: Tensor, scale_sp: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        whole = (y.numpy() @ self.matrix.T).reshape(len(y), *self.shape[:2])
        spline, own = whole[:, :-1].transpose(2, 0, 1), coef.numpy()
        by_coef = np.multiply(spline, scale_sp.numpy()[..., None], out=np.empty_like(own))
        by_scale = np.add.reduce(spline * own, axis=-1)
        return torch.from_numpy(by_coef), torch.from_numpy(by_scale), torch.from_numpy(whole[:, -1].T)

    @quietly
    def by_sample(self, y: Tensor, weight: Array) -> tuple[Tensor, Tensor]:
        by_entry = (weight.T @ y.numpy()).reshape(self.shape)
        splines, base = by_entry[:-1], by_entry[-1]
        splines *= self.slopes
        by_x = np.add.reduce(splines, axis=0)
        by_x *= -self.shifts.k * self.shifts.density
        return torch.from_numpy(by_x), torch.from_numpy(base)
