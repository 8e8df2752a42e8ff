"""One network with different functions on one of its edges, refitted side by side.

Refitted is what a function touches: its own constants and the edges that meet its edge at one of the two ends. The rest
of the network stays: an edge far away that learns to fit the data better says nothing about the function.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from kanwidget.model.layer import KANLayer
from kanwidget.model.network import Network
from kanwidget.model.nodes import Edge, Nodes
from kanwidget.symbolic.calls import Calls
from kanwidget.symbolic.curves import Candidate
from kanwidget.train.lm import ROUGHNESS

__all__ = ["Rows", "Variants"]

MOST = 150  # parameters that are refitted
ITERATIONS, ATTEMPTS = 3, 3  # and dampings tried in each of them
NOTHING = ("0", (1.0, 0.0, 0.0, 0.0))


@dataclass(frozen=True, slots=True)
class Rows:
    """Data at the inputs of the lowest layer that a refit changes.

    Attributes:
        x: shape ``(rows, in)``.
        features: see :meth:`KANLayer.features`; None without splines.
        splines: sums of all splines of the layer, shape ``(rows, out)``.
        y: labels, shape ``(rows, outputs)``.
    """

    x: Tensor
    features: Tensor | None
    splines: Tensor
    y: Tensor

    @classmethod
    def at(cls, layer: KANLayer, x: Tensor, y: Tensor) -> Rows:
        if not layer.has_numeric:
            return cls(x, None, x.new_zeros(len(x), layer.out_dim), y)
        features = layer.features(x)
        return cls(x, features, features.flatten(1) @ layer.weight().flatten(0, 1), y)


def _touched(model: Network, edge: Edge) -> list[Edge]:
    """The edges that are refitted with ``edge``: those that leave its target, enter its target, enter its source; as
    far as there are not too many."""
    target = model.width[edge.l + 1].owner(edge.j)
    live = [e for e in model.edges() if e != edge]
    rings = (
        [e for e in live if e.l == edge.l + 1 and e.i == target],
        [e for e in live if e.l == edge.l and model.width[e.l + 1].owner(e.j) == target],
        [e for e in live if e.l == edge.l - 1 and model.width[e.l + 1].owner(e.j) == edge.i],
    )
    found: list[Edge] = []
    for ring in rings:
        if sum(_size(model, e) for e in (*found, *ring)) <= MOST:
            found += ring
    return found


def _size(model: Network, edge: Edge) -> int:
    layer = model.layer(edge.l)
    return 1 + layer.coef.shape[2] if layer.numeric[edge.i, edge.j] else 4


class Variants:
    """The network as it is, and with each of the candidates on an edge.

    Every parameter that moves has its place in the rows of ``theta``: ``(variants, parameters)``; where a variant does
    not have it, ``moves`` is 0. Splines are written as factors of :meth:`KANLayer.features`.

    Attributes:
        first: the lowest layer that changes.
    """

    def __init__(self, model: Network, edge: Edge, candidates: Sequence[Candidate]) -> None:
        around = [edge, *_touched(model, edge)]
        self.first = min(e.l for e in around)
        self.floors: list[_Floor] = []
        start = 0
        for l, (layer, nodes) in list(enumerate(model.stack()))[self.first :]:
            moving = [(e.i, e.j) for e in around if e.l == l]
            own = (edge.i, edge.j) if l == edge.l else None
            self.floors.append(_Floor.of(layer, nodes, moving, own, candidates, start))
            start += self.floors[-1].theta.shape[1]
        self.theta = torch.cat([floor.theta for floor in self.floors], dim=1)
        self.moves = torch.cat([floor.moves for floor in self.floors], dim=1)
        self.rough = _diagonal([floor.rough() for floor in self.floors])

    def error(self, theta: Tensor, rows: Rows) -> Tensor:
        """Mean squared error of every variant, infinite where it is not finite on the rows."""
        return _mean_square(self._levels(theta, rows)[-1].output - rows.y)

    def refitted(self, rows: Rows) -> Tensor:
        """``theta`` after a few iterations of Levenberg and Marquardt."""
        theta, damping = self.theta, torch.full_like(self.theta[:, :1], 1e-3)
        for _ in range(ITERATIONS):
            loss, gradient, curvature = self._expansion(theta, rows)
            waits = torch.ones_like(loss, dtype=torch.bool)
            for _ in range(ATTEMPTS):
                ahead = theta + self.moves * _damped(gradient, curvature, damping)
                new = self.error(ahead, rows) + self._roughness(ahead)
                better = waits & (new < loss)
                theta, loss = torch.where(better[:, None], ahead, theta), torch.where(better, new, loss)
                damping = torch.where(better[:, None], damping / 10, torch.where(waits[:, None], damping * 8, damping))
                waits &= ~better
                if not bool(waits.any()):
                    break
        return theta

    def _roughness(self, theta: Tensor) -> Tensor:
        return ((theta @ self.rough) * theta).sum(1)

    def _levels(self, theta: Tensor, rows: Rows, *, slopes: bool = False) -> list[_Level]:
        """Every layer on the way up."""
        levels: list[_Level] = []
        for floor in self.floors:
            levels.append(floor.above(theta, levels[-1].output, slopes) if levels else floor.lowest(theta, rows))
        return levels

    def _expansion(self, theta: Tensor, rows: Rows) -> tuple[Tensor, Tensor, Tensor]:
        """The loss, its gradient and its Gauss-Newton curvature: ``(variants,)``, ``(variants, parameters)`` and
        ``(variants, parameters, parameters)``."""
        levels = self._levels(theta, rows, slopes=True)
        residual = levels[-1].output - rows.y
        loss = _mean_square(residual) + self._roughness(theta)
        columns = self._jacobian(theta, levels).flatten(1, 2) * self.moves[:, None]
        columns, residual = (torch.nan_to_num(t, 0.0, 0.0, 0.0) for t in (columns, residual.flatten(1)))
        factor = 2 / residual.shape[1]
        gradient = factor * (columns.mT @ residual[..., None])[..., 0] + 2 * theta @ self.rough
        return loss, gradient, factor * columns.mT @ columns + 2 * self.rough

    def _jacobian(self, theta: Tensor, levels: list[_Level]) -> Tensor:
        """Derivatives of the outputs: ``(variants, rows, outputs, parameters)``."""
        output = levels[-1].output
        sensitivity = torch.eye(output.shape[2], dtype=output.dtype).expand(*output.shape, -1)
        blocks: list[Tensor] = []
        for floor, level in zip(reversed(self.floors), reversed(levels), strict=True):
            down = floor.through_products(level, sensitivity)
            blocks.insert(0, floor.columns(theta, level, down))
            if floor is not self.floors[0]:
                sensitivity = floor.below(theta, level, down)
        return torch.cat(blocks, dim=-1)


def _mean_square(residual: Tensor) -> Tensor:
    """Of every variant; infinite where it is not finite."""
    return torch.nan_to_num(residual.square().mean((1, 2)), torch.inf, torch.inf)


def _damped(gradient: Tensor, curvature: Tensor, damping: Tensor) -> Tensor:
    scale = curvature.diagonal(dim1=1, dim2=2)
    scale = scale.clamp_min(1e-300 + 1e-10 * scale.amax(1, keepdim=True))
    factor, _ = torch.linalg.cholesky_ex(curvature + torch.diag_embed(damping * scale))
    return torch.nan_to_num(-torch.cholesky_solve(gradient[..., None], factor)[..., 0], 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class _Level:
    """One layer of all variants, evaluated.

    Attributes:
        x: inputs, shape ``(variants, rows, in)``.
        features: shape ``(variants, rows, in, features)``, in the lowest layer the same for all variants, without
            that axis; None without splines.
        slopes: of the features, where they are asked for; None in the lowest layer.
        curve, slope: of the named edges, shape ``(variants, named edges, rows)``.
        sums: of the sub-nodes, shape ``(variants, rows, out)``.
        output: of the nodes.
    """

    x: Tensor
    features: Tensor | None
    slopes: Tensor | None
    curve: Tensor
    slope: Tensor
    sums: Tensor
    output: Tensor


@dataclass(frozen=True, slots=True)
class _Floor:
    """One layer of all variants.

    Attributes:
        layer, nodes: of the network.
        weight: factors of the splines that stay, 0 for all others: ``(in, features, out)``.
        original: factors of the splines that move, as they are in the network: ``(splines, features)``.
        i, j: their ends.
        source, target: ends of the named edges; ``calls`` their functions.
        constants: of the named edges, shape ``(variants, named edges, 4)``.
        named: which of them move.
        splines, affine: where the moving ones are in ``theta``.
        theta, moves: the part of all parameters that is this layer's, shape ``(variants, parameters)``.
    """

    layer: KANLayer
    nodes: Nodes
    weight: Tensor
    original: Tensor
    i: Tensor
    j: Tensor
    source: Tensor
    target: Tensor
    calls: Calls
    constants: Tensor
    named: list[int]
    splines: slice
    affine: slice
    theta: Tensor
    moves: Tensor

    @classmethod
    def of(
        cls,
        layer: KANLayer,
        nodes: Nodes,
        moving: Iterable[tuple[int, int]],
        own: tuple[int, int] | None,
        candidates: Sequence[Candidate],
        start: int,
    ) -> _Floor:
        """A layer in which the edges ``moving`` are refitted and the edge ``own`` becomes the candidates."""
        variants = 1 + len(candidates)
        rows = zip(layer.symbolic, layer.affine.tolist(), strict=True)
        table = {(e.i, e.j): [(e.name, tuple(row))] * variants for e, row in rows if layer.mask[e.i, e.j]}
        if own is not None:
            table[own] = [table.get(own, [NOTHING])[0], *((c.name, c.affine) for c in candidates)]
        moving = list(moving)
        splines = [edge for edge in moving if layer.numeric[edge]]
        named = [at for at, edge in enumerate(table) if edge in moving]
        weight = layer.weight().clone()
        i, j = _ends(splines)
        original = weight[i, :, j]
        weight[i, :, j] = 0
        factors = original.repeat(variants, 1, 1)
        constants = torch.tensor([[edge[v][1] for edge in table.values()] for v in range(variants)])
        constants = constants.to(weight).view(variants, len(table), 4)
        spline_moves, name_moves = torch.ones_like(factors), torch.ones_like(constants[:, named])
        if own in splines:
            factors[1:, splines.index(own)] = spline_moves[1:, splines.index(own)] = 0
            name_moves[0, named.index(list(table).index(own))] = 0
        middle = start + factors[0].numel()
        end = middle + name_moves[0].numel()
        return cls(
            layer,
            nodes,
            weight,
            original,
            i,
            j,
            *_ends(table),
            Calls.of([[edge[v][0] for edge in table.values()] for v in range(variants)]),
            constants,
            named,
            slice(start, middle),
            slice(middle, end),
            torch.cat([factors.flatten(1), constants[:, named].flatten(1)], dim=1),
            torch.cat([spline_moves.flatten(1), name_moves.flatten(1)], dim=1),
        )

    def rough(self) -> Tensor:
        """The matrix Q of ``theta' Q theta``: squared third differences of the moving splines."""
        size = self.layer.coef.shape[2]
        third = torch.eye(size, dtype=self.weight.dtype).diff(n=3, dim=0)
        block = torch.nn.functional.pad(ROUGHNESS * third.T @ third, (1, 0, 1, 0))
        return _diagonal([*[block] * len(self.i), block.new_zeros(2 * [4 * len(self.named)])])

    def lowest(self, theta: Tensor, rows: Rows) -> _Level:
        """Evaluate as the lowest layer."""
        sums = rows.splines.expand(len(theta), -1, -1)
        if rows.features is not None:
            sums = sums.index_add(2, self.j, self._moving(rows.features, self._factors(theta) - self.original))
        return self._named(theta, rows.x.expand(len(theta), -1, -1), rows.features, None, sums)

    def above(self, theta: Tensor, x: Tensor, slopes: bool) -> _Level:
        """Evaluate at ``x`` of shape ``(variants, rows, in)``."""
        features = steep = None
        sums = x.new_zeros(*x.shape[:2], self.layer.out_dim)
        if self.layer.has_numeric:
            if slopes:
                both = self.layer.features_with_slopes(x.flatten(0, 1))
                features, steep = (f.view(*x.shape, -1) for f in both)
            else:
                features = self.layer.features(x.flatten(0, 1)).view(*x.shape, -1)
            sums = features.flatten(2) @ self.weight.flatten(0, 1)
            sums = sums.index_add(2, self.j, self._moving(features, self._factors(theta)))
        return self._named(theta, x, features, steep, sums)

    def _named(self, theta: Tensor, x: Tensor, features: Tensor | None, slopes: Tensor | None, sums: Tensor) -> _Level:
        """With the named edges added to the sums of the splines."""
        a, b, c, d = self._constants(theta)
        curve, slope = self.calls(a * x[..., self.source].mT + b)
        sums = sums.index_add(2, self.target, (c * curve + d).mT)
        output = self.nodes.join(sums.flatten(0, 1)).view(*x.shape[:2], -1)
        return _Level(x, features, slopes, curve, slope, sums, output)

    def columns(self, theta: Tensor, level: _Level, down: Tensor) -> Tensor:
        """Derivatives of the outputs by this layer's part of ``theta``; ``down`` are those by its sub-nodes, shape
        ``(variants, rows, outputs, out)``."""
        parts = []
        if level.features is not None:
            parts.append((level.features[..., None, self.i, :] * down[..., self.j, None]).flatten(3))
        _, _, c, _ = self._constants(theta)
        inner, x = (c * level.slope)[:, self.named], level.x[..., self.source[self.named]].mT
        own = torch.stack([inner * x, inner, level.curve[:, self.named], torch.ones_like(inner)], dim=-1)
        parts.append((own.transpose(1, 2)[:, :, None] * down[..., self.target[self.named], None]).flatten(3))
        return torch.cat(parts, dim=-1)

    def below(self, theta: Tensor, level: _Level, down: Tensor) -> Tensor:
        """Derivatives of the outputs by the inputs of this layer: ``(variants, rows, outputs, in)``."""
        a, _, c, _ = self._constants(theta)
        found = down.new_zeros(*down.shape[:3], self.layer.in_dim)
        if level.slopes is not None:
            through = down @ self.weight.flatten(0, 1).T
            found = (through.view(*through.shape[:3], *self.weight.shape[:2]) * level.slopes[:, :, None]).sum(-1)
            found = found.index_add(
                3, self.i, self._moving(level.slopes, self._factors(theta))[:, :, None] * down[..., self.j]
            )
        return found.index_add(3, self.source, (a * c * level.slope).mT[:, :, None] * down[..., self.target])

    def through_products(self, level: _Level, sensitivity: Tensor) -> Tensor:
        """From nodes to sub-nodes: a factor's sensitivity is its product's times the other factor."""
        sums, nodes = level.sums, self.nodes
        if not nodes.products:
            return sensitivity
        spread = sensitivity[..., nodes.sums :].repeat_interleave(2, dim=-1) * sums[:, :, None, nodes.swapped()]
        return torch.cat([sensitivity[..., : nodes.sums], spread], dim=-1)

    def _moving(self, features: Tensor, factors: Tensor) -> Tensor:
        """The moving splines: ``(variants, rows, splines)``."""
        variants = "v" if features.ndim == 4 else ""
        return torch.einsum(f"{variants}rnf,vnf->vrn", features[..., self.i, :], factors)

    def _factors(self, theta: Tensor) -> Tensor:
        """Of the moving splines: ``(variants, splines, features)``."""
        return theta[:, self.splines].view(len(theta), *self.original.shape)

    def _constants(self, theta: Tensor) -> tuple[Tensor, ...]:
        """a, b, c, d of the named edges: ``(variants, named edges, 1)`` each."""
        constants = self.constants
        if self.named:
            constants = constants.clone()
            constants[:, self.named] = theta[:, self.affine].view(len(theta), len(self.named), 4)
        return constants[..., None].unbind(2)


def _diagonal(blocks: Sequence[Tensor]) -> Tensor:
    """Square blocks along a diagonal."""
    whole = blocks[0].new_zeros(2 * [sum(map(len, blocks))])
    start = 0
    for block in blocks:
        whole[start : start + len(block), start : start + len(block)] = block
        start += len(block)
    return whole


def _ends(edges: Iterable[tuple[int, int]]) -> tuple[Tensor, Tensor]:
    at = torch.tensor(list(edges), dtype=torch.long).view(-1, 2)
    return at[:, 0], at[:, 1]
