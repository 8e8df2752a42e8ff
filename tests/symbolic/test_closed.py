"""What people do with a formula: read it, copy it, call it, compare it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp
import torch
from hypothesis import given, settings

from kanwidget import KAN, DataError, Dataset, SymbolicError
from kanwidget.symbolic.compose import composed

from ..support import formulas, rows, state


def wave() -> KAN:
    """1.5 sin(2 x_1) + x_2^2"""
    model = KAN([2, 1], dtype=torch.float64)
    model.fix_symbolic(0, 0, 0, "sin", affine=[2.0, 0.0, 1.5, 0.0], verbose=False)
    model.fix_symbolic(0, 1, 0, "x^2", affine=[1.0, 0.0, 1.0, 0.0], verbose=False)
    return model


class TestCalling:
    @settings(max_examples=30)
    @given(formulas())
    def test_it_has_the_values_of_the_network(self, model: KAN) -> None:
        x = rows(200, model.width[0].count)
        y = model(x).detach()
        assert (model.formula()(x) - y).abs().max() <= 1e-10 * (1 + y.abs().max())

    @settings(max_examples=15)
    @given(formulas(names=("x", "x^2", "sin", "exp", "tanh", "sigmoid", "gaussian")))
    def test_and_its_slopes(self, model: KAN) -> None:
        slopes = []
        for f in (model, model.formula()):
            x = rows(20, model.width[0].count).requires_grad_()
            (slope,) = torch.autograd.grad(f(x).sum(), x, allow_unused=True)
            slopes.append(torch.zeros_like(x) if slope is None else slope)
        assert torch.allclose(*slopes, rtol=1e-8, atol=1e-8)

    def test_simplified_too(self) -> None:
        x = rows(50, 2)
        assert torch.allclose(wave().formula(simplify=True)(x), wave()(x).detach(), rtol=1e-12)

    def test_arrays_and_lists_give_arrays(self) -> None:
        form = wave().formula()
        for x in ([[0.5, 2.0]], np.array([[0.5, 2.0]])):
            values = form(x)
            assert isinstance(values, np.ndarray)
            assert values[0, 0] == pytest.approx(1.5 * math.sin(1.0) + 4)

    def test_single_precision_stays_single(self) -> None:
        assert wave().formula()(torch.rand(3, 2)).dtype == torch.float32

    def test_a_constant_has_a_value_in_every_row(self) -> None:
        model = KAN([1, 1], dtype=torch.float64)
        model.remove_edge(0, 0, 0)
        assert model.formula()(torch.ones(4, 1)).tolist() == [[0.0]] * 4

    @pytest.mark.parametrize("shape", [(3,), (3, 1), (3, 3), (2, 3, 2)])
    def test_other_columns_are_refused(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(DataError, match=r"\(rows, 2\) is accepted"):
            wave().formula()(torch.ones(shape))

    def test_a_function_without_torch_is_named(self) -> None:
        x = sp.Symbol("x")
        with pytest.raises(SymbolicError, match="besselj"):
            composed([sp.besselj(0, x)], [x])


class TestReading:
    def test_latex_python_and_sympy(self) -> None:
        form = wave().formula(var=["a", "b"])
        assert form.latex == r"f = b^{2} + \frac{3 \sin{\left(2 a \right)}}{2}"
        assert form.python.startswith("import numpy as np\n\n\ndef f(a, b):\n    return ")
        assert repr(form) == "f = b**2 + 1.5*sin(2*a)"
        assert form.latex in form._repr_latex_()

    def test_simplified_it_is_no_longer_than_before(self) -> None:
        model = KAN([1, 2, 1], dtype=torch.float64)
        for j, name in enumerate(("sin", "cos")):
            model.fix_symbolic(0, 0, j, name, affine=[1.0, 0.0, 1.0, 0.0], verbose=False)
            model.fix_symbolic(1, j, 0, "x^2", affine=[1.0, 0.0, 1.0, 0.0], verbose=False)
        assert model.formula().expressions != (sp.Integer(1),)
        assert model.formula(simplify=True).expressions == (sp.Integer(1),)

    def test_reading_changes_nothing_and_it_stays_what_it_was(self) -> None:
        model = wave()
        before = state(model)
        form = model.formula(simplify=True)
        form.errors()
        assert state(model) == before
        model.fix_symbolic(0, 0, 0, "exp", verbose=False)
        assert form.errors().network < 1e-12

    def test_open_edges_are_listed(self) -> None:
        with pytest.raises(SymbolicError, match="still splines"):
            KAN([1, 1]).formula()


class TestErrors:
    def test_against_network_and_data(self) -> None:
        model, x = wave(), rows(50, 2)
        data = Dataset.from_arrays(x, model(x).detach() + 0.25)
        errors = model.formula().errors(data)
        assert errors.network < 1e-14
        assert errors.data == pytest.approx(0.25)
        assert errors.rows == len(data.test_input)

    def test_on_the_rows_of_the_last_fit(self) -> None:
        model, x = wave(), rows(50, 2)
        assert model.formula().errors().data is None
        model.set_reference(x, model(x).detach() - 0.5)
        assert model.formula().errors().data == pytest.approx(0.5)
        assert model.formula().errors().rows == 50

    def test_a_simplification_that_loses_something_would_be_seen(self) -> None:
        model = wave()
        other = wave()
        other.fix_symbolic(0, 1, 0, "x", affine=[1.0, 0.0, 1.0, 0.0], verbose=False)
        form = model.formula()
        assert type(form)(other.formula().expressions, form.symbols, form.outputs, model).errors().network > 0.1
