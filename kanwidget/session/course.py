"""The course of a session: the network in hand, how it trains on, and the one way in which anything becomes a moment.

Whoever works on it is alone, by one lock. What is done is done to a copy and swapped in at the end, so whoever looks
sees the network before or after, and whoever is refused or interrupted finds everything as it was.
"""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Concatenate, ParamSpec
from weakref import WeakSet

from kanwidget.data import Dataset
from kanwidget.errors import OptionError
from kanwidget.model.guard import at_work
from kanwidget.model.network import Network
from kanwidget.model.shortage import shortage_told
from kanwidget.session import acts
from kanwidget.session.history import History, Loss, Moment
from kanwidget.session.lent import Lent
from kanwidget.session.run import Progress, Run
from kanwidget.train.options import FitOptions
from kanwidget.train.trainer import Trainer

__all__ = ["Course", "measured"]

P = ParamSpec("P")

_courses: WeakSet[Course] = WeakSet()


@atexit.register
def _drop_open_runs() -> None:
    """Torch 2.13 aborts when tensors of a suspended iteration are cleared together with the interpreter."""
    for course in list(_courses):
        course._run = None


class Course:
    """What goes on from ``history`` with ``options``.

    Attributes:
        options: how the next slice trains.
        history: what was done.
    """

    def __init__(self, options: FitOptions, history: History) -> None:
        self.options, self.history = options, history
        self._run: Run | None = None
        self._play: Moment | None = None  # the moment that training which goes on will amend
        self._lent: Lent | None = None
        self._lock = threading.RLock()
        _courses.add(self)

    # ------------------------------------------------------------------ what there is to see

    @property
    def dataset(self) -> Dataset:
        """What is learnt from now."""
        return self.history.now.dataset

    @property
    def model(self) -> Network:
        """The network of the last complete step or act, yours to use and to change.

        What you do to it is an act of the session, seen when the next thing is done: then it becomes a moment of the
        history, from which training goes on, and which undo takes back; or it is refused, because it cannot be trained
        on. It stands for the session until the next step or act is complete: ask again after that, the one that you
        have is your own then.
        """
        with self._lock:
            if self._lent is None or self._lent.since is not self._latest:
                self._lent = Lent(self.network(), self._latest)
            return self._lent.network

    def network(self) -> Network:
        """The network of the last complete step or act as it is kept; nobody changes it."""
        with self._lock:
            return self._run.network() if self._run else self.history.now.model

    @shortage_told()
    def take_over(self) -> None:
        """Make what was done to :attr:`model` a moment, if anything was; training ends at its last complete step then.

        Raises:
            KanwidgetError: the network cannot be trained on; the session is as before.
        """
        with self._lock:
            lent, self._lent = self._lent, None
            if lent is None or lent.since is not self._latest:
                return
            try:
                if lent.is_changed:
                    self._close_run()
                    self._add(acts.change(self.history.now, lent.network))
                    lent.go_on(self._latest)
            except MemoryError:
                self._lent = lent  # it can be seen later
                raise
            self._lent = lent

    @property
    def _latest(self) -> object:
        """What no other step or act has: its point of the loss chart."""
        losses = (self._run.losses if self._run else []) or self.history.now.losses
        return losses[-1] if losses else self.history.now

    def preview(self) -> Network:
        """The network in the making, for pictures only."""
        return self._run.preview() if self._run else self.history.now.model

    @property
    def losses(self) -> list[Loss]:
        return [*self.history.now.losses, *(self._run.losses if self._run else ())]

    @property
    def marks(self) -> tuple[tuple[int, str], ...]:
        """What happened when, for the chart: ``(step, label)``; grids that were only moved have no label."""
        return (*self.history.now.marks, *(self._run.marks if self._run else ()))

    @property
    def trail(self) -> tuple[int, ...]:
        """The keys of the moments that lead here, last that of the moment in the making."""
        now = self.history.now
        continued = self._play is not None and self._play is now
        return now.trail if self._run is None or continued else (*now.trail, self.history.next_key)

    @property
    def step_count(self) -> int:
        losses = self._run.losses if self._run else ()
        return losses[-1].step if losses else self.history.now.step

    @property
    def training(self) -> bool:
        """Whether a run is open, so that the next slice continues it."""
        return self._run is not None

    def code(self) -> str:
        """A script that leads from the data set to this model."""
        with self._lock:
            self.take_over()
            return "\n".join([*self.history.now.code, *(self._run.lines if self._run else ())]) + "\n"

    # ------------------------------------------------------------------ training

    def advance(self, budget_ms: float = 40.0, steps: int | None = None) -> Progress:
        """Train for about ``budget_ms``, at least one iteration, at most ``steps`` whole steps.

        A step that is not complete at the end of the slice is continued by the next one, and dropped by
        :meth:`stop` and every other command.
        """
        with self._at_work():
            start = time.perf_counter()
            try:
                if self._run is None:
                    self._run = Run(self.history.now, self.options)
                progress = self._run.advance(start, budget_ms, steps)
            except BaseException:
                self._close_run()
                raise
            if progress.why:
                self._close_run()
            return progress

    def step(self) -> Progress:
        """Exactly one whole step."""
        progress = self.advance(float("inf"), steps=1)
        self.stop()
        return progress

    def stop(self) -> None:
        """End the run at its last complete step."""
        with self._lock:
            self._close_run()

    def set_option(self, name: str, value: Any) -> None:
        """Change how training goes on, from the next slice.

        Raises:
            OptionError: the name or the value is not accepted; the options stay as they are.
        """
        self.set_options(**{str(name): value})

    def set_options(self, **values: Any) -> None:
        """Several at once, all or none; see :meth:`set_option`."""
        with self._lock:
            options = self.options.changed(**values)
            options.suited(self.dataset)
            before, self.options = self.options, options
            if self._run is not None and options != before.changed(steps=options.steps):
                self._close_run(goes_on=True)

    # ------------------------------------------------------------------ moments

    def undo(self) -> bool:
        """One act back, or back to where a jump began; False when there is nothing to undo."""
        with self._command():
            return self._go(self.history.undone())

    def redo(self) -> bool:
        """One act forward again; False when there is none."""
        with self._command():
            return self._go(self.history.redone())

    def jump(self, key: int) -> None:
        """To any moment of the history; nothing is lost, and undo comes back.

        Raises:
            OptionError: no moment has this key.
        """
        with self._command():
            if not self._go(self.history.jumped(key)):
                raise self._no_moment(key)

    def moment(self, key: int) -> Moment:
        """A moment of the history, to look at.

        Raises:
            OptionError: no moment has this key.
        """
        with self._lock:
            at = self.history.position_of(key)
            if at is None:
                raise self._no_moment(key)
            return self.history.moments[at]

    # ------------------------------------------------------------------ how anything becomes a moment

    def _act(self, act: Callable[Concatenate[Moment, P], Moment], *args: P.args, **kwargs: P.kwargs) -> None:
        with self._command():
            self._add(act(self.history.now, *args, **kwargs))

    def _add(self, moment: Moment) -> None:
        """The one swap at the end of an act."""
        self.history = self.history.added(measured(moment, self.options))

    def _go(self, moved: History | None) -> bool:
        self.history = moved or self.history
        return moved is not None

    def _no_moment(self, key: int) -> OptionError:
        known = ", ".join(str(moment.key) for moment in self.history.moments)
        return OptionError(f"key={key!r}: the history has the moments {known}")

    @contextmanager
    def _command(self) -> Iterator[None]:
        """One command at a time; a run that is open ends at its last complete step first."""
        with self._at_work():
            self._close_run()
            yield

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """Alone, and on as many threads as are worth their while."""
        with self._lock, at_work(self.history.now.model, len(self.dataset.train_input)):
            self.take_over()
            yield

    def _close_run(self, *, goes_on: bool = False) -> None:
        """Make the run's complete steps a moment; what is played in one go is one act, however often an option
        changes on the way."""
        history = self._history_with_run()
        if history is not self.history:
            self.history, self._play = history, history.now
        self._run = None
        if not goes_on:
            self._play = None

    def _history_with_run(self) -> History:
        """The history as it will be when the run ends now; the same where no step is complete."""
        if self._run is None or not self._run.losses:
            return self.history
        now = self.history.now
        if self._play is not now:
            return self.history.added(self._run.ended(before=now))
        return self.history.amended(self._run.ended(before=self.history.moments[self.history.position - 1]))


def measured(moment: Moment, options: FitOptions) -> Moment:
    """With the losses right after the act."""
    step = Trainer(moment.model, moment.dataset, options).last
    return replace(moment, losses=(*moment.losses, Loss.of(moment.step, step)))
