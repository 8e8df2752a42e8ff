"""Several starts: what they cure, that they run side by side as they would one by one, and what they leave alone."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest
import torch

from kanwidget import KAN, Dataset, OptionError, create_dataset
from kanwidget.session.session import Session
from kanwidget.train import race as rooms
from kanwidget.train.lm import stack_levenberg_marquardt
from kanwidget.train.meter import rows_like
from kanwidget.train.options import FitOptions
from kanwidget.train.race import beginnings, race
from kanwidget.train.stack import Stack
from kanwidget.train.trainer import Step, Trainer

from ..support import global_random_state, rows, state

PENALTY: dict[str, Any] = {"lamb": 0.01, "lamb_entropy": 10.0}


def odd(**options: Any) -> KAN:
    """Product nodes, a removed edge, a named edge: everything that a structure can have."""
    model = KAN([2, [2, 1], 1], grid=3, dtype=torch.float64, **options)
    model.remove_edge(0, 1, 0)
    model.fix_symbolic(0, 0, 2, "sin", affine=[2.0, 0.1, 0.8, 0.0], verbose=False)
    return model


def finished(model: KAN, dataset: Dataset, options: FitOptions) -> Any:
    """The network that a race ends with."""
    objective, _ = rows_like(dataset, options, model, model.dtype)
    run = race(model, objective, options)
    while True:
        try:
            next(run)
        except StopIteration as end:
            return end.value


# ---------------------------------------------------------------------- what they are for


@pytest.mark.parametrize("seed", [9, 15, 19])
def test_three_starts_find_the_way_that_one_misses(seed: int, dataset: Dataset) -> None:
    def test_loss(starts: int) -> float:
        model = KAN([2, 1, 1], seed=seed, dtype=torch.float64)
        return model.fit(dataset, steps=15, starts=starts, progress=False).test_loss[-1]

    assert test_loss(1) > 0.3
    assert test_loss(3) < 0.01


def test_a_network_that_is_better_than_all_others_goes_on_itself(dataset: Dataset, trained: KAN) -> None:
    before = trained.copy().fit(dataset, steps=1, lamb=1e-3, progress=False).train_loss[-1]
    after = trained.fit(dataset, steps=1, lamb=1e-3, starts=3, progress=False).train_loss[-1]
    assert after <= 1.1 * before


# ---------------------------------------------------------------------- side by side as one by one


@pytest.mark.parametrize("options", [{}, PENALTY, {"lamb": 0.01, "lamb_coef": 0.1, "lamb_coefdiff": 0.05}])
@pytest.mark.parametrize("update_grid", [False, True])
def test_starts_trained_side_by_side_are_those_trained_one_by_one(
    options: dict[str, Any], update_grid: bool, dataset: Dataset
) -> None:
    chosen = FitOptions(starts=4, update_grid=update_grid, **options)
    half = 0.5 if update_grid else 1.0
    for model in (KAN([2, 3, 1], grid_range=(-half, half), dtype=torch.float64), odd()):
        objective, _ = rows_like(dataset, chosen, model, model.dtype)
        networks = beginnings(model, chosen)
        stack = Stack(networks)
        assert len(list(islice(stack_levenberg_marquardt(stack, objective, update_grid=update_grid), 6))) == 6
        for network, raced in zip(networks, stack.networks(), strict=True):
            alone = Trainer(network, dataset, chosen.changed(starts=1))
            list(islice(alone.run(), 6))
            expected, found = objective(alone.network()).total, objective(raced).total
            assert found.item() == pytest.approx(expected.item(), rel=1e-9)


def test_by_adam_too(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "ADAM_ITERATIONS", 25)
    options = FitOptions(opt="Adam", batch=64, lr=0.05, starts=3, **PENALTY)
    model = odd()
    objective, _ = rows_like(dataset, options, model, model.dtype)
    totals = []
    for network in beginnings(model, options):
        alone = Trainer(network, dataset, options.changed(starts=1))
        list(islice(alone.run(), 25))
        totals.append(objective(alone.network()).total.item())
    winner = objective(finished(model, dataset, options)).total.item()
    assert winner == pytest.approx(min(totals), rel=1e-9)


def test_starts_that_do_not_fit_into_memory_together_run_in_turn(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = finished(odd(), dataset, FitOptions(starts=5))
    monkeypatch.setattr(rooms, "MOST_ENTRIES", 1)
    apart = finished(odd(), dataset, FitOptions(starts=5))
    assert torch.allclose(together(dataset.test_input), apart(dataset.test_input), atol=1e-6)


def test_the_winner_has_the_smallest_objective(dataset: Dataset) -> None:
    options = FitOptions(starts=6, **PENALTY)
    model = KAN([2, 2, 1], dtype=torch.float64)
    objective, _ = rows_like(dataset, options, model, model.dtype)
    stack = Stack(beginnings(model, options))
    list(islice(stack_levenberg_marquardt(stack, objective, update_grid=True), rooms.LM_ITERATIONS))
    best = min(objective(network).total.item() for network in stack.networks())
    assert objective(finished(model, dataset, options)).total.item() == best


def test_of_equals_the_first_goes_on(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "_value", lambda network, objective: 0.0)
    monkeypatch.setattr(rooms, "LM_ITERATIONS", 0)
    model = odd()
    assert state(finished(model, dataset, FitOptions(starts=3))) == state(model)


def test_each_start_ends_by_itself() -> None:
    x = rows(30, 1)
    data = Dataset.from_arrays(x, 2 * x, test_size=0.0)
    options = FitOptions(starts=3)
    model = KAN([1, 1], dtype=torch.float64)
    objective, _ = rows_like(data, options, model, model.dtype)
    model.fit(data, steps=100, progress=False)
    stack = Stack(beginnings(model, options))
    ends = [len(list(stack_levenberg_marquardt(stack, objective, update_grid=False)))]
    assert 0 < ends[0] < 1000
    assert all(objective(network).loss < 1e-20 for network in stack.networks())


# ---------------------------------------------------------------------- the starts


def test_the_first_start_is_the_network_and_the_others_share_its_structure() -> None:
    model = odd()
    first, *others = beginnings(model, FitOptions(starts=4))
    assert state(first) == state(model)
    for other in others:
        assert other.symbolic_edges() == model.symbolic_edges() and list(other.edges()) == list(model.edges())
        for (layer, _), (own, _) in zip(other.stack(), model.stack(), strict=True):
            assert torch.equal(layer.knots, own.knots) and torch.equal(layer.affine, own.affine)
            numeric = own.numeric.bool()
            assert (layer.coef != own.coef)[numeric].all() and torch.equal(layer.coef[~numeric], own.coef[~numeric])
    outputs = torch.stack([network(rows(20, 2)) for network in (first, *others)])
    assert torch.pdist(outputs.flatten(1)).min() > 1e-3


def test_a_start_follows_from_the_seed_and_its_number_alone() -> None:
    def drawn(**options: Any) -> list[dict[str, Any]]:
        return [state(network) for network in beginnings(KAN([2, 2, 1], dtype=torch.float64), FitOptions(**options))]

    assert drawn(starts=3) == drawn(starts=5)[:3]
    assert drawn(starts=3, seed=1)[1:] != drawn(starts=3)[1:]
    assert all(
        fresh != state(KAN([2, 2, 1], seed=s, dtype=torch.float64)) for fresh in drawn(starts=3)[1:] for s in (0, 1)
    )


def test_what_is_frozen_is_not_drawn_again(dataset: Dataset) -> None:
    model = KAN([2, 2, 1], dtype=torch.float64)
    model.layer(0).coef.requires_grad_(False)
    before = model.layer(0).coef.detach().clone()
    model.fit(dataset, steps=1, starts=3, update_grid=False, progress=False)
    assert torch.equal(model.layer(0).coef, before) and not model.layer(0).coef.requires_grad


# ---------------------------------------------------------------------- good manners


def test_one_start_is_no_race(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, one = KAN([2, 2, 1], dtype=torch.float64), KAN([2, 2, 1], dtype=torch.float64)
    plain.fit(dataset, steps=3, progress=False)
    monkeypatch.delattr("kanwidget.train.trainer.race")
    one.fit(dataset, steps=3, starts=1, progress=False)
    assert state(plain) == state(one)


def test_the_same_seed_gives_the_same_bits_whatever_the_global_generator(dataset: Dataset) -> None:
    def fitted(global_seed: int, seed: int = 0) -> dict[str, Any]:
        torch.manual_seed(global_seed)
        before = global_random_state()
        model = KAN([2, 2, 1], seed=9, dtype=torch.float64)
        model.fit(dataset, steps=2, starts=3, seed=seed, progress=False)
        assert global_random_state() == before
        return state(model)

    assert fitted(1) == fitted(2)


@pytest.mark.parametrize(
    "options",
    [
        {"opt": "LM"},
        {"opt": "LBFGS"},
        {"opt": "Adam"},
        {"opt": "AdamW", "batch": 32},
        {"batch": 50, "lamb": 0.1},
        {"loss_fn": lambda p, y: (p - y).abs().mean()},
    ],
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_every_optimiser_takes_starts(options: dict[str, Any], dtype: torch.dtype, dataset: Dataset) -> None:
    model = KAN([2, 2, 1], seed=9, dtype=dtype)
    result = model.fit(dataset, steps=2, starts=2, progress=False, **options)
    assert [step.step for step in result.steps] == [1, 2]
    assert model.dtype == dtype and all(p.dtype == dtype for p in model.parameters())
    measured = Trainer(model, dataset, FitOptions(**options)).last
    assert measured.train_loss == pytest.approx(result.train_loss[-1], rel=1e-6)


@pytest.mark.parametrize("what", ["named", "frozen"])
def test_a_network_without_free_splines_has_nothing_to_race(what: str, dataset: Dataset) -> None:
    model = KAN([2, 1], dtype=torch.float64)
    for i in range(2 if what == "named" else 1):
        model.fix_symbolic(0, i, 0, "x^2", verbose=False)
    if what == "frozen":
        for name in ("coef", "scale_base", "scale_sp"):
            getattr(model.layer(0), name).requires_grad_(False)
    other = model.copy()
    model.fit(dataset, steps=3, starts=3, progress=False)
    other.fit(dataset, steps=3, progress=False)
    assert state(model) == state(other)


def test_the_race_is_inside_the_first_step_and_can_be_left_between_iterations(dataset: Dataset) -> None:
    model = KAN([2, 2, 1], dtype=torch.float64)
    before = state(model)
    training = Trainer(model, dataset, FitOptions(starts=3))
    run = training.run()
    for _ in range(rooms.LM_ITERATIONS):
        assert next(run) is None
        assert state(training.network()) == before
    first = next(run)
    assert isinstance(first, Step) and first.step == 1
    assert state(model) == before and state(training.network()) != before


def test_an_interrupted_race_leaves_the_network_as_it_was(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0
    totals = Stack.totals

    def interrupting(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 12:
            raise KeyboardInterrupt
        return totals(*args)

    monkeypatch.setattr(Stack, "totals", interrupting)
    model = KAN([2, 2, 1], dtype=torch.float64)
    before = [p.detach().clone() for p in model.parameters()]
    with pytest.raises(KeyboardInterrupt):
        model.fit(dataset, starts=3, progress=False)
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))
    assert torch.is_grad_enabled()


def test_no_steps_are_no_race(dataset: Dataset) -> None:
    model = KAN([2, 2, 1], dtype=torch.float64)
    before = [p.detach().clone() for p in model.parameters()]
    assert model.fit(dataset, steps=0, starts=3, progress=False).steps == []
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))


def test_starts_that_overflow_are_not_chosen() -> None:
    x = rows(50, 2)
    model = KAN([2, 2, 1], dtype=torch.float64)
    result = model.fit((x, 1e200 * x[:, 0]), steps=4, starts=3, progress=False)
    assert result.why == "not finite"
    assert all(bool(torch.isfinite(p).all()) for p in model.parameters())


@pytest.mark.parametrize("bad", [0, -1, 65, 2.0, "3", None, True, [2]])
def test_other_numbers_of_starts_are_refused(bad: Any) -> None:
    with pytest.raises(OptionError, match=r"starts=.*an integer from 1 to 64 is accepted"):
        FitOptions(starts=bad)


def test_the_code_of_a_session_repeats_the_race() -> None:
    data = create_dataset(lambda x: torch.sin(3 * x[:, [0]]) + x[:, [1]], train_num=60, test_num=20)
    session = Session(KAN([2, 2, 1], seed=9, dtype=torch.float64), data, starts=3, seed=5)
    session.advance(float("inf"), steps=2)
    session.stop()
    space: dict[str, Any] = {"dataset": data}
    exec(session.code(), space)  # noqa: S102 - the script is the thing under test
    assert state(space["model"]) == state(session.model)
