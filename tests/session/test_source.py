"""Other data, and other shapes of the network, in the midst of a session."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from kanwidget import KAN, DataError, GridError, KanwidgetError, OptionError, Session, ShapeError, create_dataset
from kanwidget.session.source import Source


@pytest.fixture
def session() -> Session:
    data = create_dataset(lambda x: x[:, [0]].sin() + x[:, [1]] ** 2, train_num=150, test_num=50)
    session = Session(KAN([2, 3, 1], grid=3, seed=1, dtype=torch.float64), data)
    session.step()
    return session


def outputs(session: Session) -> torch.Tensor:
    return session.model(session.dataset.test_input).detach()


def width(session: Session) -> list[Any]:
    return [nodes.written for nodes in session.model.width]


def test_an_example_brings_its_data_and_a_network_of_its_width(session: Session) -> None:
    session.use_example(Source("moons", rows=100, noise=0.1))
    assert (width(session), session.model.grid[0]) == ([2, 3, 1], 3)
    assert session.dataset.classes == session.model.classes
    assert len(session.losses) == 1 and session.step_count == 0
    session.step()
    assert session.losses[-1].test_accuracy is not None


def test_undo_brings_the_data_back_with_the_network(session: Session) -> None:
    before, data = outputs(session), session.dataset
    session.use_example(Source("coulomb", rows=100))
    assert session.dataset.input_names == ("q_1", "q_2", "r")
    session.step()
    session.undo()
    session.undo()
    assert session.dataset is data and torch.equal(outputs(session), before)
    assert session.step().steps == 1


def test_the_same_example_drawn_again_keeps_what_was_learnt(session: Session) -> None:
    session.use_example(Source("moons", rows=100))
    session.step()
    x = session.dataset.test_input
    before = session.model(x).detach()
    session.use_example(Source("moons", rows=200, noise=0.2, seed=5))
    assert torch.equal(session.model(x), before)
    assert len(session.dataset.train_input) == 160
    assert session.step_count == 1


def test_reset_goes_back_to_the_data_that_were_handed_in(session: Session) -> None:
    data = session.dataset
    session.use_example(Source("xor", rows=100))
    session.reset()
    assert session.dataset is data


def test_the_script_makes_data_and_network_too(session: Session) -> None:
    data = session.dataset
    session.use_example(Source("moons", rows=100, noise=0.1, seed=2))
    session.step()
    session.add_node(1)
    session.add_layer(2)
    session.take_node(1, 0)
    session.step()
    space: dict[str, Any] = {"dataset": data}
    exec(session.code(), space)  # noqa: S102
    x = session.dataset.test_input
    assert torch.allclose(space["model"](x), session.model(x), atol=1e-9)


def test_nodes_and_layers_come_and_go_and_the_function_stays(session: Session) -> None:
    before = outputs(session)
    session.add_node(1)
    session.add_node(1, product=True)
    session.add_layer(2)
    assert width(session) == [2, [4, 1], 5, 1]
    assert torch.allclose(outputs(session), before, atol=1e-9)
    session.take_node(1, 4)
    assert width(session) == [2, 4, 5, 1]
    session.take_layer(1)
    assert width(session) == [2, 5, 1]
    for _ in range(5):
        session.undo()
    assert width(session) == [2, 3, 1] and torch.equal(outputs(session), before)


def test_the_least_important_node_goes_first(session: Session) -> None:
    before = outputs(session)
    session.add_node(1)  # it has no effect yet
    session.take_node(1)
    assert torch.allclose(outputs(session), before, atol=1e-12)


def test_every_node_of_the_history_has_a_number_of_its_own(session: Session) -> None:
    session.add_node(1)
    assert session.history.now.nodes == ((0, 1), (0, 1, 2, 3), (0,))
    session.add_layer(2)
    assert session.history.now.nodes == ((0, 1), (0, 1, 2, 3), (4, 5, 6, 7), (0,))
    session.take_node(1, 1)
    assert session.history.now.nodes == ((0, 1), (0, 2, 3), (4, 5, 6, 7), (0,))
    session.rebuild()
    assert session.history.now.nodes == ((8, 9), (8, 9, 10), (8, 9, 10, 11), (8,))


def test_a_new_network_has_what_was_chosen(session: Session) -> None:
    session.rebuild(grid=7, k=2, seed=4, noise_scale=0.1, base_fun="identity", width=[2, 2, 2, 1])
    model = session.model
    assert (width(session), model.grid, model.k) == ([2, 2, 2, 1], [7] * 3, [2] * 3)
    assert model.layer(0).base_fun == "identity"
    low, high = model.layer(0).knots[:, 2], model.layer(0).knots[:, -3]
    x = session.dataset.train_input
    assert bool((low <= x.amin(0)).all()) and bool((high >= x.amax(0)).all())
    session.rebuild(grid_range=[-2.0, 3.0])
    assert float(session.model.layer(0).knots[0, 2]) == -2.0
    session.undo()
    assert session.model.grid == [7] * 3


@pytest.mark.parametrize(
    ("act", "error", "said"),
    [
        (lambda s: s.use_example(Source("moon")), DataError, "no such example"),
        (lambda s: s.use_example(Source("moons", noise=-1)), DataError, "noise=-1"),
        (lambda s: s.rebuild(grid=0), GridError, "grid=0"),
        (lambda s: s.rebuild(width=[2, 3, 2]), DataError, r"change width"),
        (lambda s: s.add_node(0), ShapeError, "layer 0"),
        (lambda s: s.take_node(3), ShapeError, "layer 3"),
        (lambda s: s.add_layer(9), ShapeError, "layer 9"),
        (lambda s: s.take_layer(2), ShapeError, "layer 2"),
    ],
)
def test_what_cannot_be_changes_nothing(session: Session, act: Any, error: type[KanwidgetError], said: str) -> None:
    history = session.history
    with pytest.raises(error, match=said):
        act(session)
    assert session.history is history


def test_an_optimiser_for_squares_keeps_classes_away(session: Session) -> None:
    session.set_option("opt", "LM")
    history = session.history
    with pytest.raises(OptionError, match="not classes"):
        session.use_example(Source("moons"))
    assert session.history is history
