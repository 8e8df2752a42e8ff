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
from kanwidget.discovery.terms import Input, Link, Node, Sum, Times

__all__ = ["Merge", "merges"]

FAIR = 0.12  # mismatch of derivatives from which on two columns are not joined
POWERS = {-3.0: "1/x^3", -2.0: "1/x^2", -1.0: "1/x", -0.5: "1/sqrt(x)", 0.5: "sqrt", 1.0: "x", 2.0: "x^2", 3.0: "x^3"}
NEAR = 0.08  # of an exponent
DEGREE = 5
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
        mismatch: of the derivatives, relative.
    """

    pair: tuple[int, int]
    source: Node | None
    curves: tuple[Tensor, Tensor] | None
    values: Tensor
    mismatch: float


def merges(bases: Bases, z: Tensor, columns: Sequence[int], names: set[str]) -> list[Merge]:
    """The joinings of two of the columns that the derivatives of ``z`` allow, the best first."""
    slopes = _slopes(bases, z, columns)
    if slopes is None:
        return []
    found = []
    for p, q in itertools.combinations(range(len(columns)), 2):
        pair = columns[p], columns[q]
        found += list(_of_pair(bases, pair, slopes[p], slopes[q], names))
    return sorted((m for m in found if m.mismatch < FAIR), key=lambda m: m.mismatch)


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


def _of_pair(bases: Bases, pair: tuple[int, int], first: Tensor, second: Tensor, names: set[str]) -> Iterator[Merge]:
    p, q = (bases.x[:, c] for c in pair)
    best = math.inf
    for merge in (
        _power(pair, p, q, first, second, names),
        _line(pair, p, q, first, second),
        _squares(pair, p, q, first, second),
    ):
        if merge is not None:
            best = min(best, merge.mismatch)
            yield merge
    general = _general(bases, pair, first, second)
    if general.mismatch * SIMPLER < best:
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


def _power(pair: tuple[int, int], p: Tensor, q: Tensor, first: Tensor, second: Tensor, names: set[str]) -> Merge | None:
    """``p q^r``: then ``q z_q = r p z_p``."""
    r, mismatch = _ratio(q * second, p * first)
    exponent = min(POWERS, key=lambda e: abs(e - r))
    if abs(exponent - r) > NEAR * max(1.0, abs(r)) or POWERS[exponent] not in names:
        return None
    if exponent != round(exponent) and float(q.min()) <= 0:
        return None
    moves = POWERS[exponent] in ("sqrt", "1/sqrt(x)")
    right = Link(POWERS[exponent], Input(pair[1]), moves=moves)
    source = Times(Sum((Link("x", Input(pair[0])),)), Sum((right,)))
    return Merge(pair, source, None, p * q**exponent, mismatch)


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
