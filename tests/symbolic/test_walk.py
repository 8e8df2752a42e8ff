"""From data to formula, ten times."""

from __future__ import annotations

import pytest
import sympy as sp
import torch

from kanwidget import KAN, Dataset, create_dataset

from ..conftest import truth

CLOSE = 1e-4


def walk(dataset: Dataset, seed: int) -> tuple[sp.Expr, list[sp.Symbol], float]:
    model = KAN(width=[2, 5, 1], grid=5, k=3, seed=seed, dtype=torch.float64)
    model.fit(dataset, steps=20, lamb=0.01, lamb_entropy=10.0, progress=False)
    model = model.prune()
    model.fit(dataset, steps=20, progress=False)
    model.auto_symbolic(verbose=False)
    model.fit(dataset, steps=20, progress=False)
    (formula,), variables = model.symbolic_formula()
    error = (model(dataset.test_input) - dataset.test_label).square().mean().sqrt()
    return formula, variables, error.item()


def constants(formula: sp.Expr, x: sp.Symbol, y: sp.Symbol) -> dict[str, float]:
    """Those of ``scale * exp(height * sin(rate * x + phase) + square * y^2 + slope * y) + offset``, sorted out.

    Raises:
        ValueError, sympy.PolynomialError: the formula has another form.
    """
    (power,) = formula.atoms(sp.exp)
    exponent = sp.expand(power.args[0])
    (sine,) = exponent.atoms(sp.sin, sp.cos)
    height = exponent.coeff(sine)
    rate, phase = sp.Poly(sine.args[0], x).all_coeffs()
    phase += sp.pi / 2 if isinstance(sine, sp.cos) else 0
    square, slope, level = sp.Poly(sp.expand(exponent - height * sine), y).all_coeffs()
    turns = round(float(phase / sp.pi))
    return {
        "scale": float(formula.coeff(power) * sp.exp(level)),
        "height": float(height * (-1) ** turns * sp.sign(rate)),
        "rate": float(abs(rate)),
        "phase": float(phase - turns * sp.pi),
        "square": float(square),
        "slope": float(slope),
        "offset": float(formula - formula.coeff(power) * power),
    }


TRUE = {"scale": 1.0, "height": 1.0, "rate": torch.pi, "phase": 0.0, "square": 1.0, "slope": 0.0, "offset": 0.0}


def test_the_walk_ends_in_the_true_formula() -> None:
    dataset = create_dataset(truth, n_var=2)
    failures = {}
    for seed in range(10):
        formula, (x, y), error = walk(dataset, seed)
        try:
            found = constants(formula, x, y)
        except (ValueError, sp.PolynomialError):
            failures[seed] = str(formula)
            continue
        if any(abs(found[name] - TRUE[name]) > CLOSE for name in TRUE) or error > CLOSE:
            failures[seed] = str(formula)
    assert len(failures) <= 1, failures


@pytest.mark.parametrize(
    "same",
    [
        "exp(sin(pi*x) + y**2)",
        "0.5*exp(-sin(-3.14159265*x) + (y - 1e-5)**2 + 0.69314718)",
        "2*exp(cos(3.14159265*x - 1.57079633) + 4*(0.5*y)**2 - 0.69314718) + 1e-6",
        "exp(sin(-pi*x + 3*pi) + y**2)",
    ],
)
def test_the_judge_sees_through_what_makes_no_difference(same: str) -> None:
    x, y = sp.symbols("x y")
    found = constants(sp.sympify(same), x, y)
    assert found == pytest.approx(TRUE, abs=CLOSE)


@pytest.mark.parametrize("other", ["sin(x) + y**2", "exp(sin(x) + Abs(y))", "exp(sin(x) + sin(y))", "exp(x) + exp(y)"])
def test_the_judge_refuses_other_forms(other: str) -> None:
    x, y = sp.symbols("x y")
    with pytest.raises((ValueError, sp.PolynomialError)):
        constants(sp.sympify(other), x, y)


@pytest.mark.parametrize("wrong", ["exp(sin(3*x) + y**2)", "2*exp(sin(pi*x) + y**2)", "exp(sin(pi*x) + y**2 + y)"])
def test_the_judge_sees_other_constants(wrong: str) -> None:
    x, y = sp.symbols("x y")
    assert constants(sp.sympify(wrong), x, y) != pytest.approx(TRUE, abs=CLOSE)
