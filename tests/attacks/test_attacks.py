"""Every file of the folder is refused by one error that says why, before anything is built or run."""

from __future__ import annotations

import builtins
import json
from pathlib import Path

import pytest

from kanwidget import KAN, CheckpointError, Session

from ..stress.samples import table
from .make import FOLDER

SAID = json.loads((FOLDER / "said.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", SAID)
def test_a_hostile_file_is_refused(name: str) -> None:
    path = FOLDER / f"{name}.safetensors"
    with pytest.raises(CheckpointError) as caught:
        if name.startswith("session-"):
            Session.load(path, table())
        else:
            KAN.load(path)
    message = str(caught.value)
    assert SAID[name] in message
    assert len(message) < 1000 and message.isprintable(), "it is shown as one line"
    assert not hasattr(builtins, "attacked")


def test_every_file_of_the_folder_is_tried() -> None:
    assert {Path(file).stem for file in FOLDER.glob("*.safetensors")} == set(SAID)
