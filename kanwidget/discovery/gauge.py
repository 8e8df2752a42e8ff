"""The same formula in plain constants: scales in front, offsets at the end, small phases."""

from __future__ import annotations

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
