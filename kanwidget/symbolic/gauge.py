"""Write the same formula with the plainest constants.

``c f(a x + b) + d`` has more constants than the function needs, and what one edge multiplies the next can divide: a
refit lands on any of the equal choices. Here powers take the factor 1 inside, exponentials the shift 0, waves a
positive frequency and a small phase; the offset of a sum node goes to the edges that leave it, and so does its scale.
The network computes the same numbers, up to rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from kanwidget.model.nodes import Edge, Nodes

__all__ = ["Constants", "Formula", "plain"]

Constants = tuple[float, float, float, float]
Formula = dict[Edge, tuple[str, Constants]]  # function and constants of every live edge

LARGEST_SHIFT = 30.0  # exp(b) is moved into the factor up to here
DUST = 2e-15  # a few roundings
_DEGREE = {"x^2": 2, "x^3": 3, "x^4": 4, "x^5": 5, "1/x": -1, "1/x^2": -2, "1/x^3": -3, "1/x^4": -4, "1/x^5": -5}
_ROOTS = {"sqrt": 0.5, "1/sqrt(x)": -0.5, "x^1.5": 1.5, "relu": 1.0}
_ODD = ("tan", "tanh", "arctan", "arcsin", "arctanh", "sgn")
_EVEN = ("cosh", "gaussian")


def plain(width: tuple[Nodes, ...], formula: Formula) -> Formula:
    """The same formula in plain constants.

    Args:
        width: nodes per layer, inputs first.
        formula: function and constants of every live edge.
    """
    found = {edge: (name, plain_edge(name, constants)) for edge, (name, constants) in formula.items()}
    for l in range(1, len(width) - 1):
        for node in range(width[l].sums):
            _pass_on(found, l, node)
    return {edge: (name, _without_dust(constants)) for edge, (name, constants) in found.items()}


def plain_edge(name: str, constants: Constants) -> Constants:
    """The plainest constants of one edge; the same curve."""
    a, b, c, d = constants
    if a == 0 or not all(map(math.isfinite, constants)):
        return constants
    if name == "x":
        return 1.0, 0.0, c * a, d + c * b
    if name in _DEGREE:
        return 1.0, b / a, c * a ** _DEGREE[name], d
    if name in _ROOTS:
        return math.copysign(1.0, a), b / abs(a), c * abs(a) ** _ROOTS[name], d
    if name == "abs":
        return 1.0, b / a, c * abs(a), d
    if name == "log":
        return math.copysign(1.0, a), b / abs(a), c, d + c * math.log(abs(a))
    if name == "exp":
        return (a, 0.0, c * math.exp(b), d) if abs(b) <= LARGEST_SHIFT else constants
    return _turned(name, constants)


def _without_dust(constants: Constants) -> Constants:
    """Whole numbers for those that differ from them by rounding alone."""
    a, b, c, d = (float(round(v)) if abs(v - round(v)) <= DUST * max(1.0, abs(v)) else v for v in constants)
    return a, b, c, d


def _turned(name: str, constants: Constants) -> Constants:
    """Symmetric functions with a positive factor inside, waves with a phase of at most a quarter turn."""
    a, b, c, d = constants
    if a < 0 and name in ("sin", *_ODD):
        a, b, c = -a, -b, -c
    elif a < 0 and name in ("cos", *_EVEN):
        a, b = -a, -b
    elif a < 0 and name == "sigmoid":
        a, b, c, d = -a, -b, -c, d + c
    if name in ("sin", "cos"):
        turns = round(b / math.pi)
        return a, b - turns * math.pi, c * (-1) ** turns, d
    return a, b, c, d


def _pass_on(formula: Formula, l: int, node: int) -> None:
    """Move offset and scale of a sum node to the edges that leave it."""
    below = [e for e in formula if e.l == l - 1 and e.j == node]
    above = [e for e in formula if e.l == l and e.i == node]
    if not below or not above:
        return
    offset = sum(formula[e][1][3] for e in below)
    scale = formula[above[0]][1][0]
    if scale == 0:
        return
    _change(formula, below, lambda a, b, c, d: (a, b, c * scale, 0.0))
    _change(formula, above, lambda a, b, c, d: (a / scale, b + a * offset, c, d))
    for e in above:
        name, constants = formula[e]
        formula[e] = name, plain_edge(name, constants)


def _change(
    formula: Formula,
    edges: list[Edge],
    change: Callable[[float, float, float, float], Constants],
) -> None:
    for edge in edges:
        name, constants = formula[edge]
        formula[edge] = name, change(*constants)
