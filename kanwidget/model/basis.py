"""B-splines as local polynomials.

On one grid cell a spline of degree k is a polynomial, and k + 1 basis functions are non-zero. The coefficients of
these polynomials depend on the knots alone: they are computed once per grid (:func:`local_polynomials`, the
recursion of de Boor, *A Practical Guide to Splines*, 1978, chapter IX, eq. 14, done on coefficients) and every
evaluation is a cell search and one small matrix product.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["Place", "basis", "local_polynomials", "locate", "spread"]


def local_polynomials(knots: Tensor, k: int) -> Tensor:
    """The non-zero basis functions of every cell as polynomials in ``u = (x - left) / width``.

    Args:
        knots: shape ``(inputs, G + 2 k + 1)``, strictly increasing.

    Returns:
        shape ``(inputs, G, k + 1, k + 1)``: ``[i, cell, p, m]`` is the factor of ``u**p`` in basis function
        ``cell + m``.
    """
    inputs, grid = knots.shape[0], knots.shape[1] - 2 * k - 1
    windows = knots.unfold(1, 2 * k + 2, 1)[:, :grid]  # knots that the basis functions of a cell touch
    left, width = windows[..., k : k + 1], windows[..., k + 1 : k + 2] - windows[..., k : k + 1]
    pieces = knots.new_zeros(inputs, grid, k + 1, k + 1)
    pieces[..., 0, 0] = 1
    for degree in range(1, k + 1):
        old = pieces[..., :degree].clone()
        starts = windows[..., k + 1 - degree : k + 1]  # where each lower-degree function starts
        ends = windows[..., k + 1 : k + 1 + degree]
        old = old / (ends - starts)[..., None, :]
        shifted = torch.roll(old, 1, dims=-2) * width[..., None]  # times u
        pieces = torch.zeros_like(pieces)
        pieces[..., :degree] += (ends - left)[..., None, :] * old - shifted
        pieces[..., 1 : degree + 1] += (left - starts)[..., None, :] * old + shifted
    return pieces


class Place(NamedTuple):
    """Where samples lie in their grid.

    Attributes:
        cell: integer, shape ``(rows, inputs)``.
        u: position in the cell, 0 … 1, beyond these outside the grid; same shape.
        density: cells per unit of the input, same shape or ``(inputs,)``.
        pieces: the polynomials of the cell, shape ``(rows, inputs, k + 1, k + 1)``, or ``(k + 1, k + 1)`` where
            all cells share them.
    """

    cell: Tensor
    u: Tensor
    density: Tensor
    pieces: Tensor

    def values(self) -> Tensor:
        """The k + 1 non-zero basis functions ``cell … cell + k``: ``(rows, inputs, k + 1)``.

        Beyond the grid every one continues as its tangent at the border, so a spline does too.
        """
        return _combined(powers(self.u, self.pieces.shape[-1] - 1), self.pieces)

    def slopes(self) -> Tensor:
        """Their derivatives with respect to the input, same shape."""
        return _combined(power_slopes(self.u, self.pieces.shape[-1] - 1), self.pieces) * self.density[..., None]


def locate(x: Tensor, knots: Tensor, pieces: Tensor, *, uniform: bool) -> Place:
    """Find the cell of every sample.

    Args:
        x: shape ``(rows, inputs)``.
        knots, pieces: see :func:`local_polynomials`.
        uniform: the knots are equally spaced: all cells share one set of polynomials and no search is needed.
    """
    grid, k = pieces.shape[1], pieces.shape[2] - 1
    if uniform:
        low, high = knots[:, k], knots[:, k + grid]
        density = grid / (high - low)
        position = (x - low) * density
        cell = position.detach().floor().nan_to_num(0.0).clamp(0, grid - 1)  # NaN has no cell; its value stays NaN
        return Place(cell.long(), position - cell, density, pieces[0, 0])
    inner = knots[:, k + 1 : k + grid].contiguous()
    cell = torch.searchsorted(inner, x.detach().T.contiguous(), right=True).T
    column = torch.arange(x.shape[1], device=x.device)
    left, right = knots[column, cell + k], knots[column, cell + k + 1]
    density = 1 / (right - left)
    return Place(cell, (x - left) * density, density, pieces[column, cell])


def powers(u: Tensor, k: int) -> Tensor:
    """``1, u, …, u**k`` along a new last axis, each continued by its tangent outside [0, 1]."""
    inside = u.clamp(0, 1)
    out = u - inside
    rows, lower = [torch.ones_like(u)], torch.ones_like(u)
    for p in range(1, k + 1):
        rows.append(lower * (inside + p * out))
        lower = lower * inside
    return torch.stack(rows, dim=-1)


def power_slopes(u: Tensor, k: int) -> Tensor:
    """Derivatives of :func:`powers` by ``u``."""
    inside = u.clamp(0, 1)
    rows, lower = [torch.zeros_like(u)], torch.ones_like(u)
    for p in range(1, k + 1):
        rows.append(p * lower)
        lower = lower * inside
    return torch.stack(rows, dim=-1)


def _combined(rows: Tensor, pieces: Tensor) -> Tensor:
    return rows @ pieces if pieces.ndim == 2 else (rows.unsqueeze(-2) @ pieces).squeeze(-2)


def spread(cell: Tensor, values: Tensor, count: int) -> Tensor:
    """Scatter local values into all ``count`` basis functions: ``(rows, inputs, count)``."""
    index = cell[..., None] + torch.arange(values.shape[-1], device=cell.device)
    full = torch.zeros(*cell.shape, count, dtype=values.dtype, device=values.device)
    return full.scatter(-1, index, values)


def basis(x: Tensor, knots: Tensor, k: int) -> Tensor:
    """All basis functions at ``x``: ``(rows, inputs)`` → ``(rows, inputs, G + k)``, for one-off use."""
    pieces = local_polynomials(knots, k)
    place = locate(x, knots, pieces, uniform=False)
    return spread(place.cell, place.values(), knots.shape[1] - k - 1)
