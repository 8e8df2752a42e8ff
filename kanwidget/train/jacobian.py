"""Derivatives of all outputs of small networks by all their parameters, row by row.

Going up, every layer is evaluated once. Going down, ``sensitivity[…, r, o, j]``, the derivative of output ``o`` by
sub-node ``j`` in row ``r``, is carried from layer to layer; a parameter's column is its own feature times the
sensitivity of its target.

Shapes begin with ``…``: that is nothing for a network on its own, and the number of networks where several of one
structure are evaluated side by side (:mod:`kanwidget.train.stack`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from kanwidget.model.functions import function, with_slope
from kanwidget.model.layer import KANLayer, SymbolicEdge
from kanwidget.model.network import Network
from kanwidget.model.nodes import Nodes

__all__ = ["Columns", "Level", "Moving", "Triple", "affine_gradient", "evaluated", "jacobian", "through_products"]

Triple = tuple[Tensor, Tensor, Tensor]
"""``scale_base (…, in, out)``, ``coef (…, in, out, G + k)`` and ``affine (…, symbolic edges, 4)`` of a layer."""


@dataclass(frozen=True, slots=True)
class Moving:
    """What a fit may move of one layer: ``scale_base`` and ``coef`` of the E numeric edges ``(i, j)``, then the
    constants of the named edges at the places ``live``.

    Attributes:
        at: the columns of every numeric edge, base function first: ``(E, 1 + G + k)``.
        end: the first column of the next layer.
    """

    i: Tensor
    j: Tensor
    live: list[int]
    at: Tensor
    end: int

    @classmethod
    def of(cls, layer: KANLayer, start: int, networks: int = 1) -> Moving:
        """Of a layer whose columns begin at ``start``, or of the first of ``networks`` that are joined in it."""
        symbolic = layer.symbolic[: len(layer.symbolic) // networks]
        live = [row for row, e in enumerate(symbolic) if layer.mask[e.i, e.j]]
        i, j = layer.numeric[: layer.in_dim // networks].nonzero(as_tuple=True)
        count, size = len(i), layer.coef.shape[2]
        base = start + torch.arange(count, device=i.device)[:, None]
        spline = start + count + torch.arange(count * size, device=i.device).view(count, size)
        at = torch.cat([base, spline], dim=1)
        return cls(i, j, live, at, start + at.numel() + 4 * len(live))

    def flat(self, base: Tensor, coef: Tensor, affine: Tensor) -> list[Tensor]:
        """The entries that move, one after the other."""
        parts = [base[..., self.i, self.j], coef[..., self.i, self.j, :].flatten(-2)]
        return [*parts, affine[..., self.live, :].flatten(-2)] if self.live else parts

    def put(self, triple: Triple, values: Tensor) -> None:
        """The reverse, from the values of these columns."""
        base, coef, affine = triple
        count, size = self.at.shape[0], self.at.shape[1] - 1
        own = torch.split(values, [count, count * size, 4 * len(self.live)], dim=-1)
        base[..., self.i, self.j] = own[0].to(base)
        coef[..., self.i, self.j, :] = own[1].view(*own[1].shape[:-1], count, size).to(coef)
        if self.live:
            affine[..., self.live, :] = own[2].view(*own[2].shape[:-1], -1, 4).to(affine)


@dataclass(frozen=True, slots=True)
class Columns:
    """The parameters that a fit may move, layer by layer, in the order of the Jacobian's columns."""

    layers: list[Moving]

    @classmethod
    def of(cls, model: Network) -> Columns:
        return cls.of_layers([layer for layer, _ in model.stack()])

    @classmethod
    def of_layers(cls, layers: Sequence[KANLayer], networks: int = 1) -> Columns:
        """Of one of the networks that are joined in these layers."""
        found: list[Moving] = []
        for layer in layers:
            found.append(Moving.of(layer, found[-1].end if found else 0, networks))
        return cls(found)

    @property
    def count(self) -> int:
        return self.layers[-1].end

    def flat(self, triples: Sequence[Triple]) -> Tensor:
        """The entries that move: ``(…, columns)``."""
        parts = [part for own, triple in zip(self.layers, triples, strict=True) for part in own.flat(*triple)]
        return torch.cat(parts, dim=-1)

    @torch.no_grad()
    def write(self, triples: Sequence[Triple], values: Tensor) -> None:
        """Put ``values (…, columns)`` where :meth:`flat` takes them from."""
        start = 0
        for own, triple in zip(self.layers, triples, strict=True):
            own.put(triple, values[..., start : own.end])
            start = own.end

    def parameters(self, model: Network) -> list[Triple]:
        return [(layer.scale_base, layer.coef, layer.affine) for layer, _ in model.stack()]

    def get(self, model: Network) -> Tensor:
        return self.flat(self.parameters(model)).detach()

    def put(self, model: Network, values: Tensor) -> None:
        self.write(self.parameters(model), values)


