"""What a document may say: every value that comes out of a file passes one of these checks, or is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from kanwidget.checks import is_number, is_whole
from kanwidget.errors import CheckpointError

__all__ = ["MOST_ENTRIES", "Check", "Fields", "boolean", "many", "number", "one_of", "optional", "text", "whole"]

T = TypeVar("T")
Check = Callable[[str, Any], T]
MOST_TEXT = 2**20
MOST_ENTRIES = 10**6  # of a list that only the length of a session bounds
MOST_SHOWN = 80


class Fields:
    """An object of the document; every entry is taken once, and none may be left over.

    Args:
        where: what it is called in messages.
        value: what the file has in its place.
    """

    def __init__(self, where: str, value: Any) -> None:
        if not isinstance(value, dict):
            raise refused(where, value, "an object")
        self.where, self._values = where, dict(value)

    def take(self, name: str, check: Check[T]) -> T:
        """One entry.

        Raises:
            CheckpointError: it is missing, or is not what is accepted.
        """
        if name not in self._values:
            raise CheckpointError(f"the file lacks {self.where}.{name}")
        return check(f"{self.where}.{name}", self._values.pop(name))

    def maybe(self, name: str, check: Check[T]) -> T | None:
        """An entry that may be missing: then None."""
        return self.take(name, check) if name in self._values else None

    def end(self) -> None:
        """Nothing else is accepted."""
        if self._values:
            raise CheckpointError(f"the file has {self.where}.{shown(next(iter(self._values)))}, which is not known")


def refused(where: str, value: Any, accepted: str) -> CheckpointError:
    return CheckpointError(f"the file says {where}={shown(value)}: {accepted} is accepted")


def shown(value: Any) -> str:
    """A value of the file in a message: short, and on one line."""
    written = value if isinstance(value, str) and value.isprintable() else repr(value)
    return written if len(written) <= MOST_SHOWN else f"{written[:MOST_SHOWN]}…"


def whole(least: int, most: int) -> Check[int]:
    def check(where: str, value: Any) -> int:
        if not is_whole(value) or not least <= value <= most:
            raise refused(where, value, f"an integer from {least} to {most}")
        return int(value)

    return check


def number(least: float = float("-inf"), most: float = float("inf")) -> Check[float]:
    def check(where: str, value: Any) -> float:
        if not is_number(value) or not least <= value <= most:
            raise refused(where, value, f"a number from {least:g} to {most:g}")
        return float(value)

    return check


def text(where: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > MOST_TEXT:
        raise refused(where, value, f"a text of up to {MOST_TEXT} characters")
    return value


def boolean(where: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise refused(where, value, "true or false")
    return value


def one_of(*names: str) -> Check[str]:
    def check(where: str, value: Any) -> str:
        if not isinstance(value, str) or value not in names:
            raise refused(where, value, f"one of {', '.join(names)}")
        return value

    return check


def many(check: Check[T], most: int, *, exactly: int | None = None) -> Check[list[T]]:
    """A list of what ``check`` accepts."""

    def checked(where: str, value: Any) -> list[T]:
        if (
            not isinstance(value, list)
            or len(value) > most
            or len(value) != (len(value) if exactly is None else exactly)
        ):
            raise refused(where, value, f"a list of {f'up to {most}' if exactly is None else exactly} entries")
        return [check(f"{where}[{n}]", entry) for n, entry in enumerate(value)]

    return checked


def optional(check: Check[T]) -> Check[T | None]:
    return lambda where, value: None if value is None else check(where, value)
