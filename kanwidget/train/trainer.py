"""Training as an iterator of steps.

The trainer works on a copy: whoever drives it may stop between any two iterations, drop it at any moment, and ask
for the network of the last complete step.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from kanwidget.data import Dataset
from kanwidget.errors import DataError
from kanwidget.model.guard import is_small, no_gradients
from kanwidget.model.layer import KANLayer
from kanwidget.model.network import Network
from kanwidget.train.meter import Meter, Step, rows_like
from kanwidget.train.moving import GRID_EVERY, GRID_ROWS, grids_are_left, some
from kanwidget.train.objective import Objective
from kanwidget.train.optimisers import STOCHASTIC, chosen, iterations
from kanwidget.train.options import FitOptions
from kanwidget.train.race import race
from kanwidget.train.schedule import GridFit, Search, finer, held_back

__all__ = ["Step", "Trainer", "check_columns", "check_finite"]

Course = Generator[Step | None, None, str]  # steps as they are completed; why they ended


class Trainer:
    """Trains a copy of ``model`` on ``dataset``.

    Attributes:
        opt: the optimiser in use.
        why: why the run ended: ``""`` while it can go on, ``"converged"``, ``"not finite"``, or ``"finished"`` at
            the end of a schedule of grids.
        last: the last complete step.
        grids: the grids trained on so far, the current one last.
        moved: the steps before which the grids were moved after the values.
    """

    opt: str
    _work: Network
    _objective: Objective

    def __init__(self, model: Network, dataset: Dataset, options: FitOptions) -> None:
        check_columns(model, dataset)
        check_finite(model, dataset)
        self.options = options = options.suited(dataset)
        self._dataset, self._dtype = dataset, model.dtype
        self._measure = Meter(dataset, options, model)
        self._take_up(model.copy())
        self._keep()
        self.last = self._measured(0)
        self.grids: list[GridFit] = []
        self.moved: list[int] = []
        self.why = "" if self.last.finite else "not finite"

    def run(self) -> Iterator[Step | None]:
        """Iterate: None after an iteration inside a step, a :class:`Step` after one that completes it.

        Where nothing can be improved from the start, one step that changed nothing is reported. With a schedule of
        grids, ``options.steps`` is the length of the training on each, otherwise the run has no end of its own.
        """
        if self.why:
            return
        if self.options.refine is None:
            self.why = yield from self._trained(None)
        elif isinstance(self.options.refine, str):
            self.why = yield from self._searched(self.options.steps)
        else:
            self.why = yield from self._scheduled(self.options.refine, self.options.steps)

    def _trained(self, most: int | None, done: Callable[[Network], bool] = lambda network: False) -> Course:
        """Up to so many steps of the network at hand, on the rows at hand, fewer where it is ``done``."""
        begun, iterator = self.last.step, None
        self.grids.append(GridFit(self._work.grid))
        if begun == 0 and self.options.starts > 1:
            self._work = yield from race(self._work, self._objective, self.options)
        while self.last.step - begun != most:
            moved = self._grid_moved(self.last.step - begun)
            if iterator is None or (moved and self.opt not in STOCHASTIC):
                iterator = iterations(self.opt, self._work, self._objective, self.options)
            why = "converged"
            for complete in iterator:
                if complete:
                    why = ""
                    break
                yield None
            if why and self.last.step > begun:
                return why
            measured = self._measured(self.last.step + 1)
            if not measured.finite:
                return "not finite"
            self._complete(measured)
            yield measured
            if why or done(self._work):
                return why
        return ""

    def _scheduled(self, grids: Sequence[int], steps: int) -> Course:
        """The grid that there is, then each of these, unless the first of them is it."""
        stages = [[grid] * self._work.depth for grid in grids]
        why = ""
        for stage in stages if self._work.grid == stages[0] else [self._work.grid, *stages]:
            if stage != self._work.grid:
                self._take_up(self._work.refine(stage))
            why = yield from self._trained(steps)
            if why == "not finite":
                break
        return why or "finished"

    def _searched(self, steps: int) -> Course:
        """Finer and finer grids on four fifths of the rows, then the best of them on all."""
        network = self._finer()
        if network is None:
            return (yield from self._trained(steps)) or "finished"
        training, held = held_back(self._objective)
        search = Search(held, steps)
        while True:
            self._objective = training
            why = yield from self._trained(steps, search.settled)
            if why == "not finite":
                break
            self.grids[-1] = replace(self.grids[-1], held_back=search.tried(self._work))
            network = self._finer()
            if search.over or network is None:
                break
            self._take_up(network)
        if search.best is not None:
            self._take_up(search.best)
            self._keep()
            self.last = self._measured(self.last.step)
            why = yield from self._trained(steps)
        return why or "finished"

    def _finer(self) -> Network | None:
        """The network at hand on twice as many intervals, where these and the optimiser's means allow it."""
        rows = len(self._dataset.train_input)
        grid = finer(self._work.grid, rows)
        network = None if grid is None else self._work.refine(grid)
        return network if network is not None and chosen(network, rows, self.options) == self.opt else None

    def _take_up(self, network: Network) -> None:
        """Train this network from now on, on all rows.

        In double precision, where its optimiser needs that (LM squares condition numbers) or where it costs little:
        in single precision the line searches of LBFGS fail long before the minimum.
        """
        rows = len(self._dataset.train_input)
        self.opt = chosen(network, rows, self.options)
        cheap = network.device.type == "cpu" and is_small(network, rows)
        if self.opt == "LM" or (self.opt == "LBFGS" and cheap):
            network = network.double()
        self._work = network
        self._objective, _ = rows_like(self._dataset, self.options, network, network.dtype)

    def network(self) -> Network:
        """The network of the last complete step."""
        layers = [layer.replaced(knots=knots, **values) for layer, knots, values in self._good]
        return self._work.with_layers(layers).to(self._dtype)

    def preview(self) -> Network:
        """The network in the making: for pictures only."""
        return self._work

    def _complete(self, step: Step) -> None:
        self.last, self.grids[-1] = step, replace(self.grids[-1], steps=self.grids[-1].steps + 1)
        self._keep()

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
        if not self.options.update_grid or not due or not grids_are_left(self._work, some(self._objective.x)):
            return False
        self._work.update_grid_from(some(self._objective.x))
        self.moved.append(self.last.step)
        return True


@no_gradients
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
            f"train_input: the network has no finite value on {int(bad.sum())} row(s), the first is row {row}: "
            "rescale the columns, or unfix a function outside its domain"
        )


def check_columns(model: Network, dataset: Dataset) -> None:
    """Columns of the table against what the network takes and gives.

    Raises:
        DataError: they differ.
    """
    for what, columns, nodes in (
        ("input", dataset.train_input.shape[1], model.columns),
        ("label", dataset.train_label.shape[1], model.width[-1].count),
    ):
        if columns != nodes and not (what == "label" and dataset.is_classification):
            raise DataError(
                f"dataset: train_{what} has {columns} column(s), the network has {nodes} {what}(s): "
                "both need the same number; change width or the columns"
            )
    outputs = model.width[-1].count
    if outputs not in dataset.widths:
        raise DataError(
            f"dataset: the labels have {len(dataset.classes)} classes, the network has {outputs} output(s): "
            f"{' or '.join(map(str, dataset.widths))} is accepted; change width"
        )
