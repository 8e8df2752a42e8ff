"""The constants of a formula fitted anew, its structure kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from scipy.optimize import least_squares

from benchmarks.scoring import function_of

__all__ = ["refitted"]

Array = NDArray[Any]

EVALUATIONS = 100
TIGHT = 1e-15  # what can be exact becomes so; the rest ends once a step gains too little
GAIN = 1e-8


def refitted(formula: sp.Expr, variables: Sequence[str], x: Array, y: Array) -> sp.Expr:
    """The least-squares fit of every floating-point number in the formula, from where it is, to the rows.

    Whole numbers, fractions and named constants belong to the structure and stay. The formula comes back as it is
    where it has no floating-point number or has no real value on one of the rows.
    """
    values: list[float] = []
    opened = _opened(formula, values)
    places = [_place(i) for i in range(len(values))]
    evaluate = function_of(opened, [*variables, *(place.name for place in places)])

    def residuals(constants: Array) -> Array:
        columns = np.broadcast_to(constants, (len(x), len(constants)))
        error: Array = evaluate(np.hstack([x, columns])) - y
        return np.where(np.isfinite(error), error, 1e6 * (1 + np.abs(y).max()))

    if not values or not np.isfinite(function_of(formula, variables)(x)).all():
        return formula
    fit = least_squares(
        residuals, values, jac="3-point", x_scale="jac", ftol=GAIN, xtol=TIGHT, gtol=TIGHT, max_nfev=EVALUATIONS
    )
    return opened.xreplace(dict(zip(places, map(sp.Float, fit.x), strict=True)))


def _opened(formula: sp.Expr, values: list[float]) -> sp.Expr:
    """Every occurrence of a floating-point number becomes a place of its own; ``values`` takes what stood there."""
    if formula.is_Float:
        values.append(float(formula))
        return _place(len(values) - 1)
    if not formula.args:
        return formula
    return formula.func(*(_opened(part, values) for part in formula.args))


def _place(i: int) -> sp.Symbol:
    return sp.Symbol(f"constant_{i}")
