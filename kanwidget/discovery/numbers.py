"""Recognise numbers: integers, fractions, short decimals, and these times a power of π, e or a root."""

from __future__ import annotations

import math
from dataclasses import dataclass

import sympy as sp

__all__ = ["Known", "as_sympy", "recognised"]

DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 25, 50, 100, 1000)
LARGEST = 10_000
CHANCE = 0.5
LONGEST_FRACTION = 12

EXACT = 4e-15  # relative distance of a float from the number that it stands for

_SYMPY: dict[str, sp.Expr] = {
    "": sp.Integer(1),
    "π": sp.pi,
    "1/π": 1 / sp.pi,
    "π²": sp.pi**2,
    "√π": sp.sqrt(sp.pi),
    "1/√π": 1 / sp.sqrt(sp.pi),
    "√(2π)": sp.sqrt(2 * sp.pi),
    "1/√(2π)": 1 / sp.sqrt(2 * sp.pi),
    "e": sp.E,
    "1/e": 1 / sp.E,
    "√2": sp.sqrt(2),
    "√3": sp.sqrt(3),
    "√5": sp.sqrt(5),
    "log 2": sp.log(2),
}
_UNITS = {name: float(expression) for name, expression in _SYMPY.items()}


@dataclass(frozen=True, slots=True)
class Known:
    """A number that people write.

    Attributes:
        value: its nearest float.
        cost: digits that it takes to write; the lower, the less likely by chance.
        numerator, denominator, unit: what it is.
    """

    value: float
    cost: float
    numerator: int
    denominator: int
    unit: str


def recognised(value: float, tolerance: float) -> Known | None:
    """The plainest such number within ``tolerance`` of the value, None where chance would find one as well.

    Of numbers that cost c digits there are about 10^(c + 1) in a unit interval.
    """
    if not math.isfinite(value):
        return None
    best: Known | None = None
    for name, unit in _UNITS.items():
        for denominator in DENOMINATORS if not name else DENOMINATORS[:9]:
            numerator = round(value / unit * denominator)
            if abs(numerator) > LARGEST or (numerator == 0 and (name or denominator > 1)):
                continue
            if numerator and math.gcd(numerator, denominator) > 1:
                continue
            known = numerator * unit / denominator
            cost = math.log10(max(1, abs(numerator))) + math.log10(denominator) + (1.2 if name else 0.0)
            if abs(known - value) <= tolerance and (best is None or cost < best.cost):
                best = Known(known, cost, numerator, denominator, name)
    if best is None or tolerance * 10 ** (best.cost + 1) > CHANCE * max(1.0, abs(value)):
        return None
    return best


def as_sympy(value: float) -> sp.Expr | None:
    """The known number that a float stands for, None if it is none; short decimals stay decimals."""
    known = recognised(value, EXACT * abs(value))
    if known is None or (not known.unit and known.denominator > LONGEST_FRACTION):
        return None
    return sp.Rational(known.numerator, known.denominator) * _SYMPY[known.unit]
