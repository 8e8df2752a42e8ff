"""How sympy writes the functions of :mod:`kanwidget.model.functions`, and how users add their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
import torch
from sympy.core.function import AppliedUndef
from torch import Tensor

from kanwidget.checks import is_number, is_readable
from kanwidget.errors import SymbolicError
from kanwidget.model.functions import BUILT_IN, Function, add_function, function

__all__ = ["add_symbolic", "sympy_function"]

SympyFunction = Callable[[sp.Expr], sp.Expr]


def _power(n: int) -> SympyFunction:
    return lambda x: x**n


_SYMPY: dict[str, SympyFunction] = {
    "0": lambda x: sp.Integer(0),
    "x": lambda x: x,
    **{f"x^{n}": _power(n) for n in range(2, 6)},
    "1/x": lambda x: 1 / x,
    **{f"1/x^{n}": _power(-n) for n in range(2, 6)},
    "sqrt": sp.sqrt,
    "1/sqrt(x)": lambda x: 1 / sp.sqrt(x),
    "x^1.5": lambda x: x ** sp.Rational(3, 2),
    "exp": sp.exp,
    "log": sp.log,
    "abs": sp.Abs,
    "sin": sp.sin,
    "cos": sp.cos,
    "tan": sp.tan,
    "tanh": sp.tanh,
    "sigmoid": lambda x: 1 / (1 + sp.exp(-x)),
    "sgn": sp.sign,
    "arcsin": sp.asin,
    "arccos": sp.acos,
    "arctan": sp.atan,
    "arctanh": sp.atanh,
    "gaussian": lambda x: sp.exp(-(x**2)),
    "cosh": sp.cosh,
    "relu": lambda x: sp.Max(x, 0),
}


def sympy_function(name: str) -> SympyFunction:
    """The sympy side of a function of the table."""
    function(name)
    return _SYMPY[name]


def add_symbolic(
    name: str, torch_fn: Callable[[Tensor], Tensor], sympy_fn: SympyFunction, *, complexity: int = 3
) -> None:
    """Add a function that edges can become.

    Args:
        name: a new name; a name that was added before is replaced, a built-in one is not.
        torch_fn: elementwise, differentiable, keeps shape and dtype.
        sympy_fn: maps a sympy expression to a sympy expression; a ``sympy.Function("name")`` is one.
        complexity: the higher, the better it must fit to be chosen.

    Raises:
        SymbolicError: the name is built in, or one side does not answer as it should.
    """
    if not isinstance(name, str) or not name.strip() or not is_readable(name):
        raise SymbolicError(f"name={name!r}: a text is accepted")
    if name in BUILT_IN:
        raise SymbolicError(f"name={name!r} is built in: choose another name")
    if not is_number(complexity) or complexity < 0:
        raise SymbolicError(f"complexity={complexity!r}: a number of 0 or more is accepted")
    values = _check_torch(name, torch_fn)
    _check_sympy(name, sympy_fn, values)
    _SYMPY[name] = sympy_fn
    add_function(Function(name, torch_fn, complexity))


PROBE = (0.25, 0.5, 0.875)


def _check_torch(name: str, f: Callable[[Tensor], Tensor]) -> list[float]:
    """Values at the probe; the function must be elementwise and differentiable."""
    probe = torch.tensor(PROBE, dtype=torch.float64, requires_grad=True)
    answer, turned = _answer("torch_fn", f, probe), _answer("torch_fn", f, probe.flip(0))
    if not isinstance(answer, Tensor) or answer.shape != probe.shape or answer.dtype != probe.dtype:
        raise SymbolicError(f"torch_fn of {name!r} must keep shape and dtype of a tensor, it returned {answer!r}")
    if not torch.allclose(answer.flip(0), turned, equal_nan=True):
        raise SymbolicError(f"torch_fn of {name!r} must be elementwise: its value at a point depends on other points")
    if not answer.requires_grad:
        raise SymbolicError(f"torch_fn of {name!r} must be differentiable: its value does not follow its argument")
    return list(answer.tolist())


def _check_sympy(name: str, f: SympyFunction, values: list[float]) -> None:
    """The expression must have the same values, unless it names a function that sympy does not know."""
    x = sp.Symbol("x")
    formula = _answer("sympy_fn", f, x)
    if not isinstance(formula, sp.Basic):
        raise SymbolicError(f"sympy_fn of {name!r} must return a sympy expression, it returned {formula!r}")
    if formula.atoms(AppliedUndef):
        return
    for at, value in zip(PROBE, values, strict=True):
        other = complex(formula.subs(x, sp.Float(at)).evalf())
        if value == value and abs(other - value) > 1e-6 * (1 + abs(value)):
            raise SymbolicError(
                f"sympy_fn of {name!r} is {other:.6g} at {at}, torch_fn is {value:.6g}: both must agree"
            )


def _answer(what: str, f: Callable[[Any], Any], argument: Any) -> Any:
    try:
        return f(argument)
    except Exception as error:
        raise SymbolicError(f"{what} failed on {argument!r}: {error}") from error
