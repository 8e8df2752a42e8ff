"""Training as an iterator of steps.

The trainer works on a copy: whoever drives it may stop between any two iterations, drop it at any moment, and ask
for the network of the last complete step.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from kanwidget.data import Dataset
from kanwidget.errors import DataError
from kanwidget.model.guard import no_gradients
from kanwidget.model.knots import CONSTANT, grid_range
from kanwidget.model.layer import KANLayer
from kanwidget.model.network import Network
from kanwidget.train.meter import Meter, Step, rows_like
from kanwidget.train.optimisers import STOCHASTIC, chosen, iterations
from kanwidget.train.options import FitOptions

__all__ = ["Step", "Trainer", "check_columns", "check_finite"]

BEYOND = 0.01  # share of a grid's width that values may leave it by
USED = 0.75  # share of it that they must use
GRID_ROWS = 10_000  # rows that grids are placed by
GRID_EVERY = 10  # steps between two looks at the grids where a step is short


class Trainer:
    """Trains a copy of ``model`` on ``dataset``.

    Attributes:
        opt: the optimiser in use.
        why: why the run ended: ``""`` while it can go on, ``"converged"`` or ``"not finite"``.
        last: the last complete step.
    """

    def __init__(self, model: Network, dataset: Dataset, options: FitOptions) -> None:
        check_columns(model, dataset)
        check_finite(model, dataset)
        self.options = options
        self.opt = chosen(model, len(dataset.train_input), options)
        self._dtype = model.dtype
        self._work = model.copy()
        if self.opt == "LM":
            self._work = self._work.double()  # squared condition numbers need it
        self._objective, _ = rows_like(dataset, options, self._work, self._work.dtype)
        self._measure = Meter(dataset, options, model)
        self._keep()
        self.last = self._measured(0)
        self.why = "" if self.last.finite else "not finite"

    def run(self) -> Iterator[Step | None]:
        """Iterate: None after an iteration inside a step, a :class:`Step` after one that completes it.

        Where nothing can be improved from the start, one step that changed nothing is reported.
        """
        step, iterator = 0, None
        while not self.why:
            moved = self._grid_moved(step)
            if iterator is None or (moved and self.opt not in STOCHASTIC):
                iterator = iterations(self.opt, self._work, self._objective, self.options)
            for complete in iterator:
                if complete:
                    break
                yield None
            else:
                self.why = "converged"
                if step == 0:
                    yield self._measured(1)
                return
            measured = self._measured(step + 1)
            if not measured.finite:
                self.why = "not finite"
                return
            step += 1
            self.last = measured
            self._keep()
            yield measured

    def network(self) -> Network:
        """The network of the last complete step."""
        layers = [layer.replaced(knots=knots, **values) for layer, knots, values in self._good]
        return self._work.with_layers(layers).to(self._dtype)

    def preview(self) -> Network:
        """The network in the making: for pictures only."""
        return self._work

    def _keep(self) -> None:
        """Remember the state of this step; knots are replaced and never written to."""
        self._good: list[tuple[KANLayer, Tensor, dict[str, Tensor]]] = [
            (layer, layer.knots, {name: p.detach().clone() for name, p in layer.named_parameters()})
            for layer, _ in self._work.stack()
        ]

    def _measured(self, step: int) -> Step:
        cast = self._work.dtype != self._dtype
        return self._measure(self._work.copy().to(self._dtype) if cast else self._work, step)

    def _grid_moved(self, step: int) -> bool:
        """Move the grids if the values have left them."""
        due = self.opt not in STOCHASTIC or step % GRID_EVERY == 0
        if not self.options.update_grid or not due or not grids_are_left(self._work, self._rows()):
            return False
        self._work.update_grid(self._rows())
        return True

    def _rows(self) -> Tensor:
        x = self._objective.x
        return x[:: -(-len(x) // GRID_ROWS)]


@no_gradients()
def grids_are_left(model: Network, x: Tensor) -> bool:
    """Whether the inputs of some spline reach beyond its grid, or use little of it, over the rows ``x``."""
    for layer, nodes in model.stack():
        low, high = grid_range(layer.knots, layer.k)
        used = layer.numeric.any(1)
        width, least, most = high - low, x.amin(0), x.amax(0)
        beyond = torch.maximum(low - least, most - high) > BEYOND * width
        varies = most - least > CONSTANT * torch.maximum(least.abs(), most.abs())
        slack = (most - least < USED * width) & varies
        if bool(((beyond | slack) & used).any()):
            return bool(x.isfinite().all())
        x = nodes.join(layer(x))
    return False


@no_gradients()
def check_finite(model: Network, dataset: Dataset) -> None:
    """Whether the network has a value on every training row.

    Raises:
        DataError: it has none, because values are huge or a named function has left its domain.
    """
    parts = torch.split(dataset.train_input, GRID_ROWS)
    bad = torch.cat([~model(x.to(dtype=model.dtype, device=model.device)).isfinite().all(1) for x in parts])
    if bad.any():
        row = int(bad.nonzero()[0])
        raise DataError(
            f"train_input: the network has no finite value on {int(bad.sum())} row(s), the first is row {row} "
            f"({dataset.train_input[row].tolist()}): rescale the columns, or unfix a function outside its domain"
        )


def check_columns(model: Network, dataset: Dataset) -> None:
    """Columns of the table against nodes of the network.

    Raises:
        DataError: they differ.
    """
    for what, columns, nodes in (
        ("input", dataset.train_input.shape[1], model.width[0].count),
        ("label", dataset.train_label.shape[1], model.width[-1].count),
    ):
        if columns != nodes:
            raise DataError(
                f"dataset: train_{what} has {columns} column(s), the network has {nodes} {what}(s): "
                "both need the same number; change width or the columns"
            )
