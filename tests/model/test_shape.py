"""Nodes and layers more or fewer: what was learnt stays."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kanwidget import KAN, ShapeError

from ..support import networks, rows


def values(model: KAN) -> torch.Tensor:
    return model(rows(50, model.width[0].count)).detach()


@settings(max_examples=60)
@given(networks(), st.booleans(), st.data())
def test_a_new_node_changes_nothing(model: KAN, product: bool, data: st.DataObject) -> None:
    if model.depth < 2:
        return
    l = data.draw(st.integers(1, model.depth - 1))
    wider = model.with_node(l, product=product)
    assert torch.allclose(values(wider), values(model), rtol=1e-12, atol=1e-12)
    sums, products = model.width[l].sums, model.width[l].products
    assert (wider.width[l].sums, wider.width[l].products) == (sums + (not product), products + product)
    assert {*wider.symbolic_edges().values()} == {*model.symbolic_edges().values()}


def test_a_new_node_learns() -> None:
    x = rows(200, 2)
    y = (x[:, [0]] * x[:, [1]]).sin()
    model = KAN([2, 1, 1], grid=3, seed=0, dtype=torch.float64)
    stuck = model.fit((x, y), steps=20, progress=False).train_loss[-1]
    better = model.with_node(1).fit((x, y), steps=20, progress=False).train_loss[-1]
    assert better < stuck / 2


@settings(max_examples=60)
@given(networks(), st.data())
def test_a_node_is_taken_away_with_its_mean_left_behind(model: KAN, data: st.DataObject) -> None:
    hidden = [l for l in range(1, model.depth) if model.width[l].count > 1]
    if not hidden:
        return
    l = data.draw(st.sampled_from(hidden))
    i = data.draw(st.integers(0, model.width[l].count - 1))
    cut = model.copy()
    cut.remove_node(l, i)
    smaller = model.without_node(l, i)
    assert torch.allclose(values(smaller), values(cut), rtol=1e-9, atol=1e-9)
    assert smaller.width[l].count == model.width[l].count - 1


def test_a_node_that_was_added_can_be_taken_away_again() -> None:
    model = KAN([2, [2, 1], 1], grid=3, seed=0, dtype=torch.float64)
    for product, at in ((False, 2), (True, 3)):
        back = model.with_node(1, product=product).without_node(1, at)
        assert back.width == model.width
        assert torch.allclose(values(back), values(model), atol=1e-12)


@settings(max_examples=60)
@given(networks(degrees=(1, 5)), st.data())
def test_a_new_layer_changes_nothing(model: KAN, data: st.DataObject) -> None:
    l = data.draw(st.integers(1, model.depth))
    deeper = model.with_layer(l)
    assert deeper.depth == model.depth + 1
    assert deeper.width[l].count == model.width[l - 1].count
    assert torch.allclose(values(deeper), values(model), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("l", [1, 2])
def test_a_layer_that_only_hands_on_is_taken_away_nearly_without_a_trace(l: int) -> None:
    model = KAN([2, 3, 1], grid=8, seed=0, dtype=torch.float64)
    x = rows(600, 2)
    model.set_reference(x)
    back = model.with_layer(l).without_layer(l)
    assert back.width == model.width
    assert float((back(x) - model(x)).detach().std()) < 0.02 * float(model(x).detach().std())


def test_what_one_function_per_node_can_say_is_kept() -> None:
    x = rows(500, 2)
    y = x[:, [0]].sin() + x[:, [1]] ** 2
    model = KAN([2, 3, 1], grid=5, seed=0, dtype=torch.float64)
    model.fit((x, y), steps=30, progress=False)
    flat = model.without_layer(1)
    assert [nodes.count for nodes in flat.width] == [2, 1]
    assert float((flat(x) - y).detach().square().mean().sqrt()) < 0.02


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda m: m.with_node(0), r"layer 0: a hidden layer of nodes is accepted, 1 … 1"),
        (lambda m: m.with_node(2), r"layer 2"),
        (lambda m: m.with_node("1"), r"layer '1'"),
        (lambda m: m.without_node(1, 5), r"node \(1, 5\)"),
        (lambda m: m.without_layer(2), r"layer 2: a hidden layer"),
        (lambda m: m.with_layer(0), r"layer 0: a place for a hidden layer is accepted, 1 … 2"),
        (lambda m: m.with_layer(3), r"layer 3"),
        (lambda m: m.without_layer(1).with_node(1), r"there is none: add one first"),
        (lambda m: m.without_node(1, 0).without_node(1, 0), r"the only one of its layer"),
        (lambda m: KAN([2, 2, 1], k=0).with_layer(1), r"degree 0"),
    ],
)
def test_a_shape_that_cannot_be_is_refused(act: Any, said: str) -> None:
    model = KAN([2, 2, 1], seed=0)
    with pytest.raises(ShapeError, match=said):
        act(model)
    assert [nodes.count for nodes in model.width] == [2, 2, 1]
