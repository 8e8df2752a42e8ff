"""What a network is made of between its layers of functions: nodes, edges by index, and records of one evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["Edge", "Nodes", "Trace"]


@dataclass(frozen=True, slots=True)
class Nodes:
    """Nodes of one layer: how many add, how many multiply two sub-nodes each."""

    sums: int
    products: int

    @property
    def count(self) -> int:
        return self.sums + self.products

    @property
    def subnodes(self) -> int:
        """Targets of the edges below: one per sum node, two per product node, those after the sums."""
        return self.sums + 2 * self.products

    @property
    def written(self) -> int | list[int]:
        """As in the argument ``width``."""
        return [self.sums, self.products] if self.products else self.sums

    def owner(self, subnode: int) -> int:
        """The node that a sub-node belongs to."""
        return subnode if subnode < self.sums else self.sums + (subnode - self.sums) // 2

    def parts(self, node: int) -> list[int]:
        """The sub-nodes of a node."""
        first = self.sums + 2 * (node - self.sums)
        return [node] if node < self.sums else [first, first + 1]

    def swapped(self) -> list[int]:
        """The sub-nodes of the product nodes, each in the place of its partner."""
        return [part + 1 if (part - self.sums) % 2 == 0 else part - 1 for part in range(self.sums, self.subnodes)]

    def join(self, subnodes: Tensor) -> Tensor:
        """Values of the sub-nodes ``(…, subnodes)`` → values of the nodes ``(…, count)``."""
        if not self.products:
            return subnodes
        factors = subnodes[..., self.sums :]
        return torch.cat([subnodes[..., : self.sums], factors[..., ::2] * factors[..., 1::2]], dim=-1)


class Edge(NamedTuple):
    """An edge (l, i, j): layer, node below, (sub-)node above."""

    l: int
    i: int
    j: int


@dataclass(frozen=True, slots=True)
class Trace:
    """What one layer computed.

    Attributes:
        inputs: ``(rows, in)``, the ``preacts``.
        edges: ``(rows, in, out)``, the ``postacts``.
        nodes: ``(rows, nodes above)``.
    """

    inputs: Tensor
    edges: Tensor
    nodes: Tensor

    @property
    def subnodes(self) -> Tensor:
        """Sums over the edges: ``(rows, out)``."""
        return self.edges.sum(1)
