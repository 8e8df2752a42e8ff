"""What counts as solved, on formulas whose worth is known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from benchmarks.constants import refitted
from benchmarks.scoring import Problem, judge, read_problems

WAVE = Problem("wave", "exp(sin(pi*x)+y**2)", ("x", "y"), ((-1, 1), (-1, 1)))
LENS = Problem("lens", "1/(1/f-1/d)", ("f", "d"), ((0.5, 1), (2, 5)))
SLOPE = Problem("slope", "sqrt(x)", ("x",), ((0, 4),))
BELL = Problem("bell", "erf(x)", ("x",), ((-1, 1),), exactable=False)
SQUARES = Problem("squares", "x**2-y**2", ("x", "y"), ((-1, 1), (-1, 1)))

# problem, formula, exact, near, exact in the box
CASES = [
    (WAVE, "exp(sin(pi*x)+y**2)", True, True, True),
    (WAVE, "1.0000000001*exp(sin(3.14159265358979*x)+y**2)", True, True, True),
    (WAVE, "exp(sin(3.1416*x)+y**2)", False, True, False),
    (WAVE, "exp(sin(3.14*x)+y**2)", False, False, False),
    (WAVE, "1.2", False, False, False),
    (WAVE, "log(x-10)+y", False, False, False),
    (LENS, "f*d/(d-f)", True, True, True),
    (LENS, "d*f/(d-1.01*f)", False, False, False),
    (SLOPE, "x**0.5", True, True, True),
    (SLOPE, "exp(log(x)/2)", True, True, True),
    (SLOPE, "sqrt(Abs(x))", True, True, True),
    (BELL, "erf(x)", True, True, True),
    (BELL, "tanh(1.2*x)", False, False, False),
    (SQUARES, "(x+y)*(x-y)", True, True, True),
    (SQUARES, "x**2-y**2+1e-5*sin(x)", False, True, False),
    (SQUARES, "(x-y)*(x+y)*(1+(Abs(x)-1+Abs(Abs(x)-1))*10)", False, False, True),
]


@pytest.mark.parametrize(("problem", "formula", "exact", "near", "in_box"), CASES)
def test_a_formula_is_worth_what_it_is_in_the_box_and_around_it(
    problem: Problem, formula: str, exact: bool, near: bool, in_box: bool
) -> None:
    verdict = judge(problem, sp.sympify(formula))
    assert (verdict.exact, verdict.near, verdict.exact_in_box) == (exact, near, in_box)


def test_a_polynomial_that_is_right_in_the_box_alone_is_wrong() -> None:
    rows = np.linspace(-1, 1, 500)
    powers = np.polynomial.Polynomial.fit(rows, 1 / (rows + 1.4), 24).convert().coef
    series = sum(c * sp.Symbol("x") ** i for i, c in enumerate(powers))
    verdict = judge(Problem("pole", "1/(x+Rational(7,5))", ("x",), ((-1, 1),)), series)
    assert verdict.error < 1e-6 and verdict.error_around > 1e-3
    assert verdict.exact_in_box and not verdict.exact and not verdict.near


def test_symbols_count_by_name_whatever_is_assumed_of_them() -> None:
    x, y = sp.symbols("x y", positive=True)
    assert judge(SQUARES, (x - y) * (x + y)).exact


def test_a_formula_of_unknown_symbols_is_wrong() -> None:
    assert not judge(SQUARES, sp.Symbol("z") ** 2).near


def test_complexity_counts_every_node() -> None:
    assert judge(SQUARES, sp.sympify("x**2-y**2")).complexity == 9


def test_rows_are_drawn_in_the_box_where_the_truth_is_real() -> None:
    x, y = SLOPE.sample(1000, 3, margin=0.25)
    assert x.min() >= 0 and 4 < x.max() <= 5 and len(x) < 1000
    np.testing.assert_allclose(y, np.sqrt(x[:, 0]), rtol=1e-14)


def test_noise_is_relative_to_the_spread_of_the_labels_and_leaves_the_inputs() -> None:
    (x, y), (same, noisy) = SLOPE.training(1000, 3), SLOPE.training(1000, 3, noise=0.1)
    assert len(y) == 1000
    np.testing.assert_array_equal(x, same)
    assert 0.09 < (noisy - y).std() / y.std() < 0.11


def test_constants_are_refitted_and_whole_numbers_stay() -> None:
    x, y = WAVE.sample(500, 0)
    near = sp.sympify("0.9*exp(1.1*sin(3.0*x) + y**2) + 0.1")
    found = refitted(near, WAVE.variables, x, y)
    assert not judge(WAVE, near).near and judge(WAVE, found).exact
    assert found.atoms(sp.Integer) >= {sp.Integer(2)}


@pytest.mark.parametrize("formula", ["x+y", "log(0.5*x)"])
def test_without_constants_or_values_a_formula_is_not_refitted(formula: str) -> None:
    x, y = WAVE.sample(500, 0)
    assert refitted(sp.sympify(formula), WAVE.variables, x, y) == sp.sympify(formula)


def test_the_well_known_problems_can_be_solved() -> None:
    for problem in read_problems(Path(__file__).parents[2] / "benchmarks" / "problems.json"):
        assert len(problem.training(1000, 0)[0]) == len(problem.sample(1000, 0)[0]) == 1000, problem.name
        assert problem.truth.free_symbols == {sp.Symbol(name) for name in problem.variables}, problem.name
        assert judge(problem, problem.truth).exact and not judge(problem, sp.Float(0.5)).near, problem.name


def test_a_problem_file_may_hold_more_than_is_read(tmp_path: Path) -> None:
    entry = {"name": "a", "expr": "x", "variables": ["x"], "ranges": [[0, 1]], "note": "", "exactable": False}
    file = tmp_path / "problems.json"
    file.write_text(json.dumps([entry]))
    assert read_problems(file) == [Problem("a", "x", ("x",), ((0, 1),), exactable=False)]
