"""Problems of formula discovery, and what counts as solved.

A problem file is a JSON list. Of every entry are read: ``name``, ``expr`` (the truth, as sympy reads it),
``variables``, ``ranges`` (a pair for each variable) and ``exactable`` (whether elementary functions can write it down).

A formula is judged on two samples: 4,000 rows of the box that the training rows come from, and 4,000 of that box
widened by a quarter of its sides on each side, where a polynomial in disguise is found out. Rows on which the truth is
not a finite real number are left out. The error of a row is relative to the truth there, or to the root mean square of
the truth in the box where that is larger; what counts is the largest error of all rows.
"""

from __future__ import annotations

import json
import signal
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import scipy.special as special
import sympy as sp
from numpy.typing import NDArray

__all__ = ["Problem", "Verdict", "complexity", "function_of", "judge", "read_problems"]

Array = NDArray[Any]

EXACT = 1e-6
NEAR = 1e-3
WORTH_SIMPLIFYING = 1e-2  # in the box: beyond, a formula is not the truth in another form
SECONDS_TO_SIMPLIFY = 5
ROWS = 4000
SEED = 12345
MARGIN = 0.25  # of each side of the box
IMAGINARY = 1e-9  # relative: a value is real up to this

SPECIAL = {"elliptic_k": special.ellipk, "elliptic_e": special.ellipe, "besselj": special.jv, "erf": special.erf}
SPELLINGS = {
    "arcsin": sp.asin,
    "arccos": sp.acos,
    "arctan": sp.atan,
    "ln": sp.log,
    "sgn": sp.sign,
    "abs": sp.Abs,
}


@dataclass(frozen=True)
class Problem:
    """A formula to be found, and the box its rows are drawn from.

    Attributes:
        ranges: one ``(low, high)`` per variable.
        exactable: whether a formula in elementary functions can be the truth.
    """

    name: str
    expr: str
    variables: tuple[str, ...]
    ranges: tuple[tuple[float, float], ...]
    exactable: bool = True

    @cached_property
    def truth(self) -> sp.Expr:
        symbols = {name: sp.Symbol(name) for name in self.variables}
        return sp.sympify(self.expr, locals=SPELLINGS | symbols)

    def sample(self, rows: int, seed: int, margin: float = 0.0) -> tuple[Array, Array]:
        """At most so many rows ``(rows, variables)`` drawn uniformly, and the truth on them ``(rows,)``."""
        low, high = np.array(self.ranges).T
        wider = margin * (high - low)
        x = np.random.default_rng(seed).uniform(low - wider, high + wider, (rows, len(low)))
        y = function_of(self.truth, self.variables)(x)
        known = np.isfinite(y)
        return x[known], y[known]

    def training(self, rows: int, seed: int, noise: float = 0.0) -> tuple[Array, Array]:
        """Rows to learn from, with normal noise in units of the labels' standard deviation."""
        x, y = (column[:rows] for column in self.sample(2 * rows, seed))
        return x, y + noise * y.std() * np.random.default_rng([seed, 1]).standard_normal(len(y))


@dataclass(frozen=True)
class Verdict:
    """What a formula is worth.

    Attributes:
        exact: equal to the truth within 1e-6 in the box and around it, or once both are simplified.
        near: the same within 1e-3.
        exact_in_box: within 1e-6 in the box alone.
        complexity: number of nodes of the expression.
        error, error_around: the largest relative error in the box and in the widened one.
    """

    exact: bool
    near: bool
    exact_in_box: bool
    complexity: int
    error: float
    error_around: float


def read_problems(path: Path) -> list[Problem]:
    return [
        Problem(
            name=entry["name"],
            expr=entry["expr"],
            variables=tuple(entry["variables"]),
            ranges=tuple((low, high) for low, high in entry["ranges"]),
            exactable=entry.get("exactable", True),
        )
        for entry in json.loads(path.read_text())
    ]


def judge(problem: Problem, formula: sp.Expr) -> Verdict:
    """``formula`` is over symbols with the names of the problem's variables."""
    formula = formula.xreplace({symbol: sp.Symbol(symbol.name) for symbol in formula.free_symbols})
    inside, around = problem.sample(ROWS, SEED), problem.sample(ROWS, SEED + 1, MARGIN)
    scale = float(np.sqrt(np.mean(inside[1] ** 2)))
    error, error_around = (_worst(problem, formula, rows, scale) for rows in (inside, around))
    worst = max(error, error_around)
    exact = worst < EXACT or (error < WORTH_SIMPLIFYING and _vanishes(formula - problem.truth))
    return Verdict(exact, worst < NEAR, error < EXACT, complexity(formula), error, error_around)


def complexity(formula: sp.Expr) -> int:
    """Functions, operations, variables and numbers, each as often as it occurs."""
    return sum(1 for _ in sp.preorder_traversal(formula))


def function_of(formula: sp.Expr, variables: Sequence[str]) -> Callable[[Array], Array]:
    """From rows ``(rows, variables)`` to real values ``(rows,)``: not a number where the formula is not real.

    It computes in complex numbers, so that a formula is real wherever its value is, whatever its parts are.
    """
    evaluate = sp.lambdify([sp.Symbol(name) for name in variables], formula, modules=[SPECIAL, "scipy", "numpy"])

    def values(x: Array) -> Array:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                found = evaluate(*x.T.astype(complex))
            except TypeError:  # some special functions know no complex arguments
                found = evaluate(*x.T)
            found = np.broadcast_to(np.asarray(found, dtype=complex), len(x))
            real = np.isfinite(found.real) & (np.abs(found.imag) < IMAGINARY * (1 + np.abs(found.real)))
        return np.where(real, found.real, np.nan)

    return values


def _worst(problem: Problem, formula: sp.Expr, rows: tuple[Array, Array], scale: float) -> float:
    x, y = rows
    try:
        found = function_of(formula, problem.variables)(x)
    except Exception:  # noqa: BLE001 - a formula that cannot be computed is as wrong as can be
        return np.inf
    errors = np.abs(found - y) / np.maximum(np.abs(y), scale)
    return float(np.where(np.isfinite(errors), errors, np.inf).max())


def _vanishes(difference: sp.Expr) -> bool:
    try:
        with _at_most(SECONDS_TO_SIMPLIFY):
            return bool(sp.simplify(sp.nsimplify(difference, rational=False)) == 0)
    except Exception:  # noqa: BLE001 - what sympy cannot simplify, in time or at all, is not shown to be equal
        return False


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    """Raise ``TimeoutError`` in the block after so many seconds."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
