"""Sums of splines, with a hand-written backward.

``y[n, j] = sum_i sum_m B_m(x[n, i]) weight[i, m, j]`` is a product with the design matrix of the samples, of which
only k + 1 entries per sample and input are not 0. On few intervals the matrix is filled and multiplied
(:class:`Dense`); on many, rows of the weight are gathered and added (:class:`Local`), and the gradient by the weight
is the same sum over the samples of every cell, in sorted order. For a single output entries are gathered one by one
(:class:`Single`). Which is faster where was measured on a CPU.
"""

from __future__ import annotations

from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn.functional import embedding_bag

from kanwidget.model.basis import Cells, Place, spread

__all__ = ["Design", "design_of", "spline_sum", "transformed"]

DENSE_COUNT = 16  # basis functions up to which the dense form is faster, whatever the width
DENSE_ENTRIES = 300_000  # of the matrix: below, calls cost more than arithmetic


class Design(Protocol):
    """The design matrix of some samples, for products with it.

    ``weight`` is of shape ``(inputs, G + k, outputs)``, ``y`` of shape ``(rows, outputs)``.
    """

    def times(self, weight: Tensor) -> Tensor:
        """The sums ``y``."""

    def transposed_times(self, y: Tensor) -> Tensor:
        """The gradient of ``(y * sums).sum()`` by the weight."""

    def pulled_back(self, y: Tensor, weight: Tensor, slopes: Tensor) -> Tensor:
        """The gradient of ``(y * sums).sum()`` by the positions of the samples: ``(rows, inputs)``."""


def design_of(place: Place, count: int, outputs: int) -> Design:
    """The form of the matrix that is faster; ``count`` is the number of basis functions."""
    if outputs == 1:
        return Single(place, count)
    dense = count <= DENSE_COUNT or place.cell.numel() * count <= DENSE_ENTRIES
    return Dense(place, count) if dense else Local(place, count)


class Dense:
    """All entries: ``(rows, inputs * count)``."""

    def __init__(self, place: Place, count: int) -> None:
        cell, values = place.cell, place.values
        entries = cell.numel() * count
        self.shape = (cell.shape[1], count)
        first = cell + torch.arange(0, entries, count, device=cell.device).view(cell.shape)
        self.at = first + torch.arange(len(values), device=cell.device)[:, None, None]
        full = values.new_zeros(entries).scatter_(0, self.at.view(-1), values.reshape(-1))
        self.matrix = full.view(len(cell), self.shape[0] * count)

    def times(self, weight: Tensor) -> Tensor:
        return self.matrix @ weight.flatten(0, 1)

    def transposed_times(self, y: Tensor) -> Tensor:
        return (self.matrix.T @ y).view(*self.shape, y.shape[1])

    def pulled_back(self, y: Tensor, weight: Tensor, slopes: Tensor) -> Tensor:
        by_entry = y @ weight.flatten(0, 1).T
        return by_entry.take(self.at).mul_(slopes).sum(0)


class Local:
    """The entries that are not 0: ``first + m`` in the flattened weight, m = 0 … k."""

    def __init__(self, place: Place, count: int) -> None:
        inputs = place.cell.shape[1]
        self.count, self.values = count, place.values
        self._sorted: tuple[Tensor, Tensor, Tensor] | None = None
        self.first = place.cell + torch.arange(0, inputs * count, count, device=place.cell.device)

    def times(self, weight: Tensor) -> Tensor:
        rows = (self.first[:, None] + self._steps).flatten(1)
        return _bags(weight.flatten(0, 1), rows, self.values.transpose(0, 1).flatten(1))

    def transposed_times(self, y: Tensor) -> Tensor:
        sample, begins, values = self._by_cell()
        total = y.new_zeros(self.first.shape[1], self.count, y.shape[1])
        for m, column in enumerate(values):
            sums = embedding_bag(sample, y, begins, mode="sum", per_sample_weights=column).view_as(total)
            total[:, m:] += sums[:, : self.count - m]
        return total

    def _by_cell(self) -> tuple[Tensor, Tensor, Tensor]:
        """Samples in the order of their cells, where each cell begins, and their values in that order."""
        if self._sorted is None:
            self._sorted = self._sort()
        return self._sorted

    def _sort(self) -> tuple[Tensor, Tensor, Tensor]:
        rows, inputs = self.first.shape
        first, order = self.first.T.flatten().int().sort()
        cells = torch.arange(inputs * self.count, dtype=first.dtype, device=first.device)
        return order % rows, torch.searchsorted(first, cells), self.values.transpose(1, 2).flatten(1)[:, order]

    def pulled_back(self, y: Tensor, weight: Tensor, slopes: Tensor) -> Tensor:
        rows = (self.first.flatten()[:, None] + self._steps.T).view(-1, len(slopes))
        by_edge = _bags(weight.flatten(0, 1), rows, slopes.flatten(1).T.contiguous())
        return torch.bmm(by_edge.view(*self.first.shape, -1), y[..., None])[..., 0]

    @property
    def _steps(self) -> Tensor:
        return torch.arange(len(self.values), device=self.first.device)[:, None]


