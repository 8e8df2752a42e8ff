"""Sums over the edges of layers without named edges, up and down, with a hand-written backward.

For autograd a whole network is one operation: on few samples, what it does for each one costs more than the arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor

from kanwidget.model.basis import Cells, spread
from kanwidget.model.designs import Dense, Design, design_of
from kanwidget.model.functions import with_slope

__all__ = ["Numeric", "Parameters", "Step", "down", "edge_sums", "transformed", "up", "up_edge_by_edge"]


class Parameters(NamedTuple):
    """``coef`` of the shape ``(inputs, outputs, G + k)``, ``scale_sp`` and ``scale_base`` of ``(inputs, outputs)``."""

    coef: Tensor
    scale_sp: Tensor
    scale_base: Tensor


@dataclass(frozen=True, slots=True)
class Numeric:
    """What the splines of one layer have besides parameters.

    Attributes:
        live: ``(inputs, outputs)``, 0 for removed edges; None where all are live.
    """

    cells: Cells
    base: Callable[[Tensor], Tensor]
    live: Tensor | None

    def scaled(self, own: Parameters) -> Parameters:
        return own if self.live is None else Parameters(own.coef, self.live * own.scale_sp, self.live * own.scale_base)

    def pull(self, y: Tensor, x: Tensor) -> Tensor:
        """``y`` times the slope of the base function at ``x``."""
        if self.base is torch.nn.functional.silu:
            pulled: Tensor = torch.ops.aten.silu_backward(y, x)
            return pulled
        return y * with_slope(self.base, x)[1]


class Step(NamedTuple):
    """One layer, evaluated.

    Attributes:
        x: its inputs, ``(inputs, rows)``.
        own: its parameters, scales of removed edges 0.
        design: the design matrix. weight: what that was multiplied with.
        sums: of the edges, ``(outputs, rows)``.
    """

    layer: Numeric
    x: Tensor
    own: Parameters
    design: Design
    weight: Any
    sums: Tensor


def up(
    layers: Sequence[Numeric], x: Tensor, parameters: Sequence[Parameters], known: Design | None, sloped: int
) -> list[Step]:
    """From ``(inputs, rows)`` to ``(outputs, rows)``, layer by layer.

    Args:
        known: the design matrix of the first layer, where it is known from before.
        sloped: the first layer whose derivatives by its inputs will be asked for.
    """
    steps: list[Step] = []
    for l, (layer, given) in enumerate(zip(layers, parameters, strict=True)):
        own, design = layer.scaled(given), known if l == 0 else None
        if design is None:
            design = design_of(layer.cells, x, layer.base(x), given.coef.shape[1], l >= sloped)
        weight = design.weight(*own)
        steps.append(Step(layer, x, own, design, weight, design.times(weight).contiguous()))
        x = steps[-1].sums
    return steps


def up_edge_by_edge(
    layers: Sequence[Numeric], x: Tensor, parameters: Sequence[Parameters], known: Dense
) -> tuple[list[Step], list[Tensor]]:
    """The same with derivatives by all inputs but those of the first layer; and the values of all edges, layer by
    layer, ``(inputs, outputs, rows)``."""
    steps: list[Step] = []
    edges: list[Tensor] = []
    for layer, given in zip(layers, parameters, strict=True):
        own, design = layer.scaled(given), Dense(layer.cells, x, layer.base(x), True) if steps else known
        weight = design.weight(*own)
        edges.append(design.edges(weight))
        steps.append(Step(layer, x, own, design, weight, edges[-1].sum(0)))
        x = steps[-1].sums
    return steps, edges


def down(
    steps: Sequence[Step], y: Tensor, sloped: int, by_edge: Sequence[Callable[[Tensor], Tensor]] = ()
) -> tuple[list[Parameters], Tensor]:
    """Gradients of ``(y * sums).sum()`` by the parameters of every layer from the one below ``sloped`` on, and by the
    inputs of ``sloped``.

    Args:
        by_edge: for every layer, if wanted, what leads from the derivatives by its sums to those by its edges,
            ``(inputs, outputs, rows)``.
    """
    found: list[Parameters] = []
    for l in range(len(steps) - 1, max(sloped - 1, 0) - 1, -1):
        step, own = steps[l], by_edge[l](y) if by_edge else y
        found.append(step.layer.scaled(Parameters(*step.design.by_weight(own, step.own.coef, step.own.scale_sp))))
        if l >= sloped:
            splines, base = step.design.by_sample(own, step.weight)
            y = splines + step.layer.pull(base, step.x)
    return found[::-1], y


def transformed() -> bool:
    """Whether torch compiles, batches or differentiates what is called now: it wants plain operations then."""
    return torch.compiler.is_compiling() or bool(torch._C._are_functorch_transforms_active())


def edge_sums(
    layers: Sequence[Numeric], x: Tensor, parameters: Sequence[Parameters], known: Design | None = None
) -> Tensor:
    """From ``(rows, inputs)`` of the first of the layers to ``(rows, outputs)`` of the last.

    Args:
        known: the design matrix of ``x`` in the first layer, where it is known from before.
    """
    if transformed():
        return _plain(layers, x, parameters)
    if not torch.is_grad_enabled():
        return up(layers, x.T.contiguous(), parameters, known, len(layers))[-1].sums.T
    flat = [tensor for own in parameters for tensor in own]
    y: Tensor = _EdgeSums.apply(layers, known, x, *flat)  # type: ignore[no-untyped-call]  # torch has no types for it
    return y


def _plain(layers: Sequence[Numeric], x: Tensor, parameters: Sequence[Parameters]) -> Tensor:
    """The same in operations that torch can differentiate, batch and compile by itself."""
    for layer, own in zip(layers, parameters, strict=True):
        coef, scale_sp, scale_base = layer.scaled(own)
        weight = (scale_sp[..., None] * coef).transpose(1, 2)
        splines = spread(layer.cells.place(x.T), layer.cells.count).flatten(1) @ weight.flatten(0, 1)
        x = torch.addmm(splines, layer.base(x), scale_base)
    return x


def _by_layer(flat: Sequence[Tensor]) -> list[Parameters]:
    return [Parameters(*flat[at : at + 3]) for at in range(0, len(flat), 3)]


class _EdgeSums(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, layers: Sequence[Numeric], known: Design | None, x: Tensor, *flat: Tensor) -> Tensor:
        wanted = ctx.needs_input_grad[2:]
        ctx.sloped = (wanted.index(True) + 2) // 3 if any(wanted) else len(layers)
        ctx.save_for_backward(x, *flat)
        ctx.steps = up(layers, x.T.contiguous(), _by_layer(flat), known if ctx.sloped else None, ctx.sloped)
        y: Tensor = ctx.steps[-1].sums
        return y.T

    @staticmethod
    def backward(ctx: Any, y: Tensor) -> tuple[Tensor | None, ...]:
        wanted = ctx.needs_input_grad[2:]
        if torch.is_grad_enabled():  # a gradient that will be differentiated again
            x, *flat = ctx.saved_tensors
            sums = _plain([step.layer for step in ctx.steps], x, _by_layer(flat))
            some = [t for t, want in zip(ctx.saved_tensors, wanted, strict=True) if want]
            found = iter(torch.autograd.grad(sums, some, y, create_graph=True))
            return None, None, *(next(found) if want else None for want in wanted)
        gradients, by_x = down(ctx.steps, y.T.contiguous(), ctx.sloped)
        below = [None] * 3 * (len(ctx.steps) - len(gradients))
        every = None if ctx.sloped else by_x.T, *below, *(by for own in gradients for by in own)
        return None, None, *(by if want else None for by, want in zip(every, wanted, strict=True))
