"""Generated tables, from harmless to hostile: a finite result or an error that says why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from kanwidget import KAN, KanwidgetError

from ..support import rows

COLUMNS: dict[str, Callable[[int, int], Tensor]] = {
    "uniform": lambda n, seed: rows(n, 1, seed)[:, 0],
    "constant": lambda n, seed: torch.full((n,), 3.5, dtype=torch.float64),
    "zero": lambda n, seed: torch.zeros(n, dtype=torch.float64),
    "two values": lambda n, seed: (rows(n, 1, seed)[:, 0] > 0).double(),
    "mostly one value": lambda n, seed: torch.where(rows(n, 1, seed)[:, 0] > 0.9, 5.0, 1.0).double(),
    "one outlier": lambda n, seed: torch.cat([torch.full((1,), 1e4, dtype=torch.float64), rows(n, 1, seed)[1:, 0]]),
    "heavy tail": lambda n, seed: torch.exp(8 * rows(n, 1, seed)[:, 0]),
    "integers": lambda n, seed: (10 * rows(n, 1, seed)[:, 0]).round(),
    "far from zero": lambda n, seed: 1e6 + rows(n, 1, seed)[:, 0],
    "ordered": lambda n, seed: torch.linspace(-1, 1, n, dtype=torch.float64),
}


@st.composite
def tables(draw: Callable[..., Any], scales: st.SearchStrategy[float]) -> tuple[Tensor, Tensor]:
    count, inputs, outputs = draw(st.integers(1, 25)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    kinds = draw(st.lists(st.sampled_from(sorted(COLUMNS)), min_size=inputs + outputs, max_size=inputs + outputs))
    columns = torch.stack([draw(scales) * COLUMNS[kind](count, seed) for seed, kind in enumerate(kinds)], dim=1)
    return columns[:, :inputs], columns[:, inputs:]


OPTIONS = st.fixed_dictionaries({"opt": st.sampled_from(["auto", "LM", "LBFGS", "Adam"]), "update_grid": st.booleans()})


def walk(x: Tensor, y: Tensor, options: dict[str, Any], dtype: torch.dtype) -> None:
    """Everything that a user does to a table, as far as it gets."""
    model = KAN([x.shape[1], [1, 1], y.shape[1]], grid=3, grid_eps=0.1, dtype=dtype)
    model.fit((x, y), steps=2, progress=False, **options)
    assert all(bool(torch.isfinite(p).all()) for p in (*model.parameters(), *model.buffers()))
    assert torch.isfinite(model(x.to(dtype))).all()
    model.refine(5)
    try:
        small = model.prune()
    except KanwidgetError:
        small = model
    assert torch.isfinite(small(x.to(dtype))).all()
    for edge in list(small.edges())[:2]:
        small.fix_symbolic(*edge, "x", verbose=False)
    assert torch.isfinite(small(x.to(dtype))).all()


@settings(max_examples=60)
@given(tables(st.sampled_from([1e-6, 1e-3, 1.0, 1e3])), OPTIONS)
def test_odd_tables_end_finite(table: tuple[Tensor, Tensor], options: dict[str, Any]) -> None:
    walk(*table, options, torch.float64)


class TestOddTables:
    @settings(max_examples=60)
    @given(tables(st.sampled_from([1e-6, 1e-3, 1.0, 1e3])), OPTIONS)
    def test_odd_tables_end_finite_with_a_penalty(self, table: tuple[Tensor, Tensor], options: dict[str, Any]) -> None:
        walk(*table, {"lamb": 0.1, **options}, torch.float64)

    @settings(max_examples=30)
    @given(tables(st.sampled_from([1e-3, 1.0, 1e3])), OPTIONS)
    def test_odd_tables_end_finite_in_single_precision(
        self, table: tuple[Tensor, Tensor], options: dict[str, Any]
    ) -> None:
        walk(*table, options, torch.float32)

    @settings(max_examples=60)
    @given(tables(st.sampled_from([1e-300, 1e-30, 1.0, 1e30, 1e100, 1e200, 1e300])), OPTIONS)
    def test_extreme_tables_end_finite_or_in_an_error_that_says_why(
        self, table: tuple[Tensor, Tensor], options: dict[str, Any]
    ) -> None:
        try:
            walk(*table, options, torch.float64)
        except KanwidgetError as error:
            assert str(error)

    @pytest.mark.parametrize("scale", [1e-10, 1e-19])
    def test_inputs_in_small_units_are_learnt_as_well_as_others(self, scale: float) -> None:
        x = rows(200, 1)
        losses = []
        for unit in (1.0, scale):
            model = KAN([1, 1], dtype=torch.float64)
            losses.append(model.fit((unit * x, torch.sin(3 * x)), steps=20, progress=False).train_loss[-1])
        assert losses[1] < 10 * losses[0]
