"""Which functions are called for which edges, when many networks on the same graph are evaluated side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from kanwidget.model.functions import function
from kanwidget.symbolic.slopes import value_and_slope

__all__ = ["Calls"]


@dataclass(frozen=True, slots=True)
class Calls:
    """How the functions of one layer are called: once each, for all edges of all networks that have it.

    Attributes:
        names, counts: functions, and for how many (network, edge) pairs.
        order: these pairs as positions in the flattened ``(networks, edges)``, function by function.
        back: from there to the flattened order.
    """

    names: list[str]
    counts: list[int]
    order: Tensor
    back: Tensor

    @classmethod
    def of(cls, rows: Sequence[Sequence[str]]) -> Calls:
        """From the names of the functions: per network one for every edge."""
        flat = [name for row in rows for name in row]
        names = sorted(set(flat))
        order = torch.tensor([at for name in names for at, other in enumerate(flat) if other == name], dtype=torch.long)
        return cls(names, [flat.count(name) for name in names], order, order.argsort())

    def __call__(self, u: Tensor) -> tuple[Tensor, Tensor]:
        """Values and slopes at ``u`` of shape ``(networks, edges, rows)``."""
        if not u.numel():
            return u, u
        parts = zip(self.names, torch.split(u.flatten(0, 1)[self.order], self.counts), strict=True)
        found = [value_and_slope(function(name), part) for name, part in parts]
        curve, slope = (torch.cat(own)[self.back].view_as(u) for own in zip(*found, strict=True))
        return curve, slope
