"""Grids one after the other: as they are listed, or as rows decide that training does not see."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from kanwidget import KAN, Dataset, OptionError, create_dataset
from kanwidget.session.session import Session
from kanwidget.train.fit import FitResult
from kanwidget.train.options import FitOptions
from kanwidget.train.schedule import held_back
from kanwidget.train.trainer import Step, Trainer

from ..support import rows, state
from .test_interrupts import Interruption, parameters


def wave(train_num: int = 300, noise: float = 0.0) -> Dataset:
    return create_dataset(lambda x: torch.sin(12 * x[:, [0]]), n_var=1, train_num=train_num, noise=noise)


def one(**options: Any) -> KAN:
    return KAN([1, 1], **({"dtype": torch.float64} | options))


def fit(model: KAN, dataset: Any, **options: Any) -> FitResult:
    return model.fit(dataset, progress=False, **({"steps": 8} | options))


# ---------------------------------------------------------------------- chosen by rows held back


def test_a_wave_gets_a_finer_grid() -> None:
    model, coarse = one(grid=3), one(grid=3)
    result = fit(model, wave(), refine="auto")
    assert model.grid[0] >= 24
    assert result.test_loss[-1] < 1e-3 * fit(coarse, wave()).test_loss[-1]


def test_a_line_stays_coarse() -> None:
    x = rows(200, 1)
    model = one()
    result = fit(model, (x, 2 * x + 1), refine="auto")
    assert model.grid == [5] and result.test_loss[-1] < 1e-8


@pytest.mark.parametrize("noise", [0.1, 0.5])
def test_noise_is_not_learnt(noise: float, dataset: Dataset) -> None:
    x = rows(200, 1)
    y = x**2 + noise * torch.randn(200, 1, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    model = one()
    fit(model, (x, y), refine="auto")
    assert model.grid == [5]


def test_the_rows_held_back_are_a_fifth_of_the_training_rows_evenly_spread() -> None:
    objective = Trainer(one(), wave(100), FitOptions())._objective
    training, held = held_back(objective)
    assert (len(training.x), len(held.x)) == (80, 20)
    together = torch.cat([training.x, held.x]).flatten()
    assert torch.equal(together.sort().values, objective.x.flatten().sort().values)
    at = (objective.x == held.x.T).any(1).nonzero().flatten()
    assert (at.diff() == 5).all()


def test_test_rows_are_never_looked_at(dataset: Dataset) -> None:
    def fitted(**test: Any) -> tuple[dict[str, Any], list[Any]]:
        model = KAN([2, 2, 1], grid=3, dtype=torch.float64)
        result = fit(model, {**dataset, **test}, refine="auto", starts=2, steps=5)
        return state(model), result.grids

    nonsense = {"test_input": rows(50, 2, seed=7) ** 3, "test_label": 100 * rows(50, 1, seed=8)}
    assert fitted() == fitted(**nonsense)


def test_the_result_says_what_was_tried() -> None:
    model = one(grid=3)
    result = fit(model, wave(), refine="auto")
    *tried, last = result.grids
    assert [g.grid for g in tried] == [[3 * 2**n] for n in range(len(tried))]
    assert sum(g.steps for g in result.grids) == len(result.steps)
    assert all(0 < g.steps <= 8 and g.held_back is not None for g in tried)
    best = min(tried, key=lambda g: g.held_back)
    assert last.grid == model.grid and last.held_back is None
    error = {g.grid[0]: g.held_back for g in tried}[model.grid[0]]
    assert best.held_back <= error <= best.held_back / 0.9  # a finer one has to be better by a tenth


def test_all_rows_are_trained_on_in_the_end() -> None:
    """A peak that one held-back row alone shows is learnt."""
    data = wave(40)
    x, y = data.train_input, data.train_label.clone()
    y[2] += 5.0
    model = one(grid=2)
    fit(model, Dataset.from_arrays(x, y, test_size=0.0), refine="auto", steps=20)
    without = one(grid=model.grid[0])
    at = torch.arange(40) % 5 != 2
    fit(without, Dataset.from_arrays(x[at], y[at], test_size=0.0), steps=20)
    assert (model(x[2:3]) - y[2]).abs() < (without(x[2:3]) - y[2]).abs()


def test_too_few_rows_for_a_finer_grid_are_all_trained_on() -> None:
    x = rows(12, 1)
    model, plain = one(), one()
    data = Dataset.from_arrays(x, x.sin(), test_size=0.0)
    result = fit(model, data, refine="auto")
    fit(plain, data)
    assert state(model) == state(plain)
    assert [(g.grid, g.held_back) for g in result.grids] == [([5], None)]


@pytest.mark.parametrize("options", [{"opt": "LBFGS", "steps": 3}, {"opt": "Adam", "lr": 0.05, "steps": 60}])
def test_other_optimisers_choose_too(options: dict[str, Any]) -> None:
    model, coarse = one(grid=3), one(grid=3)
    result = fit(model, wave(), refine="auto", **options)
    assert model.grid[0] >= 12
    assert result.test_loss[-1] < 0.5 * fit(coarse, wave(), **options).test_loss[-1]


def test_layers_with_grids_of_their_own_keep_their_proportions(dataset: Dataset) -> None:
    model = KAN([2, 2, 1], grid=[4, 2], dtype=torch.float64)
    fit(model, dataset, refine="auto")
    assert model.grid[0] == 2 * model.grid[1]


def test_a_grid_that_levenberg_marquardt_cannot_train_is_not_tried() -> None:
    data = create_dataset(lambda x: torch.sin(20 * x[:, [0]]) * x[:, [1]], train_num=400, test_num=50)
    result = fit(KAN([2, 6, 1], grid=20, dtype=torch.float64), data, refine="auto", steps=2)
    assert result.opt == "LM" and max(g.grid[0] for g in result.grids) == 40


def test_a_loss_of_the_users_own_decides() -> None:
    def negative_likelihood(prediction: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        return (prediction - label).square().mean().add(1e-6).log()

    model = one(grid=3)
    result = fit(model, wave(), refine="auto", loss_fn=negative_likelihood, steps=4)
    assert model.grid[0] >= 12 and result.test_loss[-1] < -3


# ---------------------------------------------------------------------- as listed


def test_a_list_is_followed_to_its_end() -> None:
    model = one(grid=3)
    result = fit(model, wave(), refine=[5, 10, 20], steps=3)
    assert [(g.grid, g.steps, g.held_back) for g in result.grids] == [([g], 3, None) for g in (3, 5, 10, 20)]
    assert [step.step for step in result.steps] == list(range(1, 13))
    assert (model.grid, result.why) == ([20], "finished")
    assert result.test_loss[-1] == pytest.approx(Trainer(model, wave(), FitOptions()).last.test_loss)


def test_a_list_that_begins_with_the_grid_that_there_is_does_not_train_on_it_twice() -> None:
    first, second = one(), one()
    fit(first, wave(), refine=[5, 10], steps=3)
    fit(second, wave(), refine=(10,), steps=3)
    assert state(first) == state(second)


def test_a_schedule_is_what_fit_and_refine_do_by_hand() -> None:
    model, by_hand = one(), one()
    fit(model, wave(), refine=[10, 20], steps=3)
    for grid in (5, 10, 20):
        by_hand = by_hand.refine(grid) if grid != 5 else by_hand
        fit(by_hand, wave(), steps=3)
    assert torch.allclose(model(rows(50, 1)), by_hand(rows(50, 1)), atol=1e-12)


def test_all_rows_are_trained_on_from_the_start() -> None:
    model, plain = one(), one()
    steps: list[Step] = []
    fit(model, wave(), refine=[10], steps=3, callbacks=[steps.append])
    assert fit(plain, wave(), steps=3).steps == steps[:3]


def test_an_exact_fit_still_ends_on_the_grid_that_was_asked_for() -> None:
    x = rows(60, 1)
    model = one()
    result = fit(model, (x, 2 * x), refine=[10, 20], steps=60)
    assert model.grid == [20] and all(g.steps >= 1 for g in result.grids)
    assert result.train_loss[-1] < 1e-9


def test_large_grids_change_the_optimiser_where_there_is_a_choice() -> None:
    data = create_dataset(lambda x: x.sum(1, keepdim=True).sin(), n_var=3, train_num=100, test_num=20)
    result = fit(KAN([3, 5, 1], dtype=torch.float64), data, refine=[60], steps=1)
    assert result.opt == "LBFGS"


# ---------------------------------------------------------------------- stopping


@pytest.mark.parametrize("refine", ["auto", [6, 12]])
def test_callbacks_stop_on_any_grid(refine: Any) -> None:
    seen: list[Step] = []
    model = one(grid=3)
    result = fit(model, wave(), refine=refine, callbacks=[seen.append, lambda step: step.step == 11])
    assert seen == result.steps and [step.step for step in seen] == list(range(1, 12))
    assert result.why == "callback"
    assert Trainer(model, wave(), FitOptions()).last.test_loss == pytest.approx(result.test_loss[-1])


def test_patience_ends_the_schedule() -> None:
    data = {**wave(), "test_label": 1e3 * rows(1000, 1)}
    result = fit(one(grid=3), data, refine=[6, 12, 24], steps=20, patience=3)
    assert result.why == "patience" and len(result.steps) < 60


def test_no_steps_leave_the_grid_alone() -> None:
    model = one()
    before = [p.detach().clone() for p in model.parameters()]
    assert fit(model, wave(), refine=[10], steps=0).steps == []
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))


@pytest.mark.parametrize("refine", ["auto", [4, 7]])
def test_an_interrupt_at_any_moment_leaves_a_complete_step(refine: Any) -> None:
    x = rows(60, 1)
    data = Dataset.from_arrays(x, torch.sin(6 * x), test_size=0.0)
    complete: list[dict[str, Any]] = []

    def keep(network: Any) -> float:
        complete.append(parameters(network))
        return 0.0

    def start() -> KAN:
        return KAN([1, 1], grid=3, grid_range=(-0.5, 0.5), dtype=torch.float64)

    model = start()
    complete.append(parameters(model))
    fit(model, data, refine=refine, starts=2, steps=3, metrics=[keep])
    model = start()
    count = Interruption(lambda: fit(model, data, refine=refine, starts=2, steps=3)).lines()
    seen = set()
    for moment in range(1, 31):
        model = start()
        assert Interruption(lambda model=model: fit(model, data, refine=refine, starts=2, steps=3)).before(
            count * moment // 31
        )
        assert parameters(model) in complete
        seen.add(complete.index(parameters(model)))
    assert len(seen) >= 5


def test_an_overflow_on_a_finer_grid_keeps_the_last_finite_state() -> None:
    calls = 0

    def turning(prediction: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        nonlocal calls
        calls += 1
        return (prediction - label).square().mean() * (float("nan") if calls >= 600 else 1.0)

    model = one(grid=3)
    result = fit(model, wave(), refine=[6, 12, 24, 48, 96], steps=5, loss_fn=turning)
    assert result.why == "not finite"
    assert all(bool(torch.isfinite(p).all()) for p in model.parameters())


# ---------------------------------------------------------------------- the door


@pytest.mark.parametrize("bad", ["best", "", 10, 0, [], [0], [5, -1], [5.0], ["auto"], [True], True, {5: 10}])
def test_other_schedules_are_refused(bad: Any) -> None:
    with pytest.raises(OptionError, match=r"refine=.*None, 'auto', or a list of integers of 1 or more is accepted"):
        FitOptions(refine=bad)


def test_options_do_not_follow_a_list_that_changes() -> None:
    grids = [10, 20]
    options = FitOptions(refine=grids)
    grids.append(0)
    assert options == FitOptions(refine=(10, 20))


@pytest.mark.parametrize("refine", ["auto", [6, 12]])
@pytest.mark.parametrize("steps", [2, 7, 100])
def test_the_code_of_a_session_repeats_the_schedule(refine: Any, steps: int) -> None:
    session = Session(one(grid=3), wave(60), steps=4, refine=refine)
    progress = session.advance(float("inf"), steps=steps)
    assert progress.steps <= steps and (steps < 100 or progress.why)
    session.stop()
    space: dict[str, Any] = {"dataset": wave(60)}
    exec(session.code(), space)  # noqa: S102 - the script is the thing under test
    assert state(space["model"]) == state(session.model)
