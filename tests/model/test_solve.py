"""Least squares against NumPy, with zero and dependent columns."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from kanwidget.model.solve import solve_coef

from ..support import rows


def by_numpy(design: Tensor, target: Tensor) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.linalg.lstsq(design.numpy(), target.numpy(), rcond=1e-12)[0]


@given(st.integers(1, 15), st.integers(1, 8), st.integers(1, 3), st.integers(0, 999), st.data())
def test_it_is_the_least_squares_solution_of_smallest_norm(
    count: int, columns: int, outputs: int, seed: int, data: st.DataObject
) -> None:
    design, target = rows(count, columns, seed), rows(count, outputs, seed + 1)
    for column in data.draw(st.sets(st.integers(0, columns - 1))):
        design[:, column] = 0
    if columns > 1 and data.draw(st.booleans()):
        design[:, 1] = 3 * design[:, 0]
    assert solve_coef(design, target).numpy() == pytest.approx(by_numpy(design, target), rel=1e-6, abs=1e-8)


def test_a_column_of_zeros_gets_the_coefficient_zero() -> None:
    design = rows(30, 5)
    design[:, 2] = 0
    solution = solve_coef(design, rows(30, 2, seed=1))
    assert (solution[2].abs() < 1e-12).all()
    assert (solution[[0, 1, 3, 4]].abs() > 1e-6).all()


def test_a_stack_is_solved_one_by_one() -> None:
    design, target = rows(120, 4).view(4, 30, 4), rows(120, 2, seed=1).view(4, 30, 2)
    together = solve_coef(design, target)
    for one, a, b in zip(together, design, target, strict=True):
        assert torch.allclose(one, solve_coef(a, b))


def test_the_dtype_of_the_target_is_kept() -> None:
    assert solve_coef(rows(9, 2).float(), rows(9, 1).float()).dtype == torch.float32


def test_a_design_of_zeros_gives_zeros() -> None:
    assert (solve_coef(torch.zeros(5, 3), torch.ones(5, 1)) == 0).all()
