"""Names as people write them, and as a figure sets them."""

from __future__ import annotations

import pytest

from kanwidget.plot.names import function_sign, plural, shorten, split_name


@pytest.mark.parametrize(
    ("name", "stem", "sub"),
    [
        ("x_1", "x", "1"),
        ("x12", "x", "12"),
        ("x₁₀", "x", "10"),
        ("α_2", "α", "2"),
        ("speed_3", "speed", "3"),
        ("f", "f", ""),
        ("sepal length (cm)", "sepal length (cm)", ""),
        ("col12", "col12", ""),
        ("x_max", "x_max", ""),
        ("$x_1$", "$x_1$", ""),
        ("", "", ""),
    ],
)
def test_an_index_is_set_apart(name: str, stem: str, sub: str) -> None:
    assert split_name(name) == (stem, sub)


def test_long_names_end_in_an_ellipsis() -> None:
    assert shorten("a" * 30, 10) == "a" * 9 + "…"
    assert shorten("short", 10) == "short"


def test_line_breaks_become_blanks() -> None:
    assert shorten("two\nlines", 20) == "two lines"


def test_functions_are_written_as_mathematics() -> None:
    assert [function_sign(name) for name in ("x^2", "1/sqrt(x)", "sin", "own")] == ["x²", "1/√x", "sin", "own"]


def test_plurals() -> None:
    assert [plural(n, "edge") for n in (0, 1, 2)] == ["0 edges", "1 edge", "2 edges"]
