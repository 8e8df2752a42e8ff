"""Training in progress, in slices; when it ends, it becomes a moment."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from itertools import accumulate

from kanwidget.model.network import Network
from kanwidget.session.history import Loss, Moment
from kanwidget.session.script import fit_line
from kanwidget.train.options import FitOptions
from kanwidget.train.trainer import Step, Trainer

__all__ = ["Progress", "Run"]

ENDS = {
    "converged": "Converged: no step improves the loss any more.",
    "finished": "Finished: the last grid of the schedule has been trained.",
    "not finite": "The loss was no longer finite: the last finite state was kept.",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """What a slice of training did.

    Attributes:
        steps: whole steps completed.
        trained_ms: how long it took.
        why: ``""`` while training can go on, otherwise why it stands still, as a sentence.
    """

    steps: int
    trained_ms: float
    why: str = ""


class Run:
    """Goes on from a moment.

    Args:
        start: the moment.
        options: how to train.

    Attributes:
        losses: of its complete steps.
    """

    def __init__(self, start: Moment, options: FitOptions) -> None:
        self._start, self._options = start, options
        self._trainer = Trainer(start.model, start.dataset, options)
        self._iterator = self._trainer.run()
        self.losses: list[Loss] = []

    def advance(self, since: float, budget_ms: float, steps: int | None) -> Progress:
        """Train until ``budget_ms`` after ``since``, at least one iteration, at most ``steps`` whole steps."""
        done = 0
        while True:
            found = next(self._iterator, self)
            spent = 1000 * (time.perf_counter() - since)
            if found is self:
                return Progress(done, spent, ENDS[self._trainer.why])
            if isinstance(found, Step):
                self.losses.append(Loss.of(self._start.step + found.step, found))
                done += 1
            if spent >= budget_ms or (steps is not None and done >= steps):
                return Progress(done, spent)

    def network(self) -> Network:
        """The network of the last complete step."""
        return self._trainer.network() if self.losses else self._start.model

    def preview(self) -> Network:
        """The network in the making, for pictures only."""
        return self._trainer.preview()

    @property
    def marks(self) -> list[tuple[int, str]]:
        """The grids that it went on to, and where it moved them."""
        at, trainer = self._start.step, self._trainer
        starts = accumulate(grid.steps for grid in trainer.grids[:-1])
        finer = [(at + step, f"grid {new.grid[0]}") for step, new in zip(starts, trainer.grids[1:], strict=True)]
        return sorted([*finer, *((at + step, "") for step in trainer.moved)])

    @property
    def lines(self) -> list[str]:
        """What it does, in Python."""
        return [fit_line(self._options, len(self.losses))] if self.losses else []

    def ended(self, before: Moment) -> Moment:
        """The moment that its complete steps, of which there is at least one, make; the label counts the steps since
        ``before``."""
        start, steps = self._start, self.losses[-1].step - before.step
        return replace(
            start,
            label=f"Train {steps} step{'s' if steps > 1 else ''}",
            model=self._trainer.network(),
            code=(*start.code, *self.lines),
            losses=(*start.losses, *self.losses),
            marks=(*start.marks, *self.marks),
        )
