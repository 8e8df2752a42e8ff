"""Which columns matter."""

from __future__ import annotations

import pytest
import torch

from kanwidget.discovery.columns import MOST_COLUMNS, relevant, unit

from ..support import rows

X = rows(300, 4)


def test_constant_columns_are_left_out() -> None:
    x = X.clone()
    x[:, 1] = 3.0
    assert relevant(x, x[:, 0] * x[:, 2]) == [0, 2]


def test_of_repeated_columns_the_first_stays() -> None:
    x = torch.cat([X[:, :2], X[:, :1]], dim=1)
    assert relevant(x, x[:, 2].sin() + x[:, 1]) == [0, 1]


def test_idle_columns_are_left_out() -> None:
    x = rows(300, 5)
    assert relevant(x, torch.exp(x[:, 1]) * x[:, 3]) == [1, 3]


@pytest.mark.parametrize("seed", range(3))
def test_noise_hides_no_column_that_matters_and_keeps_hardly_any_other(seed: int) -> None:
    x = rows(300, 5, seed=seed)
    columns = relevant(x, torch.exp(x[:, 1]) * x[:, 3] + 0.05 * rows(300, 1, seed=7 + seed)[:, 0])
    assert {1, 3} <= set(columns)
    assert len(columns) <= 3


def test_a_column_that_matters_only_together_with_another_stays() -> None:
    assert relevant(X, X[:, 0] * X[:, 3]) == [0, 3]


def test_of_forty_at_most_ten_are_left_and_those_that_matter_are_among_them() -> None:
    x = rows(200, 40)
    columns = relevant(x, x[:, 3] * x[:, 30] + x[:, 7])
    assert len(columns) <= MOST_COLUMNS
    assert {3, 7, 30} <= set(columns)


def test_of_noise_no_more_than_ten_are_left() -> None:
    assert len(relevant(rows(200, 40), rows(200, 1, seed=5)[:, 0])) <= MOST_COLUMNS


@pytest.mark.parametrize("size", [1e-200, 1e-3, 1.0, 1e5, 1e200])
def test_units_bring_squares_into_range(size: float) -> None:
    scaled = size * X / unit(size * X)
    assert scaled.square().sum().isfinite() and (scaled.square().sum(0) > 0).all()
    if 1e-30 < size < 1e30:
        assert torch.equal(scaled, size * X)
