"""Training as an iterator that may be stopped, watched and dropped between any two iterations."""

from __future__ import annotations

import pytest
import torch

from kanwidget import KAN, DataError, Dataset
from kanwidget.train.options import FitOptions
from kanwidget.train.trainer import Step, Trainer

from ..support import rows, state


def trainer(dataset: Dataset, opt: str = "LM", **options: object) -> Trainer:
    return Trainer(KAN([2, 2, 1], dtype=torch.float64), dataset, FitOptions(opt=opt, **options))


@pytest.mark.parametrize("opt", ["LM", "LBFGS", "Adam"])
def test_it_yields_until_it_is_left_and_the_given_network_is_never_touched(opt: str, dataset: Dataset) -> None:
    model = KAN([2, 2, 1], dtype=torch.float64)
    before = state(model)
    run = Trainer(model, dataset, FitOptions(opt=opt)).run()
    steps = [step for step in (next(run) for _ in range(60)) if step is not None]
    assert [step.step for step in steps] == list(range(1, len(steps) + 1))
    assert steps[-1].train_loss < steps[0].train_loss
    assert state(model) == before


def test_lbfgs_can_be_left_inside_a_step(dataset: Dataset) -> None:
    training = trainer(dataset, "LBFGS")
    run = training.run()
    while next(run) is None:
        pass
    complete = state(training.network())
    assert next(run) is None
    assert state(training.network()) == complete
    assert any(
        not torch.equal(a, b)
        for a, b in zip(training.preview().parameters(), training.network().parameters(), strict=True)
    )


def test_before_the_first_step_the_network_is_the_given_one(dataset: Dataset) -> None:
    model = KAN([2, 2, 1], dtype=torch.float64)
    training = Trainer(model, dataset, FitOptions())
    x = dataset.train_input
    assert torch.equal(training.network()(x), model(x))
    assert training.last.step == 0
    assert training.last.train_loss == pytest.approx((model(x) - dataset.train_label).square().mean().sqrt().item())


def test_the_last_step_is_that_of_the_network(dataset: Dataset) -> None:
    training = trainer(dataset, lamb=0.01)
    run = training.run()
    for _ in range(5):
        step = next(run)
        assert step is training.last and isinstance(step, Step)
        error = (training.network()(dataset.test_input) - dataset.test_label).square().mean().sqrt()
        assert step.test_loss == pytest.approx(error.item(), rel=1e-9)


def test_networks_that_were_handed_out_do_not_change_any_more(dataset: Dataset) -> None:
    training = trainer(dataset)
    run = training.run()
    next(run)
    first = training.network()
    before = state(first)
    next(run)
    assert state(first) == before
    assert state(training.network()) != before


def test_two_trainers_take_turns_without_disturbing_each_other(dataset: Dataset) -> None:
    alone = trainer(dataset)
    run = alone.run()
    for _ in range(4):
        next(run)
    one, two = trainer(dataset), trainer(dataset, lamb=0.1)
    runs = one.run(), two.run()
    for _ in range(4):
        for run in runs:
            next(run)
    assert state(one.network()) == state(alone.network())
    assert state(two.network()) != state(alone.network())


def test_it_ends_when_it_has_converged_and_stays_ended() -> None:
    x = rows(30, 1)
    training = Trainer(KAN([1, 1], dtype=torch.float64), Dataset.from_arrays(x, 2 * x), FitOptions(opt="LM"))
    steps = list(training.run())
    assert training.why == "converged" and len(steps) < 1000
    assert list(training.run()) == []


def test_columns_are_checked_before_anything_starts(dataset: Dataset) -> None:
    with pytest.raises(DataError, match="network has 3"):
        Trainer(KAN([3, 1]), dataset, FitOptions())
