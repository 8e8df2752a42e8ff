"""What was done, as moments one can go back to. A moment is never changed; a new act makes a new one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from kanwidget.data import Dataset
from kanwidget.model.network import Network
from kanwidget.session.source import Source
from kanwidget.train.trainer import Step

__all__ = ["History", "Loss", "Moment"]

MOST_MOMENTS = 50
MOST_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Loss:
    """One point of the loss chart: the step counted from the start, and the numbers of that step."""

    step: int
    train: float
    test: float
    reg: float
    train_accuracy: float | None = None
    test_accuracy: float | None = None

    @classmethod
    def of(cls, at: int, step: Step) -> Self:
        """A step of a training as step ``at`` of the session."""
        return cls(at, step.train_loss, step.test_loss, step.reg, step.train_accuracy, step.test_accuracy)


@dataclass(frozen=True, slots=True)
class Moment:
    """The state after one act.

    Attributes:
        label: what was done, in the past tense of a menu: ``"Prune"``, ``"Train 20 steps"``.
        model: the network, which nobody changes any more.
        dataset: what it learns from.
        source: the example that this is; None for data that were handed in.
        code: the lines of Python that lead here from the start.
        losses: all measured steps up to here.
        marks: acts to be marked in the chart: ``(step, label)``.
        trail: the keys of the moments that lead here from the start, this one's own last.
        nodes: per layer of nodes, which nodes of the first network these are.
    """

    label: str
    model: Network
    dataset: Dataset
    source: Source | None = None
    code: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()
    marks: tuple[tuple[int, str], ...] = ()
    trail: tuple[int, ...] = (0,)
    nodes: tuple[tuple[int, ...], ...] = ()

    @property
    def key(self) -> int:
        """The number by which this moment is asked for; no other moment of its history ever has it."""
        return self.trail[-1]

    @property
    def step(self) -> int:
        return self.losses[-1].step if self.losses else 0

    @property
    def size(self) -> int:
        """Bytes of the parameters and buffers."""
        tensors = [*self.model.parameters(), *self.model.buffers()]
        return sum(t.numel() * t.element_size() for t in tensors)


@dataclass(frozen=True, slots=True)
class History:
    """Moments in order, and the one that is shown. Bounded in number and memory: the oldest go first.

    Attributes:
        moments: oldest first.
        position: of the moment that is shown.
        left: the position from which a jump led here, so that it can be undone; None after any other move.
    """

    moments: tuple[Moment, ...]
    position: int = 0
    left: int | None = None

    @property
    def now(self) -> Moment:
        return self.moments[self.position]

    @property
    def next_key(self) -> int:
        """The key of the moment that comes next: keys only rise, also where moments that were undone are gone."""
        return self.moments[-1].key + 1

    def added(self, moment: Moment) -> History:
        """With a moment after the present one; what had been undone is gone."""
        fresh = replace(moment, trail=(*moment.trail, self.next_key))
        return _bounded([*self.moments[: self.position + 1], fresh])

    def amended(self, moment: Moment) -> History:
        """With another moment in the place of the present one."""
        return _bounded([*self.moments[: self.position], moment])

    def undone(self) -> History | None:
        """One act back, or back to where a jump began; None at the beginning."""
        return self._at(self.position - 1 if self.left is None else self.left)

    def redone(self) -> History | None:
        """One act forward; None at the end."""
        return self._at(self.position + 1)

    def jumped(self, key: int) -> History | None:
        """At the moment with this key; None if it is gone."""
        to = self.position_of(key)
        if to is None or to == self.position:
            return None if to is None else self
        return History(self.moments, to, self.position)

    def position_of(self, key: int) -> int | None:
        return next((n for n, moment in enumerate(self.moments) if moment.key == key), None)

    @property
    def undo_label(self) -> str | None:
        if self.left is not None:
            return f"jump to {self.now.label}"
        return self.now.label if self.position > 0 else None

    @property
    def redo_label(self) -> str | None:
        ahead = self.position + 1
        return self.moments[ahead].label if ahead < len(self.moments) else None

    def _at(self, to: int) -> History | None:
        return History(self.moments, to) if 0 <= to < len(self.moments) else None


def _bounded(moments: list[Moment]) -> History:
    while len(moments) > MOST_MOMENTS or (len(moments) > 2 and sum(m.size for m in moments) > MOST_BYTES):
        moments.pop(0)
    return History(tuple(moments), len(moments) - 1)
