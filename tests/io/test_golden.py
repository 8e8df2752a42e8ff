"""Files of every format there ever was can be read; those of formats to come say so."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch

from kanwidget import KAN, CheckpointError, Session
from kanwidget.io.container import FORMAT, MIGRATIONS, migrated

from ..stress.damage import parts, reseal
from .golden.make import FOLDER, network, rows

FORMATS = range(1, FORMAT + 1)


@pytest.mark.parametrize("number", FORMATS)
class TestEveryFormat:
    def test_model(self, number: int) -> None:
        model = KAN.load(FOLDER / f"format-{number}-model.safetensors")
        x = rows().test_input[:5]
        assert torch.allclose(model(x).double(), torch.tensor(said(number)["model"]).double(), atol=1e-6)
        made = network()
        assert model.config == made.config
        assert (model.input_names, model.output_names) == (("mass", "größe"), ("force",))
        assert model.symbolic_edges() == made.symbolic_edges() == {(0, 0, 1): "x^2"}
        assert list(model.edges()) == list(made.edges()) and (0, 1, 2) not in model.edges()
        assert [name for name, p in model.named_parameters() if not p.requires_grad] == ["layers.1.scale_sp"]
        assert torch.equal(model.reference_rows(), made.reference_rows()) and not model.training

    def test_session(self, number: int) -> None:
        session = Session.load(FOLDER / f"format-{number}-session.safetensors", rows())
        known = said(number)
        assert torch.allclose(session.model(rows().test_input[:5]), torch.tensor(known["session"]).double(), atol=1e-12)
        assert [moment.label for moment in session.history.moments] == known["labels"]
        assert session.code() == known["code"]
        assert (session.options.lamb, session.options.opt, session.options.seed) == (0.001, "LM", 3)
        assert session.redo() and session.model.grid == [6]


def said(number: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"format-{number}.json").read_text(encoding="utf-8"))
    return found


def test_every_format_but_the_last_has_a_way_to_the_next() -> None:
    assert list(MIGRATIONS) == list(range(1, FORMAT))


def test_a_file_goes_through_every_format_in_between() -> None:
    steps = {1: lambda d: d | {"one": True}, 2: lambda d: d | {"two": d["one"]}}
    assert migrated({"format": 1}, steps, newest=3) == {"format": 3, "one": True, "two": True}
    assert migrated({"format": 2, "one": False}, steps, newest=3) == {"format": 3, "one": False, "two": False}


@pytest.mark.parametrize(("version", "said"), [(FORMAT + 1, "install a later one"), (0, "format=0"), (True, "format=")])
def test_other_formats_are_refused(version: Any, said: str, tmp_path: Any) -> None:
    document, tensors = parts((FOLDER / f"format-{FORMAT}-model.safetensors").read_bytes())
    (tmp_path / "model").write_bytes(reseal(document | {"format": version}, tensors))
    with pytest.raises(CheckpointError, match=said):
        KAN.load(tmp_path / "model")
