"""How the width is shared between names, plots, nodes and the fans of links around the plots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kanwidget.plot.layout.box import Sizes
from kanwidget.plot.layout.column import BRICK_GAP, Column
from kanwidget.plot.layout.vertical import Stack

__all__ = ["SIDE", "Across", "share_width"]

SIDE = 14.0
RATIO, GOOD_PLOT = 1.28, 52.0  # width of a plot by its height, and the least that is good
LEAST_RATIO, MOST_RATIO = 1.0, 1.75
FLAT_FAN, STEEPEST_FAN, CLIMB = 26.0, 104.0, 0.3  # width of a fan: at least, at most, by the climb of its links
LEAST_SHARE, MOST_SHARE = 0.5, 1.6  # of their good width, to which fans shrink and grow


@dataclass(frozen=True, slots=True)
class Across:
    """Where a level begins and ends: ``start`` at its sources, the plots from ``left`` to ``right``, ``node`` the
    centre of its targets."""

    start: float
    left: float
    right: float
    node: float


@dataclass(frozen=True, slots=True)
class Widths:
    """Width of a plot, the fans on either side of every column, and all the rest."""

    plot: float
    fans: tuple[tuple[float, float], ...]
    bricks: tuple[bool, ...]
    names: tuple[float, float]
    node: float

    @property
    def total(self) -> float:
        plots = sum(zone(bricks, self.plot) for bricks in self.bricks)
        nodes = 2 * self.node * len(self.bricks)
        return 2 * SIDE + sum(self.names) + plots + nodes + sum(map(sum, self.fans))


def zone(bricks: bool, plot: float) -> float:
    """Width of a column of plots."""
    return 2 * plot + BRICK_GAP if bricks else plot


def share_width(stack: Stack, sizes: Sizes, width: float | None) -> tuple[float, float, tuple[Across, ...]]:
    """Width of the picture, width of a plot, and where every level stands."""
    good = Widths(
        plot=max(GOOD_PLOT, round(stack.plot * RATIO)),
        fans=_fans(stack),
        bricks=tuple(column.bricks for column in stack.columns),
        names=(sizes.inputs, sizes.outputs),
        node=sizes.node,
    )
    widths = good if width is None else _fitted(good, width, stack.plot)
    return widths.total, widths.plot, tuple(_across(widths))


def _fans(stack: Stack) -> tuple[tuple[float, float], ...]:
    """Wider where links climb more, so that none of them is steep."""
    fans = []
    for n, (column, ys) in enumerate(zip(stack.columns, stack.slots, strict=True)):
        from_, to = stack.nodes[n], stack.nodes[n + 1]
        left = _highest(column, ys, [from_[slot.link.source] for slot in column.slots])
        right = _highest(column, ys, [to[slot.link.target] for slot in column.slots])
        fans.append((_fan(left), _fan(right)))
    return tuple(fans)


def _highest(column: Column, ys: Sequence[float], ends: Sequence[float]) -> float:
    return max((abs(y - end) for y, end in zip(ys, ends, strict=True)), default=0.0)


def _fan(climb: float) -> float:
    return min(STEEPEST_FAN, FLAT_FAN + CLIMB * climb)


def _fitted(good: Widths, width: float, height: float) -> Widths:
    """First the fans give or take, then the plots, whose height is given."""
    fans = sum(map(sum, good.fans))
    share = min(MOST_SHARE, max(LEAST_SHARE, (width - good.total + fans) / fans))
    fitted = replace(good, fans=tuple((left * share, right * share) for left, right in good.fans))
    spare = (width - fitted.total) / sum(2 if bricks else 1 for bricks in good.bricks)
    least, most = min(good.plot, LEAST_RATIO * height), max(good.plot, MOST_RATIO * height)
    return replace(fitted, plot=min(most, max(least, good.plot + spare)))


def _across(widths: Widths) -> list[Across]:
    x = SIDE + widths.names[0]
    levels = []
    for bricks, (left, right) in zip(widths.bricks, widths.fans, strict=True):
        start = x
        first = start + left
        last = first + zone(bricks, widths.plot)
        node = last + right + widths.node
        levels.append(Across(start, first, last, node))
        x = node + widths.node
    return levels
