"""The last form: nothing idle in it, numbers only where the data allow, and honest standard errors."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from kanwidget.discovery.clock import Clock
from kanwidget.discovery.fitting import Fitted, refitted, values
from kanwidget.discovery.polish import Measure, Polished, polished
from kanwidget.discovery.terms import Input, Link, Sum, Times, links

from ..support import rows
from .trees import linear

X = rows(200, 2)


def final(tree: Sum, y: Tensor, *, exact: bool, x: Tensor = X) -> Polished:
    error = float((values((tree,), x)[:, 0] - y).square().mean())
    return polished(Fitted((tree,), error), Measure(x, y[:, None], exact, Clock(600)))


def names(formula: Polished) -> list[str]:
    return [link.name for tree in formula.trees for link in links(tree)]


def noise(seed: int, count: int = 200) -> Tensor:
    return torch.randn(count, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


class TestIdleParts:
    def test_a_term_that_adds_nothing_goes(self) -> None:
        tree = Sum((Link("x^2", Input(0)), Link("sin", Input(1), (1.0, 0.0, 1e-9, 0.0))))
        found = final(tree, X[:, 0] ** 2, exact=True)
        assert names(found) == ["x^2"]
        assert found.error < 1e-28

    def test_of_a_product_with_a_factor_that_is_constant_the_other_is_left(self) -> None:
        one = Sum((Link("x", Input(1), (1.0, 0.0, 1e-9, 1.0)),))
        tree = Sum((Link("x", Times(Sum((Link("sin", Input(0)),)), one)),))
        found = final(tree, X[:, 0].sin(), exact=True)
        assert "sin" in names(found)
        assert not any(isinstance(link.source, Times) for link in links(found.trees[0]))

    def test_a_small_term_that_matters_stays(self) -> None:
        tree = Sum((Link("x^2", Input(0)), Link("sin", Input(1), (1.0, 0.0, 1e-4, 0.0))))
        found = final(tree, X[:, 0] ** 2 + 1e-4 * X[:, 1].sin(), exact=True)
        assert sorted(names(found)) == ["sin", "x^2"]

    def test_with_noise_a_term_stays_only_if_the_data_show_it(self) -> None:
        tree = Sum((Link("x^2", Input(0)), Link("x", Input(1), (1.0, 0.0, 0.01, 0.0))))
        y = X[:, 0] ** 2 + 0.1 * noise(1)
        assert names(final(tree, y, exact=False)) == ["x^2"]
        assert sorted(names(final(tree, y + 0.5 * X[:, 1], exact=False))) == ["x", "x^2"]


class TestKnownNumbers:
    def test_constants_of_an_exact_formula_become_the_numbers_that_they_are(self) -> None:
        tree = Sum((Link("sin", Input(0), (3.1, 0.05, 0.3, 0.01)),))
        found = final(tree, torch.sin(math.pi * X[:, 0]) / 3, exact=True)
        assert found.unknown == 0
        assert found.affine[0].tolist() == [math.pi, 0.0, 1 / 3, 0.0]

    def test_other_constants_stay_what_they_are(self) -> None:
        tree = Sum((Link("sin", Input(0), (2.7, 0.0, 1.0, 0.0)),))
        found = final(tree, 1.2345678912 * torch.sin(2.7182918284 * X[:, 0]), exact=True)
        assert found.unknown == 2
        assert found.affine[0].tolist() == pytest.approx([2.7182918284, 0.0, 1.2345678912, 0.0], abs=1e-9)

    @pytest.mark.parametrize("seed", range(6))
    @pytest.mark.parametrize("slope", [2.0, 2.013, math.pi])
    def test_with_noise_only_within_two_standard_errors(self, slope: float, seed: int) -> None:
        y = slope * X[:, 0] + 0.5 + 0.05 * noise(seed)
        found = final(linear(slope, offset=0.5), y, exact=False)
        design = torch.stack([X[:, 0], torch.ones(200)], dim=1)
        best, error = regression(design, y)
        at = torch.tensor([float(found.affine[0, 2]), float(found.affine[0, 3])], dtype=torch.float64)
        assert ((at - best).abs() <= 2.6 * error).all()  # two, and as the offset follows the slope a little more

    def test_a_number_that_the_data_rule_out_is_not_taken(self) -> None:
        y = 2.013 * X[:, 0] + 0.001 * noise(3)
        found = final(linear(2.0), y, exact=False)
        assert abs(float(found.affine[0, 2]) - 2.013) < 0.001

    def test_a_plain_number_is_taken_where_the_data_cannot_tell(self) -> None:
        y = 2 * X[:, 0] + 0.05 * noise(4)
        found = final(linear(1.98, offset=0.01), y, exact=False)
        assert found.affine[0].tolist() == [1.0, 0.0, 2.0, 0.0]
        assert found.deviation[0].tolist() == [0.0] * 4


def regression(design: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Ordinary least squares: coefficients and their standard errors."""
    inverse = torch.linalg.inv(design.T @ design)
    coef = inverse @ design.T @ y
    residual = (y - design @ coef).square().sum() / (len(y) - design.shape[1])
    return coef, (residual * inverse.diagonal()).sqrt()


class TestStandardErrors:
    WAVE = Sum((Link("sin", Input(0), (2.31, 0.43, 1.713, 0.917)),))

    def test_of_a_line_they_are_those_of_linear_regression(self) -> None:
        y = 1.2345678 * X[:, 0] + 0.7654321 + 0.01 * noise(1)
        found = final(linear(1.23, offset=0.77), y, exact=False)
        _, expected = regression(torch.stack([X[:, 0], torch.ones(200)], dim=1), y)
        if found.unknown == 2:
            assert found.deviation[0, 2:].tolist() == pytest.approx(expected.tolist(), rel=1e-6)
        else:
            pytest.fail("no constant of this line is a known number")

    def test_of_a_wave_they_are_the_scatter_over_many_experiments(self) -> None:
        x = X[:, :1]
        exact = values((self.WAVE,), x)[:, 0]
        found, promised = [], []
        for seed in range(150):
            y = exact + 0.05 * noise(seed + 100)
            (fit,) = refitted([(self.WAVE,)], x, y[:, None], iterations=20)
            (link,) = fit.trees[0].links
            found.append(link.affine)
            if seed < 20:
                last = final(fit.trees[0], y, exact=False, x=x)
                if last.unknown == 4:
                    promised.append(last.deviation[0])
        assert len(promised) >= 5
        scatter = torch.tensor(found, dtype=torch.float64).std(0)
        assert torch.stack(promised).mean(0).tolist() == pytest.approx(scatter.tolist(), rel=0.3)
