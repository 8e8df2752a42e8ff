"""Formulas as trees of the things that a KAN is made of: edges with a function, nodes that add or multiply.

Such a tree says nothing of layers. :mod:`kanwidget.discovery.lowered` places it in a network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from kanwidget.model.functions import function

__all__ = [
    "Affine",
    "Hole",
    "Input",
    "Link",
    "Node",
    "Sum",
    "Times",
    "complexity",
    "constant",
    "filled",
    "links",
    "on",
    "plain",
    "product",
    "rebuilt",
]

Affine = tuple[float, float, float, float]  # a, b, c, d of c f(a x + b) + d
UNIT: Affine = (1.0, 0.0, 1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Input:
    """A column of the data."""

    index: int


@dataclass(frozen=True, slots=True)
class Hole:
    """A curve that has no name yet."""

    index: int


@dataclass(frozen=True, slots=True, eq=False)
class Sum:
    """A node that adds: the sum of its links. Equal only to itself, so that one node can feed several others."""

    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    """A node that multiplies two sums."""

    left: Sum
    right: Sum


Node = Input | Hole | Sum | Times


@dataclass(frozen=True, slots=True)
class Link:
    """An edge: ``c f(a u + b) + d`` of the value u of ``source``.

    Attributes:
        moves: whether a and b may be fitted; what the function absorbs into c and d never is.
    """

    name: str
    source: Node
    affine: Affine = UNIT
    moves: bool = True


def plain(source: Node, factor: float = 1.0, offset: float = 0.0) -> Sum:
    """``factor * source + offset``; of a sum its own links."""
    if not isinstance(source, Sum):
        return Sum((Link("x", source, (1.0, 0.0, factor, offset)),))
    moved = [replace(link, affine=_scaled(link.affine, factor)) for link in source.links]
    a, b, c, d = moved[0].affine
    moved[0] = replace(moved[0], affine=(a, b, c, d + offset))
    return Sum(tuple(moved))


def _scaled(affine: Affine, factor: float) -> Affine:
    a, b, c, d = affine
    return a, b, c * factor, d * factor


def constant(value: float, source: Node) -> Sum:
    return Sum((Link("0", source, (1.0, 0.0, 1.0, value), moves=False),))


def product(factors: Sequence[Sum]) -> Sum:
    """The product of one or more sums."""
    first, *rest = factors
    for factor in rest:
        first = plain(Times(first, factor))
    return first


def add(parts: Sequence[Sum], offset: float = 0.0) -> Sum:
    """The sum of sums."""
    return plain(Sum(tuple(link for part in parts for link in part.links)), 1.0, offset)


def rebuilt(
    root: Sum,
    change: Callable[[Link, Node], Sequence[Link]],
    settle: Callable[[Sequence[Link]], Sequence[Link]] = tuple,
) -> Sum:
    """The same tree with every link replaced by others, bottom up; shared nodes stay shared.

    Args:
        change: from a link and the new form of its source to what stands in its place.
        settle: from all that stands in one sum to the links that it has in the end.
    """
    known: dict[int, Node] = {}

    def summed(node: Sum) -> Sum:
        return Sum(tuple(settle([new for link in node.links for new in change(link, visit(link.source))])))

    def visit(node: Node) -> Node:
        if isinstance(node, Input | Hole):
            return node
        if id(node) not in known:
            known[id(node)] = Times(summed(node.left), summed(node.right)) if isinstance(node, Times) else summed(node)
        return known[id(node)]

    return summed(root)


def filled(tree: Sum, pieces: Sequence[Node] = ()) -> Sum:
    """The tree with every hole replaced by its piece, and sums of sums made one."""

    def change(link: Link, source: Node) -> Sequence[Link]:
        if isinstance(source, Hole) and pieces:
            source = pieces[source.index]
        if isinstance(source, Sum) and link.name == "x":
            a, b, c, d = link.affine
            return plain(source, a * c, c * b + d).links
        return (replace(link, source=source),)

    return rebuilt(tree, change)


def on(tree: Sum, sources: Sequence[Node]) -> Sum:
    """A formula of inputs, as a formula of other nodes in their places."""

    def change(link: Link, below: Node) -> Sequence[Link]:
        return (replace(link, source=sources[below.index] if isinstance(below, Input) else below),)

    return filled(rebuilt(tree, change))


def links(root: Node) -> Iterator[Link]:
    """Every link once, from the bottom up."""
    seen: set[int] = set()

    def visit(node: Node) -> Iterator[Link]:
        if isinstance(node, Input | Hole) or id(node) in seen:
            return
        seen.add(id(node))
        if isinstance(node, Times):
            yield from visit(node.left)
            yield from visit(node.right)
            return
        for link in node.links:
            yield from visit(link.source)
            yield link

    return visit(root)


def complexity(root: Node) -> int:
    """What the functions cost, and one for every product."""
    total = sum(max(1, function(link.name).complexity) for link in links(root) if link.name != "0")
    return total + sum(1 for _ in _products(root, set()))


def _products(node: Node, seen: set[int]) -> Iterator[Times]:
    if isinstance(node, Input | Hole) or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, Times):
        yield node
        yield from _products(node.left, seen)
        yield from _products(node.right, seen)
    else:
        for link in node.links:
            yield from _products(link.source, seen)
