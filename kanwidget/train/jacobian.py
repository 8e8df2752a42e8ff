"""Derivatives of all outputs of a small network by all its parameters, row by row.

Going up, every layer is evaluated once. Going down,
 ``sensitivity[n, o, j]``, the derivative of output ``o`` by sub-node ``j`` in row ``n``, is carried from layer
to layer; a parameter's column is its own feature times the sensitivity of its target.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from kanwidget.model.functions import function, with_slope
from kanwidget.model.layer import KANLayer
from kanwidget.model.network import Network
from kanwidget.model.nodes import Nodes

__all__ = ["Columns", "Level", "affine_gradient", "evaluated", "jacobian", "through_products"]


@dataclass(frozen=True, slots=True)
class Columns:
    """The parameters that a fit may move, in the order of the Jacobian's columns.

    Per layer: which entries of ``scale_base`` ``(in, out)``, ``coef`` ``(in, out, G + k)`` and ``affine``
    ``(symbolic edges, 4)`` move, as boolean masks.
    """

    masks: list[tuple[Tensor, Tensor, Tensor]]

    @classmethod
    def of(cls, model: Network) -> Columns:
        masks = []
        for layer, _ in model.stack():
            numeric = layer.numeric.bool()
            live = [bool(layer.mask[e.i, e.j]) for e in layer.symbolic]
            affine = torch.tensor(live, dtype=torch.bool, device=numeric.device)[:, None].expand(-1, 4)
            masks.append((numeric, numeric[..., None].expand_as(layer.coef), affine))
        return cls(masks)

    @property
    def count(self) -> int:
        return sum(int(mask.sum()) for masks in self.masks for mask in masks)

    def flat(self, tensors: list[tuple[Tensor, Tensor, Tensor]]) -> Tensor:
        """The moving entries of per-layer triples, as one vector."""
        return torch.cat(
            [t[m] for ts, ms in zip(tensors, self.masks, strict=True) for t, m in zip(ts, ms, strict=True)]
        )

    def parameters(self, model: Network) -> list[tuple[Tensor, Tensor, Tensor]]:
        return [(layer.scale_base, layer.coef, layer.affine) for layer, _ in model.stack()]

    def get(self, model: Network) -> Tensor:
        return self.flat(self.parameters(model)).detach().clone()

    @torch.no_grad()
    def put(self, model: Network, values: Tensor) -> None:
        start = 0
        for tensors, masks in zip(self.parameters(model), self.masks, strict=True):
            for tensor, mask in zip(tensors, masks, strict=True):
                count = int(mask.sum())
                tensor[mask] = values[start : start + count].to(tensor)
                start += count


@dataclass(frozen=True, slots=True)
class Level:
    """One layer, evaluated.

    Attributes:
        x: inputs, shape ``(rows, in)``. sums: of its sub-nodes, ``(rows, out)``.
        features: see :meth:`KANLayer.features`; None without numeric edges.
        slopes: of the edges by their inputs, ``(rows, in, out)``; None for the first layer.
    """

    layer: KANLayer
    nodes: Nodes
    x: Tensor
    sums: Tensor
    features: Tensor | None
    slopes: Tensor | None

    @property
    def output(self) -> Tensor:
        return self.nodes.join(self.sums)


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
def jacobian(levels: list[Level], columns: Columns) -> Tensor:
    """Derivatives of the outputs by the parameters: ``(rows, outputs, columns)``."""
    output = levels[-1].output
    rows, outputs = output.shape
    sensitivity = torch.eye(outputs, dtype=output.dtype, device=output.device).expand(rows, outputs, outputs)
    blocks: list[Tensor] = []
    for level, masks in zip(reversed(levels), reversed(columns.masks), strict=True):
        down = through_products(level, sensitivity)
        blocks.insert(0, _layer_block(level, down, masks))
        if level.slopes is not None:
            sensitivity = down @ level.slopes.mT
    return torch.cat(blocks, dim=-1)


def through_products(level: Level, sensitivity: Tensor) -> Tensor:
    """From nodes to sub-nodes: a factor's sensitivity is its product's times the other factor."""
    nodes = level.nodes
    if not nodes.products:
        return sensitivity
    other = level.sums[:, nodes.swapped()]
    spread = sensitivity[..., nodes.sums :].repeat_interleave(2, dim=-1) * other[:, None]
    return torch.cat([sensitivity[..., : nodes.sums], spread], dim=-1)


def _layer_block(level: Level, down: Tensor, masks: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    layer, features, parts = level.layer, level.features, []
    if features is not None:
        i, j = masks[0].nonzero(as_tuple=True)
        target = down[:, :, j]
        parts.append(features[:, None, i, 0] * target)
        spline = features[:, i, 1:] * layer.scale_sp[i, j][:, None]
        parts.append((spline[:, None] * target[..., None]).flatten(2))
    parts.extend(_affine_columns(layer, level.x, down, row) for row in masks[2][:, 0].nonzero().flatten().tolist())
    return torch.cat(parts, dim=-1) if parts else down.new_zeros(*down.shape[:2], 0)


@torch.no_grad()
def affine_gradient(level: Level, down: Tensor) -> Tensor:
    """Gradient of ``(down * sums).sum()`` by ``affine``; 0 for removed edges."""
    found = torch.zeros_like(level.layer.affine)
    for row, edge in enumerate(level.layer.symbolic):
        if level.layer.mask[edge.i, edge.j]:
            found[row] = _affine_columns(level.layer, level.x, down[:, None], row).sum((0, 1))
    return found


def _affine_columns(layer: KANLayer, x: Tensor, down: Tensor, row: int) -> Tensor:
    """Derivatives of ``c f(a x + b) + d`` by a, b, c, d."""
    edge = layer.symbolic[row]
    a, b, c, _ = layer.affine[row]
    at = x[:, edge.i]
    value, slope = with_slope(function(edge.name).torch, a * at + b)
    own = torch.stack([c * slope * at, c * slope, value, torch.ones_like(at)], dim=-1)
    return own[:, None] * down[:, :, edge.j, None]
