"""The same seed and the same acts give the same bits, whichever way one goes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from kanwidget import KAN, KANWidget, Session

from ..support import global_random_state
from .mirror import Mirror
from .promise import Figures
from .samples import bits, table

__all__ = ["repeats"]

STEPS = 6


def start() -> KAN:
    return KAN([2, 2, 1], grid=3, seed=4, dtype=torch.float64)


def by_fit() -> KAN:
    """As in a script."""
    model = start()
    model.set_reference(table().train_input, table().train_label)
    model.fit(table(), steps=STEPS, lamb=0.01, progress=False)
    model = model.refine(5)
    model.fit(table(), opt="Adam", steps=STEPS, lamb=0.01, seed=3, progress=False)
    model = model.prune(edge_th=1e-3)
    model.fix_symbolic(0, 0, 0, "sin", verbose=False)
    model.auto_symbolic(table(), verbose=False)
    return model


def by_session() -> KAN:
    """In slices of one iteration each."""
    return _clicked().model  # type: ignore[return-value]


def by_code() -> KAN:
    """As the script that a session writes."""
    space: dict[str, Any] = {"dataset": table()}
    lines = [line.replace("dataset, ", "dataset, progress=False, ") for line in _clicked().code().splitlines()]
    quiet = [
        line.replace("fix_symbolic(0, 0, 0, 'sin'", "fix_symbolic(0, 0, 0, 'sin', verbose=False") for line in lines
    ]
    quiet = [line.replace("auto_symbolic(dataset", "auto_symbolic(dataset, verbose=False") for line in quiet]
    exec("\n".join(quiet), space)  # noqa: S102 - the script is the thing under test
    model: KAN = space["model"]
    return model


def by_widget() -> KAN:
    """In a cell and as a page asks for it."""
    widget = KANWidget(start(), table(), lamb=0.01, seed=3)
    page = Mirror(widget)

    def ask(name: str, /, **args: Any) -> None:
        answer = page.ask(name, **args)
        assert answer["ok"], answer

    widget.fit(STEPS)
    ask("refine", grid=5)
    ask("set_option", name="opt", value="Adam")
    widget.fit(STEPS)
    ask("prune", edge_th=1e-3)
    ask("fix", edge=[0, 0, 0], name="sin")
    ask("auto_symbolic")
    model = widget.model
    widget.close()
    return model  # type: ignore[return-value]


WAYS: dict[str, Callable[[], KAN]] = {"fit": by_fit, "session": by_session, "code": by_code, "widget": by_widget}


def repeats(count: int) -> Figures:
    """So many runs, in turn by every way, one in ten in a process of its own with another hash seed."""
    before = global_random_state()
    hashes = set()
    apart = max(1, count // 10)
    for n in range(count - apart):
        hashes.add(_hash(list(WAYS.values())[n % len(WAYS)]()))
    for n in range(apart):
        hashes.add(_apart(n, list(WAYS)[n % len(WAYS)]))
    assert len(hashes) == 1, f"{len(hashes)} different results"
    assert global_random_state() == before, "global random state was touched"
    return {"runs": count, "ways": len(WAYS), "processes": apart + 1, "hashes": len(hashes)}


def _clicked() -> Session:
    session = Session(start(), table(), lamb=0.01, seed=3)
    while session.step_count < STEPS:
        session.advance(0.0, steps=1)
    session.refine(5)
    session.set_option("opt", "Adam")
    while session.step_count < 2 * STEPS:
        session.advance(0.0, steps=1)
    session.prune(edge_th=1e-3)
    session.fix(0, 0, 0, "sin")
    session.auto_symbolic()
    return session


def _hash(model: KAN) -> str:
    return hashlib.sha256(bits(model)).hexdigest()


def _apart(seed: int, way: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", __spec__.name, way],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[-1]


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(_hash(WAYS[sys.argv[1]]()))
