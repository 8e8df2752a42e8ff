"""What is promised, and a function with a count that tries to break it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Figures", "Promise"]

Figures = dict[str, float | int | str]


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise.

    Attributes:
        name: in one or two words.
        says: what is promised, as a sentence.
        check: tries so many times; raises AssertionError on the first time it is broken, returns what was counted.
        small, full: how many times in the ordinary tests, and in ``make stress``; small is 0 of what needs a browser,
            which ``tests/browser`` tries.
        seconds: about how long the full count takes; the longest promise begins.
    """

    name: str
    says: str
    check: Callable[[int], Figures]
    small: int
    full: int
    seconds: int
