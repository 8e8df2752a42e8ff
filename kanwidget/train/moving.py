"""When grids follow the values: a grid that the inputs of its layer have left, or use little of, is placed anew."""

from __future__ import annotations

import torch
from torch import Tensor

from kanwidget.model.guard import no_gradients
from kanwidget.model.knots import CONSTANT, grid_range
from kanwidget.model.layer import KANLayer
from kanwidget.model.network import Network

__all__ = ["GRID_EVERY", "GRID_ROWS", "grids_are_left", "left", "some"]

BEYOND = 0.01  # share of a grid's width that values may leave it by
USED = 0.75  # share of it that they must use
GRID_ROWS = 10_000  # rows that grids are placed by
GRID_EVERY = 10  # steps between two looks at the grids where a step is short


def left(layer: KANLayer, x: Tensor) -> Tensor:
    """Which input nodes have left their grids, over the rows ``x (rows, in)``: booleans ``(in,)``."""
    low, high = grid_range(layer.knots, layer.k)
    width, least, most = high - low, x.amin(0), x.amax(0)
    beyond = torch.maximum(low - least, most - high) > BEYOND * width
    varies = most - least > CONSTANT * torch.maximum(least.abs(), most.abs())
    slack = (most - least < USED * width) & varies
    return (beyond | slack) & layer.numeric.any(1)


@no_gradients
def grids_are_left(model: Network, x: Tensor) -> bool:
    """Whether the inputs of some spline have left its grid, over the rows ``x``."""
    for layer, nodes in model.stack():
        if bool(left(layer, x).any()):
            return bool(x.isfinite().all())
        x = nodes.join(layer(x))
    return False


def some(x: Tensor) -> Tensor:
    """As many rows as grids are placed by, evenly chosen."""
    return x[:: -(-len(x) // GRID_ROWS)]
