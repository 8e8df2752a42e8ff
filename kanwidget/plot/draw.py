"""From places to artists: links first, then plots, nodes and names on top of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from matplotlib.path import Path

from kanwidget.model.nodes import Edge
from kanwidget.plot.curves import Curves, Values, extent
from kanwidget.plot.fonts import text_width
from kanwidget.plot.labels import INPUT_GAP, LEAST, OUTPUT_GAP, Label, cut, label_of
from kanwidget.plot.layout.graph import Link
from kanwidget.plot.layout.horizontal import SIDE
from kanwidget.plot.layout.picture import Caption, Folded, Frame, Hairs, Picture, PlacedLink, PlacedNode, Point
from kanwidget.plot.names import function_sign, plural, shorten
from kanwidget.plot.pen import Pen
from kanwidget.plot.theme import Theme, mix

__all__ = ["Scene", "draw"]

PADDING = 5.0  # of a curve in its frame
TAG_HEIGHT = 16.0
LEAD = 4.0  # straight bit of a link before and after the column of plots
SMALL, TITLE = 11.0, 14.0  # size of captions and tags, and of the title
MAX_DOTS, DOT_PITCH = 6, 8.0


@dataclass(frozen=True)
class Scene:
    """Everything that a drawing is made from.

    Attributes:
        own_scale: every curve fills its frame, instead of one unit being equally long in all frames of a level.
    """

    picture: Picture
    curves: Curves
    theme: Theme
    inputs: list[str]
    outputs: list[str]
    threshold: float
    title: str | None
    top: float
    own_scale: bool

    def edge(self, placed: PlacedLink) -> Edge:
        return Edge(placed.level, placed.link.source, placed.link.part)

    @cached_property
    def strongest(self) -> dict[int, float]:
        """Largest importance in each level."""
        most: dict[int, float] = {}
        for placed in self.picture.links:
            most[placed.level] = max(most.get(placed.level, 0.0), placed.link.importance)
        return most

    @cached_property
    def spans(self) -> dict[int, float]:
        """Units from the lower to the upper edge of a window, per level."""
        spans: dict[int, float] = {}
        for placed in self.picture.links:
            if placed.frame:
                low, high = extent(self.curves.of(self.edge(placed)))
                spans[placed.level] = max(spans.get(placed.level, 0.0), high - low)
        return spans

    @cached_property
    def tagged(self) -> set[int]:
        """Levels with name tags: all their curves leave room for them, so that one unit is equally long."""
        return {placed.level for placed in self.picture.links if placed.frame and placed.link.tagged}

    def weight(self, placed: PlacedLink) -> float:
        """From 0 to 1: the square root of the importance relative to the strongest of the level."""
        most = self.strongest[placed.level]
        return math.sqrt(placed.link.importance / most) if most > 0 else 0.0

    def shade(self, link: Link, share: float) -> str:
        """Ink for links, violet for named ones, faded to the ground."""
        return mix(self.theme.accent if link.tagged else self.theme.link, self.theme.ground, share)


def draw(pen: Pen, scene: Scene) -> None:
    """Put the whole network on paper."""
    for hairs in scene.picture.hairs:
        _hairs(pen, scene, hairs)
    for placed in sorted(scene.picture.links, key=lambda placed: placed.link.importance):
        _link(pen, scene, placed)
    for placed in scene.picture.links:
        if placed.frame:
            _plot(pen, scene, placed, placed.frame)
    for nodes in scene.picture.nodes[1:]:
        for node in nodes:
            _node(pen, scene, node)
    for folded in filter(None, scene.picture.folded):
        _folded(pen, scene, folded)
    _names(pen, scene)
    for caption in scene.picture.captions:
        _caption(pen, scene, caption)
    if scene.title:
        _title(pen, scene, scene.title)


# ---------------------------------------------------------------------- links


def _link(pen: Pen, scene: Scene, placed: PlacedLink) -> None:
    weight = scene.weight(placed)
    share = 0.16 + 0.74 * weight
    width = 0.8 + 2 * weight
    if placed.frame is None:
        width, share = 0.8, min(share, 0.4)
    pen.stroke(_link_path(placed), scene.shade(placed.link, share), width)


def _link_path(placed: PlacedLink) -> Path:
    """Bent in the fans, level between them, open where the plot stands."""
    left, right = Point(placed.left - LEAD, placed.y), Point(placed.right + LEAD, placed.y)
    vertices, codes = [placed.start], [Path.MOVETO]

    def bend(to: Point) -> None:
        last = vertices[-1]
        reach = (to.x - last.x) / 2
        vertices.extend([Point(last.x + reach, last.y), Point(to.x - reach, to.y), to])
        codes.extend([Path.CURVE4] * 3)

    bend(left)
    if placed.frame:
        ends = Point(placed.frame.x, placed.y), Point(placed.frame.x + placed.frame.width, placed.y)
        vertices.extend(ends)
        codes.extend([Path.LINETO, Path.MOVETO])
    vertices.append(right)
    codes.append(Path.LINETO)
    bend(placed.end)
    return Path(vertices, codes)


def _hairs(pen: Pen, scene: Scene, hairs: Hairs) -> None:
    length = 10.0
    ends = [
        Point(hairs.at.x + length * math.cos(angle), hairs.at.y + length * math.sin(angle)) for angle in hairs.angles
    ]
    pen.strokes([(hairs.at, end) for end in ends], mix(scene.theme.link, scene.theme.ground, 0.3), 0.75)


# ---------------------------------------------------------------------- plots


def _plot(pen: Pen, scene: Scene, placed: PlacedLink, frame: Frame) -> None:
    theme = scene.theme
    values = scene.curves.of(scene.edge(placed))
    faint = placed.link.importance < scene.threshold
    strength = 0.5 if faint else 1.0
    ink = 0.35 if faint else max(0.55, 0.16 + 0.74 * scene.weight(placed))
    rim = mix(theme.accent if placed.link.tagged else theme.frame, theme.ground, 0.65 if faint else 1.0)
    paper = pen.box(frame, theme.ground, "none", 0, 4)
    x, y, zero = _in_window(scene, placed, frame, values)
    for sign, colour in ((1, theme.positive), (-1, theme.negative)):
        edge = np.where(np.isfinite(y) & (values * sign > 0), y, zero)
        pen.area([x[0], *x, x[-1]], [zero, *edge, zero], mix(colour, theme.ground, strength), inside=paper)
    pen.dotted(frame.x + 3, frame.x + frame.width - 3, zero, theme.frame)
    colour = mix(theme.accent if placed.link.tagged else theme.ink, theme.ground, ink)
    pen.curve(x, y, colour, 1.75, inside=paper)
    pen.box(frame, "none", rim, 1.25 if placed.link.tagged else 1, 4)
    if placed.link.tagged:
        _tag(pen, scene, frame, function_sign(scene.curves.names[scene.edge(placed)]), rim)


def _in_window(scene: Scene, placed: PlacedLink, frame: Frame, values: Values) -> tuple[Values, Values, float]:
    """Curve and zero line in the frame. The window slides so that both are inside."""
    head = TAG_HEIGHT / 2 if placed.level in scene.tagged else 0.0
    top, bottom = frame.y + head + PADDING, frame.y + frame.height - PADDING
    low, high = extent(values)
    span = high - low if scene.own_scale else scene.spans[placed.level]
    per_unit = (bottom - top) / span if span > 0 else 0.0
    middle = (low + high) / 2
    x = np.linspace(frame.x + PADDING, frame.x + frame.width - PADDING, len(values))
    shown = np.where(np.isfinite(values), values, np.nan)
    return x, (top + bottom) / 2 - (shown - middle) * per_unit, (top + bottom) / 2 + middle * per_unit


def _tag(pen: Pen, scene: Scene, frame: Frame, text: str, rim: str) -> None:
    """The name of a function on the upper rim of its plot."""
    text = cut(text, "bold", SMALL, frame.width - 22)
    width = text_width(text, "bold", SMALL) + 14
    chip = Frame(frame.x + 6, frame.y - TAG_HEIGHT / 2, width, TAG_HEIGHT)
    pen.box(chip, scene.theme.ground, rim, 1, TAG_HEIGHT / 2)
    at = Point(chip.x + width / 2, frame.y + 0.36 * SMALL)
    pen.text(at, text, "bold", SMALL, scene.theme.accent, align="center")


# ---------------------------------------------------------------------- nodes


def _node(pen: Pen, scene: Scene, node: PlacedNode) -> None:
    theme, r = scene.theme, node.radius
    arm = 0.36 * r
    if node.product:
        side = 2 * r - 2
        pen.box(Frame(node.x - side / 2, node.y - side / 2, side, side), theme.ground, theme.link, 1.25, 2.5)
        arm *= 0.85
        ends = [(-arm, -arm), (arm, arm)], [(-arm, arm), (arm, -arm)]
    else:
        pen.circle(Point(node.x, node.y), r, theme.ground, theme.link, 1.25)
        ends = [(-arm, 0.0), (arm, 0.0)], [(0.0, -arm), (0.0, arm)]
    if r >= 5:
        pen.strokes([[Point(node.x + dx, node.y + dy) for dx, dy in line] for line in ends], theme.link, 1.5 * r / 10)


def _folded(pen: Pen, scene: Scene, folded: Folded) -> None:
    """A few dots and their number, or only the number where there are many."""
    text = f"{folded.count} {'more' if folded.crowded else 'faint'}"
    dots = folded.count if folded.count <= MAX_DOTS else 0
    width = dots * DOT_PITCH + text_width(text, "sans", SMALL)
    left = max(SIDE, folded.at.x - width / 2)
    grey = mix(scene.theme.link, scene.theme.ground, 0.6)
    for n in range(dots):
        at = Point(left + 2.5 + n * DOT_PITCH, folded.at.y - 0.36 * SMALL)
        pen.circle(at, 2.5, scene.theme.ground, grey, 1)
    pen.text(Point(left + dots * DOT_PITCH + 2, folded.at.y), text, "sans", SMALL, scene.theme.ink2, align="left")


# ---------------------------------------------------------------------- words


def _names(pen: Pen, scene: Scene) -> None:
    theme = scene.theme
    used = {placed.link.source for placed in scene.picture.links if placed.level == 0}
    for node in scene.picture.nodes[0]:
        colour = theme.ink if node.index in used else theme.ink2
        pen.circle(Point(node.x, node.y), 2.75, colour, "none", 0)
        label = label_of(scene.inputs[node.index], node.pitch)
        _write(pen, label, Point(node.x - INPUT_GAP - label.width, node.y), colour)
    for node in scene.picture.nodes[-1]:
        label = label_of(scene.outputs[node.index], node.pitch)
        _write(pen, label, Point(node.x + node.radius + OUTPUT_GAP, node.y), theme.ink)


def _write(pen: Pen, label: Label, at: Point, colour: str) -> None:
    """A name from its left end on, its middle at the given height."""
    base = at.y + 0.29 * label.size
    pen.text(Point(at.x, base), label.stem, "italic", label.size, colour, align="left")
    if label.sub:
        after = Point(at.x + label.stem_width, base + 0.16 * label.size)
        pen.text(after, label.sub, "serif", label.sub_size, colour, align="left")


def _title(pen: Pen, scene: Scene, title: str) -> None:
    """Smaller if it is too long, and cut if that is not enough."""
    room = scene.picture.width - 2 * SIDE
    size = max(LEAST, min(TITLE, TITLE * room / max(1.0, text_width(shorten(title, 200), "bold", TITLE))))
    text = cut(shorten(title, 200), "bold", size, room)
    pen.text(Point(scene.picture.width / 2, 22), text, "bold", size, scene.theme.ink, align="center")


def _caption(pen: Pen, scene: Scene, caption: Caption) -> None:
    count = plural(caption.edges, "edge")
    text = count if caption.shown == caption.edges else f"{caption.shown} of {count}"
    pen.text(Point(caption.x, scene.top - 11), text, "sans", SMALL, scene.theme.ink2, align="center")
