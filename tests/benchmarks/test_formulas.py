"""The benchmark of formula discovery, with finders whose answers are known."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from benchmarks.finders import Finder, Found, Rows
from benchmarks.formulas import Answer, answered, summary
from benchmarks.fresh import Task
from benchmarks.scoring import Problem

ROOT = Path(__file__).parents[2]
X, Y = sp.symbols("x y")
PRODUCT = Problem("product", "3*x*y/2", ("x", "y"), ((-1, 1), (-1, 1)))
BELL = Problem("bell", "erf(x)", ("x",), ((-1, 1),), exactable=False)


def knows() -> Finder:
    return lambda rows, budget, seed: Found(1.5 * X * Y, certified=True)


def claims() -> Finder:
    return lambda rows, budget, seed: Found(1.5 * X, certified=True)


def fits() -> Finder:
    """The truth, its constant fitted to the rows."""
    return lambda rows, budget, seed: Found(sp.Float((rows.x.prod(1) @ rows.y) / (rows.x.prod(1) ** 2).sum()) * X * Y)


def breaks() -> Finder:
    def find(rows: Rows, budget: float, seed: int) -> Found:
        raise ValueError(f"{rows.x.shape} {len(rows.y)} {rows.variables} {budget} {seed}")

    return find


def never_ends() -> Finder:
    def find(rows: Rows, budget: float, seed: int) -> Found:
        while True:
            np.sort(rows.y)

    return find


def starts_slowly() -> Finder:
    time.sleep(2)
    return knows()


def crashes() -> Finder:
    return lambda rows, budget, seed: os._exit(1)


def test_the_truth_is_exact_and_rightly_certified() -> None:
    answer = answered(Task(knows, budget=1, limit=60), PRODUCT, seed=0)
    assert answer.exact and answer.near and answer.structure and answer.certified and not answer.false_certified
    assert "exact, certified" in str(answer) and "1.5*x*y" in str(answer)


def test_a_wrong_formula_is_falsely_certified() -> None:
    answer = answered(Task(claims, budget=1, limit=60, noise=0.01), PRODUCT, seed=0)
    assert not answer.exact and not answer.near and not answer.structure and answer.false_certified
    assert "FALSELY CERTIFIED" in str(answer)


def test_with_noise_only_the_structure_may_be_right() -> None:
    answer = answered(Task(fits, budget=1, limit=60, noise=0.2), PRODUCT, seed=0)
    assert answer.structure and not answer.near and not answer.certified


def test_a_finder_that_breaks_down_has_no_answer() -> None:
    answer = answered(Task(breaks, budget=7, limit=60), PRODUCT, seed=3)
    assert answer.found is None and not answer.near
    assert "ValueError: (1000, 2) 1000 ('x', 'y') 7 3" in str(answer)


@pytest.mark.parametrize(("make", "trouble"), [(never_ends, "in time"), (crashes, "ended with 1")])
def test_a_finder_that_does_not_come_back_has_no_answer_and_cost_its_limit(
    make: Callable[[], Finder], trouble: str
) -> None:
    answer = answered(Task(make, budget=1, limit=1), PRODUCT, seed=0)
    assert answer.found is None and answer.seconds == 1 and trouble in str(answer)


def test_the_limit_begins_when_the_finder_is_ready() -> None:
    assert answered(Task(starts_slowly, budget=1, limit=0.1), PRODUCT, seed=0).exact


def test_counts_are_means_over_seeds_and_false_certificates_are_a_sum() -> None:
    right, wrong = Found(1.5 * X * Y), Found(X * Y, certified=True)
    answers = [
        Answer.of(PRODUCT, 0, 1.0, right),
        Answer.of(PRODUCT, 1, 2.0, wrong),
        Answer.of(BELL, 0, 3.0, Found(X, certified=True)),
        Answer.of(BELL, 1, 4.0, Found(sp.erf(X))),
    ]
    found = summary(answers, seeds=2, noise=False)
    assert {key: found[key] for key in ("exact", "near", "total", "certified", "false_certified")} == {
        "exact": 0.5,
        "near": 0.5,
        "total": 1,
        "certified": 1,
        "false_certified": 2,
    }
    assert found["median_cpu_s"] == 2.5 and 3.5 < found["p95_cpu_s"] <= 4
    assert [entry["name"] for entry in found["problems"]] == ["product", "product", "bell", "bell"]
    assert "structure" not in found


def test_an_unknown_problem_is_refused() -> None:
    command = [sys.executable, "-m", "benchmarks.formulas", "--only", "no_such"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "no_such" in done.stderr
