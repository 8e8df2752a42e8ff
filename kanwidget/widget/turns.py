"""Work on the event loop of the thread that asks, in turns between its other duties."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["Turns"]

SWITCH = 0.0003  # seconds between two looks at whether another thread wants to run
PASSES = 12  # of the event loop, at least: so many does a message take from its socket to whoever acts on it


class Turns:
    """Calls a function again and again.

    Args:
        turn: does a little work; says after how many seconds it wants to go on, None if it does not. After 0
            seconds means: once the messages that lie there have been acted on.
    """

    def __init__(self, turn: Callable[[], float | None]) -> None:
        self._turn = turn
        self._due: asyncio.AbstractEventLoop | None = None  # where the next turn is due

    def ask(self, pause: float) -> bool:
        """A turn after ``pause`` seconds, unless one is due already; False where no event loop runs."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return False
        self._schedule(loop, pause)
        return True

    def _schedule(self, loop: asyncio.AbstractEventLoop, pause: float) -> None:
        if self._due is None or self._due.is_closed():
            self._due = loop
            if pause:
                loop.call_later(pause, self._take, loop)
            else:
                self._pass(loop, PASSES)

    def _pass(self, loop: asyncio.AbstractEventLoop, left: int) -> None:
        """A timer would sleep for a millisecond or two."""
        if left:
            loop.call_soon(self._pass, loop, left - 1)
        else:
            self._take(loop)

    def _take(self, loop: asyncio.AbstractEventLoop) -> None:
        self._due = None
        with _quick_switches():
            pause = self._turn()
        if pause is not None:
            self._schedule(loop, pause)


@contextmanager
def _quick_switches() -> Iterator[None]:
    """Messages pass through threads of the kernel's own: they do not wait for the work."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(min(SWITCH, usual))
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
