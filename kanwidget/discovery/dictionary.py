"""A dictionary of curves ``f(p z + q z^2 + r)`` on z in [-1, 1], searched for one, for sums and for products of two.

The values of all its words stand in one table, so that how well each word, or each pair of words, has the shape of a
curve is a product of matrices. What it finds are places to start a fit from.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from kanwidget.discovery.terms import Input, Link, Sum, Times, add, plain
from kanwidget.model.functions import function

__all__ = ["Dictionary", "dictionary"]

PLACES = 65
ROUNDS = 6
FLAT = 1e-6  # variance below which a word is a constant

_WAVES = (0.0, 0.7, 1.5, 2.5, 3.7, 5.0, 6.5, 8.5)
_RATES = (0.0, 0.5, 1.0, 2.0, 4.0)
_MOST_WAVES = 3.7  # of the quadratic part
Word = tuple[str, float, float, float]


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Words and their values.

    Attributes:
        words: function, p, q and r.
        values: with mean 0 and variance 1, shape ``(words, PLACES)``.
        raw: the values as they are, same shape.
        kinds: function and whether it has a quadratic part, numbered, shape ``(words,)``.
    """

    words: list[Word]
    values: Tensor
    raw: Tensor
    kinds: Tensor

    def best(self, y: Tensor, count: int, *, bent: bool) -> list[Word]:
        """Of every kind the words that have most of the shape of ``y``, shape ``(PLACES,)``."""
        match = (self.values @ _normal(y)).square() / PLACES**2
        found = []
        for kind in sorted(set(self.kinds.tolist())):
            own = (self.kinds == kind).nonzero()[:, 0]
            if (self.words[int(own[0])][2] != 0) == bent:
                found += [self.words[n] for n in own[match[own].topk(min(count, len(own))).indices].tolist()]
        return found

    def sums(self, y: Tensor, count: int) -> list[tuple[Word, Word]]:
        """Pairs of words of which a combination has the shape of ``y``; of every two kinds the best."""
        gram = self.values @ self.values.T / PLACES
        share = self.values @ _normal(y) / PLACES
        both = share[:, None].square() + share.square() - 2 * share[:, None] * share * gram
        match = both / (1 - gram.square()).clamp_min(1e-4)
        return self._pairs(match, count)

    def products(self, y: Tensor, count: int) -> list[tuple[Word, Word]]:
        """Pairs of words whose product has the shape of ``y``; of every two kinds the best."""
        target = _normal(y)
        size = self.raw.square() @ self.raw.T.square() / PLACES
        mean = self.raw @ self.raw.T / PLACES
        moment = (self.raw * target) @ self.raw.T / PLACES
        variance = size - mean.square()
        match = torch.where(variance > FLAT * size, moment.square() / variance, 0.0)
        return self._pairs(match, count)

    def _pairs(self, match: Tensor, count: int) -> list[tuple[Word, Word]]:
        """The best of every two kinds, then of their neighbourhood: the best with another first or second word."""
        number = int(self.kinds.max()) + 1
        match = match.triu().nan_to_num(0.0, 0.0, 0.0).flatten()
        cell = (self.kinds[:, None] * number + self.kinds).flatten()
        rows = torch.arange(len(self.words)).repeat_interleave(len(self.words))
        columns = torch.arange(len(self.words)).repeat(len(self.words))
        found: list[int] = []
        for _ in range(ROUNDS):
            best = torch.zeros(number * number).scatter_reduce(0, cell, match, "amax")
            places = ((match == best[cell]) & (match > 0)).nonzero()[:, 0]
            chosen = places[match[places].argsort(descending=True)][: count // ROUNDS]
            found += chosen.tolist()
            used = torch.zeros(len(self.words), dtype=torch.bool)
            used[rows[chosen]] = used[columns[chosen]] = True
            match = torch.where(used[rows] & used[columns], 0.0, match)
        words = self.words
        return [(words[at // len(words)], words[at % len(words)]) for at in found]


def _normal(y: Tensor) -> Tensor:
    y = y.float() - y.float().mean()
    return y / y.square().mean().sqrt().clamp_min(1e-30)


@lru_cache(maxsize=8)
def dictionary(names: frozenset[str]) -> Dictionary:
    """The words of these functions."""
    with torch.inference_mode(False), torch.no_grad():
        z = torch.linspace(-1, 1, PLACES, dtype=torch.float64)
        words = [word for word in _words() if word[0] in names]
        raw = torch.stack([function(n).torch(p * z + q * z * z + r) for n, p, q, r in words])
        good = raw.isfinite().all(1) & (raw.var(1) > FLAT * raw.square().mean(1)) & (raw.abs().amax(1) < 1e4)
        words = [word for word, ok in zip(words, good.tolist(), strict=True) if ok]
        raw = raw[good]
        raw = raw / raw.square().mean(1, keepdim=True).sqrt()
        values = raw - raw.mean(1, keepdim=True)
        kinds = sorted({(name, q != 0) for name, _, q, _ in words})
        number = torch.tensor([kinds.index((name, q != 0)) for name, _, q, _ in words])
        return Dictionary(words, (values / values.square().mean(1, keepdim=True).sqrt()).float(), raw.float(), number)


def _words() -> Iterator[Word]:
    for shift in (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0):
        yield "x", 1.0, 0.0, shift
        yield "x^2", 1.0, 0.0, shift
        yield "x^3", 1.0, 0.0, shift
    for p, q in itertools.product(_WAVES, _WAVES):
        for sign in (1.0, -1.0) if p and q else (1.0,):
            if (p or q) and q <= _MOST_WAVES:
                yield from (("sin", sign * p, q, r) for r in (0.0, 0.785, 1.571, 2.356))
    for p, q in itertools.product(_RATES, _RATES):
        for s, t in itertools.product((1.0, -1.0) if p else (1.0,), (1.0, -1.0) if q else (1.0,)):
            if (p or q) and p + q <= 5:
                yield "exp", s * p, t * q, 0.0
    for name in ("log", "sqrt", "1/x", "1/sqrt(x)", "1/x^2"):
        for pole in (1.003, 1.02, 1.1, 1.4, 2.5):
            yield name, 1.0, 0.0, pole
            yield name, -1.0, 0.0, pole
            yield name, 0.0, -1.0, pole * pole
            yield from ((name, sign * (pole - s), -1.0, s * pole) for s in (1.1, 2.0) for sign in (1.0, -1.0))
        for middle, height in itertools.product((-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5), (0.03, 0.1, 0.4, 1.0, 3.0)):
            yield name, -2 * middle, 1.0, middle * middle + height
    for name in ("tanh", "arctan"):
        for rate, shift in itertools.product((1.0, 2.0, 5.0), (-2.0, -1.0, -0.4, 0.0, 0.4, 1.0, 2.0)):
            yield name, rate, 0.0, rate * shift
            yield name, 0.0, rate, rate * shift
    yield from (("abs", 1.0, 0.0, shift) for shift in (-0.5, 0.0, 0.5))


@dataclass(frozen=True, slots=True)
class Scale:
    """``z = (x - middle) / half`` of the curve at hand."""

    middle: float
    half: float

    def tree(self, word: Word) -> Sum:
        """The word as a formula of x."""
        name, p, q, r = word
        h, m = self.half, self.middle
        second, first = q / h**2, p / h - 2 * q * m / h**2
        rest = q * (m / h) ** 2 - p * m / h + r
        if not q:
            return Sum((Link(name, Input(0), (first, rest, 1.0, 0.0)),))
        inner = [Link("x^2", Input(0), (1.0, 0.0, 1.0, 0.0), moves=False)]
        inner.append(Link("x", Input(0), (1.0, 0.0, first / second, 0.0)))
        return Sum((Link(name, Sum(tuple(inner)), (second, rest, 1.0, 0.0)),))

    def total(self, left: Word, right: Word) -> Sum:
        return add([self.tree(left), self.tree(right)])

    def product(self, left: Word, right: Word) -> Sum:
        return plain(Times(self.tree(left), self.tree(right)))
