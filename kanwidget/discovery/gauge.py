"""The same formula in plain constants: scales in front, offsets at the end, small phases."""

from __future__ import annotations

import math
from dataclasses import replace

from kanwidget.discovery.terms import Hole, Input, Link, Node, Sum, Times, plain
from kanwidget.symbolic.gauge import plain_edge

__all__ = ["canonical"]


def canonical(tree: Sum) -> Sum:
    """The formula with factor 1 in front of the first link of every inner sum and factor, and inner offsets moved up.

    What lies below a node that feeds several others stays as it is.
    """
    links = [_link(link) for link in tree.links]
    offset = sum(link.affine[3] for link in links)
    links = [replace(link, affine=(*link.affine[:3], 0.0)) for link in links]
    return plain(Sum(tuple(links)), 1.0, offset)


def _link(link: Link) -> Link:
    if link.name in _ROOTS:
        roots = _rooted(link)
        if roots is not None:
            return roots
    source, scale, offset = _node(link.source)
    a, b, c, d = link.affine
    if not link.moves:
        a, b = a * scale, b + a * offset
        if (link.name != "0" and (a, b) == (1.0, 0.0)) or link.name == "0":
            return replace(link, source=source, affine=(a, b, c, d))
        return Link(link.name, source, plain_edge(link.name, (a, b, c, d)))
    return replace(link, source=source, affine=plain_edge(link.name, (a * scale, b + a * offset, c, d)))


def _node(node: Node) -> tuple[Node, float, float]:
    """The node in plain form, and the factor and offset by which its value differs."""
    if isinstance(node, Input | Hole):
        return node, 1.0, 0.0
    if isinstance(node, Times):
        left, p = _factor(node.left)
        right, q = _factor(node.right)
        return Times(left, right), p * q, 0.0
    tree = canonical(node)
    scale = _leading(tree)
    offset = tree.links[0].affine[3]
    return plain(plain(tree, 1.0, -offset), 1 / scale), scale, offset


def _factor(node: Sum) -> tuple[Sum, float]:
    tree = canonical(node)
    scale = _leading(tree)
    return plain(tree, 1 / scale), scale


def _leading(tree: Sum) -> float:
    c = tree.links[0].affine[2]
    return c if c and tree.links[0].name != "0" else 1.0


DUST = 1e-8  # relative size of an offset that is a rounding error of the fit
_ROOTS = {"sqrt": {"x^2": "x", "1/x^2": "1/x"}, "1/sqrt(x)": {"x^2": "1/x", "1/x^2": "x"}}


def _rooted(link: Link) -> Link | None:
    """``sqrt(u^2 v)`` as ``u sqrt(v)``, for which a refit finds the sign: no law has a kink where u is 0."""
    inner = link.source
    if not isinstance(inner, Sum) or len(inner.links) != 1:
        return None
    factor, (a, b, c, d) = inner.links[0], link.affine
    if abs(a * factor.affine[3] + b) > DUST * abs(a * factor.affine[2]):
        return None
    if factor.name != "x" or not isinstance(factor.source, Times):
        return None
    parts = [factor.source.left, factor.source.right]
    roots = [_root(part, link.name) for part in parts]
    if all(root is None for root in roots):
        return None
    inside = a * factor.affine[2] * math.prod(p.links[0].affine[2] for p, r in zip(parts, roots, strict=True) if r)
    outside = abs(inside) ** (0.5 if link.name == "sqrt" else -0.5)
    sums = [
        root or Sum((Link(link.name, part, (math.copysign(1.0, inside), 0.0, 1.0, 0.0)),))
        for part, root in zip(parts, roots, strict=True)
    ]
    return Link("x", Times(canonical(sums[0]), canonical(sums[1])), (1.0, 0.0, c * outside, d))


def _root(part: Sum, name: str) -> Sum | None:
    """The root of a factor that is a square."""
    (first, *others) = part.links
    if others or first.name not in _ROOTS[name] or abs(first.affine[3]) > DUST * abs(first.affine[2]):
        return None
    a, b, _, _ = first.affine
    return Sum((Link(_ROOTS[name][first.name], first.source, (a, b, 1.0, 0.0)),))
