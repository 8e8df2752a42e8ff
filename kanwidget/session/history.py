"""What was done, as moments one can go back to. A moment is never changed; a new act makes a new one."""

from __future__ import annotations

from dataclasses import dataclass

from kanwidget.model.network import Network

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


@dataclass(frozen=True, slots=True)
class Moment:
    """The state after one act.

    Attributes:
        label: what was done, in the past tense of a menu: ``"Prune"``, ``"Train 20 steps"``.
        model: the network, which nobody changes any more.
        code: the lines of Python that lead here from the start.
        losses: all measured steps up to here.
        marks: acts to be marked in the chart: ``(step, label)``.
    """

    label: str
    model: Network
    code: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()
    marks: tuple[tuple[int, str], ...] = ()

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
    """Moments in order, and the one that is shown. Bounded in number and memory: the oldest go first."""

    moments: tuple[Moment, ...]
    position: int = 0

    @property
    def now(self) -> Moment:
        return self.moments[self.position]

    def added(self, moment: Moment) -> History:
        """With a moment after the present one; what had been undone is gone."""
        return _bounded([*self.moments[: self.position + 1], moment])

    def amended(self, moment: Moment) -> History:
        """With another moment in the place of the present one."""
        return _bounded([*self.moments[: self.position], moment])

    def moved(self, by: int) -> History | None:
        """Gone back (-1) or forward (1); None when there is nowhere to go."""
        to = self.position + by
        return History(self.moments, to) if 0 <= to < len(self.moments) else None

    @property
    def undo_label(self) -> str | None:
        return self.now.label if self.position > 0 else None

    @property
    def redo_label(self) -> str | None:
        ahead = self.position + 1
        return self.moments[ahead].label if ahead < len(self.moments) else None


def _bounded(moments: list[Moment]) -> History:
    while len(moments) > MOST_MOMENTS or (len(moments) > 2 and sum(m.size for m in moments) > MOST_BYTES):
        moments.pop(0)
    return History(tuple(moments), len(moments) - 1)
