"""Derivatives of the functions of the library, in terms of argument and value.

Automatic differentiation of small tensors takes longer than the functions themselves.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from kanwidget.model.functions import Function, with_slope

__all__ = ["value_and_slope"]


def value_and_slope(f: Function, u: Tensor) -> tuple[Tensor, Tensor]:
    """``f(u)`` and ``f'(u)``, both of the shape of ``u`` and without history."""
    slope = _SLOPES.get(f.name)
    if slope is None:
        return with_slope(f.torch, u)
    value = f.torch(u)
    return value, slope(u, value)


def _power(n: int) -> Callable[[Tensor, Tensor], Tensor]:
    return lambda u, v: -n * v / u


_SLOPES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "0": lambda u, v: torch.zeros_like(u),
    "x": lambda u, v: torch.ones_like(u),
    "x^2": lambda u, v: 2 * u,
    "x^3": lambda u, v: 3 * u * u,
    "x^4": lambda u, v: 4 * u * u * u,
    "x^5": lambda u, v: 5 * (u * u) ** 2,
    **{name: _power(n) for n, name in enumerate(("1/x", "1/x^2", "1/x^3", "1/x^4", "1/x^5"), 1)},
    "sqrt": lambda u, v: 0.5 / v,
    "1/sqrt(x)": lambda u, v: -0.5 * v / u,
    "x^1.5": lambda u, v: 1.5 * torch.sqrt(u),
    "exp": lambda u, v: v,
    "log": lambda u, v: torch.reciprocal(u),
    "abs": lambda u, v: torch.sign(u),
    "sin": lambda u, v: torch.cos(u),
    "cos": lambda u, v: -torch.sin(u),
    "tan": lambda u, v: 1 + v * v,
    "tanh": lambda u, v: 1 - v * v,
    "sigmoid": lambda u, v: v * (1 - v),
    "sgn": lambda u, v: torch.zeros_like(u),
    "arcsin": lambda u, v: torch.rsqrt(1 - u * u),
    "arccos": lambda u, v: -torch.rsqrt(1 - u * u),
    "arctan": lambda u, v: torch.reciprocal(1 + u * u),
    "arctanh": lambda u, v: torch.reciprocal(1 - u * u),
    "gaussian": lambda u, v: -2 * u * v,
    "cosh": lambda u, v: torch.sinh(u),
    "relu": lambda u, v: (u > 0).to(u),
}
