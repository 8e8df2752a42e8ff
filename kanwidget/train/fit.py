"""The blocking form of training: a progress bar, callbacks, and a result that answers like pykan's dictionary."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tqdm.auto import tqdm

from kanwidget.data import Dataset, as_dataset
from kanwidget.errors import OptionError
from kanwidget.model.network import Network
from kanwidget.model.threads import threads_for
from kanwidget.train.options import FitOptions
from kanwidget.train.trainer import Step, Trainer

__all__ = ["Callback", "FitResult", "fit"]

Callback = Callable[[Step], Any]


@dataclass(eq=False)
class FitResult(Mapping[str, list[float]]):
    """The course of a fit; also a mapping of ``train_loss``, ``test_loss``, ``reg`` and the metrics to lists.

    Attributes:
        steps: one entry per complete step.
        metrics: values per metric, by its ``__name__``.
        why: ``"finished"``, ``"converged"``, ``"not finite"`` (the last finite state was kept), ``"patience"``
            or ``"callback"``.
        opt: the optimiser that was used.
    """

    opt: str
    steps: list[Step] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    why: str = "finished"

    @property
    def train_loss(self) -> list[float]:
        return [step.train_loss for step in self.steps]

    @property
    def test_loss(self) -> list[float]:
        return [step.test_loss for step in self.steps]

    @property
    def reg(self) -> list[float]:
        return [step.reg for step in self.steps]

    def __getitem__(self, key: str) -> list[float]:
        if key in ("train_loss", "test_loss", "reg"):
            values: list[float] = getattr(self, key)
            return values
        return self.metrics[key]

    def __iter__(self) -> Iterator[str]:
        return iter(("train_loss", "test_loss", "reg", *self.metrics))

    def __len__(self) -> int:
        return 3 + len(self.metrics)

    def __repr__(self) -> str:
        if not self.steps:
            return f"FitResult({self.opt}, no steps, {self.why})"
        last = self.steps[-1]
        return (
            f"FitResult({self.opt}, {len(self.steps)} steps, {self.why}: train loss {last.train_loss:.3g}, "
            f"test loss {last.test_loss:.3g}, reg {last.reg:.3g})"
        )


def fit(
    model: Network,
    dataset: Any,
    options: FitOptions,
    *,
    metrics: Sequence[Callable[[Network], float]] = (),
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
    if patience is not None and (not isinstance(patience, int) or patience < 1):
        raise OptionError(f"patience={patience!r}: a number of steps of 1 or more is accepted")
    data = as_dataset(dataset)
    with threads_for(model, len(data.train_input)):
        return _fitted(model, data, options, metrics, callbacks, patience, progress)


def _fitted(
    model: Network,
    data: Dataset,
    options: FitOptions,
    metrics: Sequence[Callable[[Network], float]],
    callbacks: Sequence[Callback],
    patience: int | None,
    progress: bool,
) -> FitResult:
    trainer = Trainer(model, data, options)
    result = FitResult(trainer.opt, metrics={_name(m): [] for m in metrics})
    try:
        with tqdm(total=options.steps, disable=not progress, ncols=100) as bar:
            run = trainer.run()
            while len(result.steps) < options.steps and result.why == "finished":
                step = next(run, trainer)
                if step is trainer:
                    result.why = trainer.why
                elif isinstance(step, Step):
                    _record(result, step, trainer, metrics)
                    bar.set_description(_description(step))
                    bar.update()
                    result.why = _verdict(result, step, callbacks, patience)
    finally:
        model.put_layers([layer for layer, _ in trainer.network().stack()])
        adopt(model, data)
    return result


def adopt(model: Network, data: Dataset) -> None:
    """Remember the rows a network was trained on, and the names of their columns unless it has its own."""
    model.set_reference(data.train_input, data.train_label)
    if model.has_default_names:
        model.input_names, model.output_names = data.input_names, data.output_names


def _record(result: FitResult, step: Step, trainer: Trainer, metrics: Sequence[Callable[[Network], float]]) -> None:
    result.steps.append(step)
    if metrics:
        network = trainer.network()
        for metric in metrics:
            result.metrics[_name(metric)].append(float(metric(network)))


def _verdict(result: FitResult, step: Step, callbacks: Sequence[Callback], patience: int | None) -> str:
    answers = [callback(step) for callback in callbacks]
    if any(answer is True for answer in answers):
        return "callback"
    losses = result.test_loss
    if patience is not None and len(losses) > patience and min(losses[-patience:]) >= min(losses[:-patience]):
        return "patience"
    return "finished"


def _name(metric: Callable[[Network], float]) -> str:
    return getattr(metric, "__name__", type(metric).__name__)


def _description(step: Step) -> str:
    return f"train loss: {step.train_loss:.2e} | test loss: {step.test_loss:.2e} | reg: {step.reg:.2e} "
