"""A session from outside: commands, history, code, and what an interrupt leaves."""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from kanwidget import (
    KAN,
    DataError,
    Dataset,
    KanwidgetError,
    OptionError,
    PruneError,
    Session,
    ShapeError,
    create_dataset,
)


def target(x: torch.Tensor) -> torch.Tensor:
    return torch.exp(torch.sin(torch.pi * x[:, [0]]) + x[:, [1]] ** 2)


@pytest.fixture
def dataset() -> Dataset:
    return create_dataset(target, n_var=2, train_num=200, test_num=100)


@pytest.fixture
def session(dataset: Dataset) -> Session:
    return Session(KAN([2, 3, 1], seed=1, dtype=torch.float64), dataset, lamb=0.01, lamb_entropy=10.0)


def state(model: torch.nn.Module) -> dict[str, object]:
    return {k: v.clone() if isinstance(v, torch.Tensor) else v for k, v in model.state_dict().items()}


def same(a: dict[str, object], b: dict[str, object]) -> bool:
    def equal(u: object, v: object) -> bool:
        return torch.equal(u, v) if isinstance(u, torch.Tensor) and isinstance(v, torch.Tensor) else u == v

    return a.keys() == b.keys() and all(equal(a[k], b[k]) for k in a)


def train(session: Session, steps: int) -> None:
    session.advance(float("inf"), steps=steps)
    session.stop()


def test_the_model_that_was_handed_in_is_never_changed(dataset: Dataset) -> None:
    model = KAN([2, 3, 1], dtype=torch.float64)
    before = state(model)
    session = Session(model, dataset)
    train(session, 3)
    session.prune(edge_th=0.0)
    session.auto_symbolic()
    assert same(state(model), before)
    assert model.reference is None


def test_training_in_small_slices_ends_like_training_in_one(dataset: Dataset) -> None:
    results = []
    for budget in (0.0, float("inf")):
        session = Session(KAN([2, 3, 1], dtype=torch.float64), dataset, opt="LBFGS", lamb=0.01)
        while session.step_count < 4:
            session.advance(budget, steps=4 - session.step_count)
        session.stop()
        results.append(state(session.model))
    assert same(*results)


def test_a_slice_does_at_least_one_iteration_and_a_long_step_goes_on_in_the_next(dataset: Dataset) -> None:
    session = Session(KAN([2, 3, 1], dtype=torch.float64), dataset, opt="LBFGS")
    slices = 0
    while session.step_count == 0:
        session.advance(0.0)
        slices += 1
    assert 1 < slices <= 20


def test_stop_drops_an_unfinished_step(dataset: Dataset) -> None:
    session = Session(KAN([2, 3, 1], dtype=torch.float64), dataset, opt="LBFGS")
    train(session, 1)
    before = state(session.model)
    session.advance(0.0)
    session.stop()
    assert same(state(session.model), before)
    assert session.step_count == 1


def test_lamb_takes_effect_in_the_next_slice(session: Session) -> None:
    train(session, 3)
    reg = {}
    for lamb in (0.0, 1.0):
        session.set_option("lamb", lamb)
        train(session, 5)
        reg[lamb] = session.losses[-1].reg
        session.undo()
    assert reg[1.0] < 0.8 * reg[0.0]


@pytest.mark.parametrize(
    ("name", "value"),
    [("lamb", -1), ("lamb", float("nan")), ("lamb", "x"), ("opt", "SGD"), ("steps", 1.5), ("lambda", 1), ("lr", 0)],
)
def test_refused_options_change_nothing(session: Session, name: str, value: object) -> None:
    before = session.options
    with pytest.raises(OptionError, match=name):
        session.set_option(name, value)
    assert session.options == before


def test_undo_and_redo_walk_through_every_act(session: Session) -> None:
    train(session, 4)
    session.refine(8)
    session.fix(0, 0, 0, "sin")
    session.fix(0, 0, 0, "sin", [3.0, 0.5, 0.25, -1.0])
    session.move_coef(0, 1, 0, 3, 0.1)
    session.pin(0, 1, 0)
    session.pin(0, 1, 0, pinned=False)
    session.remove_edge(0, 1, 1)
    session.unfix(0, 0, 0)
    session.auto_symbolic()
    session.reset()
    labels = [m.label for m in session.history.moments]
    assert labels == [
        "Start",
        "Train 4 steps",
        "Grid 8",
        "Fix sin",
        "Constants of sin",
        "Drag curve",
        "Pin edge",
        "Unpin edge",
        "Remove edge",
        "Back to spline",
        "Auto-symbolic",
        "Reset",
    ]
    states = [state(m.model) for m in session.history.moments]
    for at in range(len(states) - 2, -1, -1):
        assert session.undo()
        assert same(state(session.model), states[at])
    assert not session.undo()
    for at in range(1, len(states)):
        assert session.redo()
        assert same(state(session.model), states[at])
    assert not session.redo()


