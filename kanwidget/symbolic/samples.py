"""Curves as weighted points."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

__all__ = ["Samples", "centred"]


@dataclass(frozen=True, slots=True)
class Samples:
    """One curve per row, over z in [-1, 1].

    Attributes:
        z, y: shape ``(curves, points)``, sorted by z.
        weight: shares of the points, same shape, with the sum 1 in every row.
    """

    z: Tensor
    y: Tensor
    weight: Tensor

    @classmethod
    def even(cls, z: Tensor, y: Tensor) -> Samples:
        """Points of equal weight."""
        return cls(z, y, torch.full_like(z, 1 / z.shape[1]))

    def pooled(self, count: int) -> Samples:
        """Neighbours pooled into ``count`` points, close together where the points are and where the curve rises.

        The first and the last point stay by themselves: a function that is finite there is finite in between.
        """
        points = self.z.shape[1]
        if points <= count:
            return self
        rise = self.y.diff(dim=1).abs()
        along = 1 / (points - 1) + rise / rise.sum(1, keepdim=True).clamp_min(1e-300)
        way = along.cumsum(1)[:, :-1]
        inner = 1 + (way / way[:, -1:] * (count - 2)).long().clamp(0, count - 3)
        group = torch.cat([inner.new_zeros(len(inner), 1), inner, inner.new_full((len(inner), 1), count - 1)], dim=1)
        weight, z, y = (
            torch.zeros(len(v), count, dtype=v.dtype).scatter_add(1, group, v)
            for v in (self.weight, self.weight * self.z, self.weight * self.y)
        )
        share = weight.clamp_min(1e-300)
        return Samples(z / share, y / share, weight)


def centred(values: Tensor) -> Tensor:
    """Without its mean, row by row."""
    return values - values.mean(-1, keepdim=True)
