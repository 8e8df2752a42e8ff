"""What counts as a number at the doors: NumPy's numbers do, truth values and NaN do not."""

from __future__ import annotations

import numbers
import sys
from typing import Any

__all__ = ["is_number", "is_seed", "is_whole"]

LARGEST = sys.float_info.max


def is_whole(value: Any) -> bool:
    """An integer of any kind."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """A finite real number of any kind, also an integer that fits into a float."""
    if not isinstance(value, numbers.Real) or isinstance(value, bool):
        return False
    return bool(-LARGEST <= value <= LARGEST)  # type: ignore[operator]


def is_seed(value: Any) -> bool:
    """An integer that a generator takes."""
    return is_whole(value) and -(2**63) <= value < 2**63
