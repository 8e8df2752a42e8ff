"""Functions of the user's own. A file cannot hold them; it holds their names and some of their values, by which a
function that bears the name but is another one is found out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from kanwidget.errors import CheckpointError
from kanwidget.io.fields import Fields, many, number, optional, text

__all__ = ["check_values", "name_of", "own_function", "values_of"]

PROBE = (-1.75, -0.5, 0.25, 0.5, 0.875, 2.5)
CLOSE = 1e-6  # relative difference that another machine may make


def name_of(f: Callable[..., Any]) -> str:
    """What a function is called in messages."""
    return str(getattr(f, "__name__", type(f).__name__))


def values_of(f: Callable[[Tensor], Tensor]) -> list[float | None]:
    """Values at the probe, None where there is no finite one."""
    with torch.no_grad():
        values = f(torch.tensor(PROBE, dtype=torch.float64))
    return [value if abs(value) < float("inf") else None for value in values.tolist()]


def check_values(what: str, f: Callable[[Tensor], Tensor], expected: list[float | None]) -> None:
    """Whether this is the function whose values a file has.

    Raises:
        CheckpointError: it is another one.
    """
    for at, now, then in zip(PROBE, values_of(f), expected, strict=True):
        if not _agree(now, then):
            raise CheckpointError(
                f"{what} is another function than the one that was saved: at {at} it is {now}, it was {then}"
            )


def _agree(now: float | None, then: float | None) -> bool:
    if now is None or then is None:
        return now is then
    return abs(now - then) <= CLOSE * (1 + abs(then))


def _values(where: str, value: Any) -> list[float | None]:
    return many(optional(number()), len(PROBE), exactly=len(PROBE))(where, value)


def own_function(where: str, value: Any) -> tuple[str, list[float | None]]:
    """Name and values, as :mod:`kanwidget.io.network` writes them."""
    fields = Fields(where, value)
    found = fields.take("name", text), fields.take("values", _values)
    fields.end()
    return found
