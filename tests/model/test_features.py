"""Inputs that are made of columns: what they are, and what a network keeps when they come and go."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch.testing import assert_close

from kanwidget import KAN, KanwidgetError, create_dataset
from kanwidget.derived import Feature, features_of
from kanwidget.errors import DataError, OptionError, ShapeError

XY = create_dataset(lambda x: torch.exp(x[:, [0]] ** 2 + torch.sin(x[:, [1]])), n_var=2, train_num=300, test_num=100)


def network(**options: object) -> KAN:
    model = KAN([2, 3, 1], grid=4, dtype=torch.float64, **options)  # type: ignore[arg-type]
    return model.set_reference(XY.train_input)


def test_names_are_looked_up_among_the_columns() -> None:
    made = features_of(["width^2", "width*mass", "sin(mass)"], ["mass", "width"])
    assert made == (Feature("square", (1,)), Feature("product", (0, 1)), Feature("sine", (0,)))
    assert [f.name(["mass", "width"]) for f in made] == ["width^2", "mass*width", "sin(mass)"]


def test_names_with_signs_of_their_own_are_found() -> None:
    names = ["a*b", "sin(c)", "d^2"]
    made = features_of(["a*b*sin(c)", "sin(sin(c))", "d^2^2"], names)
    assert [f.columns for f in made] == [(0, 1), (1,), (2,)]


@pytest.mark.parametrize(
    "asked",
    [["x^3"], ["x*x"], ["z^2"], ["cos(x)"], ["x^2", "x^2"], ["x*y", "y*x"], "x^2", None, [2], [Feature("cube", (0,))]],
)
def test_what_is_not_in_the_vocabulary_is_refused_by_name(asked: object) -> None:
    with pytest.raises(OptionError, match="features"):
        features_of(asked, ["x", "y"])


def test_a_column_of_the_same_name_is_not_taken_over() -> None:
    with pytest.raises(OptionError, match="name of a column"):
        features_of(["x^2"], ["x", "x^2"])


def test_a_new_input_changes_nothing_and_can_be_learnt_from() -> None:
    model = network()
    wider = model.with_features(["x_1^2", "x_1*x_2", "sin(x_2)"])
    assert [nodes.count for nodes in wider.width] == [5, 3, 1]
    assert_close(wider(XY.test_input), model(XY.test_input), rtol=0, atol=1e-14)
    before = (wider.predict(XY.train_input) - XY.train_label).square().mean()
    wider.fit(XY, steps=5, progress=False)
    assert (wider.predict(XY.train_input) - XY.train_label).square().mean() < before / 10
    assert wider.attribute().features[2:].amax() > 1e-3, "the new inputs take part"


def test_input_nodes_hold_what_their_names_say() -> None:
    x = torch.tensor([[2.0, -3.0]], dtype=torch.float64)
    values = network().with_features(["x_2^2", "x_1*x_2", "sin(x_1)"]).input_values(x)
    assert values.tolist() == [[2.0, -3.0, 9.0, -6.0, pytest.approx(0.9092974268256817)]]


def test_an_input_that_goes_takes_its_node_and_leaves_its_mean() -> None:
    model = network().with_features(["x_1^2", "sin(x_2)"])
    model.fit(XY, steps=3, progress=False)
    less = model.with_features(["sin(x_2)"])
    assert [nodes.count for nodes in less.width] == [3, 3, 1]
    full, left = model.trace(XY.train_input)[0], less.trace(XY.train_input)[0]
    assert_close(left.edges[:, 2], full.edges[:, 3])
    assert_close(left.subnodes.mean(0), full.subnodes.mean(0))
    plain = less.with_features([])
    assert plain.features == () and plain(XY.test_input).shape == (100, 1)


def test_order_is_as_asked_for() -> None:
    model = network().with_features(["x_1^2", "sin(x_2)"])
    model.fit(XY, steps=2, progress=False)
    turned = model.with_features(["sin(x_2)", "x_1*x_2", "x_1^2"])
    assert [turned.node_name(0, n) for n in range(5)] == ["x_1", "x_2", "sin(x_2)", "x_1*x_2", "x_1^2"]
    assert_close(turned(XY.test_input), model(XY.test_input))


def test_rows_have_the_columns_only() -> None:
    model = network().with_features(["x_1^2"])
    assert model.predict(XY.test_input).shape == (100, 1)
    with pytest.raises(ShapeError, match=r"\(rows, 2\) is accepted"):
        model(torch.zeros(4, 3))


def test_a_feature_that_overflows_is_refused() -> None:
    huge = KAN([1, 1]).double().set_reference([[1e200], [2e200]])
    with pytest.raises(DataError, match=r"x_1\^2"):
        huge.with_features(["x_1^2"])


def test_state_and_copies_know_their_features() -> None:
    model = network().with_features(["x_1*x_2"])
    again = network(seed=3).with_features(["x_1^2"])
    again.load_state_dict(model.state_dict())
    assert again.features == model.features and model.copy().features == model.features
    assert_close(again(XY.test_input), model(XY.test_input))


def test_pruned_inputs_keep_the_columns_that_others_are_made_of() -> None:
    model = network().with_features(["x_1^2", "sin(x_2)"])
    model.fit(XY, steps=3, progress=False)
    small = model.prune_input(active_inputs=[3])
    assert small.input_names == ("x_2",) and small.columns == 1
    assert not small.layer(0).mask[0].any() and small.layer(0).mask[1].all()
    assert small(XY.test_input[:, [1]]).shape == (100, 1)


def test_curves_suggestions_and_pictures_are_there() -> None:
    model = network().with_features(["x_1^2", "x_1*x_2", "sin(x_2)"])
    model.fit(XY, steps=5, lamb=1e-3, progress=False)
    assert model.attribute().features.shape == (5,)
    assert model.refine(8).features == model.features
    text = {t.get_text() for axes in model.plot().axes for t in axes.texts}
    assert {"x₁²", "x₁·x₂", "sin x₂"} <= text


def test_the_formula_is_in_the_columns() -> None:
    from sympy import Symbol, exp, sin

    model = KAN([2, 1, 1], grid=3, dtype=torch.float64).set_reference(XY.train_input, XY.train_label)
    model = model.with_features(["x_1^2", "sin(x_2)"])
    for i in (0, 1):
        model.remove_edge(0, i, 0)
    for i in (2, 3):
        model.fix_symbolic(0, i, 0, "x", [1, 0, 1, 0], verbose=False)
    model.fix_symbolic(1, 0, 0, "exp", [1, 0, 1, 0], verbose=False)
    (formula,), symbols = model.symbolic_formula(var=["x", "y"])
    x, y = Symbol("x"), Symbol("y")
    assert symbols == [x, y] and (formula - exp(x**2 + sin(y))).simplify() == 0
    closed = model.formula()
    assert closed.errors(XY).network < 1e-12 and closed.errors().data < 1e-12  # type: ignore[operator]
    assert "x_1**2" in closed.python or "x_1*x_1" in closed.python


def test_naming_all_edges_finds_the_formula() -> None:
    model = KAN([2, 1, 1], grid=3, seed=1, dtype=torch.float64).with_features(["x_1^2", "sin(x_2)"])
    model.fit(XY, steps=40, lamb=1e-3, progress=False)
    model.fit(XY, steps=20, progress=False)
    model.auto_symbolic(XY, verbose=False)
    assert {str(s) for s in model.symbolic_formula()[0][0].free_symbols} <= {"x_1", "x_2"}
    assert model.formula().errors(XY).data < 1e-6  # type: ignore[operator]


def test_files_keep_them(tmp_path: Path) -> None:
    model = network().with_features(["x_1^2", "x_1*x_2"])
    path = tmp_path / "model.kan"
    model.save(path)
    again = KAN.load(path)
    assert again.features == model.features
    assert torch.equal(again(XY.test_input), model(XY.test_input))


@pytest.mark.parametrize(
    "features", [[["cube", 0]], [["square", 5]], [["product", 1, 0]], [[]], ["x^2"], [["square"]] * 2]
)
def test_files_bring_none_that_cannot_be(tmp_path: Path, features: object) -> None:
    from kanwidget.io.container import encode
    from kanwidget.io.pack import pack
    from kanwidget.io.shelf import Shelf

    shelf = Shelf()
    data = encode("model", pack(network().with_features(["x_1^2"]), shelf) | {"features": features}, shelf)
    path = tmp_path / "model.kan"
    path.write_bytes(data)
    with pytest.raises(KanwidgetError, match="file"):
        KAN.load(path)


def test_pruning_takes_away_those_that_nothing_leads_from() -> None:
    model = network().with_features(["x_1^2", "x_1*x_2", "sin(x_2)"])
    for j in range(3):
        model.remove_edge(0, 3, j)
        model.remove_edge(0, 1, j)
    small = model.prune(edge_th=0, node_th=0)
    assert [small.node_name(0, n) for n in range(4)] == ["x_1", "x_2", "x_1^2", "sin(x_2)"]
    assert_close(small(XY.test_input), model(XY.test_input))
