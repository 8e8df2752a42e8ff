"""Sums over the edges of a layer, and their gradients, in several forms.

``y[n, j] = sum_i scale_base[i, j] base(x[n, i]) + scale_sp[i, j] sum_m coef[i, j, m] B_m(x[n, i])`` is a product with
the design matrix of the samples, of which only k + 1 basis functions per sample and input are not 0. On few intervals
the matrix is filled and multiplied (:class:`Dense`, and :class:`~kanwidget.model.small.Small` where it is small);
on many, rows of the weights are gathered and added (:class:`Local`), and the gradient by the weights is the same sum
over the samples of every cell, in sorted order. For few outputs entries are gathered one by one (:class:`Gathered`).
Which is faster where was measured on a CPU.

Samples are columns in here: the values of one node lie side by side in memory from the first layer to the last.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn.functional import embedding_bag

from kanwidget.model.basis import Cells, Place
from kanwidget.model.heap import keep_freed
from kanwidget.model.small import Small

__all__ = ["Dense", "Design", "design_of", "gathered"]

NUMPY = (torch.float32, torch.float64)
SMALL_ENTRIES = 130_000  # of the whole matrix: below, calls cost more than arithmetic
DENSE_COUNT = 16  # basis functions up to which the dense form is faster, whatever the width
DENSE_ENTRIES = 300_000
WIDE_ENTRIES = 20_000_000  # where there are no more samples than outputs: the matrix is no larger than the weights
FEW_OUTPUTS = 10
IN_CACHE = 100_000  # samples, rows times inputs, whose places are found at a time
LARGE_WEIGHTS = 1_000_000  # coefficients from which fresh memory costs more than arithmetic
FEW = 20_000  # samples for which indices are kept: a few MB in all

keep_freed()


class Design(Protocol):
    """The design matrix of some samples, for products with it; ``y`` has the shape ``(outputs, rows)``."""

    def weight(self, coef: Tensor, scale_sp: Tensor, scale_base: Tensor) -> Any:
        """What the matrix is multiplied with, in the order in which this form reads it."""

    def times(self, weight: Any) -> Tensor:
        """The sums ``y``."""

    def by_weight(self, y: Tensor, coef: Tensor, scale_sp: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The gradients of ``(y * sums).sum()`` by ``coef``, ``scale_sp`` and ``scale_base``."""

    def by_sample(self, y: Tensor, weight: Any) -> tuple[Tensor, Tensor]:
        """The gradients of ``(y * sums).sum()`` by the samples and by the values of the base function, each
        ``(inputs, rows)``; of a design with slopes."""


