"""Join two columns into one where the target depends on them only through a power product, a difference or the like.

If ``z = H(s, …)`` with ``s = u(p) + v(q)``, the ratio of the partial derivatives of z by p and q is that of u' and v',
whatever H is. The derivatives are those of a smooth fit, so they are not exact; what they suggest is checked later.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from kanwidget.discovery.bases import Bases, polynomials
from kanwidget.discovery.clock import Clock
from kanwidget.discovery.terms import Input, Link, Node, Sum, Times

__all__ = ["Merge", "merges"]

FAIR = 0.12  # mismatch of derivatives from which on two columns are not joined
BETTER = 0.4  # times the error of a fit to all columns
DEGREE = 5
POOR = 0.35  # relative error of a smooth fit with two columns joined that says nothing
PLAIN = 0.02  # relative distance from a whole or half number of a ratio that is taken as such
SIMPLER = 2.0  # times the mismatch that a joining with fewer constants may have


@dataclass(frozen=True, slots=True)
class Merge:
    """Two columns as one.

    Attributes:
        pair: the columns.
        source: what takes their place, a formula of these two inputs, or None where it is the sum of two curves.
        curves: their values where it is.
        values: of what takes their place.
        mismatch: of the derivatives, or of a smooth fit with the columns joined, relative.
        is_sure: whether such a fit was better than that of all columns.
    """

    pair: tuple[int, int]
    source: Node | None
    curves: tuple[Tensor, Tensor] | None
    values: Tensor
    mismatch: float
    is_sure: bool = False


def merges(bases: Bases, z: Tensor, columns: Sequence[int], names: set[str], clock: Clock) -> list[Merge]:
    """The joinings of two of the columns that ``z`` allows, the best first; when the clock is over, of few."""
    found = _by_fits(bases, z, columns, names, clock)
    slopes = _slopes(bases, z, columns)
    if slopes is not None:
        for p, q in itertools.combinations(range(len(columns)), 2):
            joined = _of_pair(bases, (columns[p], columns[q]), slopes[p], slopes[q])
            found += [merge for merge in joined if merge.mismatch < FAIR]
    return sorted(found, key=lambda m: m.mismatch)


def _by_fits(bases: Bases, z: Tensor, columns: Sequence[int], names: set[str], clock: Clock) -> list[Merge]:
    """Simple joinings with which a smooth fit of one column less is much better than the fit of all columns."""
    before = _error(bases.x[:, list(columns)], z)
    found = []
    for pair in itertools.combinations(columns, 2):
        if clock.over:
            break
        rest = bases.x[:, [c for c in columns if c not in pair]]
        for source, values in _simple(bases, pair, names):
            error = _error(torch.cat([values[:, None], rest], dim=1), z)
            if error < min(BETTER * before, POOR):
                found.append(Merge(pair, source, None, values, error, is_sure=True))
    return found


def _error(x: Tensor, z: Tensor) -> float:
    """Relative, of a smooth fit to the values, or to their logarithms, over the columns or over theirs."""
    errors = [Bases(x).roughness(z)]
    if not bool((z > 0).all() | (z < 0).all()):
        return errors[0]
    errors.append(Bases(x).roughness(z.abs().log()))
    if bool((x > 0).all()):
        errors.append(Bases(x.log()).roughness(z.abs().log()))
    return min(errors)


def _simple(bases: Bases, pair: tuple[int, int], names: set[str]) -> Iterator[tuple[Node, Tensor]]:
    """Product, ratio, sum and difference."""
    (p, q), (left, right) = (bases.x[:, c] for c in pair), (Sum((Link("x", Input(c)),)) for c in pair)
    yield Times(left, right), p * q
    if "1/x" in names and float(q.abs().min()) > 0:
        yield Times(left, Sum((Link("1/x", Input(pair[1]), moves=False),))), p / q
    for sign in (1.0, -1.0):
        yield Sum((*left.links, Link("x", Input(pair[1]), (1.0, 0.0, sign, 0.0)))), p + sign * q


def _slopes(bases: Bases, z: Tensor, columns: Sequence[int]) -> list[Tensor] | None:
    """Partial derivatives of z, up to a common factor: of a smooth fit to z, or to its logarithm over logarithms.

    Laws of physics are products of powers more often than not, which are linear in logarithms.
    """
    error, slopes = bases.gradient(tuple(columns), z)
    x = bases.x[:, list(columns)]
    if bool((x > 0).all()) and bool((z > 0).all() | (z < 0).all()):
        in_logs = Bases(x.log())
        other, steep = in_logs.gradient(tuple(range(len(columns))), z.abs().log())
        if other < error:
            error, slopes = other, [slope / x[:, n] for n, slope in enumerate(steep)]
    return slopes if error < FAIR else None


def _of_pair(bases: Bases, pair: tuple[int, int], first: Tensor, second: Tensor) -> Iterator[Merge]:
    p, q = (bases.x[:, c] for c in pair)
    simple = [_line(pair, p, q, first, second), _squares(pair, p, q, first, second)]
    yield from simple
    general = _general(bases, pair, first, second)
    if general.mismatch * SIMPLER < min(merge.mismatch for merge in simple):
        yield general


def _ratio(target: Tensor, other: Tensor) -> tuple[float, float]:
    """``target = ratio * other`` by least squares, and the relative mismatch."""
    size = float(other @ other)
    ratio = float(target @ other) / max(size, 1e-300)
    plain = round(2 * ratio) / 2
    if plain and abs(plain - ratio) < PLAIN * abs(plain):
        ratio = plain
    rest = target - ratio * other
    return ratio, math.sqrt(float(rest @ rest) / max(float(target @ target), 1e-300))


def _line(pair: tuple[int, int], p: Tensor, q: Tensor, first: Tensor, second: Tensor) -> Merge:
    """``p + r q``: then ``z_q = r z_p``."""
    r, mismatch = _ratio(second, first)
    source = Sum((Link("x", Input(pair[0])), Link("x", Input(pair[1]), (1.0, 0.0, r, 0.0))))
    return Merge(pair, source, None, p + r * q, mismatch)


def _squares(pair: tuple[int, int], p: Tensor, q: Tensor, first: Tensor, second: Tensor) -> Merge:
    """``p^2 + r q^2``: then ``p z_q = r q z_p``."""
    r, mismatch = _ratio(p * second, q * first)
    source = Sum(
        (Link("x^2", Input(pair[0]), moves=False), Link("x^2", Input(pair[1]), (1.0, 0.0, r, 0.0), moves=False))
    )
    return Merge(pair, source, None, p * p + r * q * q, mismatch)


def _general(bases: Bases, pair: tuple[int, int], first: Tensor, second: Tensor) -> Merge:
    """``u(p) + v(q)``: ``z_p v'(q) = z_q u'(p)``, both sides in the span of known functions."""
    table = [polynomials(bases.unit[:, c], DEGREE) for c in pair]
    left, right = first[:, None] * table[1], second[:, None] * table[0]
    ql, rl = torch.linalg.qr(left)
    qr, rr = torch.linalg.qr(right)
    u, s, v = torch.linalg.svd(ql.T @ qr)
    slopes = (
        torch.linalg.lstsq(rr, v[0][:, None], driver="gelsd").solution[:, 0],
        torch.linalg.lstsq(rl, u[:, :1], driver="gelsd").solution[:, 0],
    )
    curves = tuple(_integral(bases.unit[:, c], slope) * bases.half[c] for c, slope in zip(pair, slopes, strict=True))
    mismatch = math.sqrt(max(0.0, 1 - float(s[0]) ** 2))
    return Merge(pair, None, (curves[0], curves[1]), curves[0] + curves[1], mismatch)


def _integral(x: Tensor, coef: Tensor) -> Tensor:
    """Of a sum of Chebyshev polynomials: ``T_n`` integrates to ``T_(n+1) / (2 n + 2) - T_(n-1) / (2 n - 2)``."""
    table = polynomials(x, len(coef))
    total = coef[0] * x + (coef[1] * x * x / 2 if len(coef) > 1 else 0.0)
    for n in range(2, len(coef)):
        total = total + coef[n] * (table[:, n + 1] / (2 * n + 2) - table[:, n - 1] / (2 * n - 2))
    return total
