"""The blocking form of training: a progress bar, callbacks, and a result that answers like pykan's dictionary."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch

from kanwidget.data import Dataset, as_dataset
from kanwidget.errors import OptionError
from kanwidget.model.guard import at_work, uninterrupted
from kanwidget.model.network import Network
from kanwidget.model.shortage import shortage_told
from kanwidget.train.options import FitOptions
from kanwidget.train.schedule import GridFit
from kanwidget.train.trainer import Step, Trainer, check_columns

__all__ = ["Callback", "FitResult", "fit"]

Callback = Callable[[Step], Any]
Metric = Callable[[Network], float]


@dataclass(eq=False)
class FitResult(Mapping[str, list[float]]):
    """The course of a fit; also a mapping of ``train_loss``, ``test_loss``, ``reg`` and the metrics to lists; with
    classes also of ``train_accuracy`` and ``test_accuracy``.

    Attributes:
        steps: one entry per complete step.
        metrics: values per metric, by its ``__name__``.
        why: ``"finished"``, ``"converged"``, ``"not finite"`` (the last finite state was kept), ``"patience"``
            or ``"callback"``.
        opt: the optimiser that was used, on the last grid where there were several.
        grids: the grids that were trained on, in order, each with its number of steps; those that ``refine="auto"``
            tried with their error on the rows held back.
    """

    opt: str
    steps: list[Step] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    why: str = "finished"
    grids: list[GridFit] = field(default_factory=list)

    @property
    def train_loss(self) -> list[float]:
        return [step.train_loss for step in self.steps]

    @property
    def test_loss(self) -> list[float]:
        return [step.test_loss for step in self.steps]

    @property
    def reg(self) -> list[float]:
        return [step.reg for step in self.steps]

    @property
    def train_accuracy(self) -> list[float]:
        """Share of the training rows that were told right, step by step; empty where there are no classes."""
        return [step.train_accuracy for step in self.steps if step.train_accuracy is not None]

    @property
    def test_accuracy(self) -> list[float]:
        return [step.test_accuracy for step in self.steps if step.test_accuracy is not None]

    def __getitem__(self, key: str) -> list[float]:
        if key in self._own:
            values: list[float] = getattr(self, key)
            return values
        return self.metrics[key]

    def __iter__(self) -> Iterator[str]:
        return iter((*self._own, *self.metrics))

    def __len__(self) -> int:
        return len(self._own) + len(self.metrics)

    @property
    def _own(self) -> tuple[str, ...]:
        names = ("train_loss", "test_loss", "reg")
        return (*names, "train_accuracy", "test_accuracy") if self.train_accuracy else names

    def __repr__(self) -> str:
        if not self.steps:
            return f"FitResult({self.opt}, no steps, {self.why})"
        last = self.steps[-1]
        right = "" if last.test_accuracy is None else f", test accuracy {last.test_accuracy:.1%}"
        return (
            f"FitResult({self.opt}, {len(self.steps)} steps, {self.why}: train loss {last.train_loss:.3g}, "
            f"test loss {last.test_loss:.3g}, reg {last.reg:.3g}{right})"
        )


@shortage_told()
def fit(
    model: Network,
    dataset: Any,
    options: FitOptions,
    *,
    metrics: Sequence[Metric] = (),
    callbacks: Sequence[Callback] = (),
    patience: int | None = None,
    progress: bool = True,
) -> FitResult:
    """Train ``model``; it changes once, at the end, also when interrupted: then to the last complete step.

    Args:
        dataset: whatever :func:`kanwidget.data.as_dataset` accepts.
        metrics: functions of the network, evaluated after every step.
        callbacks: called with every :class:`Step`; one that returns True ends the fit.
        patience: end when the test loss has not improved for so many steps.
        progress: show a bar.
    """
    if patience is not None and (not isinstance(patience, int) or isinstance(patience, bool) or patience < 1):
        raise OptionError(f"patience={patience!r}: a number of steps of 1 or more is accepted")
    _check_callables("metrics", metrics)
    _check_callables("callbacks", callbacks)
    data = as_dataset(dataset)
    check_columns(model, data)
    options = options.suited(data)
    _check_loss(model, data, options)
    with at_work(model, len(data.train_input)):
        return _fitted(model, data, options, metrics, callbacks, patience, progress)


def _fitted(
    model: Network,
    data: Dataset,
    options: FitOptions,
    metrics: Sequence[Metric],
    callbacks: Sequence[Callback],
    patience: int | None,
    progress: bool,
) -> FitResult:
    trainer = Trainer(model, data, options)
    named = _named(metrics)
    result = FitResult(trainer.opt, metrics={name: [] for name in named}, why="", grids=trainer.grids)
    most = None if options.refine else options.steps  # a schedule of grids has an end of its own
    try:
        with _bar(most, shown=progress) as tell:
            for step in trainer.run() if options.steps else ():
                if isinstance(step, Step):
                    _record(result, step, trainer, named)
                    tell(step)
                    result.why = _verdict(result, step, callbacks, patience)
                    if result.why or len(result.steps) == most:
                        break
        result.why, result.opt = result.why or trainer.why or "finished", trainer.opt
    finally:
        with uninterrupted():
            model.put_layers([layer for layer, _ in trainer.network().stack()])
            adopt(model, data)
    return result


@contextmanager
def _bar(total: int | None, *, shown: bool) -> Iterator[Callable[[Step], None]]:
    """A progress bar, as what is told of every step.

    An interrupt inside of tqdm would leave its lock behind, and every later bar of another thread would wait for it.
    """
    if not shown:
        yield lambda step: None
        return
    with uninterrupted():
        from tqdm.auto import tqdm  # here, for those who import kanwidget and fit nothing

        bar = tqdm(total=total, ncols=100)

    def tell(step: Step) -> None:
        with uninterrupted():
            bar.set_description(_description(step))
            bar.update()

    try:
        yield tell
    finally:
        with uninterrupted():
            bar.close()


def _check_callables(name: str, values: Any) -> None:
    if not isinstance(values, list | tuple) or not all(callable(value) for value in values):
        raise OptionError(f"{name}={values!r}: a list of callables is accepted")


def _check_loss(model: Network, data: Dataset, options: FitOptions) -> None:
    """Try ``loss_fn`` on a few rows before anything happens."""
    rows = data.to(dtype=model.dtype, device=model.device)
    with torch.enable_grad():
        prediction = model(rows.train_input[:2]).detach().requires_grad_()
        try:
            loss = options.loss(prediction, rows.train_label[:2])
        except Exception as error:
            raise OptionError(f"loss_fn failed on predictions of shape {tuple(prediction.shape)}: {error}") from error
    if not isinstance(loss, torch.Tensor) or loss.ndim or not loss.requires_grad:
        raise OptionError(
            f"loss_fn returned {loss!r}: one number as a tensor that depends on the prediction is accepted"
        )


def adopt(model: Network, data: Dataset) -> None:
    """Remember the rows a network was trained on, what its classes are, and the names of the columns unless it has its
    own. Classes are no truth that logits could be compared with: formulas are then judged by the network's own."""
    model.set_reference(data.train_input, None if data.is_classification else data.train_label)
    model.classes = data.classes
    if model.has_default_names:
        model.input_names, model.output_names = data.input_names, data.names_of(model.width[-1].count)


