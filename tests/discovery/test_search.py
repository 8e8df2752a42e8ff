"""What a search promises, whatever it finds."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp
import torch
from torch import Tensor

from kanwidget import Dataset, OptionError, SymbolicError, create_dataset, discover
from kanwidget.discovery.result import Discovery

from ..support import global_random_state, rows

GENEROUS = 60.0  # seconds; a search for a law ends long before


def table(f: Callable[[Tensor], Tensor], columns: int, low: float = -1.0, high: float = 1.0) -> Dataset:
    return create_dataset(f, n_var=columns, ranges=(low, high), train_num=240, test_num=80)


def columns(f: Callable[..., Tensor]) -> Callable[[Tensor], Tensor]:
    """A function of columns as one of a table."""
    return lambda x: f(*x.T)


x, y, z, w = sp.symbols("x_1:5")
LAWS: dict[str, tuple[Dataset, sp.Expr]] = {
    "product": (table(columns(lambda a, b: a * b), 2), x * y),
    "sum under exp": (
        table(columns(lambda a, b: torch.exp(torch.sin(math.pi * a) + b**2)), 2),
        sp.exp(sp.sin(sp.pi * x) + y**2),
    ),
    "polynomial": (table(columns(lambda a: 2 * a**3 - a + 0.5), 1), 2 * x**3 - x + sp.Rational(1, 2)),
    "power law": (table(columns(lambda a, b: a**1.5 / b**2), 2, 1.0, 3.0), x ** sp.Rational(3, 2) / y**2),
    "pendulum": (table(columns(lambda a, b: 2 * math.pi * (a / b).sqrt()), 2, 1.0, 3.0), 2 * sp.pi * sp.sqrt(x / y)),
    "dropped columns": (table(columns(lambda a, b, c, d: b**2 + torch.cos(d)), 4), y**2 + sp.cos(w)),
    "ratio of sums": (table(columns(lambda a, b: (a + b) / (1 + a * b)), 2, -0.9, 0.9), (x + y) / (1 + x * y)),
    "coulomb": (
        table(columns(lambda a, b, c: a * b / (4 * math.pi * c**2)), 3, 1.0, 3.0),
        x * y / (4 * sp.pi * z**2),
    ),
}


@pytest.mark.parametrize("name", LAWS)
def test_a_law_is_found_exactly_and_certified(name: str) -> None:
    data, law = LAWS[name]
    found = discover(data, budget_s=GENEROUS)
    assert found.certified and found.best.certified
    (formula,) = found.best.formula
    assert not formula.atoms(sp.Float), "every constant is a known number"
    inputs = sp.symbols(f"x_1:{data.train_input.shape[1] + 1}")
    elsewhere = rows(50, len(inputs), seed=9, low=0.2, high=0.8)
    values = [sp.lambdify(inputs, e, "numpy")(*elsewhere.T.numpy()) for e in (formula, law)]
    assert values[0] == pytest.approx(values[1], rel=1e-12)
    assert {str(symbol) for symbol in formula.free_symbols} <= set(found.columns[0])


def test_two_outputs_have_a_formula_each() -> None:
    data = table(columns(lambda a, b: torch.stack([a * b, torch.sin(a)], dim=1)), 2)
    found = discover(data, budget_s=GENEROUS)
    assert found.certified
    assert found.best.formula == [x * y, sp.sin(x)]
    assert found.columns == (("x_1", "x_2"), ("x_1",))
    assert found.best.model(data.test_input).shape == (80, 2)


def test_idle_columns_are_named_as_such() -> None:
    assert discover(LAWS["dropped columns"][0], budget_s=GENEROUS).columns == (("x_2", "x_4"),)


def noisy(seed: int = 0) -> Dataset:
    return create_dataset(
        columns(lambda a, b: 3 * a * torch.exp(-b)), n_var=2, train_num=200, test_num=60, noise=0.05, seed=seed
    )


class TestSamePast:
    def test_twice_the_same_bit_for_bit(self) -> None:
        one, other = (discover(LAWS["power law"][0], budget_s=GENEROUS) for _ in range(2))
        assert repr(one) == repr(other)
        assert one.columns == other.columns
        for a, b in zip(one.candidates, other.candidates, strict=True):
            assert (a.rmse, a.relative_rmse, a.complexity, a.deviations) == (
                b.rmse,
                b.relative_rmse,
                b.complexity,
                b.deviations,
            )
            assert a.formula == b.formula
            at = rows(20, 2, low=1.0, high=3.0)
            assert torch.equal(a.model(at), b.model(at))

    def test_random_generators_are_left_alone(self) -> None:
        before = global_random_state()
        discover(LAWS["product"][0], budget_s=GENEROUS)
        assert global_random_state() == before

    def test_the_data_and_torch_s_settings_stay(self) -> None:
        data = LAWS["product"][0]
        before = {part: data[part].clone() for part in data}
        settings = torch.get_default_dtype(), torch.is_grad_enabled(), torch.get_num_threads()
        discover(data, budget_s=GENEROUS)
        assert all(torch.equal(data[part], before[part]) for part in data)
        assert (torch.get_default_dtype(), torch.is_grad_enabled(), torch.get_num_threads()) == settings

    def test_threads_change_nothing(self) -> None:
        alone = discover(LAWS["coulomb"][0], budget_s=GENEROUS)
        torch.set_num_threads(2)
        try:
            assert repr(discover(LAWS["coulomb"][0], budget_s=GENEROUS)) == repr(alone)
            assert torch.get_num_threads() == 2
        finally:
            torch.set_num_threads(1)

    def test_it_works_where_gradients_are_off(self) -> None:
        with torch.inference_mode():
            found = discover(LAWS["product"][0], budget_s=GENEROUS)
        assert found.certified


class TestCallback:
    def test_it_sees_the_outcome_so_far(self) -> None:
        seen: list[Any] = []
        found = discover(LAWS["product"][0], budget_s=GENEROUS, callback=seen.append)
        assert seen
        assert seen[-1].best.formula == found.best.formula
        assert all(moment.candidates for moment in seen)

    def test_true_stops_the_search(self) -> None:
        seen: list[Any] = []

        def stop(moment: Any) -> bool:
            seen.append(moment)
            return True

        found = discover(noisy(), budget_s=GENEROUS, callback=stop)
        assert len(seen) == 1
        assert not found.complete
        assert not found.certified
        assert found.candidates

    def test_anything_else_does_not(self) -> None:
        answers = iter(range(1000))
        found = discover(LAWS["product"][0], budget_s=GENEROUS, callback=lambda moment: next(answers))
        assert found.complete
        assert next(answers) > 1

    def test_its_error_is_the_caller_s(self) -> None:
        def broken(moment: Any) -> None:
            raise ZeroDivisionError("mine")

        with pytest.raises(ZeroDivisionError, match="mine"):
            discover(LAWS["product"][0], budget_s=GENEROUS, callback=broken)


@pytest.fixture(scope="module")
def found() -> Discovery:
    return discover(noisy(), budget_s=8)


class TestNoise:
    def test_it_is_seen_through(self, found: Discovery) -> None:
        assert not found.certified
        at = rows(100, 2, seed=4)
        guess = found.best.model(at).detach()[:, 0]
        truth = 3 * at[:, 0] * torch.exp(-at[:, 1])
        assert float((guess - truth).square().mean().sqrt() / truth.std()) < 0.025  # half of the noise

    def test_every_candidate_is_more_accurate_than_all_simpler_ones(self, found: Discovery) -> None:
        sizes = [candidate.complexity for candidate in found.candidates]
        errors = [candidate.relative_rmse for candidate in found.candidates]
        assert sizes == sorted(sizes)
        assert errors == sorted(errors, reverse=True)
        assert found.best in found.candidates


class TestOptions:
    def test_a_library_is_kept_to(self) -> None:
        found = discover(LAWS["sum under exp"][0], budget_s=3, library=["x", "x^2", "x^3", "1/x"])
        assert not found.certified
        for candidate in found.candidates:
            assert not candidate.formula[0].atoms(sp.exp, sp.sin)

    @pytest.mark.parametrize(
        ("option", "error"),
        [
            ({"budget_s": 0}, OptionError),
            ({"budget_s": -1}, OptionError),
            ({"budget_s": math.nan}, OptionError),
            ({"budget_s": "10"}, OptionError),
            ({"budget_s": 1e9}, OptionError),
            ({"seed": 0.5}, OptionError),
            ({"executor": 3}, OptionError),
            ({"library": []}, OptionError),
            ({"library": "sin"}, OptionError),
            ({"library": ["sinus"]}, SymbolicError),
        ],
    )
    def test_what_is_not_accepted_is_said(self, option: dict[str, Any], error: type[Exception]) -> None:
        with pytest.raises(error, match=rf"{next(iter(option))}|sinus"):
            discover(LAWS["product"][0], **option)

    def test_the_seed_chooses_the_rows_held_back_where_there_are_no_test_rows(self) -> None:
        data = Dataset.from_arrays(rows(100, 1), rows(100, 1, seed=3), test_size=0)
        errors = {discover(data, budget_s=1, seed=seed).candidates[0].rmse for seed in (1, 2)}
        assert len(errors) == 2
