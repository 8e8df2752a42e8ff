"""Sums of plain terms: functions of the columns as they are, without constants inside, and products of two.

Laws are rather written as ``sin(x)`` than as ``sin(0.97 x + 0.02)``. So many such terms that a sum of two or three of
them can be looked for among all, by linear regression; fits from there find constants that are not plain.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from kanwidget.discovery.fitting import values
from kanwidget.discovery.terms import Input, Link, Node, Sum, Times, add, constant, links, plain
from kanwidget.model.solve import solve_coef

__all__ = ["MOST_COLUMNS", "plain_sums"]

ROWS = 250
PAIRS, TRIPLES = 40, 40
KEPT = 8
MOST_COLUMNS = 3
HUGE = 1e6  # ratio of the largest to the typical value of a term
SAME = 1 - 1e-10  # correlation of terms that are one


def plain_sums(x: Tensor, y: Tensor, columns: Sequence[int], names: set[str]) -> list[Sum]:
    """Sums of plain terms for ``y``, the most accurate first.

    Args:
        x: shape ``(rows, inputs)``. y: shape ``(rows,)``.
        columns: the inputs to use, at most three.
        names: the functions that may be used.
    """
    step = max(1, len(x) // ROWS)
    x, y = x[::step], y[::step]
    terms = _Terms.of(x, [t for t in _terms(columns) if {link.name for link in links(t)} <= names])
    found = [choice for block in _blocks(columns) for choice in terms.best(block, y)]
    return [tree for _, tree in sorted(found, key=lambda item: item[0])[: 2 * KEPT]]


@dataclass(frozen=True, slots=True)
class _Terms:
    """Terms and their values, scaled to size 1: shape ``(rows, terms)``."""

    trees: list[Sum]
    table: Tensor
    x: Tensor

    @classmethod
    def of(cls, x: Tensor, trees: Sequence[Sum]) -> _Terms:
        columns = [_values(tree, x) for tree in trees]
        good = [n for n, c in enumerate(columns) if _is_sound(c)]
        table = torch.stack([columns[n] / columns[n].square().mean().sqrt() for n in good], dim=1)
        return cls([trees[n] for n in good], table, x)

    def best(self, block: Sequence[Sum], y: Tensor) -> list[tuple[float, Sum]]:
        """Sums of the block and of up to three terms, with their relative errors."""
        fixed = torch.stack([torch.ones_like(y), *(_values(tree, self.x) for tree in block)], dim=1)
        q, _ = torch.linalg.qr(fixed)
        table, target = self.table - q @ (q.T @ self.table), y - q @ (q.T @ y)
        size = table.square().mean(0).sqrt()
        usable = (size > 1e-6).nonzero()[:, 0]
        table = table[:, usable] / size[usable] / len(y) ** 0.5
        target = target / target.square().sum().sqrt().clamp_min(1e-300)
        choices = _pairs(table, target) + _triples(table, target)
        found = [self._regressed(block, usable[list(choice)].tolist(), y) for choice in choices]
        return sorted(found, key=lambda item: item[0])[:KEPT]

    def _regressed(self, block: Sequence[Sum], chosen: Sequence[int], y: Tensor) -> tuple[float, Sum]:
        parts = [*block, *(self.trees[n] for n in chosen)]
        design = torch.stack([torch.ones_like(y), *(_values(tree, self.x) for tree in parts)], dim=1)
        coef = solve_coef(design, y[:, None], cutoff=1e-14)[:, 0]
        error = float((design @ coef - y).square().mean().sqrt() / y.std(correction=0).clamp_min(1e-300))
        offset, *factors = coef.tolist()
        weight = (coef[1:] * design[:, 1:].std(0)).abs()
        kept = (weight > 1e-9 * weight.max()).tolist()  # of the block not every part is needed
        scaled = [plain(p, c) for p, c, k in zip(parts, factors, kept, strict=True) if k]
        return error, add(scaled, offset) if scaled else constant(offset, parts[0].links[0].source)


def _pairs(table: Tensor, target: Tensor) -> list[tuple[int, ...]]:
    """The best single terms and pairs."""
    gram, share = table.T @ table, table.T @ target
    match = share[:, None].square() + share.square() - 2 * share[:, None] * share * gram
    match = torch.where(gram.abs() < SAME, match / (1 - gram.square()), 0.0).triu(1)
    best = match.flatten().topk(min(PAIRS, match.numel())).indices.tolist()
    singles = share.square().topk(min(4, len(share))).indices.tolist()
    return [(n,) for n in singles] + [divmod(at, len(share)) for at in best]


def _triples(table: Tensor, target: Tensor) -> list[tuple[int, ...]]:
    """The best third term for each of the best pairs."""
    found = []
    for pair in _pairs(table, target)[4::4]:
        q, _ = torch.linalg.qr(table[:, list(pair)])
        rest, left = table - q @ (q.T @ table), target - q @ (q.T @ target)
        size = rest.square().sum(0)
        gain = torch.where(size > 1e-9, (rest.T @ left).square() / size.clamp_min(1e-300), 0.0)
        found += [(*pair, third) for third in gain.topk(min(4, len(gain))).indices.tolist()]
    return found[:TRIPLES]


def _values(tree: Sum, x: Tensor) -> Tensor:
    return values((tree,), x)[:, 0]


def _is_sound(column: Tensor) -> bool:
    if not bool(column.isfinite().all()):
        return False
    size = float(column.abs().max())
    return 0 < size < HUGE * float(column.abs().median()) + 1e-300 and float(column.std()) > 1e-9 * size


def _blocks(columns: Sequence[int]) -> Iterator[list[Sum]]:
    """What every sum may have anyway: nothing, or a polynomial."""
    yield []
    powers = [_one("x", Input(c)) for c in columns]
    if len(columns) == 1:
        yield [*powers, *(_one(power, Input(columns[0]), moves=False) for power in ("x^2", "x^3"))]
    else:
        yield [*powers, *(plain(Times(p, q)) for p, q in itertools.combinations(powers, 2))]


def _one(name: str, source: Node, a: float = 1.0, b: float = 0.0, *, moves: bool = True) -> Sum:
    return Sum((Link(name, source, (a, b, 1.0, 0.0), moves=moves),))


def _terms(columns: Sequence[int]) -> Iterator[Sum]:
    """All plain terms of up to three columns."""
    for c in columns:
        simple, more = list(_simple(c)), list(_composed(c))
        yield from simple
        yield from more
        factors = simple if len(columns) > 1 else simple + more
        yield from (plain(Times(p, q)) for p, q in itertools.combinations(factors, 2))
    for i, j in itertools.combinations(columns, 2):
        yield from (plain(Times(p, q)) for p in _simple(i) for q in _simple(j))
        for first, second in ((i, j), (j, i)):
            lines = [_one("x", Input(first)), _one("1/x", Input(first), moves=False)]
            yield from (plain(Times(p, q)) for p in lines for q in _composed(second))
        for argument in _arguments(i, j):
            yield from (_one(name, argument, a, b) for name, a, b in _OF_ARGUMENTS)


_WAVES = [(k, phase) for k in (1.0, 2.0, 3.0, math.pi, 2 * math.pi) for phase in (0.0, math.pi / 2)]
_OF_ARGUMENTS = (
    *(("sin", a, b) for a, b in _WAVES[:4]),
    *(("sin", a, b) for a, b in _WAVES[6:8]),
    ("exp", 1.0, 0.0),
    ("exp", -1.0, 0.0),
    ("log", 1.0, 0.0),
    ("sqrt", 1.0, 0.0),
    ("1/x", 1.0, 0.0),
    ("tanh", 1.0, 0.0),
    ("log", 1.0, 1.0),
    ("sqrt", 1.0, 1.0),
    ("1/x", 1.0, 1.0),
)


def _simple(column: int) -> Iterator[Sum]:
    source = Input(column)
    for power in ("x", "x^2", "x^3", "1/x", "1/x^2"):
        yield _one(power, source, moves=False)
    for name in ("sqrt", "log"):
        yield _one(name, source)
    for rate in (1.0, -1.0):
        yield _one("exp", source, rate)
    yield from (_one("sin", source, k, phase) for k, phase in _WAVES[:4])


def _composed(column: int) -> Iterator[Sum]:
    source = Input(column)
    for power in ("x^4", "x^5"):
        yield _one(power, source, moves=False)
    yield from (_one("sin", source, k, phase) for k, phase in _WAVES[4:])
    yield _one("tanh", source)
    for name in ("log", "sqrt", "1/x"):
        yield _one(name, source, 1.0, 1.0)
        yield _one(name, source, -1.0, 1.0)
    square, cube = _one("x^2", source, moves=False), _one("x^3", source, moves=False)
    both = Sum((*square.links, *_one("x", source).links))
    for inner in (square, cube, both):
        yield from (_one("sin", inner, k, phase) for k, phase in _WAVES[:2])
    for rate in (1.0, -1.0, -0.5):
        yield _one("exp", square, rate)
    for name in ("log", "sqrt", "1/x", "1/sqrt(x)"):
        yield _one(name, square, 1.0, 1.0)
        yield _one(name, square, -1.0, 1.0)


def _arguments(i: int, j: int) -> Iterator[Node]:
    """What a function of two columns is taken of."""
    x, y = (_one("x", Input(c)) for c in (i, j))
    yield Times(x, y)
    yield Times(x, _one("1/x", Input(j), moves=False))
    yield Times(y, _one("1/x", Input(i), moves=False))
    for shift in (1.0, -1.0):
        yield Times(*(Sum((replace(p.links[0], affine=(1.0, 0.0, 1.0, shift)),)) for p in (x, y)))
    for sign in (1.0, -1.0):
        yield Sum((*x.links, *plain(y, sign).links))
    squares = [_one("x^2", Input(c), moves=False) for c in (i, j)]
    yield Sum((*squares[0].links, *squares[1].links))
    for square, first, second in ((squares[0], x, y), (squares[1], y, x)):
        yield Sum((*square.links, *second.links))
        yield Sum((*square.links, *plain(Times(first, second)).links))