def test_a_new_act_after_undo_forgets_what_was_undone(session: Session) -> None:
    session.refine(8)
    session.undo()
    session.refine(4)
    assert session.history.redo_label is None
    assert session.model.grid == [4, 4]


def test_what_is_played_in_one_go_is_one_act_however_often_lamb_moves(session: Session) -> None:
    session.advance(float("inf"), steps=2)
    session.set_option("lamb", 0.02)
    session.set_option("lamb", 0.03)
    session.advance(float("inf"), steps=2)
    session.stop()
    assert [m.label for m in session.history.moments] == ["Start", "Train 4 steps"]
    session.advance(float("inf"), steps=1)
    session.stop()
    assert session.history.undo_label == "Train 1 step"


def test_losses_follow_undo(session: Session) -> None:
    train(session, 3)
    train(session, 2)
    assert [p.step for p in session.losses] == [0, 1, 2, 3, 4, 5]
    session.undo()
    assert session.step_count == 3
    assert [p.step for p in session.losses] == [0, 1, 2, 3]


def test_an_act_is_measured(session: Session) -> None:
    train(session, 10)
    session.prune()
    session.auto_symbolic()
    model, data = session.model, session.dataset
    rmse = float((model(data.test_input) - data.test_label).square().mean().sqrt().detach())
    assert session.losses[-1].test == pytest.approx(rmse, rel=1e-9)


def test_history_is_bounded(session: Session) -> None:
    for grid in itertools.islice(itertools.cycle((3, 4)), 70):
        session.refine(grid)
    assert len(session.history.moments) == 50
    assert session.history.position == 49
    assert len(session.history.now.code) > 70  # the script is whole all the same


@pytest.mark.parametrize("opt", ["auto", "LBFGS", "Adam"])
def test_the_code_reproduces_the_model_bit_by_bit(dataset: Dataset, opt: str) -> None:
    session = Session(KAN([2, 3, 1], seed=3, dtype=torch.float64), dataset, opt=opt, lamb=0.01, lamb_entropy=10.0)
    session.advance(5.0)
    session.advance(float("inf"), steps=8)
    session.set_option("lamb", 0.002)
    session.advance(float("inf"), steps=4)
    session.prune(edge_th=0.01)
    session.refine(7)
    session.undo()
    session.set_option("lamb", 0.0)
    train(session, 3)
    l, i, j = next(iter(session.model.edges()))
    session.fix(l, i, j, "sin")
    session.auto_symbolic()
    train(session, 2)
    space: dict[str, object] = {"dataset": dataset}
    exec(session.code(), space)  # noqa: S102 - the script is the thing under test
    again = space["model"]
    assert isinstance(again, KAN)
    assert same(state(again), state(session.model))


NUMPY = {
    "lists as arrays": {"width": np.array([2, 2, 1]), "grid": np.array([3, 4]), "grid_range": np.array([-1.0, 2.0])},
    "scalars": {"width": [2, 2, 1], "grid": np.int64(4), "k": np.int32(2), "noise_scale": np.float64(0.3)},
}


@pytest.mark.parametrize("arguments", NUMPY.values(), ids=NUMPY)
def test_the_code_needs_no_numpy_where_the_arguments_were_numpy_s(dataset: Dataset, arguments: dict[str, Any]) -> None:
    session = Session(KAN(**arguments), dataset, lamb=np.float64(0.1))
    train(session, 1)
    session.refine(np.int64(6))  # type: ignore[arg-type]
    session.prune(edge_th=np.float32(0.001))  # type: ignore[arg-type]
    space: dict[str, object] = {"dataset": dataset}
    exec(session.code(), space)  # noqa: S102
    assert same(state(space["model"]), state(session.model))  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [np.float32("inf"), np.float64("nan"), np.float16("-inf"), 10**400])
def test_an_option_that_is_no_finite_number_is_refused_whatever_its_type(session: Session, value: Any) -> None:
    with pytest.raises(OptionError, match="lamb="):
        session.set_option("lamb", value)
    session.set_option("lamb", np.float32(0.5))
    assert type(session.options.lamb) is float


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0c", "\u2028", "\x85", "\x00"])
def test_the_name_of_a_column_cannot_become_a_line_of_code(end: str) -> None:
    x = torch.rand(20, 1)
    dataset = Dataset.from_arrays(
        x, x[:, 0], input_names=[f"x{end}escaped = True"], output_names=[f"y{end}escaped = True"]
    )
    space: dict[str, object] = {"dataset": dataset}
    exec(Session(KAN([1, 1]), dataset).code(), space)  # noqa: S102
    assert "escaped" not in space


