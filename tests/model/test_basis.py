"""B-splines against SciPy, and the rules that hold where SciPy has none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import BSpline
from torch import Tensor

from kanwidget.model.basis import basis
from kanwidget.model.knots import adaptive_knots, uniform_knots

from ..support import rows

DEGREES = range(6)


@st.composite
def grids(draw: Callable[..., Any]) -> tuple[Tensor, int, int]:
    """Knots of two columns, uniform or after skewed data, with the number of cells and the degree."""
    grid, k = draw(st.integers(1, 12)), draw(st.integers(0, 5))
    low = draw(st.floats(-100, 100))
    width = draw(st.floats(1e-3, 1e3))
    if draw(st.booleans()):
        ends = torch.tensor([low, low - 1], dtype=torch.float64)
        return uniform_knots(ends, ends + width, grid, k), grid, k
    x = low + width * rows(50, 2, seed=draw(st.integers(0, 99))) ** 3
    return adaptive_knots(x, grid, k, eps=draw(st.floats(0, 1))), grid, k


def inner(knots: Tensor, grid: int, k: int, share: Tensor) -> Tensor:
    """Points at these shares of the grid proper, for every column."""
    low, high = knots[:, k], knots[:, k + grid]
    return low + (high - low) * share[:, None]


def by_scipy(x: Tensor, knots: Tensor, k: int) -> np.ndarray[Any, Any]:
    columns = [BSpline.design_matrix(x[:, i].numpy(), knots[i].numpy(), k).toarray() for i in range(knots.shape[0])]
    return np.stack(columns, axis=1)


@given(grids(), st.integers(0, 99))
def test_inside_the_grid_it_is_the_b_spline_basis_of_scipy(case: tuple[Tensor, int, int], seed: int) -> None:
    knots, grid, k = case
    x = inner(knots, grid, k, 0.001 + 0.998 * rows(20, 1, seed, 0, 1)[:, 0])
    assert basis(x, knots, k).numpy() == pytest.approx(by_scipy(x, knots, k), abs=1e-9)


@given(grids())
def test_it_sums_to_one_inside_and_outside_the_grid(case: tuple[Tensor, int, int]) -> None:
    knots, grid, k = case
    x = inner(knots, grid, k, torch.linspace(-1, 2, 40, dtype=torch.float64))
    assert basis(x, knots, k).sum(-1).numpy() == pytest.approx(1, abs=1e-9)


@given(grids())
def test_it_is_not_negative_and_k_plus_1_wide_inside_the_grid(case: tuple[Tensor, int, int]) -> None:
    knots, grid, k = case
    values = basis(inner(knots, grid, k, torch.linspace(0, 1, 30, dtype=torch.float64)), knots, k)
    assert values.shape == (30, 2, grid + k)
    assert values.min() > -1e-12
    assert (values.abs() > 1e-12).sum(-1).max() <= k + 1


@given(grids())
def test_it_continues_linearly_beyond_the_grid(case: tuple[Tensor, int, int]) -> None:
    knots, grid, k = case
    for border, beyond in ((0.0, (-0.5, -1.0, -1.5)), (1.0, (1.5, 2.0, 2.5))):
        values = basis(inner(knots, grid, k, torch.tensor([border, *beyond], dtype=torch.float64)), knots, k)
        assert values.diff(n=2, dim=0).abs().max() < 1e-8 * values.abs().max()


@given(grids().filter(lambda case: case[2] >= 2))
def test_it_leaves_the_grid_smoothly(case: tuple[Tensor, int, int]) -> None:
    knots, grid, k = case
    for border in (0.0, 1.0):
        at = torch.tensor([border - 1e-5, border, border + 1e-5], dtype=torch.float64)
        values = basis(inner(knots, grid, k, at), knots, k)
        scale = float(values.diff(dim=0).abs().max())
        assert values.diff(n=2, dim=0).abs().max() <= 0.1 * scale + 1e-9


@pytest.mark.parametrize("k", DEGREES)
def test_borders_and_knots_belong_to_a_cell(k: int) -> None:
    knots = uniform_knots(torch.tensor([-1.0]).double(), torch.tensor([1.0]).double(), 4, k)
    values = basis(knots[0, k : k + 5][:, None], knots, k)
    assert values.sum(-1).numpy() == pytest.approx(1)


@pytest.mark.parametrize("k", range(1, 6))
def test_its_gradient_is_right_inside_at_the_border_and_outside(k: int) -> None:
    knots = uniform_knots(torch.tensor([-1.0]).double(), torch.tensor([1.0]).double(), 4, k)
    x = torch.tensor([[-1.7], [-0.93], [-0.12], [0.61], [0.97], [2.3]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: basis(x, knots, k), (x,))
