"""A session in a file goes on where it was, on the same rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from kanwidget import KAN, CheckpointError, Dataset, KANWidget, Session

from ..support import rows, state
from ..widget.page import Page


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "session.safetensors"


def seen(session: Session) -> dict[str, Any]:
    """What a person would compare."""
    moments = session.history.moments
    return {
        "model": state(session.model),
        "models": [state(m.model) for m in moments],
        "labels": [m.label for m in moments],
        "losses": [m.losses for m in moments],
        "marks": [m.marks for m in moments],
        "trails": [m.trail for m in moments],
        "nodes": [m.nodes for m in moments],
        "undo": session.history.undo_label,
        "codes": [m.code for m in moments],
        "position": session.history.position,
        "options": session.options,
        "code": session.code(),
    }


def test_everything_is_as_it_was(session: Session, small_dataset: Dataset, path: Path) -> None:
    session.save(path)
    assert seen(Session.load(path, small_dataset)) == seen(session)


def test_a_jump_can_be_undone_afterwards(session: Session, small_dataset: Dataset, path: Path) -> None:
    session.prune(edge_th=0.0, node_th=0.0)
    session.jump(session.history.moments[1].key)
    session.save(path)
    loaded = Session.load(path, small_dataset)
    assert seen(loaded) == seen(session)
    session.undo()
    loaded.undo()
    assert seen(loaded) == seen(session)


def test_it_goes_on_as_if_nothing_had_happened(session: Session, small_dataset: Dataset, path: Path) -> None:
    session.save(path)
    loaded = Session.load(path, small_dataset)
    for one in (session, loaded):
        one.redo()
        one.advance(float("inf"), steps=3)
        one.prune(edge_th=0.001)
        one.auto_symbolic()
        one.reset()
        one.undo()
    assert seen(loaded) == seen(session)


def test_the_model_is_of_its_class(session: Session, small_dataset: Dataset, path: Path) -> None:
    session.save(path)
    assert type(Session.load(path, small_dataset).model) is KAN


def test_training_that_goes_on_is_saved_at_its_last_step_and_not_disturbed(
    session: Session, small_dataset: Dataset, path: Path
) -> None:
    session.advance(float("inf"), steps=3)
    session.save(path)
    assert session.training
    loaded = Session.load(path, small_dataset)
    session.stop()
    assert seen(loaded) == seen(session)


def test_the_same_session_is_the_same_bytes(session: Session, small_dataset: Dataset, path: Path) -> None:
    session.save(path)
    first = path.read_bytes()
    Session.load(path, small_dataset).save(path)
    assert path.read_bytes() == first


def test_the_rows_are_not_in_the_file(session: Session, small_dataset: Dataset, path: Path) -> None:
    session.save(path)
    assert small_dataset.test_input.numpy().tobytes() not in path.read_bytes()


def test_other_rows_are_refused(session: Session, small_dataset: Dataset, path: Path) -> None:
    session.save(path)
    x, y = small_dataset.train_input, small_dataset.train_label
    test = small_dataset.test_input, small_dataset.test_label
    changed = x.clone()
    changed[5, 1] += 1e-12
    for other, said in (
        (Dataset(changed, test[0], y, test[1]), "other numbers"),
        (Dataset(x[1:], test[0], y[1:], test[1]), "shapes"),
        (Dataset(x, test[0], y, test[1], ("a", "b")), "inputs"),
        (Dataset(x.float(), test[0], y, test[1]), "other numbers"),
    ):
        with pytest.raises(CheckpointError, match=f"other rows: {said}"):
            Session.load(path, other)


def test_options_of_all_kinds(small_dataset: Dataset, path: Path) -> None:
    session = Session(KAN([2, 1]), small_dataset, opt="Adam", batch=20, lr=0.02, seed=5, starts=2, refine=[3, 6])
    session.save(path)
    assert Session.load(path, small_dataset).options == session.options


def huber(prediction: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.huber_loss(prediction, label)


def test_a_loss_function_is_handed_in_again(small_dataset: Dataset, path: Path) -> None:
    session = Session(KAN([2, 1]), small_dataset, loss_fn=huber, opt="Adam")
    session.save(path)
    with pytest.raises(CheckpointError, match=r"'huber'.*loss_fn"):
        Session.load(path, small_dataset)
    assert seen(Session.load(path, small_dataset, loss_fn=huber)) == seen(session)


def test_a_residual_function_is_handed_in_again(small_dataset: Dataset, path: Path) -> None:
    session = Session(KAN([2, 1], base_fun=torch.sin), small_dataset)
    session.save(path)
    assert seen(Session.load(path, small_dataset, base_fun=torch.sin)) == seen(session)


def test_an_infinite_loss_is_kept(small_dataset: Dataset, path: Path) -> None:
    """A test row outside the domain of a function has no loss, and the rest of the session is worth keeping."""
    x = small_dataset.train_input.abs() + 1
    dataset = Dataset(x, torch.full((3, 2), -9.0, dtype=torch.float64), small_dataset.train_label, torch.zeros(3, 1))
    model = KAN([2, 1], grid_range=(0, 2), dtype=torch.float64)
    model.fix_symbolic(0, 0, 0, "log", affine=[1, 0, 1, 0], verbose=False)
    session = Session(model, dataset)
    assert session.losses[-1].test != session.losses[-1].test
    session.save(path)
    assert repr(Session.load(path, dataset).losses) == repr(session.losses)


def test_a_model_file_is_not_a_session(small_dataset: Dataset, path: Path) -> None:
    KAN([2, 1]).save(path)
    with pytest.raises(CheckpointError, match=r"holds a model, not a session: KAN\.load reads it"):
        Session.load(path, small_dataset)


def test_a_widget_shows_what_the_saved_one_showed(small_dataset: Dataset, path: Path) -> None:
    widget = KANWidget(KAN([2, 1], seed=2, dtype=torch.float64), small_dataset, lamb=0.001)
    widget.fit(3)
    page = Page(widget)
    for act in ("auto_symbolic", "undo", "redo"):
        assert page.ask(act)["ok"]
    widget.save(path)
    loaded = KANWidget.load(path, small_dataset)
    for name in ("lamb", "lr", "opt", "steps", "grid", "step", "train_loss", "test_loss"):
        assert getattr(loaded, name) == getattr(widget, name), name
    assert torch.equal(loaded.model(rows(9, 2)), widget.model(rows(9, 2)))
    assert loaded.history == widget.history
    assert loaded.formula["latex"] and loaded.status == "Paused at step 3."
    loaded.close()
    widget.close()


LINES = [
    "import os",
    "import torch; import os",
    "model = KAN.from_edges(width=[2, 1], edges={(0, 0, 0): ('x', [open('x')])})",
    "model = KAN.from_edges(width=[2, 1], edges={**open('x')})",
    "model = KAN.load('x')",
    "model = __import__('os')",
    "model.fit(dataset, steps=__import__('os').system('x'))",
    "model.fit(dataset, **{'steps': 3})",
    "model.fit(*dataset)",
    "model.save('/etc/passwd')",
    "model = KAN(width=[2, 1])\nimport os",
    "# fine\rimport os",
    "# fine\nimport os",
    "model.fit(dataset, callbacks=[lambda step: exit()])",
    "model.fit(dataset, callbacks=[lambda step=exit(): step.step == 3])",
    "model.fit(dataset, callbacks=[lambda step: step.step == exit()])",
    "model.fit(dataset, dtype=torch.load)",
    "model.fit(dataset, x=f'{exit()}')",
    "model.fit(dataset)(3)",
    "model.fit.__globals__.clear()",
    "dataset = model.refine(3)",
    "model.refine(" + "(" * 5000 + ")" * 5000 + ")",
    "model: exit() = model.refine(3)",
    "@exit\ndef f(): pass",
]


@pytest.mark.parametrize("line", LINES)
def test_a_file_brings_no_line_of_code_that_a_session_does_not_write(
    line: str, session: Session, small_dataset: Dataset, path: Path
) -> None:
    from dataclasses import replace

    from kanwidget.session import History

    now = session.history.now
    session.history = History((*session.history.moments, replace(now, code=(*now.code, line))))
    with pytest.raises(CheckpointError, match="line of code"):
        session.save(path)
    assert not path.exists()
