"""One error says that memory does not suffice, whoever noticed it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from kanwidget import KAN, Dataset, KanwidgetError, OutOfMemoryError, Session
from kanwidget.io import container
from kanwidget.session import acts

TORCH = (
    "[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 384000528 bytes. Error code 12"
)


def fails(error: Exception) -> object:
    def fail(*arguments: object, **options: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("error", [MemoryError(), MemoryError("384 MB"), RuntimeError(TORCH)])
def test_an_act_says_how_much_was_asked_for(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    session = Session(KAN([2, 1]), dataset)
    before = session.history
    monkeypatch.setattr(acts, "prune_nodes", fails(error))
    with pytest.raises(OutOfMemoryError, match=r"not enough memory, (384 MB|it is full)") as caught:
        session.prune()
    assert isinstance(caught.value, KanwidgetError) and isinstance(caught.value, MemoryError)
    assert caught.value.__cause__ is error
    assert session.history is before


def test_a_network_that_has_no_room_is_refused() -> None:
    with pytest.raises(OutOfMemoryError, match="MB were asked for at once"):
        KAN([100_000, 10**9])


def test_other_errors_stay_what_they_are(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(KAN([2, 1]), dataset)
    monkeypatch.setattr(acts, "prune_nodes", fails(RuntimeError("shapes do not match")))
    with pytest.raises(RuntimeError, match="shapes do not match"):
        session.prune()


def test_a_good_file_is_not_called_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    KAN([2, 1]).save(tmp_path / "model")
    monkeypatch.setattr(container, "load", fails(RuntimeError(TORCH)))
    with pytest.raises(OutOfMemoryError, match="384 MB"):
        KAN.load(tmp_path / "model")


def test_what_a_cell_has_done_waits_for_memory(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(KAN([2, 1], dtype=torch.float64), dataset)
    session.model.fix_symbolic(0, 0, 0, "sin", verbose=False)
    with monkeypatch.context() as patch:
        patch.setattr(acts, "received", fails(MemoryError()))
        with pytest.raises(OutOfMemoryError):
            session.step()
    session.step()
    assert [moment.label for moment in session.history.moments] == ["Start", "Change in a cell", "Train 1 step"]
