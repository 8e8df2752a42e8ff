"""The closed table of one-dimensional functions that an edge can become.

Every function is evaluated exactly as written: outside its real domain it is NaN, never a clipped or
continued value, so that the network and the formula read off it are the same function everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from kanwidget.errors import SymbolicError

__all__ = ["BUILT_IN", "Function", "add_function", "function", "functions", "with_slope"]


@dataclass(frozen=True, slots=True)
class Function:
    """One candidate: its name, how torch evaluates it, and how much it costs in a formula.

    Attributes:
        name: as shown in tables and dropdowns.
        torch: elementwise map of a tensor of any shape to a tensor of the same shape and dtype.
        complexity: number that a simpler candidate wins by; the constant 0 has 0, the line has 1.
    """

    name: str
    torch: Callable[[Tensor], Tensor]
    complexity: int


def _table(*rows: tuple[str, int, Callable[[Tensor], Tensor]]) -> dict[str, Function]:
    return {name: Function(name, f, complexity) for name, complexity, f in rows}


def _level_where(
    border: Callable[[Tensor], Tensor], inside: float, f: Callable[[Tensor], Tensor]
) -> Callable[[Tensor], Tensor]:
    """``f`` with slope 0 at the border of its domain, where it has a value and an infinite slope.

    One row that lies there exactly would otherwise make every gradient infinite, and nothing could be trained.
    ``inside`` is any argument with a finite slope.
    """

    def levelled(x: Tensor) -> Tensor:
        if not x.requires_grad:
            return f(x)
        there = border(x)
        return torch.where(there, f(x.detach()), f(x.masked_fill(there, inside)))

    return levelled


def _is_zero(x: Tensor) -> Tensor:
    return x == 0


def _is_unit(x: Tensor) -> Tensor:
    return x.abs() == 1


_FUNCTIONS = _table(
    ("0", 0, lambda x: 0 * x),
    ("x", 1, lambda x: x),
    ("x^2", 2, lambda x: x * x),
    ("x^3", 3, lambda x: x * x * x),
    ("x^4", 3, lambda x: (x * x) ** 2),
    ("x^5", 3, lambda x: (x * x) ** 2 * x),
    ("1/x", 2, torch.reciprocal),
    ("1/x^2", 2, lambda x: torch.reciprocal(x * x)),
    ("1/x^3", 3, lambda x: torch.reciprocal(x * x * x)),
    ("1/x^4", 4, lambda x: torch.reciprocal((x * x) ** 2)),
    ("1/x^5", 5, lambda x: torch.reciprocal((x * x) ** 2 * x)),
    ("sqrt", 2, _level_where(_is_zero, 1.0, torch.sqrt)),
    ("1/sqrt(x)", 2, torch.rsqrt),
    ("x^1.5", 4, _level_where(_is_zero, 1.0, lambda x: x * torch.sqrt(x))),
    ("exp", 2, torch.exp),
    ("log", 2, torch.log),
    ("abs", 3, torch.abs),
    ("sin", 2, torch.sin),
    ("cos", 2, torch.cos),
    ("tan", 3, torch.tan),
    ("tanh", 3, torch.tanh),
    ("sigmoid", 4, torch.sigmoid),
    ("sgn", 3, torch.sign),
    ("arcsin", 4, _level_where(_is_unit, 0.0, torch.asin)),
    ("arccos", 4, _level_where(_is_unit, 0.0, torch.acos)),
    ("arctan", 4, torch.atan),
    ("arctanh", 4, torch.atanh),
    ("gaussian", 3, lambda x: torch.exp(-(x * x))),
    ("cosh", 5, torch.cosh),
    ("relu", 3, torch.relu),
)


def functions() -> Iterator[Function]:
    """Every function of the table, built-in ones first, in a fixed order."""
    return iter(tuple(_FUNCTIONS.values()))


def function(name: str) -> Function:
    """Look a function up by name.

    Raises:
        SymbolicError: the table has no such function; the message lists what it has.
    """
    try:
        return _FUNCTIONS[name]
    except (KeyError, TypeError):
        known = ", ".join(_FUNCTIONS)
        raise SymbolicError(f"unknown function {name!r}: choose one of {known}, or add it by add_symbolic") from None


def add_function(new: Function) -> None:
    """Enter a function; a built-in name cannot be redefined, a user's own can."""
    _FUNCTIONS[new.name] = new


def with_slope(f: Callable[[Tensor], Tensor], x: Tensor) -> tuple[Tensor, Tensor]:
    """Value and derivative of an elementwise map, both without history; a map without derivative has slope 0."""
    with torch.inference_mode(False), torch.enable_grad():
        x = x.detach().clone().requires_grad_()
        value = f(x)
        if not value.requires_grad:
            return value, torch.zeros_like(value)
        (slope,) = torch.autograd.grad(value.sum(), x, allow_unused=True, materialize_grads=True)
    return value.detach(), slope


BUILT_IN = frozenset(_FUNCTIONS)
