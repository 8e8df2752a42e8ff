"""Saves that are killed, run out of disk or meet another writer: the old file or the new, never half.

The victims are forked from a process of its own that has loaded everything, so that one takes milliseconds. Run as a
script it does the work and prints the figures.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from .promise import Figures
from .samples import network

__all__ = ["full_disks", "killed_saves", "two_writers"]

MOST_WAIT = 0.03  # seconds before a victim is killed: some saves


def killed_saves(count: int) -> Figures:
    """``kill -9`` at a random moment of a series of saves."""
    return _apart("killed", count)


def full_disks(count: int) -> Figures:
    """The disk is full after a random number of bytes."""
    return _apart("full", count)


def two_writers(count: int) -> Figures:
    """Two processes save to one file while a third one reads it."""
    return _apart("writers", count)


def _apart(what: str, count: int) -> Figures:
    """In a process without threads, which may fork."""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", __spec__.name, what, str(count)], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def _killed(count: int, folder: Path) -> Figures:
    random_, path = random.Random(3), folder / "model"
    saves, known = _two(folder)
    path.write_bytes(known[0])
    versions = [0, 0]
    for _ in range(count):
        victim = _fork(lambda: _for_ever(saves, path))
        time.sleep(random_.uniform(0, MOST_WAIT))
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        found = path.read_bytes()
        assert found in known, f"half a file of {len(found)} bytes was left"
        versions[known.index(found)] += 1
    parts = list(folder.glob(".model.*.part"))
    for part in parts:
        os.utime(part, (0, 0))
    saves[0](path)
    left = [file.name for file in folder.iterdir() if file.name.endswith(".part")]
    assert not left, f"parts of killed saves were never taken away: {left}"
    return {"kills": count, "corrupt": 0, "first model": versions[0], "second": versions[1], "parts swept": len(parts)}


def _full(count: int, folder: Path) -> Figures:
    random_, path = random.Random(4), folder / "model"
    saves, known = _two(folder)
    failed = 0
    for _ in range(count):
        path.write_bytes(known[0])
        limit = random_.randrange(len(known[1]) + 2)
        status = _status(lambda limit=limit: _save_below(limit, saves[1], path))
        found = path.read_bytes()
        assert found == known[0 if status else 1], "the file is neither the old one nor the new one"
        assert status == (1 if limit < len(known[1]) else 0), "a full disk must be an OSError"
        assert [file.name for file in folder.iterdir()] == ["model"], "a part was left behind"
        failed += status
    return {"saves": count, "failed": failed, "corrupt": 0, "parts left": 0}


def _writers(count: int, folder: Path) -> Figures:
    path = folder / "model"
    saves, known = _two(folder)
    path.write_bytes(known[0])
    children = [_fork(lambda save=save: [save(path) for _ in range(count)]) for save in saves]
    reads = 0
    while children:
        assert path.read_bytes() in known
        reads += 1
        children = [child for child in children if os.waitpid(child, os.WNOHANG) == (0, 0)]
    assert [file.name for file in folder.iterdir()] == ["model"]
    return {"saves": 2 * count, "reads": reads, "corrupt": 0}


Save = Callable[[Path], None]


def _two(folder: Path) -> tuple[list[Save], list[bytes]]:
    """Two networks that are saved in turn, and their files."""
    saves: list[Save] = [network(0).save, network(1).save]
    known = []
    for save in saves:
        save(folder / "model")
        known.append((folder / "model").read_bytes())
    return saves, known


def _for_ever(saves: list[Save], path: Path) -> None:
    for n in itertools.count():
        saves[n % 2](path)


def _save_below(limit: int, save: Save, path: Path) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    save(path)


def _fork(work: Callable[[], object]) -> int:
    child = os.fork()
    if child:
        return child
    code = 2
    try:
        work()
        code = 0
    except OSError:
        code = 1
    finally:
        os._exit(code)


def _status(work: Callable[[], object]) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(_fork(work), 0)[1])


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        trial = {"killed": _killed, "full": _full, "writers": _writers}[sys.argv[1]]
        print(json.dumps(trial(int(sys.argv[2]), Path(name))))
