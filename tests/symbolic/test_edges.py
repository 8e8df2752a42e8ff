"""Suggestions for one edge, naming it, taking the name away."""

from __future__ import annotations

import re

import pytest
import torch
from hypothesis import given, settings

from kanwidget import KAN, OptionError, ShapeError, SymbolicError
from kanwidget.model.functions import function
from kanwidget.symbolic.edges import candidates

from ..support import NAMES, networks, rows, state


class TestSuggest:
    def test_it_prints_the_table_and_returns_the_best(self, trained: KAN, capsys: pytest.CaptureFixture[str]) -> None:
        name, (torch_fn, sympy_fn), r2 = trained.suggest_symbolic(0, 1, 0)
        head, *lines = capsys.readouterr().out.splitlines()
        assert head == "function , r2"
        assert len(lines) == 5
        assert all(re.fullmatch(r"\S+ , -?\d\.\d+(e-\d+)?", line) for line in lines)
        assert lines[0] == f"{name} , {r2}"
        assert torch_fn(torch.tensor(0.5)).shape == () and sympy_fn(2) is not None

    @pytest.mark.parametrize("topk", [1, 3, 15, len(NAMES), 1000])
    def test_as_many_lines_as_asked_for_and_exist(
        self, trained: KAN, capsys: pytest.CaptureFixture[str], topk: int
    ) -> None:
        trained.suggest_symbolic(1, 0, 0, topk=topk)
        assert len(capsys.readouterr().out.splitlines()) == 1 + min(topk, len(NAMES))

    def test_only_from_the_library_that_is_given(self, trained: KAN, capsys: pytest.CaptureFixture[str]) -> None:
        name, _, _ = trained.suggest_symbolic(0, 0, 0, lib=["exp", "x^3"])
        assert name in ("exp", "x^3")
        assert len(capsys.readouterr().out.splitlines()) == 3

    @settings(max_examples=15)
    @given(networks())
    def test_the_network_is_not_changed_by_a_bit(self, model: KAN) -> None:
        before = state(model)
        edges = list(model.edges())
        found = candidates(model, edges)
        assert state(model) == before
        assert list(found) == edges
        for best, *others in found.values():
            assert all(best.r2 >= other.r2 for other in others)

    @pytest.mark.parametrize("width", [[2, 5, 1], [1, 1], [2, [1, 1], 2], [3, 2, 2, 1]])
    def test_it_works_before_any_forward(self, width: list[object], capsys: pytest.CaptureFixture[str]) -> None:
        model = KAN(width)
        for edge in model.edges():
            name, _, r2 = model.suggest_symbolic(*edge)
            assert name in NAMES and name != "0" and 0.5 < r2 <= 1
        assert model.reference is None
        capsys.readouterr()

    def test_a_good_fit_is_never_called_nothing(self, capsys: pytest.CaptureFixture[str]) -> None:
        model = KAN([1, 1], dtype=torch.float64)
        for scale in (1e-8, 1e-3, 1e6):
            model.fix_symbolic(0, 0, 0, "sin", affine=[2, 0, scale, 5.0], verbose=False)
            assert model.suggest_symbolic(0, 0, 0)[0] != "0"
        capsys.readouterr()

    def test_names_come_back_from_what_was_planted(self, capsys: pytest.CaptureFixture[str]) -> None:
        model = KAN([2, 2, 1], dtype=torch.float64)
        planted = {(0, 0, 0): "sin", (0, 1, 0): "x^2", (0, 0, 1): "exp", (1, 1, 0): "tanh"}
        for edge, name in planted.items():
            model.fix_symbolic(*edge, name, affine=[2.5, 0.4, 1.0, 0.1], verbose=False)
        for edge, name in planted.items():
            found, _, r2 = model.suggest_symbolic(*edge)
            assert found == name and r2 > 1 - 1e-9
        capsys.readouterr()

    def test_negative_indices_count_from_the_end(self, trained: KAN, capsys: pytest.CaptureFixture[str]) -> None:
        trained.suggest_symbolic(1, 2, 0)
        first = capsys.readouterr().out
        trained.suggest_symbolic(-1, -1, -1)
        assert capsys.readouterr().out == first

    @pytest.mark.parametrize(
        ("edge", "said"),
        [
            ((2, 0, 0), "layer 2"),
            ((-3, 0, 0), "layer -3"),
            ((0, 2, 0), "input node 2"),
            ((0, 0, 3), "output node 3"),
            ((1, 0, 1), "output node 1"),
            ((0.0, 0, 0), "integers"),
            (("0", 0, 0), "integers"),
            ((None, 0, 0), "integers"),
            ((True, 0, 0), "integers"),
        ],
    )
    def test_an_edge_that_does_not_exist_is_named(self, trained: KAN, edge: tuple[int, int, int], said: str) -> None:
        before = state(trained)
        for call in (trained.suggest_symbolic, trained.unfix_symbolic, trained.remove_edge):
            with pytest.raises(ShapeError, match=said):
                call(*edge)
        with pytest.raises(ShapeError, match=said):
            trained.fix_symbolic(*edge, "sin")
        assert state(trained) == before

    @pytest.mark.parametrize("topk", [0, -1, 2.0, "5", None, True])
    def test_a_topk_that_makes_no_sense_is_refused(self, trained: KAN, topk: object) -> None:
        with pytest.raises(OptionError, match="topk"):
            trained.suggest_symbolic(0, 0, 0, topk=topk)

    @pytest.mark.parametrize("lib", ["sin", [], ["sin", "sine"], [3]])
    def test_a_library_that_makes_no_sense_is_refused(self, trained: KAN, lib: object) -> None:
        with pytest.raises(SymbolicError, match=r"lib|sine|3"):
            trained.suggest_symbolic(0, 0, 0, lib=lib)


