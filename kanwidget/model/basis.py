"""B-splines as local polynomials.

On one grid cell a spline of degree k is a polynomial, and k + 1 basis functions are non-zero. The coefficients of
these polynomials depend on the knots alone: they are computed once per grid (:func:`local_polynomials`, the
recursion of de Boor, *A Practical Guide to Splines*, 1978, chapter IX, eq. 14, done on coefficients) and every
evaluation is a cell search and one small matrix product.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["Cells", "Place", "basis", "local_polynomials", "spread"]

ROUNDING = 16  # roundings of the largest knot by which the widths of cells may differ where they count as equal
UNIFORM = 1e-4  # and the share of a cell: far from 0, where rounding is coarse, it is no excuse for more


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
    """Where samples lie in their grid, and the k + 1 basis functions ``cell … cell + k`` that are not 0 there.

    Rows come last here and in all that is made of it: with thousands of rows and a handful of nodes, that is the
    order in which a CPU multiplies several times faster.

    Attributes:
        cell: integer, shape ``(inputs, rows)``.
        values: shape ``(k + 1, inputs, rows)``. Beyond the grid every function continues as its tangent at the
            border, so a spline does too.
        slopes: their derivatives with respect to the position in the cell, same shape; none where they are left out.
        density: positions per unit of the input, ``(inputs, rows)`` or ``(inputs, 1)``: slopes by the input are
            ``slopes * density``.
    """

    cell: Tensor
    values: Tensor
    slopes: Tensor
    density: Tensor


@dataclass(frozen=True, slots=True)
class Cells:
    """What follows from knots alone.

    Attributes:
        knots: shape ``(inputs, G + 2 k + 1)``, strictly increasing.
        k: degree.
        polynomials: of the values of the k + 1 basis functions of a cell, then of their slopes, power first:
            ``(k + 1, 2 (k + 1), inputs, G)``, or ``(k + 1, 2 (k + 1))`` where all cells share them.
        shared: ``low`` and ``density`` (cells per unit of the input), shape ``(inputs, 1)``, where knots are equally
            spaced: all cells share their polynomials, and no search is needed.
    """

    knots: Tensor
    k: int
    polynomials: Tensor
    shared: tuple[Tensor, Tensor] | None

    @classmethod
    def of(cls, knots: Tensor, k: int) -> Cells:
        widths = knots.diff(dim=1)
        narrowest, rounding = widths.amin(1), torch.finfo(knots.dtype).eps * knots.abs().amax(1)
        tolerated = torch.minimum(ROUNDING * rounding, UNIFORM * narrowest)
        uniform = bool((widths.amax(1) - narrowest <= tolerated).all())
        if not uniform:
            return cls(knots, k, _with_slopes(local_polynomials(knots, k)), None)
        low, high, grid = knots[:, k, None].contiguous(), knots[:, -k - 1, None], knots.shape[1] - 2 * k - 1
        return cls(knots, k, _even_polynomials(k).to(knots), (low, grid / (high - low)))

    @property
    def count(self) -> int:
        """Number of basis functions G + k."""
        return self.knots.shape[1] - self.k - 1

    @property
    def grid(self) -> int:
        """Number of intervals G."""
        return self.count - self.k

    def of_inputs(self, part: slice) -> Cells:
        """Those of some inputs."""
        if self.shared is None:
            return Cells(self.knots[part], self.k, self.polynomials[:, :, part], None)
        low, density = self.shared
        return Cells(self.knots[part], self.k, self.polynomials, (low[part], density[part]))

    def place(self, x: Tensor, with_slopes: bool = True) -> Place:
        """Find the cell of every sample: ``(inputs, rows)``; differentiable with slopes, which may be left out where
        nobody needs them."""
        return self._by_search(x) if self.shared is None else self._by_division(x, *self.shared, with_slopes)

    def _by_division(self, x: Tensor, low: Tensor, density: Tensor, with_slopes: bool) -> Place:
        position = (x - low) * density
        cell = position.clamp(0, self.grid - 1).long().clamp(min=0)  # NaN has no cell; its value stays NaN
        position = position - cell
        inside = position.clamp(0, 1)
        least = not with_slopes and x.device.type == "cpu" and torch.equal(inside, position)
        polynomials = self.polynomials[:, : self.k + 1] if least else self.polynomials
        table = torch.addmm(polynomials[0, :, None], polynomials[1:].T, _powers(inside, self.k).flatten(1))
        if least:
            values = table.view(self.k + 1, *x.shape)
            return Place(cell, values, values[:0], density)
        values, slopes = table.view(2, self.k + 1, *x.shape)
        return Place(cell, torch.addcmul(values, position - inside, slopes), slopes, density)

    def _by_search(self, x: Tensor) -> Place:
        inner = self.knots[:, self.k + 1 : self.count].contiguous()
        cell = torch.searchsorted(inner, x.detach().contiguous(), right=True)
        left, right = self.knots.gather(1, cell + self.k), self.knots.gather(1, cell + self.k + 1)
        density = 1 / (right - left)
        position = (x - left) * density
        inside = position.clamp(0, 1)
        of_input = torch.arange(0, cell.shape[0] * self.grid, self.grid, device=x.device)[:, None]
        own = self.polynomials.flatten(2).index_select(2, (cell + of_input).flatten())
        table = own[0] + (own[1:] * _powers(inside, self.k).flatten(1)[:, None]).sum(0)
        values, slopes = table.view(2, self.k + 1, *x.shape)
        return Place(cell, torch.addcmul(values, position - inside, slopes), slopes, density)


def _powers(u: Tensor, k: int) -> Tensor:
    """``u, …, u**k``: shape ``(k, …)``."""
    rows = [u][:k]
    while len(rows) < k:
        rows.append(rows[-1] * u)
    return torch.stack(rows) if rows else u.new_empty(0, *u.shape)


def _with_slopes(pieces: Tensor) -> Tensor:
    """:func:`local_polynomials` and their derivatives, power first: ``(k + 1, 2 (k + 1), inputs, G)``."""
    pieces = pieces.permute(2, 3, 0, 1)
    return torch.cat([pieces, _derived(pieces)], dim=1)


@lru_cache
def _even_polynomials(k: int) -> Tensor:
    """Those of every cell of any equally spaced grid: ``(k + 1, 2 (k + 1))``."""
    knots = torch.arange(2 * k + 2, dtype=torch.float64, device="cpu")
    return _with_slopes(local_polynomials(knots[None], k))[..., 0, 0].contiguous()


def _derived(pieces: Tensor) -> Tensor:
    """Derivatives of polynomials given by power: the same shape, the last row is 0."""
    factors = torch.arange(1, len(pieces), dtype=pieces.dtype, device=pieces.device)
    falling = pieces[1:] * factors.view(-1, *[1] * (pieces.ndim - 1))
    return torch.cat([falling, torch.zeros_like(pieces[:1])])


def spread(place: Place, count: int) -> Tensor:
    """Scatter local values into all ``count`` basis functions: ``(rows, inputs, count)``."""
    cell = place.cell.T
    index = cell[..., None] + torch.arange(len(place.values), device=cell.device)
    full = torch.zeros(*cell.shape, count, dtype=place.values.dtype, device=cell.device)
    return full.scatter(-1, index, place.values.permute(2, 1, 0))


def basis(x: Tensor, knots: Tensor, k: int) -> Tensor:
    """All basis functions at ``x``: ``(rows, inputs)`` → ``(rows, inputs, G + k)``, for one-off use."""
    cells = Cells.of(knots, k)
    return spread(cells.place(x.T), cells.count)
