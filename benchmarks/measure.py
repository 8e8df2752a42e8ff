"""What all benchmarks share: CPU times, medians, one JSON object as the last line."""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Hashable, Iterator, Mapping
from statistics import median
from typing import Any, TypeVar

import torch

__all__ = ["Laps", "finish", "in_turn", "peak_mb", "ratio", "silent", "single_thread"]

T = TypeVar("T")
Name = TypeVar("Name", bound=Hashable)

LAP = 0.02  # CPU seconds of a lap at least: shorter calls are repeated within it, as training repeats them
LAPS = (3, 25)
SLOW = ((1.5, 1), (0.4, 2))  # from so many CPU seconds a call: so many laps


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


def in_turn(calls: Mapping[Name, Callable[[], object]], seconds: float) -> dict[Name, float]:
    """Median CPU milliseconds of every call; about ``seconds`` are spent on each, after two calls to warm up.

    The laps of all calls take turns, evenly spread over the whole measurement, so that what else the machine does
    meets all of them alike.
    """
    plans = {name: _plan(call, seconds) for name, call in calls.items()}
    found: dict[Name, list[float]] = {name: [] for name in calls}
    rounds = max(laps for laps, _ in plans.values())
    for turn in range(rounds):
        for name, (laps, repeats) in plans.items():
            if (turn + 1) * laps // rounds > turn * laps // rounds:
                found[name].append(_cpu_seconds(calls[name], repeats))
    return {name: 1000 * median(laps) for name, laps in found.items()}


def _plan(call: Callable[[], object], seconds: float) -> tuple[int, int]:
    """Number of laps, and of calls in each."""
    once = _cpu_seconds(call)
    for slow, laps in SLOW:
        if once > slow:
            return laps, 1
    once = _cpu_seconds(call)
    repeats = math.ceil(LAP / once)
    return max(LAPS[0], min(LAPS[1], int(seconds / (once * repeats)))), repeats


def _cpu_seconds(call: Callable[[], object], repeats: int = 1) -> float:
    begun = time.process_time()
    for _ in range(repeats):
        call()
    return (time.process_time() - begun) / repeats


def peak_mb(call: Callable[[], object]) -> float:
    """The most megabytes that one call holds at once above what was held before.

    Torch's profiler reports every block that its CPU allocator gives out or takes back, those inside operators and
    in the backward pass too; their running sum is what torch holds. The most that Python and numpy held is added,
    whenever that was. Buffers that a matrix library allocates by itself are not among them.
    """
    os.environ.setdefault("KINETO_LOG_LEVEL", "99")  # it would announce itself on every use
    tracemalloc.start()
    with torch.autograd.profiler.profile(profile_memory=True) as profile:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        call()
        others = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    blocks = [event for event in profile.kineto_results.events() if event.name() == "[memory]"]
    held = most = 0
    for block in sorted(blocks, key=lambda event: event.start_ns()):
        held += block.nbytes()
        most = max(most, held)
    return (most + others) / 1e6


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