def _record(result: FitResult, step: Step, trainer: Trainer, metrics: dict[str, Metric]) -> None:
    result.steps.append(step)
    if metrics:
        network = trainer.network()
        for name, metric in metrics.items():
            result.metrics[name].append(float(metric(network)))


def _verdict(result: FitResult, step: Step, callbacks: Sequence[Callback], patience: int | None) -> str:
    answers = [callback(step) for callback in callbacks]
    if any(answer is True for answer in answers):
        return "callback"
    losses = result.test_loss
    if patience is not None and len(losses) > patience and min(losses[-patience:]) >= min(losses[:-patience]):
        return "patience"
    return ""


def _named(metrics: Sequence[Metric]) -> dict[str, Metric]:
    """Metrics by their names; a second one of the same name gets a number."""
    named: dict[str, Metric] = {}
    for metric in metrics:
        name = base = getattr(metric, "__name__", type(metric).__name__)
        count = 2
        while name in named:
            name, count = f"{base}_{count}", count + 1
        named[name] = metric
    return named


def _description(step: Step) -> str:
    right = "" if step.test_accuracy is None else f"| test accuracy: {step.test_accuracy:.1%} "
    return f"train loss: {step.train_loss:.2e} | test loss: {step.test_loss:.2e} | reg: {step.reg:.2e} {right}"
