"""A session on classes."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from kanwidget import KAN, OptionError, Session, examples


def moons(**options: Any) -> Session:
    return Session(KAN([2, 2, 1], grid=3, seed=0), examples.load("moons", rows=120), **options)


def test_accuracy_is_recorded_with_the_loss() -> None:
    session = moons()
    session.step()
    session.prune(edge_th=0.0)
    assert all(0.4 < p.train_accuracy <= 1 and 0.4 < p.test_accuracy <= 1 for p in session.losses[1:])
    assert session.model.classes == ("upper moon", "lower moon")


def test_an_optimiser_for_squares_is_refused_before_it_is_used() -> None:
    session = moons()
    with pytest.raises(OptionError, match="not classes"):
        session.set_option("opt", "LM")
    assert session.options.opt == "auto" and session.step().steps == 1
    with pytest.raises(OptionError, match="not classes"):
        moons(opt="LM")


def test_the_script_leads_to_the_same_model() -> None:
    session = moons()
    session.step()
    space: dict[str, Any] = {"dataset": session.dataset}
    exec(session.code(), space)  # noqa: S102
    x = session.dataset.test_input
    assert torch.equal(space["model"].predict_proba(x), session.model.predict_proba(x))


def test_suggestions_are_for_the_logits() -> None:
    session = moons()
    session.step()
    found = session.suggest(0, 0, 0)
    assert found.keep < found.candidates[-1].net_rmse
