"""Suggestions before they are asked for: while nobody wants anything, edge by edge.

Whoever opens a dropdown finds it filled. Nobody waits for it: it begins some time after the last command, works in
small parts between the other duties of the kernel's event loop, and begins again after every command. What goes wrong
is not said here: whoever asks will hear it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from kanwidget.widget.turns import Turns

__all__ = ["Study"]

REST = 0.15  # seconds after the last command
PAUSE = 0.002  # seconds between two parts


class Study:
    """Looks ahead on the event loop of the thread that asks.

    Args:
        look: does a part of the work; False when nothing is left to do.
        done: called at the end.
    """

    def __init__(self, look: Callable[[], bool], done: Callable[[], None]) -> None:
        self._look, self._done = look, done
        self._begins: float | None = None
        self._turns = Turns(self._turn)

    def begin(self) -> None:
        """From now on, after a rest; nothing where no event loop runs."""
        self._begins = time.monotonic() + REST
        self._turns.ask(REST)

    def stop(self) -> None:
        self._begins = None

    def _turn(self) -> float | None:
        if self._begins is None:
            return None
        wait = self._begins - time.monotonic()
        if wait > 0:
            return wait
        try:
            if self._look():
                return PAUSE
            self._done()
        except BaseException:  # noqa: BLE001 - an event loop would only log it, or end with the kernel
            self.stop()
        return None
