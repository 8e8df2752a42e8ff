"""Take a function of several columns apart: sums, products, and sums under an outer function.

Every fit is linear, or linear in one factor at a time, so that nothing depends on where it starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from kanwidget.discovery.bases import Bases, Group, polynomials

__all__ = ["Ridge", "Split", "split", "under_one_function"]

SWEEPS, LONG = 8, 60  # at most, and of a fit that gets somewhere
STARTS = 3
FAIR = 0.1  # relative error of a fit that gets somewhere
GOOD = 1e-7  # relative error that needs no further sweep


@dataclass(frozen=True, slots=True)
class Split:
    """``z = offset + sum of parts + product of factors``.

    Attributes:
        parts, factors: the columns of each function, and its values on all rows.
        error: on held rows, relative.
    """

    parts: list[tuple[Group, Tensor]]
    factors: list[tuple[Group, Tensor]]
    offset: float
    error: float


def split(bases: Bases, z: Tensor, plus: Sequence[Group], times: Sequence[Group] = ()) -> Split:
    """The best sum of functions of the groups ``plus`` and one product of functions of the groups ``times``.

    The factors are found in turn, each by linear least squares together with all the sum (alternating least squares).
    """
    if not times:
        return _joined(bases, z, plus, [], [])
    best: Split | None = None
    for start in range(STARTS):
        found = _alternating(bases, z, plus, times, start)
        if best is None or found.error < best.error:
            best = found
        if best.error < 1e-3:
            break
    assert best is not None
    return best


def _alternating(bases: Bases, z: Tensor, plus: Sequence[Group], times: Sequence[Group], start: int) -> Split:
    generator = torch.Generator().manual_seed(start)
    ones = torch.ones_like(z)
    factors = [ones.clone() for _ in times]
    if start:
        for n, group in enumerate(times[1:], 1):
            mix = torch.randn(len(group), generator=generator, dtype=z.dtype)
            factors[n] = (start == 2) + bases.unit[:, list(group)] @ mix
    before = float("inf")
    found = Split([], [], 0.0, before)
    for sweep in range(LONG):
        for n in range(len(times)):
            found = _joined(bases, z, plus, times, factors, n)
            factors = [values for _, values in found.factors]
            factors = [v if m == n else v / v.abs().max().clamp_min(1e-300) for m, v in enumerate(factors)]
        slow = found.error > (0.97 if found.error < FAIR else 0.8) * before
        if found.error < GOOD or (sweep > 2 and slow) or (sweep >= SWEEPS and found.error > FAIR):
            break
        before = found.error
    return found


def _joined(
    bases: Bases, z: Tensor, plus: Sequence[Group], times: Sequence[Group], factors: list[Tensor], turn: int = 0
) -> Split:
    """The sum and one factor of the product, the other factors as they are."""
    ones = torch.ones_like(z)[:, None]
    designs = [ones, *(bases.design(group) for group in plus)]
    if times:
        others = torch.stack([v for m, v in enumerate(factors) if m != turn] or [ones[:, 0]]).prod(0)[:, None]
        own = torch.cat([ones, bases.design(times[turn])], dim=1)
        designs.append(others * own)
    design = torch.cat(designs, dim=1)
    coef, error = bases.solve(design, z)
    pieces = torch.split(coef, [d.shape[1] for d in designs])
    parts = [(g, d @ c) for g, d, c in zip(plus, designs[1 : 1 + len(plus)], pieces[1 : 1 + len(plus)], strict=True)]
    new = [(g, own @ pieces[-1] if m == turn else factors[m]) for m, g in enumerate(times)] if times else []
    return Split(parts, new, float(pieces[0][0]), error)


@dataclass(frozen=True, slots=True)
class Ridge:
    """``z = F(sum of parts)`` with an outer function F that is not known yet.

    Attributes:
        parts: the columns of each function, and its values on all rows.
        error: of the sum as a function of z, on held rows, relative.
    """

    parts: list[tuple[Group, Tensor]]
    error: float


def under_one_function(bases: Bases, z: Tensor, groups: Sequence[Group]) -> Ridge:
    """Functions of the groups whose sum is a function of ``z``: the first pair of canonical variables.

    With G the inverse of the outer function, ``G(z)`` and the sum of the parts are to have correlation 1, both being
    combinations of known functions (Breiman & Friedman, *J. Am. Stat. Assoc.* 80, 1985, with polynomials).
    """
    outer = _centred(_of_values(z), bases.fitted)
    designs = [_centred(bases.design(group), bases.fitted) for group in groups]
    inner = torch.cat(designs, dim=1)
    left, right = _whitener(outer[bases.fitted]), _whitener(inner[bases.fitted])
    cross = left.mT @ outer[bases.fitted].mT @ inner[bases.fitted] @ right
    u, _, v = torch.linalg.svd(cross, full_matrices=False)
    target, coef = outer @ (left @ u[:, 0]), right @ v[0]
    pieces = torch.split(coef, [d.shape[1] for d in designs])
    parts = [(g, d @ c) for g, d, c in zip(groups, designs, pieces, strict=True)]
    return Ridge(parts, bases.error(torch.stack([v for _, v in parts]).sum(0), target))


def _of_values(z: Tensor) -> Tensor:
    """Polynomials of z, and of its rank: values that pile up are told apart by it."""
    low, high = z.min(), z.max()
    return polynomials((2 * z - low - high) / (high - low).clamp_min(1e-300), 9)[:, 1:]


def _centred(design: Tensor, rows: Tensor) -> Tensor:
    return design - design[rows].mean(0)


def _whitener(design: Tensor) -> Tensor:
    """W with ``(design W)' (design W) = 1``."""
    gram = design.mT @ design
    gram.diagonal().add_(1e-12 * gram.diagonal().max().clamp_min(1e-300))
    factor, _ = torch.linalg.cholesky_ex(gram)
    inverse: Tensor = torch.linalg.solve_triangular(factor.mT, torch.eye(len(gram), dtype=gram.dtype), upper=True)
    return inverse