@dataclass(frozen=True, slots=True)
class Level:
    """One layer, evaluated.

    Attributes:
        layer: this layer, or that in which those of all networks are joined.
        nodes: above it, in one network.
        x: inputs, shape ``(…, rows, in)``. sums: of the sub-nodes, ``(…, rows, out)``.
        features: see :meth:`KANLayer.features`, ``(…, rows, in, 1 + G + k)``; None without numeric edges.
        slopes: of the edges by their inputs, ``(…, rows, in, out)``; None for the first layer.
        networks: how many are side by side; None for one on its own.
    """

    layer: KANLayer
    nodes: Nodes
    x: Tensor
    sums: Tensor
    features: Tensor | None
    slopes: Tensor | None
    networks: int | None = None

    @property
    def output(self) -> Tensor:
        return self.nodes.join(self.sums)

    @property
    def symbolic(self) -> Sequence[SymbolicEdge]:
        """The named edges of one network."""
        return self.layer.symbolic[: len(self.layer.symbolic) // (self.networks or 1)]

    def each(self, joint: Tensor) -> Tensor:
        """What belongs to the input nodes (or named edges) of the layer, network by network: ``(…, in, …)``."""
        n = self.networks
        return joint if n is None else joint.view(n, len(joint) // n, *joint.shape[1:])


@torch.no_grad()
def evaluated(model: Network, x: Tensor, known: Tensor | None = None) -> list[Level]:
    """Every layer on the way up; ``known`` are the features of the first one, if they are at hand."""
    levels: list[Level] = []
    for layer, nodes in model.stack():
        features = slopes = None
        if levels:
            features, steep = layer.features_with_slopes(x) if layer.has_numeric else (None, None)
            slopes = layer.slopes_of(steep, x)
        elif layer.has_numeric:
            features = layer.features(x) if known is None else known
        sums = layer.sums_from(features, x)
        levels.append(Level(layer, nodes, x, sums, features, slopes))
        x = levels[-1].output
    return levels


@torch.no_grad()
def jacobian(levels: Sequence[Level], columns: Columns) -> Tensor:
    """Derivatives of the outputs by the parameters: ``(…, rows, outputs, columns)``."""
    output = levels[-1].output
    outputs = output.shape[-1]
    sensitivity = torch.eye(outputs, dtype=output.dtype, device=output.device).expand(*output.shape, outputs)
    blocks: list[Tensor] = []
    for level, own in zip(reversed(levels), reversed(columns.layers), strict=True):
        down = through_products(level, sensitivity)
        blocks = [*_blocks(level, own, down), *blocks]
        if level.slopes is not None:
            sensitivity = down @ level.slopes.mT
    return torch.cat(blocks, dim=-1) if blocks else output.new_zeros(*output.shape, 0)


def through_products(level: Level, sensitivity: Tensor) -> Tensor:
    """From nodes to sub-nodes: a factor's sensitivity is its product's times the other factor."""
    nodes = level.nodes
    if not nodes.products:
        return sensitivity
    other = level.sums[..., None, nodes.swapped()]
    spread = sensitivity[..., nodes.sums :].repeat_interleave(2, dim=-1) * other
    return torch.cat([sensitivity[..., : nodes.sums], spread], dim=-1)


def _blocks(level: Level, own: Moving, down: Tensor) -> Iterator[Tensor]:
    """The columns of one layer, from the sensitivities ``down (…, rows, outputs, out)`` of its targets."""
    if level.features is not None:
        features, target = level.features[..., own.i, :], down[..., own.j]
        scale_sp = level.each(level.layer.scale_sp)[..., None, own.i, own.j]
        yield features[..., None, :, 0] * target
        spline = features[..., 1:] * scale_sp[..., None]
        yield (spline[..., None, :, :] * target[..., None]).flatten(-2)
    for row in own.live:
        yield _affine_columns(level, down, row)


@torch.no_grad()
def affine_gradient(level: Level, down: Tensor) -> Tensor:
    """Gradient of ``(down * sums).sum()`` by ``affine``; 0 for removed edges."""
    found = torch.zeros_like(level.each(level.layer.affine))
    for row, edge in enumerate(level.symbolic):
        if level.layer.mask[edge.i, edge.j]:
            found[..., row, :] = _affine_columns(level, down[..., None, :], row).sum((-3, -2))
    return found


def _affine_columns(level: Level, down: Tensor, row: int) -> Tensor:
    """Derivatives of ``c f(a x + b) + d`` by a, b, c, d."""
    edge = level.symbolic[row]
    a, b, c, _ = level.each(level.layer.affine)[..., row, :, None].unbind(-2)
    at = level.x[..., edge.i]
    value, slope = with_slope(function(edge.name).torch, a * at + b)
    own = torch.stack([c * slope * at, c * slope, value, torch.ones_like(at)], dim=-1)
    return own[..., None, :] * down[..., edge.j, None]
