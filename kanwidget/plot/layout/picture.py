"""What the layout answers: everything that is drawn, with its coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from kanwidget.plot.layout.graph import Link

__all__ = ["Caption", "Folded", "Frame", "Hairs", "Picture", "PlacedLink", "PlacedNode", "Point"]


class Point(NamedTuple):
    x: float
    y: float


class Frame(NamedTuple):
    """A rectangle for a curve, from its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PlacedLink:
    """A link from its source to its target: bent in the fans, level at ``y`` from ``left`` to ``right``, where its
    frame stands if it has one."""

    level: int
    link: Link
    start: Point
    end: Point
    y: float
    left: float
    right: float
    frame: Frame | None


@dataclass(frozen=True, slots=True)
class PlacedNode:
    """Where a node stands. ``pitch`` is the distance to its neighbours, which limits what is written beside it."""

    index: int
    x: float
    y: float
    radius: float
    product: bool
    pitch: float


@dataclass(frozen=True, slots=True)
class Folded:
    """How many nodes of a layer have nothing to show, written below it.

    Attributes:
        crowded: some of them would have something to show, but there was no room.
    """

    count: int
    at: Point
    crowded: bool


class Caption(NamedTuple):
    """How many of the edges of a level are shown, written above the middle of its column."""

    x: float
    shown: int
    edges: int


@dataclass(frozen=True, slots=True)
class Hairs:
    """A few short strokes at the left of a node that has hidden inputs, aimed at where they come from."""

    at: Point
    angles: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything with its place. ``nodes`` and ``folded`` have one entry per layer of nodes, inputs first."""

    width: float
    height: float
    links: tuple[PlacedLink, ...]
    nodes: tuple[tuple[PlacedNode, ...], ...]
    folded: tuple[Folded | None, ...]
    captions: tuple[Caption, ...]
    hairs: tuple[Hairs, ...]
