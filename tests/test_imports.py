"""Good manners: what an import loads, who may import whom, and what no call leaves behind."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
import torch

from kanwidget import KAN, Dataset, create_dataset

from .conftest import truth
from .support import global_random_state, rows

ROOT = Path(__file__).parent.parent
GUESTS = ("IPython", "ipywidgets", "anywidget", "traitlets", "sympy", "matplotlib", "pandas", "kanwidget.widget")


def run(code: str, folder: Path) -> str:
    """What a fresh interpreter prints, started in a folder of its own."""
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def loaded_after(code: str, folder: Path) -> str:
    return run(f"import sys\n{code}\nprint(*[m for m in {GUESTS!r} if m in sys.modules])", folder)


def test_the_import_loads_neither_jupyter_nor_sympy_nor_matplotlib(tmp_path: Path) -> None:
    assert loaded_after("import kanwidget", tmp_path) == ""
    assert list(tmp_path.iterdir()) == []


def test_training_loads_none_of_them_either(tmp_path: Path) -> None:
    code = """
from kanwidget import KAN, create_dataset
data = create_dataset(lambda x: x[:, [0]], train_num=30, test_num=10)
model = KAN([2, 1])
model.fit(data, steps=1, opt="LM", progress=False)
model.refine(7)
model.prune(edge_th=0.0)
"""
    assert loaded_after(code, tmp_path) == ""


def test_the_import_prints_nothing_and_warns_of_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:kanwidget", "-c", "import kanwidget"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_imports_point_down() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_source_reads_text_as_code() -> None:
    forbidden = ("eval(", "exec(", "sympify(", "parse_expr(", "pickle.load", "torch.load(", "manual_seed(")
    own = ("Generator().manual_seed(", "model.eval(", ".eval()")
    for file in (ROOT / "kanwidget").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        for kept in own:
            text = text.replace(kept, "")
        assert not [word for word in forbidden if word in text], file


Call = Callable[[KAN, Dataset], Any]

CALLS: dict[str, Call] = {
    "KAN": lambda model, data: KAN([2, [2, 1], 1], seed=3, grid_eps=0.3),
    "create_dataset": lambda model, data: create_dataset(truth, noise=0.1, seed=2),
    "from_arrays": lambda model, data: Dataset.from_arrays(data.train_input, data.train_label),
    "forward": lambda model, data: model(data.train_input.to(model.dtype)),
    "fit LM": lambda model, data: model.fit(data, opt="LM", steps=2, lamb=0.01, progress=False),
    "fit LBFGS": lambda model, data: model.fit(data, opt="LBFGS", steps=2, lamb=0.01, progress=False),
    "fit Adam": lambda model, data: model.fit(data, opt="Adam", steps=2, progress=False),
    "fit in batches": lambda model, data: model.fit(data, batch=20, steps=3, progress=False),
    "train": lambda model, data: model.train(data, steps=1, progress=False),
    "prune": lambda model, data: model.prune(edge_th=0.0),
    "prune_input": lambda model, data: model.prune_input(),
    "attribute": lambda model, data: model.attribute(),
    "suggest_symbolic": lambda model, data: model.suggest_symbolic(0, 0, 0),
    "suggest before a fit": lambda model, data: KAN([2, 1]).suggest_symbolic(0, 0, 0),
    "fix_symbolic": lambda model, data: model.fix_symbolic(0, 0, 0, "sin"),
    "unfix_symbolic": lambda model, data: model.unfix_symbolic(0, 0, 0),
    "auto_symbolic": lambda model, data: model.auto_symbolic(),
    "symbolic_formula": lambda model, data: (model.auto_symbolic(), model.symbolic_formula()),
    "refine": lambda model, data: model.refine(9),
    "update_grid": lambda model, data: model.update_grid(data.train_input),
    "pin_edge": lambda model, data: model.pin_edge(0, 0, 0),
    "move_coef": lambda model, data: model.move_coef(0, 0, 0, 2, 0.1),
    "remove_edge": lambda model, data: model.remove_edge(0, 0, 0),
    "remove_node": lambda model, data: model.remove_node(1, 0),
    "set_reference": lambda model, data: model.set_reference(rows(30, 2)),
    "copy": lambda model, data: model.copy(),
    "plot": lambda model, data: model.plot(),
}


@pytest.mark.parametrize("name", CALLS)
def test_no_call_touches_global_random_state_or_writes_a_file(
    name: str, trained: KAN, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = global_random_state()
    with redirect_stdout(io.StringIO()):
        CALLS[name](trained, dataset)
    assert global_random_state() == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", CALLS)
def test_no_call_changes_torchs_settings(name: str, trained: KAN, dataset: Dataset) -> None:
    def settings() -> tuple[object, ...]:
        return (
            torch.get_default_dtype(),
            torch.is_grad_enabled(),
            torch.get_num_threads(),
            torch.are_deterministic_algorithms_enabled(),
        )

    before = settings()
    with redirect_stdout(io.StringIO()):
        CALLS[name](trained, dataset)
    assert settings() == before


def test_a_small_network_gives_back_the_threads_that_it_does_not_use(trained: KAN, dataset: Dataset) -> None:
    def broken(step: object) -> None:
        raise ZeroDivisionError

    torch.set_num_threads(2)
    try:
        trained.fit(dataset, steps=1, progress=False)
        trained.auto_symbolic(verbose=False)
        assert torch.get_num_threads() == 2
        with pytest.raises(ZeroDivisionError):
            trained.fit(dataset, steps=1, callbacks=[broken], progress=False)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)


SPEAKING = ("suggest_symbolic", "suggest before a fit", "fix_symbolic", "auto_symbolic", "symbolic_formula")


@pytest.mark.parametrize("name", [name for name in CALLS if name not in SPEAKING])
def test_nothing_is_printed_unless_asked_for(name: str, trained: KAN, dataset: Dataset) -> None:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        CALLS[name](trained, dataset)
    assert (out.getvalue(), err.getvalue()) == ("", "")


def test_the_bar_goes_to_standard_error_and_nothing_to_standard_output(
    trained: KAN, dataset: Dataset, capsys: pytest.CaptureFixture[str]
) -> None:
    trained.fit(dataset, steps=1)
    out, err = capsys.readouterr()
    assert out == ""
    assert "train loss: " in err