def design_of(cells: Cells, x: Tensor, base: Tensor, outputs: int, with_slopes: bool = False) -> Design:
    """The matrix in the form that is faster.

    Args:
        x: the samples, ``(inputs, rows)``, contiguous.
        base: values of the base function, likewise.
        with_slopes: whether derivatives by the samples will be asked for.
    """
    count, entries = cells.count, base.numel() * cells.count
    as_numpy = cells.shared is not None and type(x) is Tensor and x.device.type == "cpu" and x.dtype in NUMPY
    if as_numpy and entries * max(1, outputs // 8) <= SMALL_ENTRIES:
        return Small(cells, x, base, with_slopes)
    most = WIDE_ENTRIES if x.shape[1] <= outputs else DENSE_ENTRIES
    if count <= DENSE_COUNT or (outputs > 1 and entries <= most):
        return Dense(cells, x, base, with_slopes)
    return (Gathered if outputs <= FEW_OUTPUTS else Local)(cells, x, base, with_slopes)


def _entries(place: Place, first: Tensor, step: int) -> Tensor:
    """Where the entries that are not 0 lie, ``(k + 1, in, rows)``: those of the first basis function of every input
    lie at ``first``, those of the next one ``step`` further."""
    steps = torch.arange(0, len(place.values) * step, step, device=first.device)
    return torch.add(first, place.cell, alpha=step) + steps[:, None, None]


def _corners(functions: int, inputs: int, size: int, rows: int, device: torch.device) -> Tensor:
    """Where the entries of the first cell lie in a matrix ``(inputs, size, rows)``: ``(functions, inputs, rows)``."""
    first = torch.arange(0, inputs * size * rows, size * rows, device=device)[:, None]
    steps = torch.arange(0, functions * rows, rows, device=device)
    return first + torch.arange(rows, device=device) + steps[:, None, None]


_kept_corners = lru_cache(maxsize=16)(_corners)  # on few samples, this alone is a tenth of the design


def gathered(entries: Tensor, at: Tensor) -> Tensor:
    """As :func:`torch.take`, up to four times faster."""
    return entries.index_select(0, at.view(-1)).view_as(at)


def _fill(weight: Tensor, coef: Tensor, scale_sp: Tensor, scale_base: Tensor) -> None:
    """Basis function by basis function, the base function last: ``(G + k + 1, inputs, outputs)``."""
    torch.mul(coef.permute(2, 0, 1), scale_sp, out=weight[:-1])
    weight.select(0, -1).copy_(scale_base)


def _by_output(coef: Tensor, scale_sp: Tensor, scale_base: Tensor) -> Tensor:
    """The same, output by output in memory: ``(outputs, G + k + 1, inputs)``."""
    inputs, outputs, count = coef.shape
    weight = coef.new_empty(outputs, count + 1, inputs)
    _fill(weight.permute(1, 2, 0), coef, scale_sp, scale_base)
    return weight


def _parted(by_weight: Tensor, coef: Tensor, scale_sp: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """From the gradient by the weights ``(inputs, outputs, G + k + 1)`` to those by what they are products of."""
    spline, by_base, by_coef = by_weight[..., :-1], by_weight[..., -1], torch.empty_like(coef)
    by_scale = torch.mul(spline, coef, out=by_coef) @ coef.new_ones(coef.shape[2])  # three times as fast as sum(-1)
    return torch.mul(spline, scale_sp[..., None], out=by_coef), by_scale, by_base


class Dense:
    """All entries: ``(inputs, G + k + 1, rows)``. Weights have the shape ``(outputs, inputs, G + k + 1)``.

    It knows the values of single edges too, and takes ``y`` edge by edge, ``(inputs, outputs, rows)``.
    """

    def __init__(self, cells: Cells, x: Tensor, base: Tensor, with_slopes: bool) -> None:
        inputs, rows = base.shape
        self.matrix = base.new_zeros(inputs, cells.count + 1, rows)
        self.matrix.select(1, -1).copy_(base)
        if with_slopes or base.numel() <= IN_CACHE:
            kept = self._fill(self.matrix, cells, x, with_slopes)
            self.slopes = kept if with_slopes else None
            return
        self.slopes = None
        some = max(1, IN_CACHE // rows)
        for first in range(0, inputs, some):
            part = slice(first, first + some)
            self._fill(self.matrix[part], cells.of_inputs(part), x[part], False)

    @staticmethod
    def _fill(matrix: Tensor, cells: Cells, x: Tensor, with_slopes: bool) -> tuple[Tensor, Tensor, Tensor]:
        place, (inputs, size, rows) = cells.place(x, with_slopes), matrix.shape
        shape = len(place.values), inputs, size, rows
        corners = (_kept_corners if place.cell.numel() <= FEW else _corners)(*shape, matrix.device)
        at = torch.add(corners, place.cell, alpha=rows)
        matrix.view(-1).scatter_(0, at.view(-1), place.values.view(-1))
        return at, place.slopes, place.density

    def weight(self, coef: Tensor, scale_sp: Tensor, scale_base: Tensor) -> Tensor:
        weight = coef.new_empty(coef.shape[1], *self.matrix.shape[:2])
        _fill(weight.permute(2, 1, 0), coef, scale_sp, scale_base)
        return weight

    def times(self, weight: Tensor) -> Tensor:
        return weight.flatten(1) @ self.matrix.flatten(0, 1)

    def edges(self, weight: Tensor) -> Tensor:
        """Their values, ``(inputs, outputs, rows)``."""
        return weight.transpose(0, 1) @ self.matrix

    def by_weight(self, y: Tensor, coef: Tensor, scale_sp: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        if y.ndim == 2 and coef.numel() > LARGE_WEIGHTS:
            y = y.expand(len(coef), *y.shape)
        if y.ndim == 3:
            by_coef = torch.bmm(y, self.matrix[:, :-1].mT, out=torch.empty_like(coef))
            by_scale = by_coef.flatten(0, 1)[:, None] @ coef.flatten(0, 1)[..., None]
            by_base = (y @ self.matrix[:, -1, :, None])[..., 0]
            return by_coef.mul_(scale_sp[..., None]), by_scale.view_as(scale_sp), by_base
        by_weight = (y @ self.matrix.flatten(0, 1).T).view(len(y), *self.matrix.shape[:2])
        return _parted(by_weight.transpose(0, 1), coef, scale_sp)

    def by_sample(self, y: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        assert self.slopes is not None
        at, slopes, density = self.slopes
        by_entry = weight.permute(1, 2, 0) @ y if y.ndim == 3 else weight.flatten(1).T @ y
        splines = gathered(by_entry.view(-1), at).mul_(slopes).sum(0).mul_(density)
        return splines, by_entry.view_as(self.matrix)[:, -1]


class Gathered:
    """The entries that are not 0, output by output."""

    def __init__(self, cells: Cells, x: Tensor, base: Tensor, with_slopes: bool) -> None:
        place = cells.place(x, with_slopes)
        self.count, self.values, self.base = cells.count, place.values, base
        self.at = _entries(place, torch.arange(len(base), device=base.device)[:, None], len(base))
        self.slopes = (place.slopes, place.density) if with_slopes else None

    def weight(self, coef: Tensor, scale_sp: Tensor, scale_base: Tensor) -> Tensor:
        return _by_output(coef, scale_sp, scale_base)

    def times(self, weight: Tensor) -> Tensor:
        splines = [gathered(own.view(-1), self.at).mul_(self.values).sum((0, 1)) for own in weight]
        return torch.addmm(torch.stack(splines), weight[:, -1], self.base)

    def by_weight(self, y: Tensor, coef: Tensor, scale_sp: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        total = y.new_zeros(len(y), self.count + 1, len(self.base))
        for whole, own in zip(total, y, strict=True):
            whole.view(-1).scatter_add_(0, self.at.view(-1), (self.values * own).view(-1))
        total[:, -1] = y @ self.base.T
        return _parted(total.permute(2, 0, 1), coef, scale_sp)

    def by_sample(self, y: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        assert self.slopes is not None
        slopes, density = self.slopes
        entries = gathered(weight[0].view(-1), self.at).mul_(y[0])
        for whole, own in zip(weight[1:], y[1:], strict=True):
            entries.addcmul_(gathered(whole.view(-1), self.at), own)
        return entries.mul_(slopes).sum(0).mul_(density), weight[:, -1].T @ y


class Local:
    """The entries that are not 0, all outputs of one at once: a row of the weight."""

    def __init__(self, cells: Cells, x: Tensor, base: Tensor, with_slopes: bool) -> None:
        place, size = cells.place(x, with_slopes), cells.count + 1
        self.values, self.base = place.values, base
        self.shape = (len(base), size)
        self.at = _entries(place, torch.arange(0, len(base) * size, size, device=base.device)[:, None], 1)
        self.slopes = (place.slopes, place.density) if with_slopes else None

    def weight(self, coef: Tensor, scale_sp: Tensor, scale_base: Tensor) -> Tensor:
        weight = coef.new_empty(*self.shape, coef.shape[1])
        _fill(weight.transpose(0, 1), coef, scale_sp, scale_base)
        return weight

    def times(self, weight: Tensor) -> Tensor:
        splines = _bags(weight, self.at.flatten(0, 1).T, self.values.flatten(0, 1).T)
        return splines.addmm_(self.base.T, weight[:, -1]).T

    def by_weight(self, y: Tensor, coef: Tensor, scale_sp: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        by_row = y.T.contiguous()
        few = 2 * len(by_row) < self.shape[1]
        total = (self._by_sample(by_row) if few else self._by_cell(by_row)).view(*self.shape, len(y))
        total[:, -1] = self.base @ by_row
        return _parted(total.transpose(1, 2), coef, scale_sp)

    def _by_sample(self, y: Tensor) -> Tensor:
        """What every sample adds: for fewer samples than cells."""
        total = y.new_zeros(self.shape[0] * self.shape[1], y.shape[1])
        for at, values in zip(self.at, self.values, strict=True):
            total.index_add_(0, at.view(-1), (values[..., None] * y).flatten(0, 1))
        return total

    def _by_cell(self, y: Tensor) -> Tensor:
        """What the samples of every cell add up to."""
        sample, begins, values = self._sorted()
        total = y.new_zeros(*self.shape, y.shape[1])
        for m, column in enumerate(values):
            sums = embedding_bag(sample, y, begins, mode="sum", per_sample_weights=column).view_as(total)
            total[:, m:] += sums[:, : self.shape[1] - m]
        return total

    def _sorted(self) -> tuple[Tensor, Tensor, Tensor]:
        """Samples in the order of their cells, where each cell begins, and their values in that order."""
        if self._order is None:
            first, order = self.at[0].flatten().int().sort()
            cells = torch.arange(self.shape[0] * self.shape[1], dtype=first.dtype, device=first.device)
            rows = self.base.shape[1]
            self._order = order % rows, torch.searchsorted(first, cells), self.values.flatten(1)[:, order]
        return self._order

    _order: tuple[Tensor, Tensor, Tensor] | None = None

    def by_sample(self, y: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        assert self.slopes is not None
        slopes, density = self.slopes
        by_edge = _bags(weight, self.at.flatten(1).T, slopes.flatten(1).T).view(*self.base.shape, -1)
        splines = torch.bmm(by_edge.transpose(0, 1), y.T[..., None])[..., 0].T
        return splines * density, weight[:, -1] @ y


def _bags(weight: Tensor, rows: Tensor, factors: Tensor) -> Tensor:
    table = weight.flatten(0, 1)
    return embedding_bag(rows.contiguous(), table, mode="sum", per_sample_weights=factors.contiguous())