def test_the_code_of_a_trained_start_asks_for_it(dataset: Dataset) -> None:
    model = KAN([2, 3, 1], dtype=torch.float64)
    model.fit(dataset, steps=2, progress=False)
    session = Session(model, dataset)
    session.refine(6)
    space: dict[str, object] = {"dataset": dataset, "start": model}
    exec(session.code(), space)  # noqa: S102
    assert same(state(space["model"]), state(session.model))  # type: ignore[arg-type]


def test_code_can_be_read_while_training_without_disturbing_it(session: Session) -> None:
    session.advance(float("inf"), steps=2)
    assert "steps=2" in session.code()
    assert session.training
    assert [m.label for m in session.history.moments] == ["Start"]


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda s: s.fix(0, 0, 0, "no such"), KanwidgetError),
        (lambda s: s.fix(5, 0, 0, "sin"), ShapeError),
        (lambda s: s.prune(edge_th=99.0), PruneError),
        (lambda s: s.refine(0), KanwidgetError),
        (lambda s: s.unfix(0, 0, 0), KanwidgetError),
        (lambda s: s.remove_edge(0, 9, 0), ShapeError),
        (lambda s: s.suggest(0, 0, 9), ShapeError),
        (lambda s: s.move_coef(0, 0, 0, 99, 0.1), ShapeError),
        (lambda s: s.fix(0, 0, 0, "log", [1.0, -9.0, 1.0, 0.0]), KanwidgetError),
        (lambda s: s.fix(0, 0, 0, "sin", [1.0, float("nan"), 1.0, 0.0]), KanwidgetError),
    ],
)
def test_refused_acts_leave_model_and_history(session: Session, act: object, error: type[Exception]) -> None:
    train(session, 2)
    before, moments = state(session.model), session.history.moments
    with pytest.raises(error):
        act(session)  # type: ignore[operator]
    assert same(state(session.model), before)
    assert session.history.moments == moments


def test_suggestions_come_with_the_error_of_the_whole_network_best_first(session: Session) -> None:
    train(session, 15)
    session.prune()
    session.set_option("lamb", 0.0)
    train(session, 15)
    edge = next(iter(session.model.edges()))
    found = session.suggest(*edge)
    errors = [c.net_rmse for c in found.candidates]
    assert None not in errors
    assert errors == sorted(errors)  # type: ignore[type-var]
    assert session.suggest(*edge) is found
    session.refine(6)
    assert session.suggest(*edge) is not found


def test_a_table_of_the_wrong_width_is_refused(dataset: Dataset) -> None:
    with pytest.raises(DataError, match="2 column"):
        Session(KAN([3, 1]), dataset)


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Shells switch Ctrl-C off for what they start in the background."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, usual)


@pytest.mark.usefixtures("ctrl_c")
def test_an_interrupt_leaves_a_whole_step(dataset: Dataset) -> None:
    session = Session(KAN([2, 5, 1], dtype=torch.float64), dataset, opt="LBFGS")
    for delay in (0.02, 0.05, 0.08, 0.13):
        threading.Timer(delay, signal.raise_signal, [signal.SIGINT]).start()
        end = time.monotonic() + 20
        with pytest.raises(KeyboardInterrupt):
            while time.monotonic() < end:
                session.advance(20.0)
        model = session.network()
        assert session.history.now.model is model
        assert not session.training
        space: dict[str, object] = {"dataset": dataset}
        exec(session.code(), space)  # noqa: S102
        assert same(state(space["model"]), state(model))  # type: ignore[arg-type]


def test_commands_from_two_threads_queue_up(session: Session) -> None:
    errors: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(15):
                session.advance(2.0)
                session.set_option("lamb", 0.01)
                session.refine(5)
        except BaseException as error:  # noqa: BLE001 - collected for the assertion
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert all(torch.isfinite(p).all() for p in session.model.parameters())


