"""A session looks for formulas, and makes one of them its model."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import torch

from kanwidget import KAN, DataError, Dataset, OptionError, Session, create_dataset, discover, examples
from kanwidget.session.source import Source


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return create_dataset(lambda x: torch.sin(x[:, [0]]) + x[:, [1]] ** 2, n_var=2, train_num=120, test_num=60, seed=1)


@pytest.fixture
def session(dataset: Dataset) -> Session:
    return Session(KAN([2, 3, 1], grid=3, seed=0), dataset)


def test_a_discovery_leaves_the_model_and_is_kept(session: Session) -> None:
    before = session.model
    assert session.discovery is None
    found = session.discover(budget_s=20)
    assert found.certified
    assert session.discovery is found
    assert session.model is before
    assert [moment.label for moment in session.history.moments] == ["Start"]


def test_a_formula_becomes_the_model_and_can_be_undone(session: Session, dataset: Dataset) -> None:
    before, found = session.network(), session.discover(budget_s=20)
    session.take(found.candidates.index(found.best))
    x = dataset.test_input
    assert torch.allclose(session.model(x), dataset.test_label, atol=1e-12)
    assert set(session.model.symbolic_edges()) == set(session.model.edges())
    assert session.losses[-1].test < 1e-12
    assert session.taken == {session.history.now.key: found.best}
    session.undo()
    assert session.network() is before
    session.redo()
    assert torch.allclose(session.model(x), dataset.test_label, atol=1e-12)


def test_the_script_makes_the_same_network(session: Session, dataset: Dataset, tmp_path: Path) -> None:
    session.take(session.discover(budget_s=20).best)
    session.step()
    space: dict[str, Any] = {"dataset": dataset}
    exec(session.code(), space)  # noqa: S102
    assert torch.equal(space["model"](dataset.test_input), session.model(dataset.test_input))
    session.save(tmp_path / "session")
    assert Session.load(tmp_path / "session", dataset).code() == session.code()


def test_any_discovery_on_such_data_can_be_taken(session: Session, dataset: Dataset) -> None:
    session.take(discover(dataset, budget_s=20).best)
    assert session.losses[-1].test < 1e-12


def test_the_search_can_be_left_and_keeps_what_it_has(session: Session) -> None:
    session.begin_discovery(budget_s=60)
    assert session.advance_discovery(budget_ms=5)
    session.end_discovery()
    assert not session.advance_discovery()
    assert session.discovery is not None
    assert not session.discovery.complete
    session.take(0)
    assert session.history.now.label == "Discover"


def test_time_between_slices_is_not_counted(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.begin_discovery(budget_s=60)
    session.advance_discovery(budget_ms=5)
    now = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: now() + 1000)
    while session.advance_discovery():
        pass
    assert session.discovery is not None
    assert session.discovery.complete
    assert session.discovery.seconds < 500


def test_several_outputs_have_an_outcome_from_the_start() -> None:
    data = create_dataset(
        lambda x: torch.cat([torch.sin(x[:, [0]]), x[:, [0]] * x[:, [1]]], 1), n_var=2, train_num=80, test_num=40
    )
    session = Session(KAN([2, 3, 2], seed=0), data)
    session.begin_discovery(budget_s=60)
    session.advance_discovery(budget_ms=5)
    session.end_discovery()
    assert session.discovery is not None and not session.discovery.certified
    assert session.discover(budget_s=30).certified
    session.take(-1)
    assert torch.allclose(session.model(data.test_input), data.test_label, atol=1e-12)


def test_nothing_to_take_before_a_discovery(session: Session) -> None:
    with pytest.raises(OptionError, match="nothing has been discovered"):
        session.take(0)


def test_no_such_candidate(session: Session) -> None:
    session.discover(budget_s=20)
    before = session.history
    for which in (99, -99, "best", None, True, 0.5):
        with pytest.raises(OptionError, match="candidate="):
            session.take(which)  # type: ignore[arg-type]
        assert session.history is before


def test_a_formula_of_other_columns_is_refused(session: Session) -> None:
    other = create_dataset(lambda x: x[:, [0]] ** 2, n_var=3, train_num=50, test_num=20)
    found, before = discover(other, budget_s=10), session.history
    with pytest.raises(DataError, match="columns"):
        session.take(found.best)
    assert session.history is before


def test_a_discovery_belongs_to_its_data(session: Session) -> None:
    found = session.discover(budget_s=20)
    session.use_example(Source("moons", rows=60))
    assert session.discovery is None
    session.undo()
    assert session.discovery is found


def test_classes_have_no_formula_to_find() -> None:
    session = Session(KAN([2, 2, 1], seed=0), examples.load("moons", rows=60))
    with pytest.raises(DataError, match="classes"):
        session.discover()
    assert session.discovery is None


@pytest.mark.parametrize("budget", [0, -1, float("nan"), "ten"])
def test_a_budget_that_is_none_is_refused(session: Session, budget: object) -> None:
    with pytest.raises(OptionError, match="budget_s"):
        session.discover(budget_s=budget)  # type: ignore[arg-type]
    assert session.discovery is None
