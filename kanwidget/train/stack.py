"""Networks of one structure side by side, evaluated in one go.

A layer of the stack is one :class:`KANLayer` whose input nodes are those of all networks, network by network, so
everything that happens on edges is shared with single networks; only the sums at the targets keep the networks
apart. Shapes: ``n`` networks, ``in`` and ``out`` nodes of one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from kanwidget.model.guard import no_gradients
from kanwidget.model.layer import KANLayer, SymbolicEdge
from kanwidget.model.network import Network
from kanwidget.model.nodes import Nodes
from kanwidget.train.jacobian import Level
from kanwidget.train.moving import left
from kanwidget.train.objective import Objective
from kanwidget.train.penalty import edge_scales

__all__ = ["Stack", "Stage", "Totals"]


@dataclass(frozen=True, slots=True)
class Stage:
    """What one layer computed.

    Attributes:
        layer, nodes: the joint layer, and the nodes above it in one network.
        inputs: ``(rows, n * in)``. sums: of the sub-nodes, ``(rows, n, out)``.
        features: ``(rows, n * in, 1 + G + k)``; None where every edge is named.
        edges: ``(rows, n * in, out)``. slopes: of the edges by their inputs, if they were asked for, same shape.
    """

    layer: KANLayer
    nodes: Nodes
    inputs: Tensor
    sums: Tensor
    features: Tensor | None
    edges: Tensor
    slopes: Tensor | None

    def level(self, count: int) -> Level:
        """The same, network by network."""

        def own(joint: Tensor) -> Tensor:
            return joint.view(len(joint), count, -1, *joint.shape[2:]).transpose(0, 1)

        features, slopes = (None if part is None else own(part) for part in (self.features, self.slopes))
        return Level(self.layer, self.nodes, own(self.inputs), self.sums.transpose(0, 1), features, slopes, count)


@dataclass(frozen=True, slots=True)
class Totals:
    """One evaluation of every network's objective: losses and penalties ``(n,)``."""

    loss: Tensor
    reg: Tensor


class Stack:
    """``networks`` of one structure: the same width, degrees, grid sizes, removed and named edges.

    Attributes:
        count: the number n of networks.
        layers: one joint layer per layer of edges.
    """

    def __init__(self, networks: Sequence[Network]) -> None:
        self.count = len(networks)
        self._first = networks[0]
        self.layers = [_joined([network.layer(l) for network in networks]) for l in range(self._first.depth)]
        self._kept: tuple[Tensor, Tensor, Tensor] | None = None

    def each(self, joint: Tensor) -> Tensor:
        """What belongs to the input nodes (or named edges) of a joint layer, network by network: ``(n, in, …)``."""
        return joint.detach().view(self.count, len(joint) // self.count, *joint.shape[1:])

    def parameters(self) -> list[nn.Parameter]:
        return [parameter for layer in self.layers for parameter in layer.parameters()]

    def networks(self) -> list[Network]:
        """The networks as they are now."""
        return [self._first.with_layers([self._part(layer, s) for layer in self.layers]) for s in range(self.count)]

    def up(self, x: Tensor, *, slopes: bool = False) -> tuple[Tensor, list[Stage]]:
        """Outputs ``(rows, n, outputs)`` on rows that all networks share, and how they came about.

        Args:
            slopes: also those of all layers but the first; then without history for gradients.
        """
        value, stages = x.repeat(1, self.count), []
        for layer, nodes in zip(self.layers, self._first.width[1:], strict=True):
            if layer is self.layers[0]:
                features, steep = self._first_features(x, value), None
            elif layer.has_numeric:
                features, steep = layer.features_with_slopes(value) if slopes else (layer.features(value), None)
            else:
                features = steep = None
            edges = layer.edges_of(features, value)
            sums = edges.reshape(len(x), self.count, -1, layer.out_dim).sum(2)
            own = layer.slopes_of(steep, value) if slopes and layer is not self.layers[0] else None
            stages.append(Stage(layer, nodes, value, sums, features, edges, own))
            value = nodes.join(sums.flatten(0, 1)).view(len(x), -1)
        return value.view(len(x), self.count, -1), stages

    def totals(self, objective: Objective) -> Totals:
        """Losses and penalties; the latter are 0 where the objective has none."""
        output, stages = self.up(objective.x)
        loss = torch.stack([objective.loss_fn(prediction, objective.y) for prediction in output.unbind(1)])
        if not objective.lamb:
            return Totals(loss, torch.zeros_like(loss))
        reg = [self._penalties(objective, stage) for stage in stages]
        return Totals(loss, torch.stack(reg).sum(0))

    @no_gradients
    def move_grids(self, stages: Sequence[Stage], may: Tensor) -> Tensor:
        """Move the grids of those networks that have left them and that ``may (n,)``; returns which."""
        gone = torch.stack([self._any(left(stage.layer, stage.inputs)) for stage in stages]).any(0)
        bad = torch.stack([self._any(~stage.inputs.isfinite().all(0)) for stage in stages]).any(0)
        moved: Tensor = gone & may & ~bad
        for stage in stages if moved.any() else ():
            layer, chosen = stage.layer, moved.repeat_interleave(stage.layer.in_dim // self.count)
            knots, coef = layer.grid_for(torch.where(chosen, stage.inputs, 0.0), self._first.grid_eps)
            layer.move_grid(
                torch.where(chosen[:, None], knots, layer.knots),
                torch.where(chosen[:, None, None], coef, layer.coef.detach()),
            )
        return moved

    def _any(self, nodes: Tensor) -> Tensor:
        """``(n * in,)`` → ``(n,)``"""
        return nodes.view(self.count, -1).any(1)

    def _part(self, layer: KANLayer, s: int) -> KANLayer:
        size = layer.in_dim // self.count
        return layer.subset(list(range(s * size, (s + 1) * size)), list(range(layer.out_dim)))

    def _penalties(self, objective: Objective, stage: Stage) -> Tensor:
        """One layer's share of R for every network."""
        joint = edge_scales(stage.layer, stage.edges), stage.layer.numeric, stage.layer.coef
        return objective.penalty.of_edges(*(t.view(self.count, -1, *t.shape[1:]) for t in joint))

    def _first_features(self, x: Tensor, value: Tensor) -> Tensor | None:
        """Those of the first layer are kept as long as rows and knots are the same."""
        layer = self.layers[0]
        if not layer.has_numeric:
            return None
        if self._kept is None or self._kept[0] is not x or self._kept[1] is not layer.knots:
            self._kept = x, layer.knots, layer.features(value).detach()
        return self._kept[2]


def _joined(layers: Sequence[KANLayer]) -> KANLayer:
    """One layer from the input nodes of all to common target nodes."""
    first, size = layers[0], layers[0].in_dim
    tensors = ("knots", "coef", "scale_base", "scale_sp", "mask", "affine")
    joint = {name: torch.cat([getattr(layer, name).detach() for layer in layers]) for name in tensors}
    symbolic = [SymbolicEdge(e.i + s * size, e.j, e.name) for s, layer in enumerate(layers) for e in layer.symbolic]
    return first.replaced(symbolic=tuple(symbolic), **joint)
