"""B-splines as local polynomials.

On one grid cell a spline of degree k is a polynomial, and k + 1 basis functions are non-zero. The coefficients of
these polynomials depend on the knots alone: they are computed once per grid (:func:`local_polynomials`, the
recursion of de Boor, *A Practical Guide to Splines*, 1978, chapter IX, eq. 14, done on coefficients) and every
evaluation is a cell search and one small matrix product.
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["basis", "local_basis", "local_polynomials", "spread"]


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


def local_basis(x: Tensor, knots: Tensor, pieces: Tensor, *, uniform: bool) -> tuple[Tensor, Tensor]:
    """The k + 1 non-zero basis values of every sample.

    Beyond the grid every basis function continues as its tangent at the border, so a spline does too.

    Args:
        x: shape ``(rows, inputs)``.
        knots, pieces: see :func:`local_polynomials`.
        uniform: the knots are equally spaced: all cells share one set of polynomials and no search is needed.

    Returns:
        the cell of each sample, integer, and the values of basis functions ``cell … cell + k``;
        shapes ``(rows, inputs)`` and ``(rows, inputs, k + 1)``.
    """
    grid, k = pieces.shape[1], pieces.shape[2] - 1
    if uniform:
        low, high = knots[:, k], knots[:, k + grid]
        position = (x - low) * (grid / (high - low))
        cell = position.detach().floor().clamp(0, grid - 1)
        u = position - cell
        return cell.long(), powers(u, k) @ pieces[0, 0]
    inner = knots[:, k + 1 : k + grid].contiguous()
    cell = torch.searchsorted(inner, x.detach().T.contiguous(), right=True).T
    column = torch.arange(x.shape[1], device=x.device)
    left, right = knots[column, cell + k], knots[column, cell + k + 1]
    u = (x - left) / (right - left)
    return cell, (powers(u, k).unsqueeze(-2) @ pieces[column, cell]).squeeze(-2)


def powers(u: Tensor, k: int) -> Tensor:
    """``1, u, …, u**k`` along a new last axis, each continued by its tangent outside [0, 1]."""
    inside = u.clamp(0, 1)
    out = u - inside
    rows = [torch.ones_like(u)]
    for p in range(1, k + 1):
        lower = inside ** (p - 1)
        rows.append(lower * (inside + p * out))
    return torch.stack(rows, dim=-1)


def spread(cell: Tensor, values: Tensor, count: int) -> Tensor:
    """Scatter local values into all ``count`` basis functions: ``(rows, inputs, count)``."""
    index = cell[..., None] + torch.arange(values.shape[-1], device=cell.device)
    full = torch.zeros(*cell.shape, count, dtype=values.dtype, device=values.device)
    return full.scatter(-1, index, values)


def basis(x: Tensor, knots: Tensor, k: int) -> Tensor:
    """All basis functions at ``x``: ``(rows, inputs)`` → ``(rows, inputs, G + k)``, for one-off use."""
    pieces = local_polynomials(knots, k)
    cell, values = local_basis(x, knots, pieces, uniform=False)
    return spread(cell, values, knots.shape[1] - k - 1)
