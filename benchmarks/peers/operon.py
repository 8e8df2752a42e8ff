"""Operon 0.6 (pyoperon): genetic programming in C++, with constants fitted by Levenberg-Marquardt."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

__all__ = ["SYMBOLS", "expression", "searched"]

Array = NDArray[Any]

SYMBOLS: dict[str, Callable[..., sp.Expr]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "square": lambda a: a**2,
    "sqrt": sp.sqrt,
    "exp": sp.exp,
    "log": sp.log,
    "sin": sp.sin,
    "cos": sp.cos,
    "tanh": sp.tanh,
    "asin": sp.asin,
}
SINGLE_PRECISION = 1e-5  # of the labels' standard deviation: errors below are rounding
MUCH_THE_SAME = 1.1
SEEDS_APART = 1000


def searched(x: Array, y: Array, names: tuple[str, ...], budget: float, seed: int) -> sp.Expr:
    """The best formula after so many CPU seconds, searched for low error and short length at once.

    Operon's own limit is one of the clock: it searches a second at a time, each from where the last one ended.

    Of the formulas whose error is at most a tenth above the smallest, or no more than rounding, it is the shortest.
    """
    from pyoperon.sklearn import SymbolicRegressor

    search = SymbolicRegressor(
        allowed_symbols=",".join([*SYMBOLS, "constant", "variable"]),
        objectives=["rmse", "length"],
        optimizer_iterations=5,
        generations=10**6,
        max_evaluations=10**9,
        epsilon=0.0,
        max_time=1,
        warm_start=True,
    )
    begun = time.process_time()
    for second in itertools.count():
        search.set_params(random_state=seed + SEEDS_APART * second).fit(x, y)
        if time.process_time() - begun >= budget:
            break
    errors = [float(np.sqrt(model["mean_squared_error"])) for model in search.pareto_front_]
    enough = max(MUCH_THE_SAME * min(errors), SINGLE_PRECISION * float(y.std()))
    good = [model for model, error in zip(search.pareto_front_, errors, strict=True) if error <= enough]
    shortest = min(good, key=lambda model: model["length"])
    return expression(shortest["tree"], dict(zip(search.variables_, names, strict=True)))


def expression(tree: Any, names: Mapping[int, str]) -> sp.Expr:
    """Read off Operon's nodes, which stand after their operands, the first operand last; variables have a weight."""
    stack: list[sp.Expr] = []
    for node in tree.Nodes:
        if node.IsVariable:
            stack.append(sp.Float(float(node.Value)) * sp.Symbol(names[node.HashValue]))
        elif node.IsConstant:
            stack.append(sp.Float(float(node.Value)))
        else:
            operands = [stack.pop() for _ in range(node.Arity)]
            stack.append(SYMBOLS[node.Type.name.lower()](*operands))
    return stack.pop()
