"""Formulas as functions of tensors, put together from torch's own functions; no text is ever run."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import sympy as sp
import torch
from sympy.core.function import AppliedUndef
from torch import Tensor

from kanwidget.errors import SymbolicError
from kanwidget.model.functions import function

__all__ = ["composed"]

_FUNCTIONS: dict[Any, Callable[..., Tensor]] = {
    sp.exp: torch.exp,
    sp.log: torch.log,
    sp.sin: torch.sin,
    sp.cos: torch.cos,
    sp.tan: torch.tan,
    sp.tanh: torch.tanh,
    sp.cosh: torch.cosh,
    sp.sinh: torch.sinh,
    sp.asin: torch.asin,
    sp.acos: torch.acos,
    sp.atan: torch.atan,
    sp.atanh: torch.atanh,
    sp.Abs: torch.abs,
    sp.sign: torch.sign,
    sp.Max: torch.maximum,
    sp.Min: torch.minimum,
    sp.Add: torch.add,
    sp.Mul: torch.mul,
}
_SEVERAL = (sp.Add, sp.Mul, sp.Max, sp.Min)


def composed(expressions: Sequence[sp.Expr], symbols: Sequence[sp.Symbol]) -> Callable[[Tensor], Tensor]:
    """The function ``(rows, symbols) → (rows, expressions)``, differentiable, in the precision of its argument.

    Raises:
        SymbolicError: an expression holds a function that torch does not have, or a symbol that is not given.
    """
    columns: dict[sp.Basic, int] = {symbol: n for n, symbol in enumerate(symbols)}
    outputs = [_composed(expression, columns) for expression in expressions]

    def evaluate(x: Tensor) -> Tensor:
        return torch.stack([output(x) for output in outputs], dim=1)

    return evaluate


Column = Callable[[Tensor], Tensor]  # (rows, symbols) → (rows,)


def _composed(e: sp.Basic, columns: dict[sp.Basic, int]) -> Column:
    if e in columns:
        at = columns[e]
        return lambda x: x[:, at]
    if e.is_number:
        return _constant(float(e))
    parts = [_composed(argument, columns) for argument in e.args]
    if isinstance(e, sp.Pow):
        base, exponent = parts
        return _power(base, exponent, e.args[1])
    if isinstance(e, _SEVERAL):
        join = _FUNCTIONS[e.func]
        return lambda x: reduce(join, [part(x) for part in parts])
    f = _FUNCTIONS.get(e.func) or _added(e)
    return lambda x: f(*(part(x) for part in parts))


def _constant(value: float) -> Column:
    return lambda x: x.new_full((len(x),), value)


def _power(base: Column, exponent: Column, written: sp.Basic) -> Column:
    """Roots and whole powers as such: they are exact, and have slopes, where ``exp(p log(x))`` would not."""
    if written == sp.Rational(1, 2):
        return lambda x: torch.sqrt(base(x))
    if written.is_number and math.isfinite(float(written)):
        p = float(written)
        return lambda x: base(x) ** p
    return lambda x: base(x) ** exponent(x)


def _added(e: sp.Basic) -> Callable[..., Tensor]:
    """A function that was added by name."""
    if isinstance(e, AppliedUndef):
        return function(str(e.func)).torch
    raise SymbolicError(f"torch has no function for {e}")
