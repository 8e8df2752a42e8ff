"""From a graph and a box to the coordinates of everything that is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kanwidget.plot.layout.box import Box, Sizes
from kanwidget.plot.layout.column import BRICK_GAP
from kanwidget.plot.layout.graph import Graph, Link
from kanwidget.plot.layout.horizontal import Across, share_width
from kanwidget.plot.layout.picture import Caption, Folded, Frame, Hairs, Picture, PlacedLink, PlacedNode, Point
from kanwidget.plot.layout.vertical import BOTTOM, Stack, stack

__all__ = ["arrange"]

PORT = 0.45  # the factors of a product enter at so much of its radius above and below
FEW_HIDDEN = 4  # so many hidden inputs of a node are not worth a sign
HAIR_STEP = 0.18  # radians; hairs closer than this are one

Row = dict[int, PlacedNode]


def arrange(graph: Graph, sizes: Sizes, box: Box) -> Picture:
    """Place everything. The picture is larger than the box if it cannot be so small."""
    heights = stack(graph, sizes, box.height)
    width, plot, across = share_width(heights, sizes, box.width)
    rows = [_row(graph, heights, sizes, across, n) for n in range(len(across) + 1)]
    levels = [tuple(_links(heights, n, plot, across[n], rows)) for n in range(len(across))]
    return Picture(
        width=width,
        height=heights.height,
        links=tuple(link for level in levels for link in level),
        nodes=tuple(tuple(row.values()) for row in rows),
        folded=tuple(_folded(heights, across, n) for n in range(len(rows))),
        captions=tuple(
            Caption((at.left + at.right) / 2, len(drawn), len(level.links))
            for at, drawn, level in zip(across, levels, graph.levels, strict=True)
        ),
        hairs=tuple(
            hairs
            for n, drawn in enumerate(levels)
            for hairs in _hairs(graph, n, {placed.link for placed in drawn}, rows, heights.height)
        ),
    )


def _x(across: tuple[Across, ...], layer: int) -> float:
    return across[0].start if layer == 0 else across[layer - 1].node


def _row(graph: Graph, heights: Stack, sizes: Sizes, across: tuple[Across, ...], layer: int) -> Row:
    pitch = heights.pitches[layer]
    radius = max(2.5, min(sizes.node, (pitch - 3) / 2)) if layer else 0.0
    sums = graph.levels[layer - 1].nodes.sums if layer else graph.counts[0]
    x = _x(across, layer)
    return {node: PlacedNode(node, x, y, radius, node >= sums, pitch) for node, y in heights.nodes[layer].items()}


def _links(heights: Stack, level: int, plot: float, across: Across, rows: list[Row]) -> Iterator[PlacedLink]:
    column = heights.columns[level]
    turn = 0
    for slot, y in zip(column.slots, heights.slots[level], strict=True):
        frame = None
        if slot.is_plot:
            x = across.left + (plot + BRICK_GAP if column.bricks and turn % 2 else 0.0)
            frame = Frame(x, y - heights.plot / 2, plot, heights.plot)
            turn += 1
        source, end = rows[level][slot.link.source], _entrance(slot.link, rows[level + 1][slot.link.target])
        start = Point(source.x + source.radius, source.y)
        yield PlacedLink(level, slot.link, start, end, y, across.left, across.right, frame)


def _entrance(link: Link, target: PlacedNode) -> Point:
    return Point(target.x - target.radius, target.y + PORT * target.radius * link.port)


def _folded(heights: Stack, across: tuple[Across, ...], layer: int) -> Folded | None:
    count = heights.shown.folded[layer]
    at = Point(_x(across, layer), heights.height - BOTTOM)
    return Folded(count, at, heights.shown.crowded[layer]) if count else None


def _hairs(graph: Graph, level: int, drawn: set[Link], rows: list[Row], height: float) -> Iterator[Hairs]:
    below, above = rows[level], rows[level + 1]
    floor = height - BOTTOM  # folded sources are down there
    left = next(iter(below.values())).x
    hidden: dict[tuple[int, int], list[Link]] = {}
    for link in graph.levels[level].links:
        if link not in drawn and link.target in above:
            hidden.setdefault((link.target, link.port), []).append(link)
    for links in hidden.values():
        if len(links) > FEW_HIDDEN:
            at = _entrance(links[0], above[links[0].target])
            ys = (below[link.source].y if link.source in below else floor for link in links)
            steps = {round(math.atan2(y - at.y, at.x - left) / HAIR_STEP) for y in ys}
            yield Hairs(at, tuple(math.pi - step * HAIR_STEP for step in sorted(steps)))
