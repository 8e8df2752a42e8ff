"""Drawing in pixels of 1/96 inch, with every property of every artist said, so that no style sheet changes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path
from matplotlib.text import Text

from kanwidget.plot.fonts import POINTS, Face, font
from kanwidget.plot.layout.picture import Frame, Point

__all__ = ["Pen", "plain"]

DOT, DOT_STEP = 1.5, 4.0
KAPPA = 0.5523  # with which a cubic curve is a quarter of a circle


class Pen:
    """Draws on axes whose units are pixels, y downwards.

    Args:
        scale: size of a pixel, in units of 1/96 inch.
    """

    def __init__(self, axes: Axes, scale: float) -> None:
        self.axes = axes
        self.scale = scale
        self._height = 0

    def curve(self, x: Any, y: Any, colour: str, width: float, *, inside: Artist) -> None:
        """A line through points with round ends, cut at the edge of ``inside``, open where a point is not a number."""
        artist = Line2D(
            x,
            y,
            color=colour,
            linewidth=self._points(width),
            linestyle="solid",
            marker="None",
            solid_capstyle="round",
            solid_joinstyle="round",
            drawstyle="default",
        )
        self._add(artist, inside)

    def dotted(self, left: float, right: float, y: float, colour: str) -> None:
        """A level dotted line; its dots are lines of their own, because style sheets scale dashes."""
        ends = (left + DOT_STEP * n for n in range(int((right - left) / DOT_STEP) + 1))
        self.strokes([(Point(x, y), Point(min(x + DOT, right), y)) for x in ends], colour, 1)

    def stroke(self, path: Path, colour: str, width: float) -> None:
        """A path without fill, its ends cut straight so that it meets frames and nodes cleanly."""
        patch = PathPatch(path, fill=False, edgecolor=colour, linewidth=self._points(width), linestyle="solid")
        patch.set(capstyle="butt", joinstyle="round")
        self._add(patch)

    def strokes(self, segments: Sequence[Sequence[Point]], colour: str, width: float) -> None:
        """Many straight lines at once."""
        self._add(
            LineCollection(segments, colors=colour, linewidths=self._points(width), linestyles="solid", capstyle="butt")
        )

    def area(self, x: Any, y: Any, colour: str, *, inside: Artist) -> None:
        """A filled polygon."""
        vertices = list(zip(x, y, strict=True))
        self._add(PathPatch(Path(vertices, closed=False), facecolor=colour, edgecolor="none", linewidth=0), inside)

    def box(self, frame: Frame, fill: str, colour: str, width: float, radius: float) -> PathPatch:
        """A rectangle with round corners."""
        patch = PathPatch(
            _rounded(frame, radius),
            facecolor=fill,
            edgecolor=colour,
            linewidth=self._points(width),
            linestyle="solid",
        )
        self._add(patch)
        return patch

    def circle(self, at: Point, radius: float, fill: str, colour: str, width: float) -> None:
        points = self._points(width)
        self._add(Circle(at, radius, facecolor=fill, edgecolor=colour, linewidth=points, linestyle="solid"))

    def text(
        self, at: Point, text: str, face: Face, size: float, colour: str, *, align: Literal["left", "center", "right"]
    ) -> None:
        """A text on its baseline."""
        artist = Text(
            at.x,
            at.y,
            text,
            color=colour,
            fontproperties=font(face, size * self.scale),
            horizontalalignment=align,
            verticalalignment="baseline",
            parse_math=False,
            usetex=False,
            antialiased=True,
        )
        self._add(artist)

    def _points(self, width: float) -> float:
        return width * POINTS * self.scale

    def _add(self, artist: Any, inside: Artist | None = None) -> None:
        """What comes later lies on top."""
        self._height += 1
        artist.set_zorder(self._height)
        plain(artist)
        self.axes.add_artist(artist)
        if inside is None:
            artist.set_clip_on(False)
        else:
            artist.set_clip_path(inside)


def plain(artist: Any) -> None:
    """Without what a style sheet may have given to every artist."""
    artist.set_sketch_params(None)
    artist.set_path_effects([])
    artist.set_antialiased(True)


def _rounded(frame: Frame, radius: float) -> Path:
    """The outline of a rectangle with quarter circles for corners."""
    left, top, right, bottom = frame.x, frame.y, frame.x + frame.width, frame.y + frame.height
    away = radius * (1 - KAPPA)
    vertices = [(left + radius, top)]
    for corner, along, onward in (
        ((right, top), (-1, 0), (0, 1)),
        ((right, bottom), (0, -1), (-1, 0)),
        ((left, bottom), (1, 0), (0, -1)),
        ((left, top), (0, 1), (1, 0)),
    ):
        for distance, direction in ((radius, along), (away, along), (away, onward), (radius, onward)):
            vertices.append((corner[0] + distance * direction[0], corner[1] + distance * direction[1]))
    corner_codes = [Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
    return Path([*vertices, vertices[0]], [Path.MOVETO, *corner_codes * 4, Path.CLOSEPOLY])
