"""Functions that a whole formula may be inside of, with their inverses."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

__all__ = ["HOMOGENEOUS", "OUTERS", "Outer"]

HOMOGENEOUS = ("exp", "1/x", "sqrt", "x^2", "1/sqrt(x)")  # a sign in front can be told from the values


@dataclass(frozen=True, slots=True)
class Outer:
    """An outer function and its inverse, None where the values are none of it."""

    name: str
    inverse: Callable[[Tensor], Tensor | None]


def _where(test: Callable[[Tensor], bool], f: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor | None]:
    return lambda z: f(z) if test(z) else None


def _is_positive(z: Tensor) -> bool:
    return bool(z.min() > 1e-9 * z.abs().max())


OUTERS = (
    Outer("x", lambda z: z),
    Outer("exp", _where(_is_positive, torch.log)),
    Outer("1/x", _where(_is_positive, torch.reciprocal)),
    Outer("sqrt", _where(_is_positive, torch.square)),
    Outer("x^2", _where(_is_positive, torch.sqrt)),
    Outer("1/sqrt(x)", _where(_is_positive, lambda z: 1 / z.square())),
    Outer("log", _where(lambda z: bool(z.max() < 50), torch.exp)),
    Outer("arcsin", _where(lambda z: bool(z.abs().max() < math.pi / 2), torch.sin)),
    Outer("arccos", _where(lambda z: bool(z.min() > 0 and z.max() < math.pi), torch.cos)),
    Outer("arctan", _where(lambda z: bool(z.abs().max() < math.pi / 2), torch.tan)),
    Outer("tanh", _where(lambda z: bool(z.abs().max() < 1), torch.atanh)),
    Outer("arctanh", torch.tanh),
)
