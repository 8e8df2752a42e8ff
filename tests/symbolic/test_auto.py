"""Naming all edges at once, on problems whose formula is known."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp
import torch
from torch import Tensor

from kanwidget import KAN, DataError, Dataset, create_dataset
from kanwidget.errors import SymbolicError

from ..support import by_numpy, rows, state

X, Y, Z = sp.symbols("x_1 x_2 x_3")


def trained_on(f: Callable[[Tensor], Tensor], width: list[Any], *, ranges: Any = (-1, 1), noise: float = 0.0) -> KAN:
    data = create_dataset(f, n_var=width[0], ranges=ranges, train_num=400, test_num=200, noise=noise)
    model = KAN(width, seed=0, dtype=torch.float64)
    model.fit(data, steps=30, lamb=1e-3, progress=False)
    model = model.prune()
    model.fit(data, steps=30, progress=False)
    return model


def formula(model: KAN) -> list[sp.Expr]:
    model.auto_symbolic(verbose=False)
    return model.symbolic_formula()[0]


def rounded(expression: sp.Expr) -> sp.Expr:
    """Constants to three digits, whole numbers as such, terms that round to nothing dropped."""
    numbers = {n: sp.nsimplify(round(float(n), 3), rational=True) for n in sp.expand(expression).atoms(sp.Float)}
    return sp.expand(sp.expand(expression).xreplace(numbers))


class TestKnownFormulas:
    def test_three_inputs(self) -> None:
        model = trained_on(lambda x: torch.sin(2 * x[:, [0]]) + x[:, [1]] ** 2 + torch.exp(x[:, [2]]), [3, 1])
        (found,) = formula(model)
        assert model.symbolic_edges() == {(0, 0, 0): "sin", (0, 1, 0): "x^2", (0, 2, 0): "exp"}
        assert rounded(found) == sp.sin(2 * X) + Y**2 + sp.exp(Z)

    def test_two_outputs(self) -> None:
        model = trained_on(
            lambda x: torch.stack([torch.sin(2 * x[:, 0]) + x[:, 1] ** 2, torch.exp(x[:, 0])], 1), [2, 2]
        )
        assert [rounded(f) for f in formula(model)] == [sp.sin(2 * X) + Y**2, sp.exp(X)]

    def test_a_constant(self) -> None:
        assert [rounded(f) for f in formula(trained_on(lambda x: torch.full((len(x), 1), 5.0), [2, 2, 1]))] == [5]

    def test_a_kink(self) -> None:
        (found,) = formula(trained_on(lambda x: x[:, [0]].abs() + 0 * x[:, [1]], [2, 1]))
        assert rounded(found) == sp.Abs(X)

    def test_a_line(self) -> None:
        (found,) = formula(trained_on(lambda x: 3 * x[:, [0]] - 2 * x[:, [1]] + 1, [2, 1]))
        assert rounded(found) == 3 * X - 2 * Y + 1

    def test_a_domain_with_a_border(self) -> None:
        (found,) = formula(trained_on(lambda x: x[:, [0]].log() + x[:, [1]].sqrt(), [2, 1], ranges=(0.2, 3)))
        assert rounded(found) == sp.log(X) + sp.sqrt(Y)

    def test_one_per_mille_of_noise_does_not_change_the_names(self) -> None:
        model = trained_on(lambda x: torch.sin(3 * x[:, [0]]) + x[:, [1]] ** 2, [2, 1], noise=1e-3)
        formula(model)
        assert model.symbolic_edges() == {(0, 0, 0): "sin", (0, 1, 0): "x^2"}


class TestWhatItKeeps:
    @pytest.fixture
    def additive(self) -> KAN:
        return trained_on(lambda x: torch.sin(2 * x[:, [0]]) + x[:, [1]] ** 2, [2, 1])

    def test_an_edge_named_by_hand_keeps_its_name(self, additive: KAN) -> None:
        additive.fix_symbolic(0, 1, 0, "cosh", verbose=False)
        additive.auto_symbolic(verbose=False)
        assert additive.symbolic_edges() == {(0, 0, 0): "sin", (0, 1, 0): "cosh"}

    def test_a_pinned_edge_keeps_its_spline_and_the_others_get_names(self, additive: KAN) -> None:
        additive.pin_edge(0, 1, 0)
        before = additive.layer(0).coef[1, 0].tolist()
        additive.auto_symbolic(verbose=False)
        assert additive.symbolic_edges() == {(0, 0, 0): "sin"}
        assert additive.layer(0).coef[1, 0].tolist() == before

    def test_a_pinned_function_keeps_its_constants(self, additive: KAN) -> None:
        constants = [1.0, 0.0, 0.9, 0.1]
        additive.fix_symbolic(0, 1, 0, "x^2", affine=constants, verbose=False)
        additive.pin_edge(0, 1, 0)
        additive.auto_symbolic(verbose=False)
        assert additive.symbolic_edges() == {(0, 0, 0): "sin", (0, 1, 0): "x^2"}
        assert additive.layer(0).affine[1].tolist() == constants

    def test_removed_edges_stay_removed(self) -> None:
        model = trained_on(lambda x: torch.sin(2 * x[:, [0]]) + x[:, [1]] ** 2, [2, 2, 1])
        gone = next(iter(model.edges()))
        model.remove_edge(*gone)
        model.auto_symbolic(verbose=False)
        assert gone not in list(model.edges())

    def test_a_second_time_there_is_nothing_to_do(self, additive: KAN, capsys: pytest.CaptureFixture[str]) -> None:
        additive.auto_symbolic(verbose=False)
        before = state(additive)
        additive.auto_symbolic()
        assert capsys.readouterr().out == ""
        assert state(additive) == before

    def test_only_functions_of_the_given_library(self, additive: KAN) -> None:
        additive.auto_symbolic(lib=["x", "x^2", "x^3"], verbose=False)
        assert set(additive.symbolic_edges().values()) <= {"x", "x^2", "x^3"}

    def test_the_same_network_gives_the_same_bits(self, additive: KAN) -> None:
        first, second = additive.copy(), additive.copy()
        first.auto_symbolic(verbose=False)
        second.auto_symbolic(verbose=False)
        assert state(first) == state(second)

    def test_float32_stays_float32(self) -> None:
        model = KAN([2, 1])
        x = rows(200, 2)
        model.fit((x, x[:, 0].sin() + x[:, 1]), steps=20, progress=False)
        model.auto_symbolic(verbose=False)
        assert model.dtype == torch.float32
        assert len(model.symbolic_edges()) == 2

    def test_the_network_is_as_good_as_before(self, additive: KAN) -> None:
        x = additive.reference_rows()
        before = additive(x)
        additive.auto_symbolic(verbose=False)
        assert (additive(x) - before).std() < 0.01 * before.std()


class TestHowItAnswers:
    def test_it_prints_one_line_per_edge_that_was_open(self, trained: KAN, capsys: pytest.CaptureFixture[str]) -> None:
        trained.fix_symbolic(0, 0, 0, "sin", verbose=False)
        trained.auto_symbolic()
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == 8
        said = r"fixing \(\d,\d,\d\) with \S+, r2=-?\d\.\d+(e-\d+)?|removing \(\d,\d,\d\): .+"
        assert all(re.fullmatch(said, line) for line in lines)

    def test_it_is_silent_on_request(self, trained: KAN, capsys: pytest.CaptureFixture[str]) -> None:
        trained.auto_symbolic(verbose=False)
        assert capsys.readouterr().out == ""

    def test_afterwards_there_is_a_formula(self, trained: KAN) -> None:
        trained.auto_symbolic(verbose=False)
        x = trained.reference_rows()
        assert torch.allclose(by_numpy(*trained.symbolic_formula(), x), trained(x), rtol=1e-6, atol=1e-6)

    @pytest.mark.parametrize("width", [[2, 2, 1], [1, [1, 1], 2]])
    def test_it_works_before_any_fit(self, width: list[Any]) -> None:
        model = KAN(width, dtype=torch.float64)
        model.auto_symbolic(verbose=False)
        assert torch.isfinite(model(rows(20, width[0]))).all()
        assert len(model.symbolic_formula()[0]) == 2 if width[-1] == 2 else 1

    def test_a_wide_network_is_named_edge_by_edge(self) -> None:
        model = KAN([2, 25, 1], dtype=torch.float64)
        x = rows(300, 2)
        model.set_reference(x)
        model.auto_symbolic(verbose=False)
        assert len(model.symbolic_edges()) == 75
        assert len(model.symbolic_formula()[0]) == 1

    def test_rows_to_judge_by_can_be_given(self, trained: KAN) -> None:
        data = Dataset.from_arrays(rows(100, 2), rows(100, 2).sum(1))
        trained.auto_symbolic(data, verbose=False)
        assert trained.symbolic_formula()[0]

    def test_what_cannot_be_judged_by_is_refused_and_nothing_changes(self, trained: KAN) -> None:
        before = state(trained)
        with pytest.raises(DataError):
            trained.auto_symbolic("rows", verbose=False)
        for lib in ("sin", [], ["sine"]):
            with pytest.raises(SymbolicError):
                trained.auto_symbolic(lib=lib, verbose=False)
        assert state(trained) == before


class TestPlainTargets:
    """Where the edges are lines, bent functions with huge constants imitate them: they must not win."""

    @pytest.mark.parametrize("seed", [0, 1, 2])
    def test_a_product_of_two_inputs(self, seed: int) -> None:
        data = create_dataset(lambda x: x[:, 0] * x[:, 1], train_num=400, test_num=200)
        model = KAN([2, [0, 1], 1], seed=seed, dtype=torch.float64)
        model.fit(data, steps=40, progress=False)
        model.auto_symbolic(verbose=False)
        model.fit(data, steps=20, progress=False)
        assert rounded(model.symbolic_formula()[0][0]) == X * Y

    @pytest.mark.parametrize("seed", [0, 1, 2])
    def test_a_sum_through_a_hidden_node(self, seed: int) -> None:
        data = create_dataset(lambda x: x[:, 0] + x[:, 1], train_num=400, test_num=200)
        model = KAN([2, 1, 1], seed=seed, dtype=torch.float64)
        model.fit(data, steps=40, progress=False)
        model.auto_symbolic(verbose=False)
        model.fit(data, steps=20, progress=False)
        assert rounded(model.symbolic_formula()[0][0]) == X + Y

    @pytest.mark.parametrize("columns", [(3, 1), (2, 2)])
    def test_rows_of_other_columns_are_refused(self, trained: KAN, columns: tuple[int, int]) -> None:
        before = state(trained)
        with pytest.raises(DataError, match="column"):
            trained.auto_symbolic((rows(20, columns[0]), rows(20, columns[1])), verbose=False)
        assert state(trained) == before
