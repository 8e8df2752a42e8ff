"""What all benchmarks share: CPU times, medians, one JSON object as the last line."""

from __future__ import annotations

import contextlib
import io
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any, TypeVar

import torch

__all__ = ["Laps", "finish", "ratio", "silent", "single_thread"]

T = TypeVar("T")


class Laps:
    """CPU seconds by the name of a phase."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def time(self, name: str, f: Callable[[], T]) -> T:
        begun = time.process_time()
        result = f()
        self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - begun
        return result

    @property
    def total(self) -> float:
        return sum(self.seconds.values())


def single_thread() -> None:
    torch.set_num_threads(1)


def ratio(peer: list[float], own: list[float]) -> float:
    """How many times longer the peer takes: a ratio of medians."""
    return median(peer) / median(own)


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Without what a peer prints and without the files that it leaves in the working directory."""
    here = os.getcwd()  # noqa: PTH109 - to return to it
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                yield
        finally:
            os.chdir(here)


def finish(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(result))