class TestFix:
    def test_it_returns_and_prints_r2(self, trained: KAN, capsys: pytest.CaptureFixture[str]) -> None:
        r2 = trained.fix_symbolic(0, 1, 0, "x^2")
        assert isinstance(r2, torch.Tensor) and r2.shape == ()
        printed = re.fullmatch(r"r2 is (\d\.\d+)\n", capsys.readouterr().out)
        assert printed and float(printed[1]) == pytest.approx(float(r2), abs=1e-6)
        assert trained.symbolic_edges() == {(0, 1, 0): "x^2"}

    def test_it_is_silent_on_request(self, trained: KAN, capsys: pytest.CaptureFixture[str]) -> None:
        trained.fix_symbolic(0, 1, 0, "x^2", verbose=False)
        assert capsys.readouterr().out == ""

    def test_the_edge_becomes_the_function_and_no_other_edge_moves(self, trained: KAN) -> None:
        x = trained.reference_rows()
        before = trained.trace(x)[0].edges
        trained.fix_symbolic(0, 1, 0, "x^2", verbose=False)
        after = trained.trace(x)[0].edges
        a, b, c, d = trained.layer(0).affine[0]
        assert torch.allclose(after[:, 1, 0], c * (a * x[:, 1] + b) ** 2 + d)
        after[:, 1, 0] = before[:, 1, 0]
        assert torch.equal(after, before)

    def test_given_constants_are_taken_as_they_are(self, trained: KAN) -> None:
        trained.fix_symbolic(0, 1, 0, "cos", affine=[1.5, -0.25, 2.0, 0.125], verbose=False)
        assert trained.layer(0).affine.tolist() == [[1.5, -0.25, 2.0, 0.125]]

    def test_r2_compares_with_what_the_edge_was(self, trained: KAN) -> None:
        x = trained.reference_rows()
        was = trained.trace(x)[0].edges[:, 1, 0]
        fit = torch.sin(x[:, 1])
        expected = 1 - (was - fit).square().sum() / (was - was.mean()).square().sum()
        r2 = trained.fix_symbolic(0, 1, 0, "sin", affine=[1, 0, 1, 0], verbose=False)
        assert float(r2) == pytest.approx(expected.item(), rel=1e-5)

    def test_a_second_name_replaces_the_first(self, trained: KAN) -> None:
        trained.fix_symbolic(0, 1, 0, "x^2", verbose=False)
        trained.fix_symbolic(0, 1, 0, "cosh", verbose=False)
        assert trained.symbolic_edges() == {(0, 1, 0): "cosh"}

    def test_unfixing_brings_the_spline_back(self, trained: KAN) -> None:
        before = state(trained)
        trained.fix_symbolic(0, 1, 0, "x^2", verbose=False)
        assert state(trained) != before
        trained.unfix_symbolic(0, 1, 0)
        assert state(trained) == before

    def test_unfixing_a_spline_changes_nothing(self, trained: KAN) -> None:
        before = state(trained)
        trained.unfix_symbolic(0, 0, 0)
        assert state(trained) == before

    def test_a_removed_edge_comes_back_when_it_is_named(self, trained: KAN) -> None:
        trained.remove_edge(0, 0, 0)
        trained.fix_symbolic(0, 0, 0, "sin", affine=[1, 0, 1, 0], verbose=False)
        assert (0, 0, 0) in list(trained.edges())
        x = trained.reference_rows()
        assert torch.allclose(trained.trace(x)[0].edges[:, 0, 0], torch.sin(x[:, 0]))

    def test_a_named_edge_can_be_removed(self, trained: KAN) -> None:
        trained.fix_symbolic(0, 0, 0, "sin", verbose=False)
        trained.remove_edge(0, 0, 0)
        assert trained.symbolic_edges() == {}

    @pytest.mark.parametrize("name", ["sine", "", "SIN", None, 3, ["sin"], "x**2", "__import__('os')"])
    def test_an_unknown_function_is_refused_with_those_that_exist(self, trained: KAN, name: object) -> None:
        before = state(trained)
        with pytest.raises(SymbolicError, match=r"unknown function.*sin, cos"):
            trained.fix_symbolic(0, 0, 0, name)
        assert state(trained) == before

    @pytest.mark.parametrize("affine", [[1, 2, 3], [1, 2, 3, 4, 5], "abcd", [1, 2, 3, "x"], [1, 2, 3, float("nan")], 7])
    def test_constants_that_are_not_four_numbers_are_refused(self, trained: KAN, affine: object) -> None:
        before = state(trained)
        with pytest.raises(SymbolicError, match=r"affine.*a, b, c, d"):
            trained.fix_symbolic(0, 0, 0, "sin", affine=affine)
        assert state(trained) == before

    def test_a_function_that_is_fitted_stays_inside_its_domain(self, trained: KAN) -> None:
        for name in NAMES:
            trained.fix_symbolic(0, 0, 1, name, verbose=False)
            assert torch.isfinite(trained(trained.reference_rows())).all()

    @pytest.mark.parametrize("name", NAMES)
    def test_any_function_can_be_fitted_to_any_edge(self, name: str, trained: KAN) -> None:
        r2 = trained.fix_symbolic(1, 0, 0, name, verbose=False)
        assert -1e-9 <= float(r2) <= 1
        a, b, c, d = trained.layer(1).affine[0].detach()
        x = rows(5, 1)
        assert function(name).torch(a * x + b).mul(c).add(d).shape == x.shape


class TestUnusualCalls:
    def test_constants_that_leave_the_functions_domain_are_refused(self, trained: KAN) -> None:
        before = state(trained)
        with pytest.raises(SymbolicError, match="log"):
            trained.fix_symbolic(0, 0, 0, "log", affine=[1, 0, 1, 0])
        assert state(trained) == before

    def test_suggestions_work_in_inference_mode(self, trained: KAN, capsys: pytest.CaptureFixture[str]) -> None:
        with torch.inference_mode():
            assert trained.suggest_symbolic(0, 1, 0)[0] in NAMES
        capsys.readouterr()
