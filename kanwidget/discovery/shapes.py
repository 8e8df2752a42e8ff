"""Shapes of formulas: how the columns are joined, and the curves that are to be named."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from kanwidget.discovery.bases import Bases, Group, partitions
from kanwidget.discovery.clock import Clock
from kanwidget.discovery.merges import Merge, merges
from kanwidget.discovery.outers import HOMOGENEOUS, OUTERS, Outer
from kanwidget.discovery.splits import Split, split, under_one_function
from kanwidget.discovery.terms import (
    Hole,
    Input,
    Link,
    Node,
    Sum,
    Times,
    add,
    constant,
    filled,
    links,
    on,
    plain,
    product,
)
from kanwidget.model.functions import function
from kanwidget.symbolic.curves import fit_curves

__all__ = ["KINDS", "Curve", "Shape", "shapes"]

# sums; products; sums with one product; functions of such; functions of two columns that act as one
KINDS = ("sum", "product", "mixed", "outer", "joined")

FEW, FEWER = 4, 4  # columns from which on few outer functions are tried, and how many
MERGES = 2  # ways to join two columns that are followed
LIFTED = 6  # shapes of a smaller problem that are followed
KEPT = 6  # ways to take one function apart that are followed
PER_CURVE, PER_OUTER = 0.4, 0.6  # digits of accuracy that a further curve or an outer function has to bring
FLOOR = 1e-8
PLAIN = ("x", "x^2", "1/x", "1/x^2", "sqrt", "exp", "log", "sin")
OFFSETS, OFFSET_ROWS = 2, 4
SMALL = 1e-4  # share of the deviation below which a part of a sum is left out


@dataclass(frozen=True, slots=True)
class Curve:
    """Values of a function of one variable, to be named.

    Attributes:
        source: what the function is taken of: an input, or a sum of other curves.
        x, y: shape ``(rows,)``.
    """

    source: Node
    x: Tensor
    y: Tensor


@dataclass(frozen=True, slots=True)
class Shape:
    """A formula with curves in the place of names.

    Attributes:
        tree: with a :class:`Hole` for every curve.
        error: relative, of what the shape can express.
    """

    tree: Sum
    curves: tuple[Curve, ...]
    error: float

    @property
    def score(self) -> float:
        """Low where it is accurate and short, in digits."""
        outers = sum(link.name not in ("x", "0") for link in links(self.tree))
        return math.log10(self.error + FLOOR) + PER_CURVE * len(self.curves) + PER_OUTER * outers

    def filled(self, pieces: Sequence[Sum]) -> Sum:
        """With a formula of one input for every curve."""
        done: list[Node] = []
        for piece, curve in zip(pieces, self.curves, strict=True):
            source = filled(plain(curve.source), done) if isinstance(curve.source, Sum | Times) else curve.source
            done.append(on(piece, [source]))
        return filled(self.tree, done)


Way = tuple[float, Callable[[], Iterator[Shape]]]  # a score, and the shapes when they are asked for


def shapes(
    bases: Bases, z: Tensor, columns: Sequence[int], names: set[str], clock: Clock, kinds: Collection[str] = KINDS
) -> list[Shape]:
    """Ways to write ``z`` as a formula of curves, the most promising first.

    Args:
        z: values on all rows, shape ``(rows,)``.
        columns: those that z depends on.
        names: the functions that may be used.
        clock: when it is over, no further way is followed.
        kinds: of shapes that may be used.
    """
    return _Anatomy(bases, names, clock, kinds).shapes(z, tuple(columns), depth=2)


class _Anatomy:
    def __init__(self, bases: Bases, names: set[str], clock: Clock, kinds: Collection[str]) -> None:
        self.bases, self.clock, self.kinds = bases, clock, kinds
        self.names = names
        usable = OUTERS if "outer" in kinds else OUTERS[:1]
        self.outers = [outer for outer in usable if outer.name in names]

    def shapes(self, z: Tensor, columns: Group, depth: int) -> list[Shape]:
        joined = self._joinings(z, columns, depth)
        ways = self._merged(z, columns, depth, joined)
        if len(columns) < 3 or not any(merge.is_sure for merge in joined):
            ways += self._taken_apart(z, columns, depth)
        if depth and len(columns) > 1 and "outer" in self.kinds:
            ways += self._ridge(z, columns)
        ways.sort(key=lambda way: way[0])
        best = ways[0][0] if ways else 0.0
        kept = len(ways) if len(columns) == 1 else KEPT
        found: list[Shape] = []
        for n, (score, way) in enumerate(ways[:kept]):
            if (n < 2 or score < best + 3) and not (found and self.clock.over):
                found += way()
        return sorted(found, key=lambda shape: shape.score)

    def _taken_apart(self, z: Tensor, columns: Group, depth: int) -> list[Way]:
        """Sums and products, of the values as they are and inside an outer function."""
        ways: list[Way] = []
        some = 1 if not depth else FEWER if len(columns) >= FEW else len(self.outers)
        for outer in self.outers[:some]:
            if ways and self.clock.over:
                break
            inner = _sign(z) * z if outer.name in HOMOGENEOUS else z
            w = outer.inverse(inner)
            if w is None or not bool(w.isfinite().all()) or float(w.std()) <= 1e-12 * float(w.abs().max()):
                continue
            ways += self._ways(w, columns, outer, _sign(z) if inner is not z else 1.0, depth)
        return ways

    def _ways(self, w: Tensor, columns: Group, outer: Outer, sign: float, depth: int) -> list[Way]:
        """How the inverse of the outer function can be taken apart, with a score; the parts are not followed yet."""
        if len(columns) == 1:
            hole = Shape(plain(Hole(0)), (Curve(Input(columns[0]), self.bases.x[:, columns[0]], w),), 0.0)
            return [(0.0 if outer.name == "x" else PER_OUTER, lambda: iter([_under(hole, outer, sign)]))]
        found: list[Way] = []
        for plus, times in self._splits(columns):
            if _kind(plus, times) not in self.kinds:
                continue
            way = split(self.bases, w, plus, times)
            if found and self.clock.over:
                break
            curves = len(way.parts) + len(way.factors) + (outer.name != "x")
            score = math.log10(way.error + FLOOR) + PER_CURVE * curves + PER_OUTER * (outer.name != "x")

            def follow(way: Split = way) -> Iterator[Shape]:
                for shape in self._followed(way, depth):
                    yield _under(shape, outer, sign)

            found.append((score, follow))
        return found

    def _splits(self, columns: Group) -> Iterator[tuple[Sequence[Group], Sequence[Group]]]:
        """Sums, products, and sums with one product: the groups of the sum and of the product."""
        singles = [(c,) for c in columns]
        yield singles, []
        if len(columns) <= 6:
            yield [], singles
        if len(columns) == 2:
            yield singles, singles
            return
        if len(columns) <= 4:
            for size in range(2, len(columns) + 1):
                for chosen in itertools.combinations(singles, size):
                    yield singles, chosen
        if len(columns) <= 5:
            for pair in partitions(columns):
                yield pair, []
                yield [], pair

    def _followed(self, way: Split, depth: int) -> Iterator[Shape]:
        for choice in _gauged(way, self.bases.x):
            parts = [self._part(group, values, depth) for group, values in choice.parts]
            factors = [self._part(group, values, depth) for group, values in choice.factors]
            for picked in itertools.islice(itertools.product(*parts, *factors), 4):
                yield _joined(picked[: len(parts)], picked[len(parts) :], choice)

    def _part(self, group: Group, values: Tensor, depth: int) -> list[Shape]:
        if len(group) == 1:
            return [Shape(plain(Hole(0)), (Curve(Input(group[0]), self.bases.x[:, group[0]], values),), 0.0)]
        return self.shapes(values, group, depth - 1)[:2]

    def _ridge(self, z: Tensor, columns: Group) -> list[Way]:
        """An unknown outer function of a sum."""
        ridge = under_one_function(self.bases, z, [(c,) for c in columns])
        score = math.log10(ridge.error + FLOOR) + PER_CURVE * (len(columns) + 1) + PER_OUTER

        def follow() -> Iterator[Shape]:
            inner = [Curve(Input(g[0]), self.bases.x[:, g[0]], values) for g, values in ridge.parts]
            total = torch.stack([values for _, values in ridge.parts]).sum(0)
            source = add([plain(Hole(n)) for n in range(len(inner))])
            outer = Curve(source, total, z)
            yield Shape(plain(Hole(len(inner))), (*inner, outer), ridge.error)

        return [(score, follow)]

    def _joinings(self, z: Tensor, columns: Group, depth: int) -> list[Merge]:
        """The columns that may act as one, the likeliest first."""
        if not depth or len(columns) < 2 or self.clock.over or "joined" not in self.kinds:
            return []
        return merges(self.bases, z, columns, self.names, self.clock)[:MERGES]

    def _merged(self, z: Tensor, columns: Group, depth: int, joined: Sequence[Merge]) -> list[Way]:
        """Two columns joined into one, and the smaller problem that is left."""
        found: list[Way] = []
        for merge in joined:
            left = [c for c in columns if c not in merge.pair]
            table = torch.cat([merge.values[:, None], self.bases.x[:, left]], dim=1)
            inner = [
                Curve(Input(c), self.bases.x[:, c], v) for c, v in zip(merge.pair, merge.curves or (), strict=False)
            ]
            joint = merge.source or Sum((Link("x", Hole(0)), Link("x", Hole(1))))
            sources = [joint, *map(Input, left)]
            score = math.log10(merge.mismatch**2 + FLOOR) + PER_CURVE * (len(left) + 1 + len(inner))

            def follow(
                table: Tensor = table, inner: list[Curve] = inner, sources: list[Node] = sources
            ) -> Iterator[Shape]:
                smaller = _Anatomy(Bases(table), self.names, self.clock, self.kinds)
                for shape in smaller.shapes(z, tuple(range(len(sources))), depth)[:LIFTED]:
                    yield _lifted(shape, inner, sources)

            found.append((score, follow))
        return found


def _kind(plus: Sequence[Group], times: Sequence[Group]) -> str:
    return "mixed" if plus and times else "product" if times else "sum"


def _lifted(shape: Shape, inner: Sequence[Curve], sources: Sequence[Node]) -> Shape:
    """A shape over joined columns as a shape over the columns themselves, with the curves of the joint first."""
    shift = len(inner)
    curves = [replace(curve, source=_source(curve.source, shift, sources)) for curve in shape.curves]
    return Shape(_renumbered(shape.tree, shift), (*inner, *curves), shape.error)


def _source(source: Node, shift: int, sources: Sequence[Node]) -> Node:
    if isinstance(source, Input):
        return sources[source.index]
    return on(_renumbered(plain(source), shift), sources)


def _sign(z: Tensor) -> float:
    return -1.0 if float(z.max()) <= 0 else 1.0


def _under(shape: Shape, outer: Outer, sign: float) -> Shape:
    """The shape inside an outer function."""
    if outer.name == "x":
        return shape
    tree = Sum((Link(outer.name, shape.tree, (1.0, 0.0, sign, 0.0)),))
    return replace(shape, tree=tree, error=shape.error)


def _joined(parts: Sequence[Shape], factors: Sequence[Shape], way: Split) -> Shape:
    """Sum and product of shapes as one shape."""
    curves: list[Curve] = []
    trees: list[Sum] = []
    for shape in (*parts, *factors):
        shift = len(curves)
        trees.append(_renumbered(shape.tree, shift))
        curves += [
            replace(c, source=_renumbered(plain(c.source), shift) if isinstance(c.source, Sum | Times) else c.source)
            for c in shape.curves
        ]
    summands = trees[: len(parts)]
    if factors:
        summands = [*summands, product(trees[len(parts) :])]
    tree = add(summands, way.offset) if summands else constant(way.offset, Input(0))
    return Shape(tree, tuple(curves), max([way.error, *(s.error for s in (*parts, *factors))]))


def _renumbered(tree: Sum, shift: int) -> Sum:
    return filled(tree, [Hole(n + shift) for n in range(64)]) if shift else tree


def _gauged(way: Split, x: Tensor) -> list[Split]:
    """The same sum and product of two factors, told apart in the ways that leave the fewest curves.

    ``(u + p)(v + q) = u v + p v + q u + p q``: what a factor carries can stand in the sum as well.
    """
    if len(way.factors) != 2 or not way.parts:
        return [_thinned(way)]
    (left, u), (right, v) = way.factors
    if left not in dict(way.parts) or right not in dict(way.parts) or min(float(u.std()), float(v.std())) < 1e-9:
        return [_thinned(way)]
    f, g = dict(way.parts)[left], dict(way.parts)[right]
    found = []
    shares = [(_share(g, v), _share(f, u))]
    shares += [(_share(g, v), -offset) for offset in _offsets(x[:, right[0]], v)] if len(right) == 1 else []
    shares += [(-offset, _share(f, u)) for offset in _offsets(x[:, left[0]], u)] if len(left) == 1 else []
    for p, q in shares:
        # f + g + u v = (f - q u) + (g - p v) + (u + p)(v + q) - p q
        rest = [(group, values) for group, values in way.parts if group not in (left, right)]
        parts = [(left, f - q * u), (right, g - p * v), *rest]
        found.append(_thinned(Split(parts, [(left, u + p), (right, v + q)], way.offset - p * q, way.error)))
    fewest = min(len(choice.parts) for choice in found)
    return [choice for choice in found if len(choice.parts) == fewest]


def _offsets(x: Tensor, values: Tensor) -> list[float]:
    """The offsets that the functions have which a factor may be: a law rather has the plain function in its place."""
    (found,) = fit_curves(x[None, ::OFFSET_ROWS], values[None, ::OFFSET_ROWS], [function(name) for name in PLAIN])
    return [candidate.affine[3] for candidate in found[:OFFSETS]]


def _share(part: Tensor, factor: Tensor) -> float:
    """How much of the factor the part contains."""
    moved = factor - factor.mean()
    return float(moved @ part / (moved @ moved).clamp_min(1e-300))


def _thinned(way: Split) -> Split:
    """Without the parts that hardly vary; their means go to the offset."""
    total = sum(float(values.var()) for _, values in way.parts) + _variance(way.factors)
    offset, parts = way.offset, []
    for group, values in way.parts:
        if float(values.var()) > (SMALL + 3 * way.error) ** 2 * total:
            parts.append((group, values))
        else:
            offset += float(values.mean())
    return replace(way, parts=parts, offset=offset)


def _variance(factors: Sequence[tuple[Group, Tensor]]) -> float:
    return float(torch.stack([v for _, v in factors]).prod(0).var()) if factors else 0.0
