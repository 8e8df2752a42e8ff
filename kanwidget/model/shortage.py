"""When memory does not suffice. Python, NumPy and torch say so each in their own way; here it becomes one error."""

from __future__ import annotations

import re
from contextlib import ContextDecorator

from kanwidget.errors import KanwidgetError, OutOfMemoryError

__all__ = ["shortage", "shortage_told"]

TOLD = ("DefaultCPUAllocator", "allocate memory", "not enough memory", "out of memory")  # by torch, as RuntimeError
ASKED = re.compile(r"tried to allocate (\d+) bytes")


def shortage(error: BaseException | None) -> OutOfMemoryError | None:
    """The error of ours, if ``error`` says that memory does not suffice and is none of ours yet."""
    if isinstance(error, KanwidgetError) or not isinstance(error, MemoryError | RuntimeError):
        return None
    text = str(error)
    if not isinstance(error, MemoryError) and not any(words in text for words in TOLD):
        return None
    asked = ASKED.search(text)
    what = f"{int(asked[1]) / 1e6:,.0f} MB were asked for at once" if asked else text.strip() or "it is full"
    return OutOfMemoryError(f"not enough memory, {what}: a smaller grid or network, or fewer rows, need less")


class shortage_told(ContextDecorator):
    """A shortage of memory inside is raised as :class:`kanwidget.OutOfMemoryError`."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if told := shortage(error):
            raise told from error
