"""Knots strictly increase and enclose the data, whatever the data."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kanwidget import KAN
from kanwidget.model.knots import adaptive_knots, grid_range, respaced, uniform_knots

from ..support import rows

COLUMNS = {
    "constant": torch.full((30,), 2.5, dtype=torch.float64),
    "zero": torch.zeros(30),
    "constant and huge": torch.full((30,), 1e200, dtype=torch.float64),
    "constant and tiny": torch.full((30,), 1e-200, dtype=torch.float64),
    "one value apart": torch.tensor([0.0] * 29 + [1.0]),
    "two values": torch.tensor([0.0, 1.0] * 15),
    "huge": torch.linspace(-1e200, 1e200, 30, dtype=torch.float64),
    "tiny": torch.linspace(-1e-200, 1e-200, 30, dtype=torch.float64),
    "far from zero": 1e9 + torch.linspace(0, 1, 30).double(),
    "heavy tail": torch.logspace(-12, 12, 30, dtype=torch.float64),
    "one row": torch.tensor([7.0]),
}


@pytest.mark.parametrize("eps", [0.0, 0.02, 0.5, 1.0])
@pytest.mark.parametrize("grid", [1, 5, 40])
@pytest.mark.parametrize("column", COLUMNS.values(), ids=COLUMNS.keys())
def test_knots_strictly_increase_and_enclose_the_data(column: torch.Tensor, grid: int, eps: float) -> None:
    x = column.double()[:, None]
    knots = adaptive_knots(x, grid, 3, eps)
    assert knots.shape == (1, grid + 7)
    assert torch.isfinite(knots).all()
    assert (knots.diff() > 0).all()
    low, high = grid_range(knots, 3)
    assert low <= x.min() and x.max() <= high


@given(
    hnp.arrays("float64", hnp.array_shapes(min_dims=2, max_dims=2, max_side=20), elements=st.floats(-1e150, 1e150)),
    st.integers(1, 9),
    st.floats(0, 1),
)
def test_knots_strictly_increase_for_any_finite_table(table: object, grid: int, eps: float) -> None:
    knots = adaptive_knots(torch.as_tensor(table), grid, 3, eps)
    assert torch.isfinite(knots).all()
    assert (knots.diff() > 0).all()


def test_quantile_knots_follow_the_data() -> None:
    x = torch.exp(3 * rows(1000, 1))
    cells = adaptive_knots(x, 5, 3, eps=0.0)[0, 3:9].diff()
    assert cells[-1] > 3 * cells[0]


def test_uniform_knots_are_equally_spaced() -> None:
    cells = adaptive_knots(torch.exp(3 * rows(1000, 1)), 5, 3, eps=1.0).diff()
    assert torch.allclose(cells, cells.mean().expand_as(cells))


def test_a_multiple_of_the_cells_keeps_the_old_knots() -> None:
    x = rows(200, 2) ** 3
    knots = adaptive_knots(x, 4, 2, eps=0.0)
    fine = respaced(knots, 12, 2)
    assert torch.allclose(fine[:, 2:15:3], knots[:, 2:7])


def test_knots_in_float32_strictly_increase_far_from_zero() -> None:
    low = torch.tensor([1000.0])
    assert (uniform_knots(low, low + 1, 200, 3).diff() > 0).all()


def test_a_network_has_one_grid_per_input_range() -> None:
    model = KAN([2, 1], grid_range=[[0, 1], [-5, 5]])
    low, high = grid_range(model.layer(0).knots, 3)
    assert low.tolist() == pytest.approx([0, -5])
    assert high.tolist() == pytest.approx([1, 5])


class TestOddColumns:
    def test_quantile_knots_hold_equally_many_samples_per_cell(self) -> None:
        """Also where the data are dense at one end: the margin belongs to the outer cells, not before them."""
        x = torch.exp(3 * rows(1000, 1))
        knots = adaptive_knots(x, 5, 3, eps=0.0)
        counts = torch.histogram(x[:, 0], knots[0, 3:9]).hist
        assert counts.min() > 150 and counts.max() < 250

    @pytest.mark.parametrize("scale", [1e-3, 1e-9, 1e-12])
    def test_a_narrow_column_has_a_grid_as_narrow(self, scale: float) -> None:
        low, high = grid_range(adaptive_knots(scale * rows(100, 1), 5, 3, 1.0), 3)
        assert float(high - low) < 3 * scale


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("column", [[1.0, 1.0], [0.0, 1.0], [-1.0, 1.0]])
def test_a_column_of_the_smallest_numbers_there_are_counts_as_zero(dtype: torch.dtype, column: list[float]) -> None:
    smallest = torch.finfo(dtype).smallest_normal * torch.finfo(dtype).eps
    x = torch.tensor(column, dtype=dtype)[:, None] * smallest
    for eps in (0.0, 0.5, 1.0):
        assert (adaptive_knots(x, 5, 3, eps).diff() > 1e-6).all()
