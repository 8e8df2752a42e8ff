"""Acts that need more memory than there is are refused by an error of ours, half change nothing, and work goes on."""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from kanwidget import KAN, Dataset, KANWidget, OutOfMemoryError, Session, create_dataset

from .mirror import Mirror, whole
from .promise import Figures
from .samples import bits

__all__ = ["memory"]

ROWS = 20_000
HEADROOM = (2, 4, 8, 16, 32, 64)  # MB beyond what the process has already
PAGE: list[tuple[str, dict[str, Any]]] = [
    ("step", {}), ("refine", {"grid": 200}), ("auto_symbolic", {}), ("suggest", {"edge": [0, 0, 1]}),
    ("use_example", {"name": "wave", "rows": 20_000, "noise": 0, "test_size": 0.2, "seed": 0}),
    ("rebuild", {"grid": 200, "k": 10, "seed": 0, "noise_scale": 0.3, "base_fun": "silu", "grid_range": None}),
    ("add_layer", {"layer": 1}), ("prune", {"edge_th": 0.01}), ("discover", {"budget_s": 5}),
]  # fmt: skip
CELL: dict[str, Callable[[KANWidget, Path, Dataset], object]] = {
    "refine": lambda w, file, data: w.session.refine(1_000_000),
    "starts": lambda w, file, data: w.fit(1, starts=64),
    "fit": lambda w, file, data: w.fit(2, opt="LBFGS"),
    "wide": lambda w, file, data: KAN([2, 3000, 3000, 1]),
    "session": lambda w, file, data: Session(KAN([2, 8, 1], grid=50), data),
    "file": lambda w, file, data: KAN.load(file),
    "fine": lambda w, file, data: w.model.refine(1_000_000),
    "own fit": lambda w, file, data: w.model.copy().fit(data, steps=1, progress=False),
}


def memory(count: int) -> Figures:
    """So many acts under a limit, in a process that may fall; Linux alone keeps to such limits."""
    if not sys.platform.startswith("linux"):
        return {"skipped": "no limit of memory is kept to here"}
    command = [sys.executable, "-m", __name__, str(count)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert not done.returncode, f"the process ended with {done.returncode}\n{done.stderr[-4000:]}"
    found: Figures = json.loads(done.stdout.splitlines()[-1])
    return found


def _tried(count: int) -> Figures:
    random_, seen = random.Random(14), Counter[str]()
    data = create_dataset(lambda x: torch.sin(3 * x[:, [0]]) * x[:, [1]], n_var=2, train_num=ROWS, test_num=500)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "large"
        KAN([2, 300, 300, 1], grid=20).save(file)
        while seen["acts"] < count:
            page = _page(random_.choice(("LM", "LBFGS", "Adam")), data)
            for _ in range(3):
                _try(page, random_, seen, file, data)
            page.widget.close()
    assert not count >= 20 or seen["refused"], "no act has come to the limit"
    return {"acts": seen["acts"], "refused for want of memory": seen["refused"], "half changed": 0}


def _page(opt: str, data: Dataset) -> Mirror:
    page = Mirror(KANWidget(KAN([2, 3, 1], grid=3, seed=1, dtype=torch.float64), data, opt=opt, lamb=0.01))
    page.ask("step")
    page.ask("fix", edge=[0, 0, 0], name="sin")
    page.ask("undo")
    return page


def _try(page: Mirror, random_: random.Random, seen: Counter[str], file: Path, data: Dataset) -> None:
    widget, headroom = page.widget, random_.choice(HEADROOM)
    before, position = bits(widget.session.network()), widget.session.history.position
    seen["acts"] += 1
    error, where = "", ""
    if random_.random() < 0.6:
        name, args = random_.choice(PAGE)
        with _limited(headroom):
            answer = page.ask(name, **args)
        where = f"{name} by the page, {headroom} MB"
        error = answer.get("error", {}).get("message", "")
        assert error in ("", widget.error), f"{where}: w.error is {widget.error!r}, the page was told {error!r}"
    else:
        name = random_.choice(sorted(CELL))
        where = f"{name} in a cell, {headroom} MB"
        try:
            with _limited(headroom):
                CELL[name](widget, file, data)
        except OutOfMemoryError as short:
            error = str(short)
    assert not error or error.startswith("not enough memory"), f"{where}: {error!r}"
    seen["refused"] += bool(error)
    after = bits(widget.session.network()), widget.session.history.position
    assert not error or after == (before, position), f"{where}: refused, and something has changed"
    page.ask("stop")
    whole(widget)
    page.check()
    page.ask("undo")
    assert page.ask("suggest", edge=[0, 1, 0])["ok"], f"{where}: the session is dead"
    page.check()


@contextmanager
def _limited(megabytes: int) -> Iterator[None]:
    """No more than so much memory beyond what the process has."""
    has = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    usual = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (has + megabytes * 2**20, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, usual)


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(json.dumps(_tried(int(sys.argv[1]))))
