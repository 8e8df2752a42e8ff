"""Positions keep their order and their distance and move as little as possible."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanwidget.plot.layout.spread import spread

heights = st.lists(st.floats(-100, 100), min_size=1, max_size=12)
gap = st.floats(0, 20)


@given(heights, gap)
def test_order_and_distance_are_kept(wanted: list[float], gap: float) -> None:
    ys = spread(wanted, [gap] * (len(wanted) - 1), -1e6, 1e6)
    assert all(b - a >= gap - 1e-9 for a, b in pairwise(ys))


@given(heights, gap)
def test_the_band_is_kept_where_everything_fits(wanted: list[float], gap: float) -> None:
    high = gap * len(wanted) + 1
    ys = spread(wanted, [gap] * (len(wanted) - 1), 0, high)
    assert all(-1e-9 <= y <= high + 1e-9 for y in ys)
    assert all(b - a >= gap - 1e-9 for a, b in pairwise(ys))


@given(heights)
def test_what_is_apart_already_stays(wanted: list[float]) -> None:
    far = [y + 300 * n for n, y in enumerate(wanted)]
    assert spread(far, [10] * (len(far) - 1), -1e6, 1e6) == pytest.approx(far)


@given(heights, gap, st.data())
def test_no_other_positions_are_nearer(wanted: list[float], gap: float, data: st.DataObject) -> None:
    gaps = [gap] * (len(wanted) - 1)
    first = data.draw(st.floats(-100, 100))
    steps = data.draw(st.lists(st.floats(0, 30), min_size=len(gaps), max_size=len(gaps)))
    other = [first + sum(gaps[:n]) + sum(steps[:n]) for n in range(len(wanted))]

    def cost(ys: list[float]) -> float:
        return sum((y - want) ** 2 for y, want in zip(ys, wanted, strict=True))

    assert cost(spread(wanted, gaps, -1e6, 1e6)) <= cost(other) + 1e-6


def test_nothing_is_nowhere() -> None:
    assert spread([], [], 0, 1) == []
