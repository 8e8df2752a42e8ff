"""The number that training makes small: loss plus penalty, on one set of rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor

from kanwidget.model.designs import Dense, Design
from kanwidget.model.layer import KANLayer
from kanwidget.model.network import Network
from kanwidget.train.losses import Loss, mean_squared_error
from kanwidget.train.penalty import Penalty, covariance, edge_scales, smoothed_scales

__all__ = ["First", "Objective", "Terms"]


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

    Attributes:
        x: values of the input nodes, ``(rows, inputs)``.
        y: labels, ``(rows, outputs)``.

    What the first layer makes of the rows depends on its grid alone: it is kept from one evaluation to the next, here
    and not in the layer, which stays free of bookkeeping.
    """

    x: Tensor
    y: Tensor
    lamb: float
    penalty: Penalty
    loss_fn: Loss = mean_squared_error

    def __post_init__(self) -> None:
        self._kept: tuple[Tensor, First] | None = None
        self._rows = Rows(self.x)

    @property
    def columns(self) -> Tensor:
        """``x`` column by column in memory, ``(inputs, rows)``."""
        return self._rows.columns

    def __call__(self, model: Network) -> Terms:
        value, reg = self.x, self.x.new_zeros(())
        scales: list[Tensor] = []
        if not self.lamb and model.is_plain:
            first = self.first(model.layer(0))
            output = model.plain_sums(value, first.prepared if first else None)
            loss = self.loss_fn(output, self.y)
            return Terms(loss, loss, reg, scales, output)
        for l, (layer, nodes) in enumerate(model.stack()):
            first = self.first(layer) if l == 0 else None
            if not self.lamb:
                value = nodes.join(layer.sums_of(first.prepared if first else None, value))
                continue
            sums, own = self._watched(layer, value, first)
            scales.append(own)
            reg = reg + self.penalty.of_layer(layer, own)
            value = nodes.join(sums)
        loss = self.loss_fn(value, self.y)
        return Terms(loss + self.lamb * reg if self.lamb else loss, loss, reg, scales, value)

    def first(self, layer: KANLayer) -> First | None:
        """What is kept of the first layer."""
        if not layer.has_numeric:
            return None
        if self._kept is None or self._kept[0] is not layer.knots:
            self._kept = layer.knots, First(layer, self._rows)
        return self._kept[1]

    def _watched(self, layer: KANLayer, x: Tensor, first: First | None) -> tuple[Tensor, Tensor]:
        """The sums of a layer, and the scales of its edges: in double precision those of the first one need no row."""
        if first is None or layer.cells.count >= len(x) or x.dtype != torch.float64:
            edges = layer.edges(x)
            return edges.sum(1), edge_scales(layer, edges)
        weight = layer.weight()
        variance = (weight * (first.covariance @ weight)).sum(1).clamp_min(0)
        return layer.sums_of(first.prepared, x), smoothed_scales(layer, variance)

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
        for (layer, _), trace in zip(model.stack(), model.trace_from(self.x), strict=True):
            total = total + self.penalty.of_layer(layer, edge_scales(layer, trace.edges))
        return total


class Rows:
    """Values of the input nodes, ``(rows, inputs)``."""

    def __init__(self, x: Tensor) -> None:
        self.x = x

    @cached_property
    def columns(self) -> Tensor:
        """Column by column in memory: not before it is asked for, a table in batches has no second copy."""
        return self.x.T.contiguous()


class First:
    """What the rows and the grid of the first layer lead to, each made when it is first asked for.

    Not by ``functools.cached_property``: up to Python 3.11 its lock is shared by all objects, and an interrupt inside
    leaves it behind.
    """

    def __init__(self, layer: KANLayer, rows: Rows) -> None:
        self._layer, self._rows = layer, rows
        self._prepared: Design | None = None
        self._by_edge: Dense | None = None
        self._features: Tensor | None = None
        self._covariance: Tensor | None = None

    @property
    def prepared(self) -> Design:
        if self._prepared is None:
            self._prepared = self._layer.prepared(self._rows.columns)
        return self._prepared

    @property
    def by_edge(self) -> Dense:
        if self._by_edge is None:
            self._by_edge = self._layer.prepared_by_edge(self._rows.columns)
        return self._by_edge

    @property
    def features(self) -> Tensor:
        if self._features is None:
            with torch.no_grad():
                self._features = self._layer.features(self._rows.x)
        return self._features

    @property
    def covariance(self) -> Tensor:
        if self._covariance is None:
            self._covariance = covariance(self.features)
        return self._covariance
