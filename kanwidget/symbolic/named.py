"""A network that is a formula: every edge a function with its constants, and no other edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kanwidget.errors import SymbolicError
from kanwidget.model.functions import function
from kanwidget.model.network import Network
from kanwidget.model.nodes import Edge
from kanwidget.symbolic.auto import with_formula
from kanwidget.symbolic.edges import checked_affine

__all__ = ["become"]


def become(model: Network, edges: Mapping[Sequence[int], tuple[str, Sequence[float]]]) -> None:
    """Turn the network into the formula of these edges; all others are removed.

    Args:
        edges: per edge ``(l, i, j)`` the name of its function and the constants a, b, c, d of ``c f(a x + b) + d``.

    Raises:
        ShapeError: there is no such edge.
        SymbolicError: a function is not known, or its constants are not four finite numbers.
    """
    if not isinstance(edges, Mapping) or not edges:
        raise SymbolicError(f"edges={edges!r}: a dictionary {{(l, i, j): (name, [a, b, c, d])}} is accepted")
    named = {_edge(model, edge): _named(edge, value) for edge, value in edges.items()}
    model.put_layers(with_formula(model, named))


def _edge(model: Network, edge: Any) -> Edge:
    if not isinstance(edge, tuple | list) or len(edge) != 3:
        raise SymbolicError(f"edges: {edge!r} is no edge: three integers (l, i, j) are accepted")
    return model.edge(*edge)


def _named(edge: Any, value: Any) -> tuple[str, tuple[float, float, float, float]]:
    if not isinstance(value, tuple | list) or len(value) != 2 or not isinstance(value[0], str):
        raise SymbolicError(f"edges: {edge!r} is {value!r}: a pair (name, [a, b, c, d]) is accepted")
    a, b, c, d = checked_affine(value[1]).tolist()
    return function(value[0]).name, (a, b, c, d)
