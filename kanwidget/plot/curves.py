"""What a figure shows of a network: the curve of every edge, its importance and its name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from kanwidget.model.network import Network
from kanwidget.model.nodes import Edge, Nodes
from kanwidget.plot.layout.graph import Graph, Level, Link
from kanwidget.train.attribute import attribute

__all__ = ["Curves", "Values", "curves_of", "extent", "graph_of"]

Values = NDArray[np.float64]

POINTS = 121  # per curve: two per pixel of the widest plot


@dataclass(frozen=True, slots=True)
class Curves:
    """The functions on the edges.

    Attributes:
        values: per level, shape ``(points, in, out)``: every edge at points evenly spaced over the range that its
            input has on the reference rows.
        names: function of each symbolic edge.
    """

    values: list[Values]
    names: dict[Edge, str]

    def of(self, edge: Edge) -> Values:
        return self.values[edge.l][:, edge.i, edge.j]


@torch.no_grad()
def curves_of(model: Network) -> Curves:
    """Evaluate every edge over the range of its input; the network is left as it is."""
    values = []
    line = torch.linspace(0, 1, POINTS, dtype=model.dtype, device=model.device)[:, None]
    x = model.input_values(model.reference_rows())
    for layer, nodes in model.stack():
        low, high = x.amin(0), x.amax(0)
        y = layer.edges(low + (high - low) * line)
        values.append(y.to("cpu", torch.float64).numpy())
        x = nodes.join(layer(x))
    return Curves(values, model.symbolic_edges())


def graph_of(model: Network) -> Graph:
    """The edges that were not removed, with their importance; 1 where it is not a number, lest trouble be hidden."""
    scores = [score.to("cpu", torch.float64).nan_to_num(1.0, 1.0).tolist() for score in attribute(model).edges]
    named = model.symbolic_edges()
    levels: list[list[Link]] = [[] for _ in range(model.depth)]
    for edge in model.edges():
        nodes = model.width[edge.l + 1]
        port = _port(nodes, edge.j)
        score = scores[edge.l][edge.i][edge.j]
        levels[edge.l].append(Link(edge.i, edge.j, nodes.owner(edge.j), score, port, edge in named))
    return Graph(tuple(Level(tuple(links), model.width[l].count, model.width[l + 1]) for l, links in enumerate(levels)))


def _port(nodes: Nodes, part: int) -> int:
    if part < nodes.sums:
        return 0
    return 1 if (part - nodes.sums) % 2 else -1


def extent(values: Values) -> tuple[float, float]:
    """Lowest and highest value that a window should show, zero included.

    Where a curve runs off to a pole, the pole is cut: it would make everything else flat.
    """
    finite = values[np.isfinite(values)]
    if not finite.size:
        return 0.0, 0.0
    low, high = np.quantile(finite, [0.05, 0.95])
    if np.ptp(finite) <= 20 * (high - low):
        low, high = finite.min(), finite.max()
    return min(0.0, float(low)), max(0.0, float(high))
