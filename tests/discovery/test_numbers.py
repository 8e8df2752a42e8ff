"""Numbers that people write are recognised; others are left alone."""

from __future__ import annotations

import math

import pytest
import sympy as sp
import torch
from hypothesis import given
from hypothesis import strategies as st

from kanwidget.discovery.numbers import as_sympy, recognised

WRITTEN = {
    "0": 0.0,
    "1": 1.0,
    "-7": -7.0,
    "1/3": 1 / 3,
    "pi/4": math.pi / 4,
    "sqrt(2)": math.sqrt(2),
    "1/(4*pi)": 1 / (4 * math.pi),
    "2*pi": 2 * math.pi,
    "E": math.e,
    "sqrt(2)*sqrt(pi)": math.sqrt(2 * math.pi),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_it_is_written_as_people_do(text: str) -> None:
    value = WRITTEN[text]
    written = as_sympy(value)
    assert written is not None
    assert str(written) == text
    assert float(written) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("text", WRITTEN)
def test_nine_digits_are_enough(text: str) -> None:
    value = WRITTEN[text]
    known = recognised(value + 3e-10 * max(1.0, abs(value)), 1e-9 * max(1.0, abs(value)))
    assert known is not None
    assert known.value == pytest.approx(value, rel=1e-15)


@given(st.integers(-20, 20), st.sampled_from([1, 2, 3, 4, 5, 6, 8, 10]), st.floats(-1, 1))
def test_plain_fractions_are_recognised_from_ten_digits(numerator: int, denominator: int, off: float) -> None:
    value = numerator / denominator
    known = recognised(value + 1e-10 * off, 1e-10)
    assert known is not None
    assert known.value == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("tolerance", [1e-12, 1e-9, 1e-6])
def test_random_decimals_are_left_alone(tolerance: float) -> None:
    random = 10 * torch.rand(2000, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    met = [value for value in random.tolist() if recognised(value, tolerance) is not None]
    assert len(met) <= 20  # one in a hundred


@pytest.mark.parametrize("tolerance", [1e-3, 0.01, 0.1])
def test_a_wide_tolerance_admits_plain_numbers_only(tolerance: float) -> None:
    random = 10 * torch.rand(500, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    for value in random.tolist():
        known = recognised(value, tolerance)
        if known is not None:
            assert abs(known.value - value) <= tolerance
            assert known.cost <= math.log10(0.5 * max(1.0, abs(value)) / tolerance) - 1 + 1e-9


@given(st.floats(allow_nan=True, allow_infinity=True), st.floats(0, 1))
def test_whatever_is_recognised_is_near(value: float, tolerance: float) -> None:
    known = recognised(value, tolerance)
    assert known is None or abs(known.value - value) <= tolerance


@given(st.floats(-1e6, 1e6))
def test_a_formula_never_gets_another_number(value: float) -> None:
    written = as_sympy(value)
    assert written is None or float(sp.N(written, 30)) == pytest.approx(value, rel=1e-14, abs=0)


def test_short_decimals_stay_decimals() -> None:
    assert as_sympy(0.37) is None
    assert recognised(0.37, 1e-12) is not None
