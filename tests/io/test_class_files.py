"""Networks and sessions on classes and on examples, in files."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from kanwidget import KAN, CheckpointError, Dataset, Session, examples
from kanwidget.session.source import Source


def moons(*classes: str) -> Dataset:
    data = examples.load("moons", rows=100)
    return Dataset.from_arrays(data.train_input, data.train_label, classes=classes or data.classes)


def test_a_network_keeps_its_classes(tmp_path: Path) -> None:
    model = KAN([2, 2, 1], seed=0)
    model.fit(moons(), steps=2, progress=False)
    model.save(tmp_path / "model")
    again = KAN.load(tmp_path / "model")
    x = moons().test_input
    assert again.classes == model.classes
    assert torch.equal(again.predict_proba(x), model.predict_proba(x))


def test_a_session_keeps_its_examples_its_accuracies_and_its_shapes(tmp_path: Path) -> None:
    session = Session(KAN([2, 2, 1], seed=0), moons(), loss_fn="cross_entropy")
    session.step()
    session.use_example(Source("xor", rows=60, noise=0.05))
    session.add_node(1)
    session.add_layer(1)
    session.take_layer(1)
    session.step()
    session.save(tmp_path / "session")
    again = Session.load(tmp_path / "session", moons())
    assert again.losses == session.losses and again.losses[-1].test_accuracy is not None
    assert again.code() == session.code() and again.options == session.options
    assert torch.equal(again.dataset.train_input, session.dataset.train_input)
    for opened in (session, again):
        opened.undo()
        opened.step()
    assert torch.equal(again.model(again.dataset.test_input), session.model(session.dataset.test_input))
    again.reset()
    assert torch.equal(again.dataset.train_input, moons().train_input)


def test_a_session_on_other_classes_is_refused(tmp_path: Path) -> None:
    Session(KAN([2, 1]), moons("up", "down")).save(tmp_path / "session")
    with pytest.raises(CheckpointError, match="other classes"):
        Session.load(tmp_path / "session", moons("left", "right"))
