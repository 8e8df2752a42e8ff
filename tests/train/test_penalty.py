"""The penalty's formula, term by term."""

from __future__ import annotations

import math

import pytest
import torch

from kanwidget import KAN
from kanwidget.train.penalty import Penalty, edge_scales, entropy

from ..support import rows


def reg(model: KAN, **options: float) -> float:
    """R as a fit reports it, without a step that matters."""
    x = rows(100, 2)
    result = model.copy().fit((x, x[:, 0]), opt="Adam", lr=1e-12, steps=1, update_grid=False, progress=False, **options)
    return result.reg[0]


OFF = {"lamb_l1": 0.0, "lamb_entropy": 0.0, "lamb_coef": 0.0, "lamb_coefdiff": 0.0}


def test_the_magnitude_term_is_the_sum_of_standard_deviations() -> None:
    model = KAN([2, 1], dtype=torch.float64)
    x = rows(100, 2)
    edges = model.trace(x)[0].edges[:, :, 0].detach()
    layer = model.layer(0)
    total = Penalty(lamb_l1=1.0, lamb_entropy=0.0).of_layer(layer, edge_scales(layer, edges[:, :, None]))
    assert float(total.detach()) == pytest.approx(float(edges.std(0, correction=0).sum()), rel=1e-2)


@pytest.mark.parametrize(
    ("scales", "expected"),
    [([1.0, 0.0], 0.0), ([1.0, 1.0], math.log(2)), ([2.0, 2.0, 2.0, 2.0], math.log(4)), ([0.0, 0.0], 0.0)],
)
def test_the_entropy_is_that_of_the_shares(scales: list[float], expected: float) -> None:
    assert float(entropy(torch.tensor(scales, dtype=torch.float64))) == pytest.approx(expected, abs=1e-6)


def test_weights_multiply_their_terms_and_terms_add_up() -> None:
    model = KAN([2, 2, 1], dtype=torch.float64)
    each = {name: reg(model, **(OFF | {name: 1.0})) for name in OFF}
    assert all(value > 0 for value in each.values())
    assert reg(model, **(OFF | {"lamb_entropy": 10.0})) == pytest.approx(10 * each["lamb_entropy"])
    assert reg(model, **dict.fromkeys(OFF, 1.0)) == pytest.approx(sum(each.values()))
    assert reg(model, **OFF) == 0


def test_named_and_removed_edges_carry_no_penalty() -> None:
    model = KAN([2, 1], dtype=torch.float64)
    before = reg(model)
    model.fix_symbolic(0, 0, 0, "x", affine=[1, 0, 5, 0], verbose=False)
    assert reg(model) < before
    model.remove_edge(0, 1, 0)
    assert reg(model) == pytest.approx(0, abs=1e-6)


def test_an_edge_that_is_constant_carries_none() -> None:
    model = KAN([1, 1], base_fun="zero", dtype=torch.float64)
    with torch.no_grad():
        model.layer(0).coef.fill_(7.0)
    assert edge_scales(model.layer(0), model.trace(rows(50, 1))[0].edges).detach() == pytest.approx(0, abs=1e-9)


class TestNothingVaries:
    def test_the_penalty_has_a_finite_gradient_where_nothing_varies(self) -> None:
        """A single row, equal rows, a layer that went silent."""
        scales = torch.zeros(4, dtype=torch.float64, requires_grad=True)
        entropy(scales).backward()
        assert scales.grad is not None and torch.isfinite(scales.grad).all()

    @pytest.mark.parametrize("opt", ["LM", "LBFGS", "Adam"])
    def test_equal_rows_are_learnt_with_a_penalty(self, opt: str) -> None:
        model = KAN([2, 2, 1], dtype=torch.float64)
        x = torch.ones(20, 2)
        before = float((model(x) - 1).detach().abs().max())
        result = model.fit((x, x[:, 0]), opt=opt, lamb=0.01, steps=8, progress=False)
        assert result.train_loss[-1] < before
