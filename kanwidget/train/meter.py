"""What a step ended with, measured on the network that the caller gets."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from kanwidget.data import Dataset
from kanwidget.model.network import Network
from kanwidget.train.losses import accuracy, mean_squared_error
from kanwidget.train.objective import Objective, Terms
from kanwidget.train.options import FitOptions

__all__ = ["Meter", "Step", "rows_like"]

MOST_ROWS = 1000  # with batches: a measurement must not cost much more than a step


@dataclass(frozen=True, slots=True)
class Step:
    """What one step ended with.

    Attributes:
        step: number of complete steps of this run.
        train_loss, test_loss: root mean squared error, or ``loss_fn`` as it is; on all rows, when training by
            batches on the same 1,000 rows every time.
        reg: the penalty R, reported also where ``lamb`` is 0.
        train_accuracy, test_accuracy: share of the rows whose most probable class is the label; None where there
            are no classes.
    """

    step: int
    train_loss: float
    test_loss: float
    reg: float
    train_accuracy: float | None = None
    test_accuracy: float | None = None

    @property
    def finite(self) -> bool:
        return all(abs(loss) < float("inf") for loss in (self.train_loss, self.test_loss))


class Meter:
    """Measures networks of one precision on the rows of one data set."""

    def __init__(self, dataset: Dataset, options: FitOptions, like: Network) -> None:
        self._train, self._test = rows_like(dataset, options, like, like.dtype)
        self._root = options.loss is mean_squared_error
        self._classes = dataset.is_classification
        if options.batch != -1:
            self._train, self._test = self._train.thinned(MOST_ROWS), self._test.thinned(MOST_ROWS)

    @torch.no_grad()
    def __call__(self, network: Network, step: int) -> Step:
        train, test = self._train(network), self._test(network)
        losses = self._shown(train.loss), self._shown(test.loss)
        right = self._right(train, self._train), self._right(test, self._test)
        return Step(step, *losses, float(self._train.reg(network)), *right)

    def _right(self, terms: Terms, objective: Objective) -> float | None:
        return accuracy(terms.output, objective.y) if self._classes else None

    def _shown(self, loss: Tensor) -> float:
        return float(loss.sqrt() if self._root else loss)


def rows_like(
    dataset: Dataset, options: FitOptions, network: Network, dtype: torch.dtype
) -> tuple[Objective, Objective]:
    """The objectives on training and test rows, in a precision and on the network's device."""
    data = dataset.to(dtype=dtype, device=network.device)

    def on(x: Tensor, y: Tensor) -> Objective:
        return Objective(network.input_values(x), y, options.lamb, options.penalty, options.loss)

    return on(data.train_input, data.train_label), on(data.test_input, data.test_label)
