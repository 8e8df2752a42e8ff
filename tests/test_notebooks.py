"""The notebooks run from top to bottom, as they are, and end with what they promise; each opens in Colab."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "notebooks"
PROMISED = {
    "01_hello_kan.ipynb": r"pi*exp(y**2 + sin(pi*\alpha))*cos(pi*\alpha)",
    "02_discover.ipynb": "mass*speed**2/2",
    "03_classification.ipynb": "True",
    "04_your_own_data.ipynb": "True",
    "05_lesson.ipynb": "True",
}
NAMES = sorted(path.name for path in FOLDER.glob("*.ipynb"))

# Runs a cell as a notebook does, where `google.colab` and kanwidget are there or not, and says what it did.
HOST = """
import json, sys, types
from IPython.core.interactiveshell import InteractiveShell

cell, in_colab, is_installed = sys.argv[1], sys.argv[2] == "True", sys.argv[3] == "True"
done = []
if in_colab:
    output = types.SimpleNamespace(enable_custom_widget_manager=lambda: done.append("widgets"))
    sys.modules["google"] = types.ModuleType("google")
    sys.modules["google.colab"] = types.ModuleType("google.colab")
    sys.modules["google.colab"].output = output
if not is_installed:
    sys.modules["kanwidget"] = None
    import importlib.util as util
    find = util.find_spec
    util.find_spec = lambda name: None if name == "kanwidget" else find(name)
shell = InteractiveShell.instance()
shell.register_magic_function(lambda line: done.append("pip " + line), magic_name="pip")
shell.run_cell(cell).raise_error()
print(json.dumps(done))
"""


def cells(name: str) -> list[Any]:
    notebook = nbformat.read(FOLDER / name, as_version=4)
    listed: list[Any] = notebook.cells
    return listed


@pytest.mark.parametrize("name", NAMES)
def test_runs(name: str) -> None:
    notebook = nbformat.read(FOLDER / name, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "notebooks are kept without outputs"
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": FOLDER}}).execute()
    last = notebook.cells[-1].outputs[-1].data["text/plain"]
    assert last == PROMISED[name]
    assert sorted(path.name for path in FOLDER.iterdir() if not path.name.startswith(".")) == sorted(PROMISED)


@pytest.mark.parametrize("name", NAMES)
def test_has_a_badge_that_opens_it_in_colab(name: str) -> None:
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]
    repository = urls["Repository"].removeprefix("https://github.com/")
    badge = cells(name)[0]
    assert f'href="https://colab.research.google.com/github/{repository}/blob/main/notebooks/{name}"' in badge.source
    assert 'src="attachment:colab.png"' in badge.source, "the picture is in the notebook: opening it asks nobody"
    assert list(badge.attachments["colab.png"]) == ["image/png"]


@pytest.mark.parametrize("name", NAMES)
def test_names_no_path_of_a_machine(name: str) -> None:
    source = "\n".join(cell.source for cell in cells(name))
    assert not [start for start in ("/home/", "/Users/", "/work/", "/content/", "C:\\", "file://") if start in source]


def test_all_begin_with_the_same_set_up() -> None:
    starts = {next(cell for cell in cells(name) if cell.cell_type == "code").source for name in NAMES}
    assert len(starts) == 1


@pytest.mark.parametrize(
    ("in_colab", "is_installed", "did"),
    [
        (False, True, []),
        (False, False, []),
        (True, True, ["widgets"]),
        (True, False, ["pip install -q kanwidget", "widgets"]),
    ],
)
def test_sets_up_only_what_colab_lacks(in_colab: bool, is_installed: bool, did: list[str], tmp_path: Path) -> None:
    start = next(cell for cell in cells(NAMES[0]) if cell.cell_type == "code").source
    ran = subprocess.run(
        [sys.executable, "-c", HOST, start, str(in_colab), str(is_installed)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        check=True,
    )
    assert json.loads(ran.stdout.splitlines()[-1]) == did
