"""Formulas as people read and copy them: tidied for the eye, at full precision for the computer.

Tidying only rearranges and rounds what is shown; the constants that the network computes with are never touched.
"""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import sympy as sp
from sympy.printing.mathml import mathml
from sympy.printing.numpy import NumPyPrinter

from kanwidget.symbolic.names import StandIns, identifiers

__all__ = ["Formula", "present", "tidy"]

RESERVED = (*keyword.kwlist, "np", "numpy")
DIGITS = 4
TINY = 1e-9  # relative to the largest term of a sum: below, a term is not shown
MOST_OPERATIONS = 400  # beyond, a formula is shown as it is: rearranging takes too long


@dataclass(frozen=True, slots=True)
class Formula:
    """One set of formulas in the forms in which people want them.

    Attributes:
        mathml: presentation MathML of ``f = …``, one row per output, constants rounded.
        latex: the same as LaTeX.
        sympy: the expressions as sympy prints them, 15 digits.
        python: a NumPy function, full precision.
    """

    mathml: str
    latex: str
    sympy: str
    python: str


def present(formulas: Sequence[sp.Expr], symbols: Sequence[sp.Symbol], outputs: Sequence[str]) -> Formula:
    """All forms of ``outputs = formulas(symbols)``."""
    names = StandIns([*(str(symbol) for symbol in symbols), *outputs])
    shown = [names.put(tidy(formula)) for formula in formulas]
    equations = [sp.Eq(names.symbol(l), r, evaluate=False) for l, r in zip(outputs, shown, strict=True)]
    rows = [names.as_mathml(_clean(mathml(equation, printer="presentation"))) for equation in equations]
    return Formula(
        mathml=rows[0] if len(rows) == 1 else _stacked(rows),
        latex=names.as_latex(r" \\ ".join(sp.latex(equation) for equation in equations)),
        sympy=_sympy(formulas, symbols, outputs),
        python=_python(formulas, symbols, outputs),
    )


def tidy(formula: sp.Expr, digits: int = DIGITS) -> sp.Expr:
    """The formula with constants gathered and rounded to ``digits``, and terms that are nothing left out.

    Rounded, 3.14159265358979 reads π, 0.333333333 reads 1/3 and 2.0000000004 reads 2; anything further than 1e-7
    from such a number stays a decimal.
    """
    if sp.count_ops(formula) <= MOST_OPERATIONS:
        formula = _gathered(formula)
    return formula.xreplace({number: _rounded(number, digits) for number in formula.atoms(sp.Float)})


def _gathered(e: sp.Expr) -> sp.Expr:
    """Bottom up: sums expanded where that shortens them, constants pulled out of exp, phases of sin reduced."""
    if not e.args:
        return e
    e = e.func(*(_gathered(argument) for argument in e.args))
    if isinstance(e, sp.exp):
        return _split_exponential(e)
    if isinstance(e, sp.sin | sp.cos):
        return _reduced_phase(e)
    if e.is_Mul or e.is_Pow or e.is_Add:
        expanded = sp.expand(e, deep=False, power_base=False, power_exp=False)
        e = expanded if sp.count_ops(expanded) <= sp.count_ops(e) + 4 else e
    return _without_tiny_terms(e) if e.is_Add else e


def _without_tiny_terms(e: sp.Expr) -> sp.Expr:
    """What stands before an exponential does not tell how large the term is: exp(90) exp(-90 x) may be 1."""
    sizes = {term: abs(term.as_coeff_Mul()[0]) for term in e.args if not term.has(sp.exp)}
    most = max(sizes.values(), default=sp.Integer(0))
    return sp.Add(*(term for term in e.args if term not in sizes or sizes[term] > TINY * most))


def _split_exponential(e: sp.Expr) -> sp.Expr:
    """exp(k + u) = exp(k) exp(u)"""
    constant, rest = e.args[0].as_coeff_Add()
    return sp.exp(float(constant)) * sp.exp(rest) if constant.is_number and abs(constant) < 700 else e


