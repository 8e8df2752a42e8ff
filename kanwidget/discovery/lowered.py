"""Place formula trees in the layers of a network, and read them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from kanwidget.discovery.terms import Affine, Hole, Input, Link, Node, Sum, Times, filled, rebuilt
from kanwidget.model.nodes import Edge, Nodes
from kanwidget.symbolic.refit import Graph
from kanwidget.symbolic.starts import moving

__all__ = ["Lowered", "lowered"]


@dataclass(frozen=True, slots=True)
class Lowered:
    """Formulas in layers.

    Attributes:
        outputs: the trees, one per output.
        graph: nodes and edges.
        names: the function of every edge.
        affine: the constants, shape ``(edges, 4)``.
        free: which of them count, same shape; the others are fixed by the choice of scales.
        place: edge of every link, by the identity of the link.
    """

    outputs: tuple[Sum, ...]
    graph: Graph
    names: tuple[str, ...]
    affine: Tensor
    free: Tensor
    place: dict[int, int]

    def trees(self, affine: Tensor) -> tuple[Sum, ...]:
        """The trees with other constants."""
        rows: list[Affine] = [(a, b, c, d) for a, b, c, d in affine.tolist()]

        def change(link: Link, source: Node) -> Sequence[Link]:
            return (replace(link, source=source, affine=rows[self.place[id(link)]]),)

        return tuple(filled(rebuilt(tree, change)) for tree in self.outputs)


def lowered(outputs: Sequence[Sum], inputs: int) -> Lowered:
    """The trees in one network with ``inputs`` input nodes; where a floor is skipped, an edge passes on."""
    return _Site([_parted(output) for output in outputs], inputs).built()


def _parted(tree: Sum) -> Sum:
    """No two links from one node into one sum."""
    return rebuilt(tree, lambda link, source: (replace(link, source=source),), _from_nodes_of_their_own)


def _from_nodes_of_their_own(links: Sequence[Link]) -> Sequence[Link]:
    """The second link from a node goes by another one."""
    used: set[object] = set()
    own = []
    for link in links:
        key = link.source if isinstance(link.source, Input) else id(link.source)
        own.append(_apart(link) if key in used else link)
        used.add(key)
    return own


def _apart(link: Link) -> Link:
    """The same by a node of its own; factor and offset stay above."""
    a, b, c, d = link.affine
    return Link("x", Sum((replace(link, affine=(a, b, 1.0, 0.0)),)), (1.0, 0.0, c, d))


@dataclass(slots=True)
class _Floor:
    """The nodes of one layer, in order."""

    sums: list[Sum] = field(default_factory=list)
    products: list[Times] = field(default_factory=list)

    def index(self, node: Node) -> int:
        if isinstance(node, Times):
            return len(self.sums) + next(n for n, other in enumerate(self.products) if other is node)
        return next(n for n, other in enumerate(self.sums) if other is node)

    @property
    def nodes(self) -> Nodes:
        return Nodes(len(self.sums), len(self.products))


class _Site:
    """A network under construction."""

    def __init__(self, outputs: Sequence[Sum], inputs: int) -> None:
        self.outputs, self.inputs = tuple(outputs), inputs
        self.level: dict[int, int] = {}
        self.carried: dict[tuple[object, int], Node] = {}
        self.top = max(self._level(output) for output in outputs)
        self.floors = [_Floor() for _ in range(self.top + 1)]
        self.edges: list[tuple[int, Node, Sum | Times, int, Link]] = []  # floor below, source, target, part, link
        self.seen: set[int] = set()

    def built(self) -> Lowered:
        tops = [self._carried(output, self.top) for output in self.outputs]
        for node in tops:
            self._enter(node)
        order = [id(node) for node in tops]
        last = self.floors[self.top]
        last.sums.sort(key=lambda node: order.index(id(node)))
        return self._finished()

    def _level(self, node: Node) -> int:
        if isinstance(node, Input | Hole):
            return 0
        if id(node) not in self.level:
            parts = (node.left, node.right) if isinstance(node, Times) else (node,)
            self.level[id(node)] = 1 + max(self._level(link.source) for part in parts for link in part.links)
        return self.level[id(node)]

    def _carried(self, node: Node, level: int) -> Node:
        """The node itself, or what passes its value on to ``level``."""
        if self._level(node) == level:
            return node
        key = (node if isinstance(node, Input) else id(node), level)
        if key not in self.carried:
            pad = Sum((Link("x", self._carried(node, level - 1)),))
            self.carried[key] = pad
            self.level[id(pad)] = level
        return self.carried[key]

    def _enter(self, node: Node) -> None:
        """Give the node and all below it their places."""
        if isinstance(node, Input) or id(node) in self.seen:
            return
        assert isinstance(node, Sum | Times)
        self.seen.add(id(node))
        level = self._level(node)
        floor = self.floors[level]
        if isinstance(node, Times):
            floor.products.append(node)
            parts = [node.left, node.right]
        else:
            floor.sums.append(node)
            parts = [node]
        for part, total in enumerate(parts):
            for link in total.links:
                source = self._carried(link.source, level - 1)
                self._enter(source)
                self.edges.append((level - 1, source, node, part, link))

    def _finished(self) -> Lowered:
        width = (Nodes(self.inputs, 0), *(floor.nodes for floor in self.floors[1:]))
        free = _Freedom(self.outputs)
        rows = []
        for l, source, target, part, link in self.edges:
            i = source.index if isinstance(source, Input) else self.floors[l].index(source)
            above, at = self.floors[l + 1], self.floors[l + 1].index(target)
            j = at if isinstance(target, Sum) else len(above.sums) + 2 * (at - len(above.sums)) + part
            rows.append((Edge(l, i, j), link))
        rows.sort(key=lambda row: row[0])
        return Lowered(
            self.outputs,
            Graph(width, tuple(edge for edge, _ in rows)),
            tuple(link.name for _, link in rows),
            torch.tensor([link.affine for _, link in rows], dtype=torch.float64),
            torch.tensor([free.of(link) for _, link in rows]),
            {id(link): n for n, (_, link) in enumerate(rows)},
        )


class _Freedom:
    """Which constants of a link count.

    A product has its scale in the links that leave it, and so has every inner sum; the offset of an inner sum is b
    of the link above. What a function absorbs into factor and offset stays as it is.
    """

    def __init__(self, outputs: Sequence[Sum]) -> None:
        self.free: dict[int, list[bool]] = {}
        self.seen: set[int] = set()
        for output in outputs:
            self._sum(output, scaled=True, offset=True)

    def of(self, link: Link) -> list[bool]:
        return self.free.get(id(link), [False] * 4)  # of a link that only passes on: nothing

    def _sum(self, node: Sum, *, scaled: bool, offset: bool) -> None:
        for n, link in enumerate(node.links):
            a, b = (bool(v) and link.moves for v in moving(link.name))
            self.free[id(link)] = [a, b, link.name != "0" and (scaled or n > 0), offset and n == 0]
            self._node(link.source)

    def _node(self, node: Node) -> None:
        if isinstance(node, Input | Hole) or id(node) in self.seen:
            return
        self.seen.add(id(node))
        if isinstance(node, Times):
            self._sum(node.left, scaled=False, offset=True)
            self._sum(node.right, scaled=False, offset=True)
        else:
            self._sum(node, scaled=False, offset=False)
