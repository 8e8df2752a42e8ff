"""The number that training makes small: loss plus penalty, on one set of rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from kanwidget.model.layer import KANLayer
from kanwidget.model.network import Network
from kanwidget.model.sums import Design
from kanwidget.train.penalty import Penalty, edge_scales

__all__ = ["Loss", "Objective", "Terms", "mean_squared_error"]

Loss = Callable[[Tensor, Tensor], Tensor]


def mean_squared_error(prediction: Tensor, label: Tensor) -> Tensor:
    """Mean over rows and outputs."""
    return (prediction - label).square().mean()


@dataclass(frozen=True, slots=True)
class Terms:
    """One evaluation: ``total = loss + lamb * reg``; ``scales`` of the edges, layer by layer; the outputs."""

    total: Tensor
    loss: Tensor
    reg: Tensor
    scales: list[Tensor]
    output: Tensor


@dataclass
class Objective:
    """Loss on the rows ``x, y`` plus ``lamb`` times the penalty.

    The features of the first layer depend on the rows and the grid alone: they are kept from one evaluation to
    the next, here and not in the layer, which stays free of bookkeeping.
    """

    x: Tensor
    y: Tensor
    lamb: float
    penalty: Penalty
    loss_fn: Loss = mean_squared_error

    def __post_init__(self) -> None:
        self._kept: tuple[Tensor, tuple[Tensor, Design]] | None = None

    def __call__(self, model: Network) -> Terms:
        value, reg, scales = self.x, self.x.new_zeros(()), []
        for l, (layer, nodes) in enumerate(model.stack()):
            if self.lamb:
                edges = layer.edges(value)
                scales.append(edge_scales(layer, edges))
                reg = reg + self.penalty.of_layer(layer, scales[-1])
                value = nodes.join(edges.sum(1))
            else:
                value = nodes.join(layer.sums_of(self._prepared(layer) if l == 0 else None, value))
        loss = self.loss_fn(value, self.y)
        return Terms(loss + self.lamb * reg if self.lamb else loss, loss, reg, scales, value)

    def on(self, rows: Tensor | None) -> Objective:
        """The same objective on some of the rows; None = all of them."""
        if rows is None:
            return self
        at = rows.to(self.x.device)
        return replace(self, x=self.x[at], y=self.y[at])

    def thinned(self, most: int) -> Objective:
        """The same objective on at most so many rows, evenly chosen."""
        step = -(-len(self.x) // most)
        return replace(self, x=self.x[::step], y=self.y[::step]) if step > 1 else self

    @torch.no_grad()
    def reg(self, model: Network) -> Tensor:
        """The penalty alone, also where ``lamb`` is 0."""
        total = self.x.new_zeros(())
        for (layer, _), trace in zip(model.stack(), model.trace(self.x), strict=True):
            total = total + self.penalty.of_layer(layer, edge_scales(layer, trace.edges))
        return total

    def _prepared(self, first: KANLayer) -> tuple[Tensor, Design] | None:
        if not first.has_numeric:
            return None
        if self._kept is None or self._kept[0] is not first.knots:
            self._kept = first.knots, first.prepared(self.x)
        return self._kept[1]