class Single:
    """The entries that are not 0, for one output."""

    def __init__(self, place: Place, count: int) -> None:
        inputs, device = place.cell.shape[1], place.cell.device
        self.shape, self.values = (inputs, count, 1), place.values
        first = place.cell + torch.arange(0, inputs * count, count, device=device)
        self.at = first + torch.arange(len(place.values), device=device)[:, None, None]

    def times(self, weight: Tensor) -> Tensor:
        return (weight.take(self.at) * self.values).sum((0, 2))[:, None]

    def transposed_times(self, y: Tensor) -> Tensor:
        total = y.new_zeros(self.shape)
        total.view(-1).scatter_add_(0, self.at.view(-1), (self.values * y).view(-1))
        return total

    def pulled_back(self, y: Tensor, weight: Tensor, slopes: Tensor) -> Tensor:
        return (weight.take(self.at) * slopes).sum(0) * y


def _bags(table: Tensor, rows: Tensor, factors: Tensor) -> Tensor:
    return embedding_bag(rows, table, mode="sum", per_sample_weights=factors)


def transformed() -> bool:
    """Whether torch compiles, batches or differentiates what is called now: it wants plain operations then."""
    return torch.compiler.is_compiling() or bool(torch._C._are_functorch_transforms_active())


def spline_sum(x: Tensor, coef: Tensor, scale: Tensor, cells: Cells, design: Design | None = None) -> Tensor:
    """``y[n, j] = sum_i scale[i, j] sum_m coef[i, j, m] B_m(x[n, i])``: ``(rows, inputs)`` → ``(rows, outputs)``.

    Args:
        coef: shape ``(inputs, outputs, G + k)``. scale: shape ``(inputs, outputs)``.
        design: of ``x``, where it is known from before.
    """
    if transformed():
        return _plain(x, coef, scale, cells)
    y: Tensor = _SplineSum.apply(x, coef, scale, cells, design)  # type: ignore[no-untyped-call]
    return y


def _scaled(tensor: Tensor, scale: Tensor) -> Tensor:
    """Written in the order in which it will be read: large ones are not copied once more."""
    return torch.mul(tensor, scale, out=tensor.new_empty(tensor.shape))


def _plain(x: Tensor, coef: Tensor, scale: Tensor, cells: Cells) -> Tensor:
    """The same in operations that torch can differentiate, batch and compile by itself."""
    place = cells.place(x)
    weight = (scale[..., None] * coef).transpose(1, 2)
    return spread(place.cell, place.values, cells.count).flatten(1) @ weight.flatten(0, 1)


class _SplineSum(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, coef: Tensor, scale: Tensor, cells: Cells, design: Design | None) -> Tensor:
        if design is None or ctx.needs_input_grad[0]:
            place = cells.place(x)
            design = design_of(place, cells.count, scale.shape[1])
            if ctx.needs_input_grad[0]:
                ctx.slopes, ctx.density = place.slopes, place.density
        weight = _scaled(coef.transpose(1, 2), scale[:, None])
        ctx.save_for_backward(x, coef, scale, weight)
        ctx.cells, ctx.design = cells, design
        return design.times(weight)

    @staticmethod
    def backward(ctx: Any, y: Tensor) -> tuple[Tensor | None, ...]:
        x, coef, scale, weight = ctx.saved_tensors
        wanted = ctx.needs_input_grad[:3]
        if torch.is_grad_enabled():  # a gradient that will be differentiated again
            sums = _plain(x, coef, scale, ctx.cells)
            inputs = [t for t, want in zip((x, coef, scale), wanted, strict=True) if want]
            found = iter(torch.autograd.grad(sums, inputs, y, create_graph=True))
            return *(next(found) if want else None for want in wanted), None, None
        y = y.contiguous()
        by_x = ctx.design.pulled_back(y, weight, ctx.slopes).mul_(ctx.density) if wanted[0] else None
        if not any(wanted[1:]):
            return by_x, None, None, None, None
        by_weight = ctx.design.transposed_times(y).transpose(1, 2)
        return by_x, _scaled(by_weight, scale[..., None]), (by_weight * coef).sum(-1), None, None
