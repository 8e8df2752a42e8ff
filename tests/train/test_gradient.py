"""The gradient in closed form against autograd, on networks of every kind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from kanwidget import KAN
from kanwidget.train.descent import backward
from kanwidget.train.losses import mean_squared_error
from kanwidget.train.objective import Objective
from kanwidget.train.penalty import Penalty

from ..support import formulas, networks, rows


def absolute(prediction: Tensor, label: Tensor) -> Tensor:
    return (prediction - label).abs().mean()


def both(model: KAN, objective: Objective) -> tuple[list[float], list[float]]:
    """Value and gradient, in closed form and by autograd."""
    found = []
    for by in (lambda of: backward(of, objective), lambda of: by_autograd(of, objective)):
        copy = model.copy()
        value = by(copy)
        gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in copy.parameters()]
        found.append([float(value), *torch.cat([g.flatten() for g in gradients]).tolist()])
    return found[0], found[1]


def by_autograd(model: KAN, objective: Objective) -> Tensor:
    total = objective(model).total
    if total.requires_grad:
        total.backward()
    return total.detach()


@settings(max_examples=60)
@given(
    networks(degrees=(0, 5)),
    st.sampled_from([1e-3, 0.3]),
    st.sampled_from([0.0, 0.7]),
    st.sampled_from([mean_squared_error, absolute]),
)
def test_it_is_that_of_autograd(model: KAN, lamb: float, coef: float, loss: Callable[[Tensor, Tensor], Tensor]) -> None:
    x = rows(40, model.width[0].count)
    y = rows(40, model.width[-1].count, seed=1)
    penalty = Penalty(lamb_l1=1.0, lamb_entropy=3.0, lamb_coef=coef, lamb_coefdiff=coef)
    found, wanted = both(model, Objective(x, y, lamb, penalty, loss))
    assert found == pytest.approx(wanted, rel=1e-7, abs=1e-8)


@given(formulas())
def test_it_is_right_for_every_function_of_the_library(model: KAN) -> None:
    x = rows(30, model.width[0].count)
    found, wanted = both(model, Objective(x, rows(30, model.width[-1].count, seed=1), 0.1, Penalty()))
    assert found == pytest.approx(wanted, rel=1e-7, abs=1e-8)


def test_frozen_parameters_get_none(trained: KAN) -> None:
    trained.layer(0).coef.requires_grad_(False)
    backward(trained, Objective(rows(30, 2), rows(30, 1, seed=1), 0.1, Penalty()))
    assert trained.layer(0).coef.grad is None
    assert trained.layer(1).coef.grad is not None


def test_large_networks_have_the_same_gradient_by_autograd(monkeypatch: pytest.MonkeyPatch, trained: KAN) -> None:
    objective = Objective(rows(30, 2), rows(30, 1, seed=1), 0.1, Penalty())
    small, _ = both(trained, objective)
    monkeypatch.setattr("kanwidget.train.descent.MOST_ENTRIES", 0)
    large, _ = both(trained, objective)
    assert small == pytest.approx(large, rel=1e-8, abs=1e-10)