def _reduced_phase(e: sp.Expr) -> sp.Expr:
    """sin and cos with a phase in [0, π/2) and a positive frequency in front."""
    constant, rest = e.args[0].as_coeff_Add()
    phase = float(constant) + (0 if isinstance(e, sp.sin) else math.pi / 2)
    sign = 1.0
    if rest.as_coeff_Mul()[0].is_negative:  # sin(-u + p) = -sin(u - p)
        rest, phase, sign = -rest, -phase, -sign
    quarters = round(phase / (math.pi / 2) - 1e-9)
    left = phase - quarters * math.pi / 2
    if abs(left) > 1e-7:  # not a whole number of quarters: only whole turns and half turns go
        halves = math.floor(phase / math.pi)
        return sign * (-1) ** halves * sp.sin(rest + (phase - halves * math.pi))
    function: Callable[[Any], Any] = sp.cos if quarters % 2 else sp.sin
    return sign * (-1) ** ((quarters % 4) // 2) * function(rest)


def _rounded(number: sp.Float, digits: int) -> sp.Expr:
    value = float(number)
    if number == 0:
        return sp.Integer(0)
    if not math.isfinite(value) or value == 0:  # sympy's numbers reach further than Python's
        return sp.Float(number, digits)
    for unit, symbol in ((1.0, sp.Integer(1)), (math.pi, sp.pi)):
        for denominator in (1, 2, 3, 4):
            whole = round(value / unit * denominator)
            if whole and abs(whole) <= 1000 and abs(whole * unit / denominator - value) < 1e-7 * abs(value):
                return sp.Rational(whole, denominator) * symbol
    return sp.Float(f"{value:.{digits}g}", digits)


# ---------------------------------------------------------------------- MathML

_CLEAN = (
    ("&ExponentialE;", "e"),
    ("&ImaginaryI;", "i"),
    ("&pi;", "π"),
    ("&InvisibleTimes;", "\u2062"),
    ("&#x2062;", "\u2062"),
    ("ⅇ", "e"),
    ("ⅈ", "i"),
)


def _clean(text: str) -> str:
    """Plain letters for sympy's double-struck ones, true minus signs for hyphens, parentheses that are drawn."""
    for old, new in _CLEAN:
        text = text.replace(old, new)
    if "<mfenced" in text:
        text = _parenthesised(text)
    return re.sub(r"<mo>-</mo>", "<mo>−</mo>", re.sub(r"<mn>-", "<mn>−", text))


def _parenthesised(text: str) -> str:
    """Sympy before 1.14 writes ``<mfenced>``, which browsers no longer draw."""
    row = ElementTree.fromstring(f"<mrow>{text}</mrow>")
    for fence in list(row.iter("mfenced")):
        inside = [part for child in fence for part in (_operator(","), child)][1:]
        fence[:] = [_operator(fence.get("open", "(")), *inside, _operator(fence.get("close", ")"))]
        fence.tag, fence.attrib = "mrow", {}
    return ElementTree.tostring(row, encoding="unicode")


def _operator(sign: str) -> ElementTree.Element:
    operator = ElementTree.Element("mo")
    operator.text = sign
    return operator


def _stacked(rows: Sequence[str]) -> str:
    return "<mtable>" + "".join(f"<mtr><mtd>{row}</mtd></mtr>" for row in rows) + "</mtable>"


# ---------------------------------------------------------------------- Python


class _Printer(NumPyPrinter):  # type: ignore[misc]  # sympy has no types
    """NumPy code with floats that read back as they are; the largest of two is taken row by row."""

    _module = "np"

    def _print_Float(self, expr: sp.Float) -> str:
        value = float(expr)
        return repr(value) if math.isfinite(value) else "np.inf" if value > 0 else "-np.inf"  # sympy reaches further

    def _print_Max(self, expr: sp.Expr) -> str:
        first, *others = (self._print(argument) for argument in expr.args)
        for other in others:
            first = f"np.maximum({first}, {other})"
        return str(first)


def _python(formulas: Sequence[sp.Expr], symbols: Sequence[sp.Symbol], outputs: Sequence[str]) -> str:
    """A function of NumPy arrays or numbers; names that Python does not accept are replaced."""
    names = identifiers([str(symbol) for symbol in symbols], RESERVED, "x")
    printer = _Printer({"fully_qualified_modules": True, "allow_unknown_functions": True})
    bodies = [printer.doprint(e).replace("numpy.", "np.") for e in _to_copy(formulas, symbols, names)]
    name = identifiers(outputs, RESERVED, "f")[0] if len(outputs) == 1 else "f"
    return f"import numpy as np\n\n\ndef {name}({', '.join(names)}):\n    return {', '.join(bodies)}\n"


def _to_copy(formulas: Sequence[sp.Expr], symbols: Sequence[sp.Symbol], names: Sequence[str]) -> list[sp.Expr]:
    """The formulas in other names, for Python."""
    replaced = dict(zip(symbols, map(sp.Symbol, names), strict=True))
    return [_within_reach(formula.xreplace(replaced)) for formula in formulas]


def _within_reach(e: sp.Expr) -> sp.Expr:
    """exp(u + k), of which sympy makes exp(k) exp(u), put together again where exp(k) is no number of Python's."""
    if not e.args or all(_is_in_reach(number) for number in e.atoms(sp.Float)):
        return e
    if e.is_Mul and not _is_in_reach(e.as_coeff_Mul()[0]):
        e = _joined(e)
    return e.func(*map(_within_reach, e.args), evaluate=False)


def _is_in_reach(constant: sp.Expr) -> bool:
    return constant == 0 or (math.isfinite(float(constant)) and float(constant) != 0)


def _joined(product: sp.Expr) -> sp.Expr:
    constant, rest = product.as_coeff_Mul()
    factors = list(sp.Mul.make_args(rest))
    power = next((factor for factor in factors if isinstance(factor, sp.exp)), None)
    if power is None:
        return product
    factors.remove(power)
    exponent = sp.Add(power.args[0], sp.Float(sp.log(abs(constant))), evaluate=False)
    sign = [sp.Integer(-1)] if constant < 0 else []
    return sp.Mul(*sign, *factors, sp.exp(exponent, evaluate=False), evaluate=False)


def _sympy(formulas: Sequence[sp.Expr], symbols: Sequence[sp.Symbol], outputs: Sequence[str]) -> str:
    """``name = expression`` per output. It is made to be copied into a cell: names are words that Python accepts."""
    names = identifiers([str(symbol) for symbol in symbols], keyword.kwlist, "x")
    left = identifiers(outputs, keyword.kwlist, "f")
    return "\n".join(f"{name} = {e}" for name, e in zip(left, _to_copy(formulas, symbols, names), strict=True))
