"""What counts as a number or as a text at the doors: NumPy's numbers do, truth values and NaN do not."""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence
from typing import Any

__all__ = ["is_number", "is_readable", "is_seed", "is_whole", "plain", "readable"]


def is_whole(value: Any) -> bool:
    """An integer of any kind."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """A finite real number of any kind, also an integer that fits into a float."""
    if not isinstance(value, numbers.Real) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def is_seed(value: Any) -> bool:
    """An integer that a generator takes."""
    return is_whole(value) and -(2**63) <= value < 2**63


def plain(value: Any) -> Any:
    """NumPy's and torch's numbers and arrays as Python's own numbers and lists, which can be written down."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if is_number(value):
        return int(value) if is_whole(value) else float(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(entry) for entry in value]
    return value


def is_readable(text: str) -> bool:
    """Whether a page and a file can hold a text: half a letter, as an undecodable byte leaves behind, is none."""
    return readable(text) == text


def readable(text: str) -> str:
    """The text with a question mark in the place of every half of a letter."""
    return text.encode("utf-8", "replace").decode("utf-8")
