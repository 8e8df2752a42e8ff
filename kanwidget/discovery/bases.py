"""Smooth functions of one or several columns as sums of Chebyshev polynomials, for fits that need no luck."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import torch
from torch import Tensor

from kanwidget.model.solve import solve_normal

__all__ = ["Bases", "Group"]

Group = tuple[int, ...]  # columns that a function takes together

DEGREE = 16  # of a function of one column
SHARE = 5  # rows per unknown, at least
MOST = 90  # unknowns of a function of several columns


class Bases:
    """Designs over the rows of one table, made once.

    Two of three rows are fitted to, the third judges.

    Attributes:
        x: shape ``(rows, columns)``.
        unit: the columns scaled to [-1, 1], shape ``(rows, columns)``.
        half: half the range of every column.
    """

    def __init__(self, x: Tensor) -> None:
        low, high = x.amin(0), x.amax(0)
        half = torch.where(high > low, (high - low) / 2, 1.0)
        self.x = x
        self.half = half
        self.unit = (x - (low + high) / 2) / half
        rows = torch.arange(len(x))
        single = len(x) < 6
        self.fitted = rows if single else rows[rows % 3 != 2]
        self.held = rows if single else rows[rows % 3 == 2]
        self._designs: dict[Group, Tensor] = {}

    def design(self, group: Group) -> Tensor:
        """What a function of these columns is a combination of, without the constant: ``(rows, unknowns)``."""
        if group not in self._designs:
            self._designs[group] = self._made(group)
        return self._designs[group]

    def _degree(self, group: Group, most: int) -> int:
        if len(group) == 1:
            return max(2, min(DEGREE, len(self.fitted) // (SHARE * 2)))
        degree = 2
        while _count(len(group), degree + 1) <= most and degree < DEGREE:
            degree += 1
        return degree

    def _made(self, group: Group) -> Tensor:
        degree = self._degree(group, min(MOST, len(self.fitted) // SHARE))
        table = [polynomials(self.unit[:, column], degree) for column in group]
        return self._combined(table, self._powers(len(group), degree))

    def _powers(self, columns: int, degree: int) -> list[tuple[int, ...]]:
        return [p for p in itertools.product(range(degree + 1), repeat=columns) if 0 < sum(p) <= degree]

    def _combined(self, table: Sequence[Tensor], powers: Sequence[tuple[int, ...]]) -> Tensor:
        """Products of one column of every table: ``(rows, powers)``."""
        columns = []
        for power in powers:
            column = table[0][:, power[0]]
            for values, n in zip(table[1:], power[1:], strict=True):
                column = column * values[:, n]
            columns.append(column)
        return torch.stack(columns, dim=1)

    def roughness(self, z: Tensor) -> float:
        """Relative error of a smooth fit of all columns to ``z``."""
        design = self.design(tuple(range(self.x.shape[1])))
        return self.solve(torch.cat([torch.ones_like(z)[:, None], design], dim=1), z)[1]

    def gradient(self, group: Group, z: Tensor) -> tuple[float, list[Tensor]]:
        """Of a smooth fit to ``z``: its relative error, and its derivatives by the columns, shape ``(rows,)`` each."""
        degree = self._degree(group, len(self.fitted) // 3)
        table = [polynomials(self.unit[:, c], degree) for c in group]
        design = self._combined(table, self._powers(len(group), degree))
        coef, error = self.solve(torch.cat([torch.ones_like(z)[:, None], design], dim=1), z)
        slopes = [polynomial_slopes(self.unit[:, c], degree) for c in group]
        powers = self._powers(len(group), degree)
        found = []
        for n, c in enumerate(group):
            mixed = [slopes[m] if m == n else table[m] for m in range(len(group))]
            found.append(self._combined(mixed, powers) @ coef[1:] / self.half[c])
        return error, found

    def solve(self, design: Tensor, z: Tensor) -> tuple[Tensor, float]:
        """Coefficients of the least-squares fit, and its error on held rows relative to the deviation of ``z``."""
        coef = solve_normal(design[self.fitted], z[self.fitted])
        return coef, self.error(design @ coef, z)

    def error(self, guess: Tensor, z: Tensor) -> float:
        """On held rows, relative to the deviation of ``z``."""
        truth = z[self.held]
        spread = float((truth - truth.mean()).square().mean())
        return math.sqrt(float((guess[self.held] - truth).square().mean()) / max(spread, 1e-300))


def polynomials(x: Tensor, degree: int) -> Tensor:
    """Chebyshev polynomials T_0 … T_degree: ``(rows, degree + 1)``."""
    values = [torch.ones_like(x), x]
    for _ in range(degree - 1):
        values.append(2 * x * values[-1] - values[-2])
    return torch.stack(values[: degree + 1], dim=1)


def polynomial_slopes(x: Tensor, degree: int) -> Tensor:
    """Derivatives of the Chebyshev polynomials, ``n U_(n-1)``: ``(rows, degree + 1)``."""
    second = [torch.ones_like(x), 2 * x]  # U_0, U_1
    for _ in range(degree - 1):
        second.append(2 * x * second[-1] - second[-2])
    return torch.stack([torch.zeros_like(x), *(n * second[n - 1] for n in range(1, degree + 1))], dim=1)


def _count(columns: int, degree: int) -> int:
    """Polynomials of at most this degree, without the constant."""
    count = 1
    for n in range(1, columns + 1):
        count = count * (degree + n) // n
    return count - 1


def partitions(columns: Sequence[int]) -> list[tuple[Group, Group]]:
    """All ways to part the columns in two."""
    first, *rest = columns
    found = []
    for size in range(len(rest)):
        for chosen in itertools.combinations(rest, size):
            left = (first, *chosen)
            found.append((left, tuple(c for c in columns if c not in left)))
    return sorted(found, key=lambda pair: -max(map(len, pair)))
