"""Certified is a word that has to be earned."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from scipy import special
from torch import Tensor

from kanwidget import discover
from kanwidget.discovery.clock import Clock
from kanwidget.discovery.fitting import Fitted, values
from kanwidget.discovery.judgement import CERTAIN, Rows, is_certain, relative_error
from kanwidget.discovery.polish import Measure, polished
from kanwidget.discovery.terms import Input, Link, Sum, Times

from ..support import rows


def table(f: Callable[[Tensor], Tensor], low: float, high: float) -> Rows:
    x, held = rows(300, 1, low=low, high=high), rows(100, 1, seed=1, low=low, high=high)
    return Rows(x, f(x), held, f(held))


def fitted(tree: Sum, data: Rows, *, exact: bool = True) -> Any:
    error = float((values((tree,), data.x) - data.y).square().mean())
    return polished(Fitted((tree,), error), Measure(data.x, data.y, exact, Clock(600)))


def polynomial(data: Rows, degree: int) -> Sum:
    """The least-squares polynomial of a curve."""
    design = torch.cat([data.x**n for n in range(degree + 1)], dim=1)
    offset, *factors = torch.linalg.lstsq(design, data.y).solution[:, 0].tolist()
    own: list[Link] = []
    for n, c in enumerate(factors, 1):
        if n <= 5:
            own.append(Link("x" if n == 1 else f"x^{n}", Input(0), (1.0, 0.0, c, 0.0), moves=False))
        else:
            rest = f"x^{n - 5}" if n > 6 else "x"
            factor = Times(Sum((Link("x^5", Input(0), moves=False),)), Sum((Link(rest, Input(0), moves=False),)))
            own.append(Link("x", factor, (1.0, 0.0, c, 0.0)))
    a, b, c, _ = own[0].affine
    own[0] = Link("x", Input(0), (a, b, c, offset), moves=False)
    return Sum(tuple(own))


class TestNeverByApproximation:
    def test_a_polynomial_of_the_ninth_degree_is_not_the_sine_that_it_equals_to_ten_digits(self) -> None:
        data = table(torch.sin, 0.0, 1.0)
        found = fitted(polynomial(data, 9), data)
        assert relative_error(found.trees, data.held_x, data.held_y) < 1e-9
        assert not is_certain(found, data)

    @pytest.mark.parametrize("degree", [3, 5, 7])
    def test_nor_is_a_shorter_one(self, degree: int) -> None:
        data = table(torch.sin, -0.5, 0.5)
        assert not is_certain(fitted(polynomial(data, degree), data), data)

    def test_a_polynomial_is_certain_where_it_is_the_law(self) -> None:
        data = table(lambda x: 2 * x**3 - x + 0.5, -1.0, 1.0)
        assert is_certain(fitted(polynomial(data, 3), data), data)

    def test_a_formula_that_has_no_value_on_held_rows_is_not_certain(self) -> None:
        x, held = rows(100, 1, low=0.1, high=1.0), rows(50, 1, low=-1.0, high=1.0)
        tree = Sum((Link("log", Input(0)),))
        data = Rows(x, x.log(), held, held.abs().log())
        assert relative_error((tree,), held, data.held_y) == math.inf
        assert not is_certain(fitted(tree, data), data)

    @pytest.mark.parametrize("size", [1e-8, 1e-6, 1e-3])
    def test_nor_is_one_with_the_least_noise(self, size: float) -> None:
        generator = torch.Generator().manual_seed(0)
        data = table(lambda x: x.sin() + size * torch.randn(x.shape, generator=generator, dtype=x.dtype), -1.0, 1.0)
        assert not is_certain(fitted(Sum((Link("sin", Input(0)),)), data, exact=False), data)


LAWLESS = {
    "erf": (special.erf, -2.0, 2.0),
    "Bessel's J0": (special.j0, 0.0, 8.0),
    "elliptic K": (special.ellipk, 0.0, 0.9),
}


@pytest.mark.parametrize("name", LAWLESS)
def test_functions_outside_the_library_are_never_certified(name: str) -> None:
    f, low, high = LAWLESS[name]
    x = rows(120, 1, low=low, high=high)
    found = discover((x, torch.from_numpy(f(x.numpy()))), budget_s=3)
    assert not found.certified
    assert not any(candidate.certified for candidate in found.candidates)
    assert "No exact formula" in found.message
    assert found.best.relative_rmse < 1


@pytest.mark.parametrize("columns", [1, 3])
def test_noise_is_nothing(columns: int) -> None:
    found = discover((rows(150, columns), torch.randn(150, 1, generator=torch.Generator().manual_seed(0))), budget_s=2)
    assert not found.certified
    assert found.best.complexity <= 3  # no more than chance gives
    assert math.isfinite(found.best.rmse) and found.best.relative_rmse > CERTAIN
