"""Inputs of a network that are made of the columns of its data: squares, products of two columns, and sines.

A small fixed vocabulary: a name such as ``x*y`` is looked up among the columns, never read as an expression.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from kanwidget.checks import is_whole
from kanwidget.errors import OptionError

__all__ = ["KINDS", "Feature", "features_of", "widened"]

KINDS = {"square": 1, "product": 2, "sine": 1}  # with the number of columns that each is made of


@dataclass(frozen=True, slots=True)
class Feature:
    """One such input.

    Attributes:
        kind: ``"square"``, ``"product"`` or ``"sine"``.
        columns: of the data, counted from 0; the two of a product rise.
    """

    kind: str
    columns: tuple[int, ...]

    def of(self, x: Tensor) -> Tensor:
        """Its values on rows of the data: ``(rows, columns)`` → ``(rows,)``."""
        first, last = x[:, self.columns[0]], x[:, self.columns[-1]]
        return first.sin() if self.kind == "sine" else first * last

    def name(self, names: Sequence[str]) -> str:
        """``x^2``, ``x*y`` or ``sin(x)``, in the names of the columns."""
        first, last = names[self.columns[0]], names[self.columns[-1]]
        return {"square": f"{first}^2", "product": f"{first}*{last}", "sine": f"sin({first})"}[self.kind]


def features_of(given: Any, names: Sequence[str]) -> tuple[Feature, ...]:
    """The features that people ask for, by name or as they are.

    Args:
        given: a list of ``"x^2"``, ``"x*y"``, ``"sin(x)"`` in the names of the columns, or of :class:`Feature`.
        names: of the columns.

    Raises:
        OptionError: one of them is not known, stands there twice, or is called as a column is.
    """
    if not isinstance(given, list | tuple):
        raise OptionError(f"features={given!r}: a list of names is accepted, such as {_examples(names)}")
    found = tuple(_read(entry, names) for entry in given)
    for feature in found:
        if found.count(feature) > 1:
            raise OptionError(f"features: {feature.name(names)!r} stands there twice")
        if feature.name(names) in names:
            raise OptionError(f"features: {feature.name(names)!r} is the name of a column; rename that first")
    return found


def _read(entry: Any, names: Sequence[str]) -> Feature:
    if isinstance(entry, Feature):
        count = KINDS.get(entry.kind)
        right = all(is_whole(column) and 0 <= column < len(names) for column in entry.columns)
        if len(entry.columns) == count and right and list(entry.columns) == sorted(set(entry.columns)):
            return entry
    found = _looked_up(entry, names) if isinstance(entry, str) else None
    if found is None:
        raise OptionError(f"features: {entry!r} is not known; {_examples(names)} and the like are accepted")
    return found


def _looked_up(text: str, names: Sequence[str]) -> Feature | None:
    """The feature with this name."""
    at = {name: column for column, name in enumerate(names)}
    if text.endswith("^2") and (name := text[:-2]) in at:
        return Feature("square", (at[name],))
    if text.startswith("sin(") and text.endswith(")") and (name := text[4:-1]) in at:
        return Feature("sine", (at[name],))
    for n, sign in enumerate(text):
        pair = text[:n].strip(), text[n + 1 :].strip()
        if sign == "*" and pair[0] != pair[1] and all(name in at for name in pair):
            return Feature("product", tuple(sorted(at[name] for name in pair)))
    return None


def _examples(names: Sequence[str]) -> str:
    first, last = names[0], names[-1]
    kinds = [f"{first}^2", *([f"{first}*{last}"] if len(names) > 1 else []), f"sin({first})"]
    return ", ".join(repr(kind) for kind in kinds)


def widened(x: Tensor, features: Sequence[Feature]) -> Tensor:
    """The columns, then the features: ``(rows, columns)`` → ``(rows, columns + features)``."""
    return torch.cat([x, *(feature.of(x)[:, None] for feature in features)], dim=1) if features else x
