"""Scores: what they add up to, and who scores nothing."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given

from kanwidget import KAN, create_dataset
from kanwidget.train.attribute import Attribution

from ..support import networks, rows, state


def linear(width: list[int], factors: list[list[list[float]]]) -> KAN:
    """Every edge a line with the given slope, ``factors[l][i][j]``."""
    model = KAN(width, dtype=torch.float64)
    for l, layer in enumerate(factors):
        for i, row in enumerate(layer):
            for j, factor in enumerate(row):
                model.fix_symbolic(l, i, j, "x", affine=[1, 0, factor, 0], verbose=False)
    return model


@given(networks())
def test_scores_have_the_shape_of_the_network_and_are_not_negative(model: KAN) -> None:
    scores = model.attribute()
    assert isinstance(scores, Attribution)
    assert [s.shape for s in scores.edges] == [layer.mask.shape for layer, _ in model.stack()]
    assert [len(s) for s in scores.nodes] == [nodes.count for nodes in model.width]
    assert all((s >= 0).all() and torch.isfinite(s).all() for s in (*scores.edges, *scores.nodes))
    assert torch.equal(scores.nodes[-1], torch.ones_like(scores.nodes[-1]))
    assert torch.equal(scores.features, scores.nodes[0])


@given(networks())
def test_removed_edges_score_nothing_and_nothing_is_changed(model: KAN) -> None:
    before = state(model)
    scores = model.attribute(rows(50, model.width[0].count))
    assert state(model) == before
    live = set(model.edges())
    for l, edges in enumerate(scores.edges):
        for i, j in (edges > 0).nonzero().tolist():
            assert (l, i, j) in live


def test_an_unused_input_scores_nothing() -> None:
    data = create_dataset(lambda x: torch.sin(3 * x[:, 0]) + x[:, 2], n_var=3, train_num=300)
    model = KAN([3, 2, 1], dtype=torch.float64)
    model.fit(data, steps=20, lamb=0.01, progress=False)
    features = model.attribute().features
    assert features[1] < 0.01
    assert features[[0, 2]].min() > 0.3


def test_twice_the_slope_is_twice_the_score() -> None:
    scores = linear([2, 1], [[[2.0], [1.0]]]).attribute(rows(5000, 2))
    assert float(scores.edges[0][0, 0] / scores.edges[0][1, 0]) == pytest.approx(2, rel=0.05)


def test_a_large_value_that_does_not_vary_scores_nothing() -> None:
    model = linear([2, 1], [[[1.0], [0.0]]])
    model.fix_symbolic(0, 1, 0, "x", affine=[1, 0, 0, 1e6], verbose=False)
    assert model.attribute().features.tolist() == pytest.approx([1, 0], abs=1e-3)


def test_an_input_that_reaches_the_output_on_two_ways_gets_both_scores() -> None:
    model = linear([1, 2, 1], [[[1.0, 1.0]], [[1.0], [1.0]]])
    scores = model.attribute()
    assert scores.nodes[1].tolist() == pytest.approx([0.5, 0.5], abs=1e-3)
    assert scores.features.tolist() == pytest.approx([1], abs=1e-3)


def test_a_node_without_a_way_to_the_output_scores_nothing() -> None:
    model = linear([1, 2, 1], [[[1.0, 5.0]], [[1.0], [1.0]]])
    model.remove_edge(1, 1, 0)
    scores = model.attribute()
    assert scores.nodes[1][1] == 0 and scores.edges[0][0, 1] == 0


def test_both_factors_of_a_product_count() -> None:
    model = KAN([2, [0, 1], 1], dtype=torch.float64)
    for i, j, slope in ((0, 0, 1.0), (1, 0, 0.0), (0, 1, 0.0), (1, 1, 1.0)):
        model.fix_symbolic(0, i, j, "x", affine=[1, 0, slope, 0.5], verbose=False)
    model.fix_symbolic(1, 0, 0, "x", affine=[1, 0, 1, 0], verbose=False)
    assert model.attribute().features.tolist() == pytest.approx([1, 1], abs=1e-2)


def test_scores_do_not_depend_on_the_scale_of_the_output() -> None:
    small, large = linear([2, 1], [[[0.1], [0.05]]]), linear([2, 1], [[[1000.0], [500.0]]])
    x = rows(500, 2)
    assert torch.allclose(small.attribute(x).features, large.attribute(x).features, atol=0.01)
