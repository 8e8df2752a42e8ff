"""Which edges of a level get a plot and which a line, how they stand on top of each other, and how high they can be.

The order is by target, then by source, so nothing ever crosses on the target side. The height of a column is linear
in the height of a plot, so the greatest height of a plot is solved for, not searched.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from kanwidget.plot.layout.graph import Link

__all__ = ["BRICK_GAP", "Column", "Limits", "Slot", "fullest", "most_lines"]

BRICK_GAP = 10.0  # between two columns of bricks
CLEAR = 6.0  # from a frame to a link that passes it
TAG_CLEAR = 11.0  # the same where name tags stand on the frames
GROUP_GAP = 4.0  # more between links of different targets
LANE, LEAST_LANE = 5.0, 2.5  # from line to line
LINE_SHARE = 0.2  # at most so much of the height goes to lines


class Slot(NamedTuple):
    """The place of one link in its column: a curve, or a line without one."""

    link: Link
    is_plot: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """What a column may hold.

    Attributes:
        curves, lines: at most so many.
        edges: all edges of the level; few of them need no bricks.
        room: height of the band, infinite if everything has to be shown.
        least_plot: curves that would have to be lower than this become lines.
    """

    curves: int
    lines: int
    edges: int
    room: float
    least_plot: float


@dataclass(frozen=True, slots=True)
class Column:
    """Slots from top to bottom.

    Attributes:
        bricks: plots stand in two sub-columns in turn, and the link of a plot in one passes through the gap
            between two plots of the other; so they can be nearly twice as high.
        lane: distance of neighbouring lines.
    """

    slots: tuple[Slot, ...]
    bricks: bool
    lane: float

    @property
    def clear(self) -> float:
        return TAG_CLEAR if any(slot.link.tagged and slot.is_plot for slot in self.slots) else CLEAR

    @property
    def plots(self) -> int:
        return sum(slot.is_plot for slot in self.slots)

    def gaps(self, height: float) -> list[float]:
        """Distances of the centres of neighbours when plots are ``height`` high."""
        return [self._gap(a, b, height) for a, b in pairwise(self.slots)]

    def _gap(self, above: Slot, below: Slot, height: float) -> float:
        group = 0.0 if above.link.target == below.link.target else GROUP_GAP
        if above.is_plot and below.is_plot:
            return group + (height / 2 + self.clear if self.bricks else height + self.clear + 4)
        if above.is_plot or below.is_plot:
            return group + height / 2 + self.clear
        return self.lane + group / 2

    def reach(self, height: float) -> tuple[float, float]:
        """How far the first slot reaches up and the last one down."""
        if not self.slots:
            return 0.0, 0.0
        up, down = (height / 2 if slot.is_plot else 2.0 for slot in (self.slots[0], self.slots[-1]))
        return up, down

    def extent(self, height: float) -> float:
        """Height of the whole column."""
        return sum(self.gaps(height)) + sum(self.reach(height))

    def highest_plot(self, room: float) -> float:
        """The height of plots with which the column fills ``room``; infinite if there are none and it fits."""
        fixed = self.extent(0.0)
        slope = self.extent(1.0) - fixed
        return (room - fixed) / slope if slope else math.inf if fixed <= room else -math.inf


def most_lines(room: float) -> int:
    """How many lines may share a band with curves."""
    return int(LINE_SHARE * room / LEAST_LANE)


def fullest(ranked: Sequence[Link], targets: Sequence[int], sources: Sequence[int], limits: Limits) -> Column:
    """As many curves as are asked for and fit, then as many lines as fit into a part of the room.

    Args:
        ranked: links that may be shown, most important first.
        targets, sources: nodes above and below in the order in which they stand.
    """

    def column(curves: int, lines: int = 0) -> Column:
        kept = [Slot(link, rank < curves) for rank, link in enumerate(ranked[: curves + lines])]
        lane = min(LANE, LEAST_LANE * max(1.0, limits.lines / max(1, lines)))
        return Column(tuple(_stacked(kept, targets, sources)), limits.edges > 6 and curves > 4, lane)

    def fits(column: Column, share: float = 1.0) -> bool:
        return column.highest_plot(share * limits.room) >= limits.least_plot

    curves = min(len(ranked), limits.curves)
    while curves and not fits(column(curves), 1.0 if curves == len(ranked) else 1.0 - LINE_SHARE):
        curves -= 1
    lines = min(len(ranked) - curves, limits.lines)
    while lines and not fits(column(curves, lines)):
        lines = lines * 4 // 5
    return column(curves, lines)


def _stacked(slots: Sequence[Slot], targets: Sequence[int], sources: Sequence[int]) -> Iterator[Slot]:
    """By target and port, then by source; curves and lines apart, mirrored from group to group, so that lines meet
    lines."""
    place = {node: k for k, node in enumerate(sources)}
    rank = {node: k for k, node in enumerate(targets)}
    groups: dict[tuple[int, int], list[Slot]] = {}
    for slot in sorted(slots, key=lambda slot: place[slot.link.source]):
        groups.setdefault((rank[slot.link.target], slot.link.port), []).append(slot)
    for turn, key in enumerate(sorted(groups)):
        curves = [slot for slot in groups[key] if slot.is_plot]
        lines = [slot for slot in groups[key] if not slot.is_plot]
        yield from [*curves, *lines] if turn % 2 == 0 else [*lines, *curves]
