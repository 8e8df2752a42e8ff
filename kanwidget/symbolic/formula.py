"""Read the closed form off a network whose edges are all named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from kanwidget.derived import Feature
from kanwidget.errors import SymbolicError
from kanwidget.model.network import Network
from kanwidget.model.nodes import Edge
from kanwidget.symbolic.library import sympy_function

__all__ = ["open_edges", "symbolic_formula"]


def open_edges(model: Network) -> list[Edge]:
    """Edges that stand between the network and a formula: not named, not removed, and leading to an output."""
    named = model.symbolic_edges()
    return [edge for edge in _contributing(model) if edge not in named]


def symbolic_formula(model: Network, var: Sequence[Any] | None = None) -> tuple[list[sp.Expr], list[sp.Symbol]]:
    """The outputs as sympy expressions of the columns of the data, with all constants at full precision. An input that
    is made of columns is written as what it is.

    The expressions equal the network where it has a value; sympy may write them so that they have a value elsewhere
    too, as x for exp(log(x)).

    Args:
        var: names or sympy symbols of the columns, by default the network's own names.

    Returns:
        one expression per output, one symbol per column.

    Raises:
        SymbolicError: edges are not named yet (the message lists them), or ``var`` has the wrong length.
    """
    missing = open_edges(model)
    if missing:
        listed = ", ".join(str(tuple(edge)) for edge in missing[:12]) + (" …" if len(missing) > 12 else "")
        raise SymbolicError(
            f"no closed form yet: {len(missing)} edge(s) are still splines: {listed}; "
            "name them by fix_symbolic or auto_symbolic, or take them away by prune or remove_edge"
        )
    symbols = _symbols(model, var)
    values: list[sp.Expr] = [*symbols, *(_written(feature, symbols) for feature in model.features)]
    for layer, nodes in model.stack():
        sums: list[sp.Expr] = [sp.Integer(0)] * layer.out_dim
        for edge, row in zip(layer.symbolic, layer.affine.detach().double().tolist(), strict=True):
            if layer.mask[edge.i, edge.j]:
                a, b, c, d = (exact(v) for v in row)
                sums[edge.j] += c * sympy_function(edge.name)(a * values[edge.i] + b) + d
        values = [sp.Mul(*(sums[part] for part in nodes.parts(node))) for node in range(nodes.count)]
    return values, symbols


def exact(value: float) -> sp.Expr:
    """A float as sympy's number of the same value."""
    return sp.Integer(int(value)) if value == int(value) and abs(value) < 1e15 else sp.Float(value)


def _written(feature: Feature, symbols: Sequence[sp.Symbol]) -> sp.Expr:
    first, last = symbols[feature.columns[0]], symbols[feature.columns[-1]]
    return sp.sin(first) if feature.kind == "sine" else first * last


def _contributing(model: Network) -> list[Edge]:
    """Live edges from which an output can be reached, bottom layer first."""
    found: list[Edge] = []
    reached = set(range(model.width[-1].count))
    for l in range(model.depth - 1, -1, -1):
        nodes = model.width[l + 1]
        edges = [Edge(l, i, j) for i, j in model.layer(l).mask.nonzero().tolist() if nodes.owner(j) in reached]
        found = edges + found
        reached = {edge.i for edge in edges}
    return found


def _symbols(model: Network, var: Sequence[Any] | None) -> list[sp.Symbol]:
    given = model.input_names if var is None else var
    names = list(given) if isinstance(given, list | tuple) else []
    good = all(isinstance(name, str | sp.Symbol) for name in names)
    if not good or len(names) != model.columns or len(set(map(str, names))) != len(names):
        raise SymbolicError(f"var={given!r}: a list of {model.columns} different names or sympy symbols is accepted")
    return [name if isinstance(name, sp.Symbol) else sp.Symbol(name) for name in names]
