"""Inputs that are made of columns, in a session: they come and go as acts of the history."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch.testing import assert_close

from kanwidget import KAN, Dataset, OptionError, Session, create_dataset


@pytest.fixture
def dataset() -> Dataset:
    return create_dataset(
        lambda x: torch.exp(x[:, [0]] ** 2 + torch.sin(x[:, [1]])), n_var=2, train_num=200, test_num=100
    )


def begun(dataset: Dataset, features: tuple[str, ...] = ()) -> Session:
    return Session(KAN([2, 2, 1], grid=3, seed=1, dtype=torch.float64), dataset, features=features, lamb=1e-3)


def train(session: Session, steps: int) -> None:
    session.advance(float("inf"), steps=steps)
    session.stop()


def rerun(session: Session, dataset: Dataset) -> KAN:
    scope: dict[str, object] = {"dataset": dataset}
    exec(session.code(), scope)  # noqa: S102 - the script that is shown must do what was clicked
    model = scope["model"]
    assert isinstance(model, KAN)
    return model


def test_features_come_and_go_and_can_be_undone(dataset: Dataset) -> None:
    session = begun(dataset)
    before = session.model.predict(dataset.test_input)
    session.use_features(["x_1^2"])
    assert session.history.now.label == "Add x_1^2"
    assert_close(session.model.predict(dataset.test_input), before)
    train(session, 3)
    session.use_features(["x_1^2", "sin(x_2)"])
    session.use_features(["sin(x_2)"])
    labels = [moment.label for moment in session.history.moments]
    assert labels == ["Start", "Add x_1^2", "Train 3 steps", "Add sin(x_2)", "Take x_1^2"]
    assert [nodes.count for nodes in session.model.width] == [3, 2, 1]
    session.undo()
    assert len(session.model.features) == 2
    session.redo()
    assert [f.name(session.model.input_names) for f in session.model.features] == ["sin(x_2)"]


def test_each_input_keeps_its_number(dataset: Dataset) -> None:
    session = begun(dataset, ("x_1^2",))
    first = session.history.now.nodes[0]
    session.use_features(["sin(x_2)", "x_1^2"])
    nodes = session.history.now.nodes[0]
    assert nodes[:2] == first[:2] and nodes[3] == first[2]
    assert len(set(nodes)) == 4
    session.use_features([])
    assert session.history.now.nodes[0] == first[:2]


def test_the_script_leads_to_the_same_network(dataset: Dataset) -> None:
    session = begun(dataset, ("x_1*x_2",))
    train(session, 3)
    session.use_features(["x_1*x_2", "x_1^2", "sin(x_2)"])
    train(session, 3)
    session.use_features(["x_1^2", "sin(x_2)"])
    session.rebuild(grid=4, seed=2)
    train(session, 3)
    again = rerun(session, dataset)
    assert again.features == session.model.features
    assert_close(again.predict(dataset.test_input), session.model.predict(dataset.test_input))


def test_a_refused_feature_changes_nothing(dataset: Dataset) -> None:
    session = begun(dataset)
    with pytest.raises(OptionError, match="cos"):
        session.use_features(["x_1^2", "cos(x_1)"])
    assert len(session.history.moments) == 1 and not session.model.features
    with pytest.raises(OptionError, match="features"):
        begun(dataset, features="x_1^2")  # type: ignore[arg-type]


def test_a_file_brings_them_back(dataset: Dataset, tmp_path: Path) -> None:
    session = begun(dataset)
    session.use_features(["x_1^2", "sin(x_2)"])
    train(session, 2)
    session.save(tmp_path / "session")
    again = Session.load(tmp_path / "session", dataset)
    assert again.code() == session.code()
    assert_close(again.model.predict(dataset.test_input), session.model.predict(dataset.test_input))
    again.undo()
    again.undo()
    assert not again.model.features


def test_everything_else_works_beside_them(dataset: Dataset) -> None:
    session = begun(dataset, ("x_1^2", "sin(x_2)"))
    train(session, 5)
    assert session.suggest(0, 2, 0).candidates
    session.add_node(1)
    session.add_layer(1)
    session.take_layer(1)
    session.take_node(1)
    session.refine(5)
    session.prune(edge_th=0.01)
    train(session, 2)
    session.auto_symbolic()
    names = {str(symbol) for symbol in session.model.symbolic_formula()[0][0].free_symbols}
    assert names <= {"x_1", "x_2"}


def test_a_discovered_formula_is_one_of_the_columns(dataset: Dataset) -> None:
    session = begun(dataset, ("x_1^2",))
    found = session.discover(budget_s=1.5)
    session.take(0)
    assert found.candidates and session.model.columns == 2 and not session.model.features
    session.undo()
    assert len(session.model.features) == 1
