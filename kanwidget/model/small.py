"""Sums over the edges of a layer on few samples.

There a call of torch costs more than its arithmetic, and a call of numpy a third of that: this form of the design
matrix (see :mod:`kanwidget.model.designs`) is numpy throughout, for equally spaced knots.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kanwidget.model.basis import Cells

__all__ = ["Small"]

Array = NDArray[np.floating]

# As in torch, what is not finite passes through without a word.
quietly = np.errstate(all="ignore")


class Small:
    """All entries: ``(inputs, G + k + 1, rows)``, as in :class:`~kanwidget.model.designs.Dense`."""

    @quietly
    def __init__(self, cells: Cells, x: Tensor, base: Tensor, with_slopes: bool) -> None:
        assert cells.shared is not None
        low, self.density = (tensor.numpy() for tensor in cells.shared)
        (inputs, rows), size = x.shape, cells.count + 1
        position = (x.numpy() - low) * self.density
        cell = np.fmax(np.fmin(position, cells.grid - 1), 0)  # NaN has no cell; its value stays NaN
        np.floor(cell, out=cell)
        position -= cell
        values, slopes = _evaluated(cells.polynomials.numpy(), position, cells.k)
        first = np.arange(inputs)[:, None] * (size * rows) + np.arange(rows)
        self.at = cell.astype(np.intp) * rows + first + np.arange(cells.k + 1)[:, None, None] * rows
        whole = np.zeros((inputs, size, rows), position.dtype)
        whole.reshape(-1)[self.at.reshape(-1)] = values.reshape(-1)
        whole[:, -1] = base.numpy()
        self.shape, self.matrix = whole.shape, whole.reshape(inputs * size, rows)
        self.slopes = slopes if with_slopes else None

    @quietly
    def weight(self, coef: Tensor, scale_sp: Tensor, scale_base: Tensor) -> Array:
        weight = np.empty((coef.shape[1], *self.shape[:2]), self.matrix.dtype)
        np.multiply(coef.numpy().transpose(1, 0, 2), scale_sp.numpy().T[..., None], out=weight[..., :-1])
        weight[..., -1] = scale_base.numpy().T
        return weight.reshape(len(weight), len(self.matrix))

    @quietly
    def times(self, weight: Array) -> Tensor:
        return torch.from_numpy(weight @ self.matrix)

    @quietly
    def by_weight(self, y: Tensor, coef: Tensor, scale_sp: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        whole = (y.numpy() @ self.matrix.T).reshape(len(y), *self.shape[:2]).transpose(1, 0, 2)
        spline, own = whole[..., :-1], coef.numpy()
        by_coef = np.multiply(spline, scale_sp.numpy()[..., None], out=np.empty_like(own))
        by_scale = np.add.reduce(spline * own, axis=-1)
        return torch.from_numpy(by_coef), torch.from_numpy(by_scale), torch.from_numpy(whole[..., -1])

    @quietly
    def by_sample(self, y: Tensor, weight: Array) -> tuple[Tensor, Tensor]:
        assert self.slopes is not None
        own = y.numpy()
        by_entry = weight.T * own if len(own) == 1 else weight.T @ own  # without BLAS, it would take four times as long
        splines = by_entry.reshape(-1).take(self.at)
        splines *= self.slopes
        by_x = np.add.reduce(splines, axis=0)
        by_x *= self.density
        return torch.from_numpy(by_x), torch.from_numpy(by_entry.reshape(self.shape)[:, -1])


def _evaluated(polynomials: Array, position: Array, k: int) -> tuple[Array, Array]:
    """The k + 1 basis functions of the cells and their slopes, each ``(k + 1, inputs, rows)``, at positions in cells.
    Beyond them every function continues as its tangent."""
    inside = np.maximum(np.minimum(position, 1), 0)
    powers = np.empty((k + 1, *position.shape), position.dtype)
    powers[0] = 1
    for p in range(k):
        np.multiply(powers[p], inside, out=powers[p + 1])
    table = (polynomials.T @ powers.reshape(k + 1, -1)).reshape(2, k + 1, *position.shape)
    values, slopes = table
    position -= inside
    if position.any():
        values += slopes * position
    return values, slopes