def test_an_interpreter_that_ends_in_the_midst_of_training_ends_well() -> None:
    script = """
import torch
from kanwidget import KAN, create_dataset

dataset = create_dataset(lambda x: torch.sin(x[:, [0]]) + x[:, [1]], n_var=2, train_num=100)
widget = KAN([2, 3, 1], dtype=torch.float64).explore(dataset)
widget.playing = True
widget.session.advance(20)
assert widget.session.training
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")


class TestStudying:
    def test_afterwards_every_edge_is_known_and_asking_computes_nothing(self, session: Session) -> None:
        train(session, 5)
        count = 0
        while session.study():
            count += 1
        edges = list(session.model.edges())
        assert set(session.suggestions) == set(edges)
        assert count > len(edges), "in small parts"
        known = session.suggestions
        assert all(session.suggest(*edge) is known[edge] for edge in edges)

    def test_the_selected_edge_comes_first_then_the_most_important(self, session: Session) -> None:
        train(session, 5)
        selected = list(session.model.edges())[-1]
        while not session.suggestions:
            session.study(selected)
        assert list(session.suggestions) == [selected]
        while session.study(selected):
            pass
        scores = session.model.attribute().edges
        order = [float(scores[e.l][e.i, e.j]) for e in session.suggestions if e != selected]
        assert order == sorted(order, reverse=True)

    def test_it_finds_the_same_as_asking(self, session: Session, dataset: Dataset) -> None:
        other = Session(session.model, dataset)
        while session.study():
            pass
        for edge, known in session.suggestions.items():
            asked = other.suggest(*edge)
            assert [c.name for c in asked.candidates] == [c.name for c in known.candidates]
            assert asked.keep == pytest.approx(known.keep)

    def test_a_change_of_the_model_forgets_everything(self, session: Session) -> None:
        session.study()
        session.suggest(0, 0, 0)
        session.refine(6)
        assert not session.suggestions
        assert session.study()

    def test_nothing_is_studied_while_training_goes_on(self, session: Session) -> None:
        session.advance(0.0)
        assert session.training
        assert not session.study()

    def test_of_many_edges_only_the_selected_one_is_looked_at(self, dataset: Dataset) -> None:
        session = Session(KAN([2, 25, 1], dtype=torch.float64), dataset)
        assert not session.study()
        selected = session.model.edge(1, 7, 0)
        while session.study(selected):
            pass
        assert list(session.suggestions) == [selected]


def test_a_jump_loses_nothing_and_can_be_undone(session: Session) -> None:
    train(session, 1)
    session.refine(8)
    session.fix(0, 0, 0, "sin")
    keys = [moment.key for moment in session.history.moments]
    session.jump(keys[1])
    assert session.model.grid == [5, 5]
    assert session.history.undo_label == "jump to Train 1 step"
    assert session.undo()
    assert session.history.now.label == "Fix sin"
    session.jump(keys[0])
    assert session.redo()
    assert session.redo()
    assert session.history.undo_label == "Grid 8"
    assert [moment.key for moment in session.history.moments] == keys


def test_a_jump_to_a_moment_that_is_not_there_is_refused(session: Session) -> None:
    session.refine(8)
    with pytest.raises(OptionError, match="key=7: the history has the moments 0, 1"):
        session.jump(7)
    assert session.model.grid == [8, 8]


def test_no_two_moments_ever_have_one_key(session: Session) -> None:
    session.refine(8)
    session.refine(9)
    gone = {moment.key for moment in session.history.moments[1:]}
    session.undo()
    session.undo()
    session.refine(4)
    assert session.history.now.key not in gone


def test_a_trail_leads_from_the_start_and_begins_anew_at_a_reset(session: Session) -> None:
    session.advance(float("inf"), steps=1)
    coming = session.trail
    session.stop()
    assert session.trail == coming == (0, 1)
    session.refine(8)
    session.reset()
    assert session.trail == (0, 3)
    session.undo()
    assert session.trail == (0, 1, 2)


def test_a_moment_knows_which_of_the_first_nodes_it_still_has(session: Session) -> None:
    train(session, 8)
    session.remove_edge(1, 1, 0)
    session.prune(0.0, 0.0)
    assert session.history.now.nodes == ((0, 1), (0, 2), (0,))
    assert session.model.width[1].count == 2


def test_marks_tell_which_grids_a_run_went_on_to(dataset: Dataset) -> None:
    session = Session(KAN([2, 2, 1], grid=3, dtype=torch.float64), dataset, refine=[3, 6], steps=2, update_grid=False)
    session.advance(float("inf"), steps=4)
    assert session.marks == ((2, "grid 6"),)
    session.stop()
    session.prune(0.0, 0.0)
    assert session.history.now.marks == ((2, "grid 6"), (4, "prune"))


def test_nothing_that_another_network_has_learnt_leads_to_a_new_one(session: Session, tmp_path: Path) -> None:
    train(session, 2)
    session.rebuild(width=[2, 4, 1])
    assert session.trail == (2,)
    session.refine(8)
    assert session.trail == (2, 3)
    session.save(tmp_path / "session.safetensors")
    assert Session.load(tmp_path / "session.safetensors", session.dataset).trail == (2, 3)
    session.undo()
    session.undo()
    assert session.trail == (0, 1)
