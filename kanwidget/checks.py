"""What counts as a number at the doors: NumPy's numbers do, truth values and NaN do not."""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence
from typing import Any

__all__ = ["is_number", "is_seed", "is_whole", "plain"]


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
