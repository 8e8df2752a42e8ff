"""Training as an iterator of steps.

The trainer works on a copy: whoever drives it may stop between any two iterations, drop it at any moment, and ask
for the network of the last complete step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from kanwidget.data import Dataset
from kanwidget.errors import DataError
from kanwidget.model.knots import grid_range
from kanwidget.model.layer import KANLayer
from kanwidget.model.network import Network
from kanwidget.train.objective import Objective, mean_squared_error
from kanwidget.train.optimisers import chosen, iterations
from kanwidget.train.options import FitOptions

__all__ = ["Step", "Trainer", "check_columns"]


BEYOND = 0.01  # share of a grid's width that values may leave it by
USED = 0.75  # share of it that they must use


@dataclass(frozen=True, slots=True)
class Step:
    """What one step ended with.

    Attributes:
        step: number of complete steps of this run.
        train_loss, test_loss: root mean squared error, or ``loss_fn`` as it is.
        reg: the penalty R, reported also where ``lamb`` is 0.
    """

    step: int
    train_loss: float
    test_loss: float
    reg: float


class Trainer:
    """Trains a copy of ``model`` on ``dataset``.

    Attributes:
        opt: the optimiser in use.
        why: why the run ended: ``""`` while it can go on, ``"converged"`` or ``"not finite"``.
        last: the last complete step.
    """

    def __init__(self, model: Network, dataset: Dataset, options: FitOptions) -> None:
        check_columns(model, dataset)
        self.options = options
        self._dtype = model.dtype
        data = dataset.to(dtype=model.dtype, device=model.device)
        self._train = self._objective(data.train_input, data.train_label)
        self._test = self._objective(data.test_input, data.test_label)
        self.opt = chosen(model, self._train, options)
        self._work = model.copy().requires_grad_(True)
        if self.opt == "LM" and model.dtype != torch.float64:
            self._work = self._work.double()  # squared condition numbers need it
            data = dataset.to(dtype=torch.float64, device=model.device)
            self._train = self._objective(data.train_input, data.train_label)
            self._test = self._objective(data.test_input, data.test_label)
        self.why = ""
        self._order = torch.Generator().manual_seed(options.seed)
        self._keep()
        self.last = self._measured(0)

    def _objective(self, x: Tensor, y: Tensor) -> Objective:
        return Objective(x, y, self.options.lamb, self.options.penalty, self.options.loss_fn)

    def run(self) -> Iterator[Step | None]:
        """Iterate: None after an iteration inside a step, a :class:`Step` after one that completes it.

        Where nothing can be improved from the start, one step that changed nothing is reported.
        """
        step, iterator = 0, None
        while not self.why:
            if iterator is None or self._grid_is_left():
                self._place_grid()
                iterator = iterations(self.opt, self._work, self._train, self.options)
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
            if not _finite(measured):
                self.why = "not finite"
                return
            step += 1
            self.last = measured
            self._keep()
            yield measured

    def network(self) -> Network:
        """The network of the last complete step."""
        layers = [layer.replaced(**values) for layer, values in self._good]
        return self._work.with_layers(layers).to(self._dtype)

    def preview(self) -> Network:
        """The network in the making: for pictures only."""
        return self._work

    def _keep(self) -> None:
        self._good: list[tuple[KANLayer, dict[str, Tensor]]] = [
            (layer, {name: p.detach().clone() for name, p in layer.named_parameters()})
            for layer, _ in self._work.stack()
        ]

    @torch.no_grad()
    def _measured(self, step: int) -> Step:
        train, test = (self._sampled(objective)(self._work).loss for objective in (self._train, self._test))
        reg = self._sampled(self._train).reg(self._work)
        return Step(step, self._shown(train), self._shown(test), float(reg))

    def _sampled(self, objective: Objective) -> Objective:
        """With batches, as many rows as one batch has: a measurement must not cost more than a step."""
        batch, rows = self.options.batch, len(objective.x)
        if batch == -1 or batch >= rows:
            return objective
        return objective.on(torch.randint(rows, (batch,), generator=self._order))

    def _shown(self, loss: Tensor) -> float:
        return float(loss.sqrt() if self.options.loss_fn is mean_squared_error else loss)

    def _place_grid(self) -> None:
        if self.options.update_grid and self._grid_is_left():
            with torch.no_grad():
                self._work.update_grid(self._rows())

    @torch.no_grad()
    def _grid_is_left(self) -> bool:
        """Whether a spline's inputs reach beyond its grid, or use little of it."""
        if not self.options.update_grid:
            return False
        x = self._rows()
        for layer, nodes in self._work.stack():
            low, high = grid_range(layer.knots, layer.k)
            used = layer.numeric.any(1)
            width, least, most = high - low, x.amin(0), x.amax(0)
            beyond = torch.maximum(low - least, most - high) > BEYOND * width
            slack = (most - least < USED * width) & (most - least > 1e-3 * width)
            if bool(((beyond | slack) & used).any()):
                return True
            x = nodes.join(layer(x))
        return False

    def _rows(self, most: int = 10_000) -> Tensor:
        x = self._train.x
        return x[:: -(-len(x) // most)]


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


def _finite(step: Step) -> bool:
    return all(abs(v) < float("inf") for v in (step.train_loss, step.test_loss))
