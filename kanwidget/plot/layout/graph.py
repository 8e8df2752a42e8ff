"""What the layout is told about a network: which edges there are and how much each of them matters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from kanwidget.model.nodes import Nodes

__all__ = ["Graph", "Level", "Link"]


class Link(NamedTuple):
    """An edge between two layers of nodes.

    Attributes:
        source: node below.
        part: (sub-)node above; a product node has two.
        target: the node that ``part`` belongs to.
        importance: 0 and more; 1 is the importance of an output.
        port: where it enters: 0 for a sum, -1 and 1 for the upper and the lower factor of a product.
        tagged: whether it carries a name tag, which needs room above the curve.
    """

    source: int
    part: int
    target: int
    importance: float
    port: int = 0
    tagged: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """The edges between two layers of nodes, without those that were removed."""

    links: tuple[Link, ...]
    sources: int
    nodes: Nodes


@dataclass(frozen=True, slots=True)
class Graph:
    """All levels, inputs first."""

    levels: tuple[Level, ...]

    @property
    def edges(self) -> int:
        return sum(len(level.links) for level in self.levels)

    @property
    def small(self) -> bool:
        """Small networks show every curve, however unimportant."""
        return self.edges <= 24

    @property
    def counts(self) -> list[int]:
        """Number of nodes in every layer, inputs first."""
        return [self.levels[0].sources, *(level.nodes.count for level in self.levels)]


def strongest_first(links: Iterable[Link]) -> list[Link]:
    return sorted(links, key=lambda link: (-link.importance, link.part, link.source))
