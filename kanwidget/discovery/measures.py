"""How much it takes to write a formula down."""

from __future__ import annotations

import math

from kanwidget.discovery.fitting import Trees
from kanwidget.discovery.lowered import lowered
from kanwidget.discovery.terms import complexity, links

__all__ = ["constants", "description", "functions"]

LIBRARY = 30  # functions to choose from


def functions(trees: Trees) -> int:
    """What the functions and products of all outputs cost."""
    return sum(complexity(tree) for tree in trees)


def constants(trees: Trees, inputs: int) -> int:
    """How many constants are fitted."""
    return int(lowered(trees, inputs).free.sum())


def description(trees: Trees, error: float, rows: int, unknown: int) -> float:
    """What it takes to write down the formula and the residuals: low is good.

    The Bayesian information criterion (Schwarz, *Ann. Stat.* 6, 1978), with the choice of every function as a further
    parameter (minimum description length, Rissanen, *Automatica* 14, 1978).

    Args:
        error: mean squared.
        rows: that it was measured on.
        unknown: constants that are no known number.
    """
    every = [link.name for tree in trees for link in links(tree)]
    named, plain = sum(name not in ("x", "0") for name in every), every.count("x")
    choice = 2 * math.log(LIBRARY) * named + 2 * math.log(2) * plain
    return rows * math.log(max(error, 1e-300)) + math.log(max(2, rows)) * unknown + choice
