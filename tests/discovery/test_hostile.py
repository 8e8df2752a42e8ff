"""Tables that go wrong: an error that says why, or an honest answer, within the budget."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest
import torch
from torch import Tensor

from kanwidget import DataError, discover

from ..support import rows

X = rows(200, 3, low=0.1, high=1.0)
NOISE = rows(200, 1, seed=5, low=0.1, high=1.0)
LAW = X[:, :1] * X[:, 1:2]
WHOLE = torch.randint(1, 9, (200, 2), generator=torch.Generator().manual_seed(0))


def honest(data: Any, budget: float = 2.0) -> Any:
    """The outcome, with everything in it finite, in no more than its time.

    In seconds of this process, which are not more than those of the clock: other work on the machine is no fault.
    """
    begun = time.process_time()
    found = discover(data, budget_s=budget)
    assert time.process_time() - begun <= 1.5 * budget + 1.5  # what is under way when the time is over comes to its end
    for candidate in found.candidates:
        assert math.isfinite(candidate.rmse) and math.isfinite(candidate.relative_rmse)
        assert all(math.isfinite(error) and error > 0 for error in candidate.deviations)
        assert not any(str(formula) in ("nan", "zoo", "oo") for formula in candidate.formula)
    assert repr(found) and found._repr_html_()
    return found


class TestRefused:
    @pytest.mark.parametrize("count", [2, 3, 8])
    def test_too_few_rows(self, count: int) -> None:
        with pytest.raises(DataError, match=r"at least 8 are needed|rows"):
            discover((X[:count], LAW[:count]))

    @pytest.mark.parametrize("value", [math.nan, math.inf])
    def test_values_that_are_not_finite(self, value: float) -> None:
        for place in (0, 1):
            data = [X.clone(), LAW.clone()]
            data[place][7, 0] = value
            with pytest.raises(DataError, match="not finite, the first in row 7"):
                discover(tuple(data))

    def test_labels_at_the_end_of_floating_point(self) -> None:
        with pytest.raises(DataError, match=r"train_label is as large as \d\.\d+e\+307"):
            discover((X, 1e308 * LAW))

    @pytest.mark.parametrize("data", [None, 3, "table", (X,), (X, LAW[:5])])
    def test_what_is_no_table(self, data: Any) -> None:
        with pytest.raises(DataError):
            discover(data)


class TestLawless:
    def test_a_constant_target(self) -> None:
        found = honest((X, torch.full((200,), 3.0)))
        assert found.best.formula == [3]
        assert found.columns == ((),)

    def test_constant_columns_alone(self) -> None:
        found = honest((torch.ones(200, 2), NOISE))
        assert not found.certified
        assert found.best.formula[0].is_number

    @pytest.mark.parametrize("columns", [3, 40])
    def test_noise(self, columns: int) -> None:
        found = honest((rows(200, columns, seed=2), NOISE))
        assert not found.certified

    def test_one_row_over_and_over(self) -> None:
        assert honest((X[:1].repeat(50, 1), LAW[:1].repeat(50, 1))).best.formula[0].is_number

    def test_yes_and_no(self) -> None:
        assert not honest((X, (NOISE > 0.5).double())).certified

    def test_rows_that_contradict_each_other(self) -> None:
        assert not honest((X.repeat(2, 1), torch.cat([LAW, -LAW]))).certified

    @pytest.mark.parametrize("size", [1e200, 1e-200, 1e289])
    def test_targets_of_any_size(self, size: float) -> None:
        found = honest((X, size * NOISE))
        assert not found.certified
        assert found.best.rmse == pytest.approx(size * 0.26, rel=0.3)

    def test_columns_of_all_sizes_at_once(self) -> None:
        honest((torch.cat([1e200 * X[:100], 1e-200 * X[100:]]), LAW))


class TestLaws:
    """That stand in tables of all kinds."""

    def found(self, x: Tensor, y: Tensor) -> Any:
        found = honest((x, y), budget=60.0)
        assert found.certified
        return found.best

    def test_among_forty_columns(self) -> None:
        x = rows(200, 40, seed=3)
        assert str(self.found(x, x[:, 3] * x[:, 30]).formula[0]) == "x_31*x_4"

    def test_in_rows_that_repeat(self) -> None:
        self.found(X.repeat(3, 1), LAW.repeat(3, 1))

    def test_in_one_column(self) -> None:
        self.found(X[:, :1], torch.sin(X[:, :1]))

    def test_in_whole_numbers(self) -> None:
        self.found(WHOLE, WHOLE[:, 0] * WHOLE[:, 1])

    @pytest.mark.parametrize("size", [1e200, 1e-200])
    def test_in_units_of_any_size(self, size: float) -> None:
        best = self.found(X, size * LAW)
        assert best.rmse <= 1e-12 * size
        best = self.found(size * X, LAW)
        assert torch.allclose(best.model(size * X), LAW, rtol=1e-9)

    def test_to_seven_digits_a_law_is_found_but_not_certified(self) -> None:
        found = honest((X.float(), LAW.float()), budget=8.0)
        assert not found.certified
        assert found.best.relative_rmse < 1e-6
