"""Functions tried on an edge of a network: evaluated side by side, refitted, weighed."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from kanwidget import KAN, Dataset
from kanwidget.model.nodes import Edge
from kanwidget.symbolic.curves import Candidate
from kanwidget.symbolic.edges import candidates, fix, put_symbolic
from kanwidget.symbolic.variants import Rows, Variants
from kanwidget.symbolic.weigh import Balance

from ..support import global_random_state, networks, rows, state

TRIED = [Candidate(name, 1.0, 2, (0.6, 0.3, -0.8, 0.2)) for name in ("sin", "x^2", "gaussian")]


def rows_at(model: KAN, l: int, x: Tensor) -> Rows:
    """Rows with random labels, at the inputs of a layer."""
    return Rows.at(model.layer(l), model.trace(x)[l].inputs, rows(len(x), model.width[-1].count, seed=9))


def outputs(variants: Variants, theta: Tensor, at: Rows) -> Tensor:
    return variants._levels(theta, at)[-1].output


@settings(max_examples=30)
@given(networks(), st.integers(0, 100))
def test_each_variant_is_the_network_with_that_function(model: KAN, pick: int) -> None:
    edges = list(model.edges())
    edge, x = edges[pick % len(edges)], rows(20, model.width[0].count, seed=3)
    with torch.no_grad():
        variants = Variants(model, edge, TRIED)
        found = outputs(variants, variants.theta, rows_at(model, variants.first, x))
        assert torch.allclose(found[0], model(x), atol=1e-12)
        for candidate, output in zip(TRIED, found[1:], strict=True):
            other = model.copy()
            put_symbolic(other, {edge: (candidate.name, torch.tensor(candidate.affine))})
            assert torch.allclose(output, other(x), atol=1e-6)


@settings(max_examples=30)
@given(networks(degrees=(2, 4)), st.integers(0, 100))
def test_the_jacobian_is_the_derivative(model: KAN, pick: int) -> None:
    edges = list(model.edges())
    edge, x = edges[pick % len(edges)], rows(12, model.width[0].count, seed=3)
    with torch.no_grad():
        variants = Variants(model, edge, TRIED)
        at = rows_at(model, variants.first, x)
        theta = variants.theta + 0.1 * variants.moves * rows(*variants.theta.shape, seed=5)
        found = variants._jacobian(theta, variants._levels(theta, at, slopes=True)) * variants.moves[:, None, None]
        for column in range(theta.shape[1]):
            step = torch.zeros_like(theta)
            step[:, column] = 1e-6 * variants.moves[:, column]
            expected = (outputs(variants, theta + step, at) - outputs(variants, theta - step, at)) / 2e-6
            assert torch.allclose(found[..., column], expected, atol=2e-5)


@settings(max_examples=20)
@given(networks(), st.integers(0, 100))
def test_a_refit_never_fits_worse_and_moves_nothing_but_what_the_edge_meets(model: KAN, pick: int) -> None:
    edges = list(model.edges())
    edge, x = edges[pick % len(edges)], rows(40, model.width[0].count, seed=3)
    before = state(model)
    with torch.no_grad():
        variants = Variants(model, edge, TRIED)
        at = rows_at(model, variants.first, x)
        theta = variants.refitted(at)
        start = variants.error(variants.theta, at) + variants._roughness(variants.theta)
        end = variants.error(theta, at) + variants._roughness(theta)
    assert bool((end <= start).all())
    assert torch.equal((theta - variants.theta) * (1 - variants.moves), torch.zeros_like(theta))
    assert state(model) == before


@pytest.fixture(scope="module")
def planted(dataset: Dataset) -> KAN:
    """The tutorial's formula, two of its edges named, the sine learnt by a spline."""
    model = KAN([2, 1, 1], grid=8, dtype=torch.float64)
    model.fix_symbolic(0, 1, 0, "x^2", affine=[1, 0, 1, 0], verbose=False)
    model.fix_symbolic(1, 0, 0, "exp", affine=[1, 0, 1, 0], verbose=False)
    model.fit(dataset, steps=30, progress=False)
    return model


def test_the_right_function_makes_the_network_better_than_its_spline(planted: KAN, dataset: Dataset) -> None:
    edge = Edge(0, 0, 0)
    before, random = state(planted), global_random_state()
    found = Balance(planted, dataset).weigh(edge, candidates(planted, [edge])[edge][:6])
    assert found.candidates[0].name in ("sin", "cos")
    best, *others = [c.net_rmse for c in found.candidates if c.name != "cos" and c.net_rmse is not None]
    assert best < 0.1 * found.keep
    assert best < 0.01 * min(others)
    assert state(planted) == before
    assert global_random_state() == random


def test_the_number_is_the_error_after_naming_and_fitting_what_is_around(planted: KAN, dataset: Dataset) -> None:
    edge = Edge(0, 0, 0)
    named = planted.copy()
    fix(named, *edge, "sin")
    named.fit(dataset, steps=3, progress=False)
    rmse = float((named(dataset.test_input) - dataset.test_label).detach().square().mean().sqrt())
    best = Balance(planted, dataset).weigh(edge, candidates(planted, [edge], ["sin"])[edge]).candidates[0]
    assert best.net_rmse == pytest.approx(rmse, abs=1e-3)


def test_twins_weigh_the_same_and_are_all_listed(trained: KAN, dataset: Dataset) -> None:
    edge = Edge(0, 0, 0)
    found = candidates(trained, [edge], ["sin", "cos", "tanh", "sigmoid", "x"])[edge]
    weighed = Balance(trained, dataset).weigh(edge, found)
    weights = {c.name: c.net_rmse for c in weighed.candidates}
    assert set(weights) == {"sin", "cos", "tanh", "sigmoid", "x"}
    assert weights["sin"] == weights["cos"] and weights["tanh"] == weights["sigmoid"]


def test_a_named_edge_keeps_its_name_while_others_are_tried(planted: KAN, dataset: Dataset) -> None:
    edge = Edge(0, 1, 0)
    weighed = Balance(planted, dataset).weigh(edge, candidates(planted, [edge])[edge][:6])
    assert weighed.candidates[0].net_rmse == pytest.approx(weighed.keep, rel=0.5)


def test_one_row_and_wide_layers_are_weighed_too() -> None:
    x = rows(60, 12)
    wide = KAN([12, 10, 9], grid=20, dtype=torch.float64)
    edge = Edge(1, 3, 2)
    found = candidates(wide, [edge])[edge][:3]
    for count in (1, 2, 60):
        data = Dataset.from_arrays(x[:count], wide(x[:count]).detach(), test_size=0)
        weighed = Balance(wide, data).weigh(edge, found)
        assert all(c.net_rmse is not None and c.net_rmse >= 0 for c in weighed.candidates)
