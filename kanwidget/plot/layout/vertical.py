"""How high plots are, and the height at which every slot and every node stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kanwidget.plot.layout.box import Sizes
from kanwidget.plot.layout.column import Column, Limits, fullest, most_lines
from kanwidget.plot.layout.graph import Graph
from kanwidget.plot.layout.shown import Shown, choose, without
from kanwidget.plot.layout.spread import spread

__all__ = ["BOTTOM", "Stack", "stack"]

BOTTOM = 14.0
FOOTER = 22.0  # for the count of folded nodes
TALLEST = 672.0  # of a picture that may choose its height, for the usual number of curves
LEAST_PLOT, LEAST_SMALL_PLOT = 34.0, 28.0  # height
SMALLEST = 0.7  # scale, before a small network gives up curves
NODE_GAP = 12.0  # between neighbouring nodes
CROWDED = 16.0  # nodes that would have to be closer are folded away
INPUT_PITCH = 30.0
USUAL_CURVES = 24
AIRY = 1.3  # most that distances in a column grow


@dataclass(frozen=True, slots=True)
class Stack:
    """Heights of everything.

    Attributes:
        height: of the whole picture.
        plot: height of a plot, the same in the whole picture.
        columns, slots: per level, its slots and the heights of their centres.
        nodes: per layer, node → height, from top to bottom.
        pitches: per layer, least distance of two nodes.
    """

    shown: Shown
    height: float
    plot: float
    columns: tuple[Column, ...]
    slots: tuple[tuple[float, ...], ...]
    nodes: tuple[dict[int, float], ...]
    pitches: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Band:
    low: float
    high: float

    @property
    def room(self) -> float:
        return self.high - self.low

    def evenly(self, count: int) -> list[float]:
        return [self.low + (k + 0.5) * self.room / count for k in range(count)]


def stack(graph: Graph, sizes: Sizes, height: float | None) -> Stack:
    """Heights in a picture of a given height, or of the height that suits it."""
    free = height is None
    whole = TALLEST * max(1.0, sizes.curves / USUAL_CURVES) if height is None else height
    room = whole - sizes.top - BOTTOM - FOOTER
    shown = choose(graph, sizes.threshold, max(1, int(room / CROWDED)))
    columns = _columns(graph, shown, sizes, room, free=free)
    while any(len(column.slots) < len(links) for column, links in zip(columns, shown.links, strict=True)):
        # Nodes whose links all found no room fold away, which changes what has room.
        shown = without(shown, [[slot.link for slot in column.slots] for column in columns])
        columns = _columns(graph, shown, sizes, room, free=free)
    footer = FOOTER if any(shown.folded) else 0.0
    room += FOOTER - footer
    plot = _plot_height(graph, columns, room, free=free)
    needed = _needed(graph, shown, columns, plot, sizes)
    band = Band(sizes.top, sizes.top + (needed if free else max(needed, room)))
    plan = Plan(shown, columns, plot, 2 * sizes.node + NODE_GAP, band, AIRY if free else math.inf)
    return plan.placed(band.high + footer + BOTTOM)


def _columns(graph: Graph, shown: Shown, sizes: Sizes, room: float, *, free: bool) -> tuple[Column, ...]:
    """Small networks show every curve, but where the box is given not so small that nobody can read them."""
    least, lines = LEAST_PLOT, most_lines(room)
    if graph.small:
        least, room = LEAST_SMALL_PLOT, math.inf if free else room / SMALLEST
    return tuple(
        fullest(
            shown.links[n],
            shown.orders[n + 1],
            shown.orders[n],
            Limits(sizes.curves, lines, len(level.links), room, least),
        )
        for n, level in enumerate(graph.levels)
    )


def _plot_height(graph: Graph, columns: Sequence[Column], room: float, *, free: bool) -> float:
    """As high as is good, lower if the fullest column asks for it, but never so low that a curve is a scribble."""
    least = LEAST_SMALL_PLOT if graph.small else LEAST_PLOT
    free_sizes, fixed_sizes = (76.0 if graph.edges <= 4 else 58.0, 46.0), (84.0, 64.0)
    good = (free_sizes if free else fixed_sizes)[0 if graph.small else 1]
    return max(least, min([good, *(column.highest_plot(room) for column in columns)]))


def _needed(graph: Graph, shown: Shown, columns: Sequence[Column], plot: float, sizes: Sizes) -> float:
    """Least height of the band in which columns, nodes and names have room."""
    columns_need = [column.extent(plot) for column in columns]
    nodes_need = [len(order) * _pitch(sizes, len(order)) for order in shown.orders[1:]]
    return max([*columns_need, *nodes_need, len(shown.orders[0]) * _input_pitch(graph, shown, columns[0], plot)])


def _input_pitch(graph: Graph, shown: Shown, column: Column, plot: float) -> float:
    """Where all links meet in one target they are straight if sources are as far apart as the plots."""
    inputs = len(shown.orders[0])
    if graph.levels[0].nodes.count == 1 and not column.bricks and column.plots == inputs:
        return plot + column.clear + (18.0 if graph.edges <= 4 else 4.0)
    return INPUT_PITCH if inputs <= 12 else CROWDED


def _pitch(sizes: Sizes, nodes: int) -> float:
    return 2 * sizes.node + NODE_GAP if nodes <= 12 else CROWDED


@dataclass(frozen=True, slots=True)
class Plan:
    """What the heights of slots and nodes follow from.

    Attributes:
        pitch: distance that neighbouring nodes should have.
        airy: how much distances in a column may grow where there is room.
    """

    shown: Shown
    columns: tuple[Column, ...]
    plot: float
    pitch: float
    band: Band
    airy: float

    def placed(self, height: float) -> Stack:
        """From the inputs on, level by level."""
        nodes = [self._evenly(0)]
        pitches = [self.band.room / len(nodes[0])]
        slots = []
        for n in range(len(self.columns)):
            slots.append(self._slots(n, nodes[-1]))
            pitches.append(min(self.pitch, self.band.room / len(self.shown.orders[n + 1])))
            nodes.append(self._nodes(n, slots[-1], pitches[-1]))
        return Stack(self.shown, height, self.plot, self.columns, tuple(slots), tuple(nodes), tuple(pitches))

    def _evenly(self, layer: int) -> dict[int, float]:
        order = self.shown.orders[layer]
        return dict(zip(order, self.band.evenly(len(order)), strict=True))

    def _slots(self, n: int, sources: dict[int, float]) -> tuple[float, ...]:
        """Level with their sources where order and distance allow; otherwise near them, with some air between."""
        column = self.columns[n]
        gaps = column.gaps(self.plot)
        up, down = column.reach(self.plot)
        low, high = self.band.low + up, self.band.high - down
        wanted = [sources[slot.link.source] for slot in column.slots]
        heights = spread(wanted, gaps, low, high)
        if sum(gaps) and any(abs(y - want) > 1 for y, want in zip(heights, wanted, strict=True)):
            stretch = max(1.0, min(self.airy, (high - low) / sum(gaps)))
            heights = spread(wanted, [stretch * gap for gap in gaps], low, high)
        return tuple(heights)

    def _nodes(self, n: int, slots: Sequence[float], pitch: float) -> dict[int, float]:
        """At the mean height of the slots that lead to them, or evenly where none does."""
        heights = self._evenly(n + 1)
        for node in heights:
            own = [y for slot, y in zip(self.columns[n].slots, slots, strict=True) if slot.link.target == node]
            heights[node] = sum(own) / len(own) if own else heights[node]
        gaps = [pitch] * (len(heights) - 1)
        ys = spread(list(heights.values()), gaps, self.band.low + pitch / 2, self.band.high - pitch / 2)
        return dict(zip(heights, ys, strict=True))
