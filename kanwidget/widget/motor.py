"""Training between two messages, for as long as a page has asked for it.

Around every request a notebook's front end does work of its own: it shows that the kernel is busy, and that it is idle
again. So one request asks for several frames. Between them, and while each is trained, the kernel's event loop has its
turn again and again: a stop or a moved slider waits for one iteration, or a few short ones. A page that has gone away
stops training by not asking any more.
"""

from __future__ import annotations

from collections.abc import Callable

from kanwidget.widget.turns import Turns

__all__ = ["Motor"]

BITE_MS = 5.0  # of training between two turns of the event loop, or one iteration
PAUSE = 0.001  # seconds for the event loop and for the thread that sends
WAY = 0.040  # the same when a person waits for an answer that has just been sent


class Motor:
    """Trains on the event loop of the thread that asks.

    Args:
        train: trains for about so many milliseconds; says for how many it did, None when training has come to an end.
        show: sends a frame after so many milliseconds of training.
        fail: hears of what either of them raised; training has stopped then.

    Attributes:
        left: frames that are still to come.
        shown: frames that were sent, ever.
    """

    def __init__(
        self,
        train: Callable[[float], float | None],
        show: Callable[[float], None],
        fail: Callable[[BaseException], None],
    ) -> None:
        self._train, self._show, self._fail = train, show, fail
        self._budget_ms = self._trained_ms = 0.0
        self._gives_way = False
        self.left = self.shown = 0
        self._turns = Turns(self._turn)

    def run(self, frames: int, budget_ms: float) -> None:
        """So many frames from now on, however many were left; none where no event loop runs."""
        if self._turns.ask(PAUSE):
            self.left, self._budget_ms = frames, budget_ms

    def stop(self) -> None:
        self.left, self._trained_ms = 0, 0.0

    def give_way(self) -> None:
        """A person waits: the answer goes out before training goes on."""
        self._gives_way = True

    def _turn(self) -> float | None:
        if self.left < 1:
            return None
        if self._gives_way:
            self._gives_way = False
            return WAY
        shown = self.shown
        try:
            self._bite()
        except BaseException as error:  # noqa: BLE001 - an event loop would only log it, or end with the kernel
            self.stop()
            self._fail(error)
        if not self.left:
            return None
        return PAUSE if self.shown > shown else 0.0

    def _bite(self) -> None:
        """Train for a moment, and show it if it was the last one of a frame."""
        trained = self._train(min(BITE_MS, self._budget_ms - self._trained_ms))
        if trained is None:
            self.stop()
            return
        self._trained_ms += trained
        if self._trained_ms >= self._budget_ms:
            self.left -= 1
            self.shown += 1
            self._show(self._trained_ms)
            self._trained_ms = 0.0
