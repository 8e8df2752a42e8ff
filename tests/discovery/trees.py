"""Random formula trees, and their values worked out straight from the definition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from hypothesis import strategies as st
from torch import Tensor

from kanwidget.discovery.terms import Affine, Input, Link, Node, Sum, Times
from kanwidget.model.functions import function

NAMES = ("x", "x^2", "x^3", "sin", "cos", "tanh", "gaussian", "arctan", "0")  # real and tame everywhere
COLUMNS = 3


def direct(node: Node, x: Tensor) -> Tensor:
    """Values of a tree: ``(rows,)``."""
    if isinstance(node, Input):
        return x[:, node.index]
    if isinstance(node, Times):
        return direct(node.left, x) * direct(node.right, x)
    assert isinstance(node, Sum)
    total = torch.zeros(len(x), dtype=x.dtype)
    for link in node.links:
        a, b, c, d = link.affine
        total = total + c * function(link.name).torch(a * direct(link.source, x) + b) + d
    return total


_FACTORS = st.floats(0.3, 1.2).map(lambda v: round(v, 3))
_SIGNS = st.sampled_from([1.0, -1.0])
_OFFSETS = st.sampled_from([0.0, 0.0, 0.4, -0.7, 1.1])


@st.composite
def _affine(draw: Callable[..., Any]) -> Affine:
    return draw(_SIGNS) * draw(_FACTORS), draw(_OFFSETS), draw(_SIGNS) * draw(_FACTORS), draw(_OFFSETS)


@st.composite
def _sums(draw: Callable[..., Any], pool: list[Node]) -> Sum:
    """One to three links, to one node twice as well."""
    link = st.builds(Link, st.sampled_from(NAMES), st.sampled_from(pool), _affine(), st.booleans())
    return Sum(tuple(draw(st.lists(link, min_size=1, max_size=3))))


@st.composite
def trees(draw: Callable[..., Any], outputs: int = 1) -> tuple[Sum, ...]:
    """Formulas of :data:`COLUMNS` inputs that may share nodes, with products and nodes that several others use."""
    pool: list[Node] = [Input(n) for n in range(COLUMNS)]
    for _ in range(draw(st.integers(0, 3))):
        new: Node = draw(_sums(pool))
        if draw(st.booleans()):
            new = Times(new, draw(_sums(pool)))  # type: ignore[arg-type]
        pool.append(new)
    return tuple(draw(_sums(pool)) for _ in range(outputs))


def linear(*factors: float, offset: float = 0.0) -> Sum:
    """``offset + factors @ x``"""
    own = [Link("x", Input(n), (1.0, 0.0, c, offset if n == 0 else 0.0)) for n, c in enumerate(factors)]
    return Sum(tuple(own))
