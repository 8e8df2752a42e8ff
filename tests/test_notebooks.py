"""The notebooks run from top to bottom, as they are, and end with what they promise."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[1] / "notebooks"
PROMISED = {
    "01_hello_kan.ipynb": r"pi*exp(y**2 + sin(pi*\alpha))*cos(pi*\alpha)",
    "02_discover.ipynb": "mass*speed**2/2",
    "03_classification.ipynb": "True",
    "04_your_own_data.ipynb": "True",
    "05_lesson.ipynb": "True",
}


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.ipynb")))
def test_runs(name: str) -> None:
    notebook = nbformat.read(FOLDER / name, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "notebooks are kept without outputs"
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": FOLDER}}).execute()
    last = notebook.cells[-1].outputs[-1].data["text/plain"]
    assert last == PROMISED[name]
    assert sorted(path.name for path in FOLDER.iterdir() if not path.name.startswith(".")) == sorted(PROMISED)
