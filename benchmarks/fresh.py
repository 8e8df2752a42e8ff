"""A finder in a process of its own, with a limit that it cannot pass."""

from __future__ import annotations

import multiprocessing
import resource
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

from benchmarks.finders import Finder, Found, Rows
from benchmarks.measure import single_thread

__all__ = ["Task", "found_alone"]

START = 600  # seconds on the clock for the imports
PATIENCE = 10  # limits on the clock after them: then a process that sleeps is ended, too
READY = "ready"


@dataclass(frozen=True)
class Task:
    """How problems are put.

    Attributes:
        make: imports what the finder needs and returns it.
        budget: seconds that the finder is told to take.
        limit: CPU seconds after which it is ended.
        noise: in units of the labels' standard deviation.
    """

    make: Callable[[], Finder]
    budget: float
    limit: float
    noise: float = 0.0


def found_alone(task: Task, rows: Rows, seed: int) -> tuple[Found | str, float]:
    """What is found, or why nothing is; and CPU seconds on one thread without imports."""
    fresh = multiprocessing.get_context("spawn")
    receiver, sender = fresh.Pipe(duplex=False)
    process = fresh.Process(target=_find, args=(sender, task, rows, seed))
    process.start()
    sender.close()  # this side's copy: the pipe ends when the process does
    try:
        if receiver.poll(START) and receiver.recv() == READY and receiver.poll(PATIENCE * task.limit):
            found, seconds = receiver.recv()
            return found, seconds
    except EOFError:
        process.join()
    finally:
        ended = process.exitcode
        process.kill()
        process.join()
    late = ended in (None, -signal.SIGXCPU)
    return "no answer in time" if late else f"no answer: the process ended with {ended}", task.limit


def _find(sender: Connection, task: Task, rows: Rows, seed: int) -> None:
    single_thread()
    find = task.make()
    begun = time.process_time()
    resource.setrlimit(resource.RLIMIT_CPU, (int(begun + task.limit) + 1, resource.RLIM_INFINITY))
    sender.send(READY)
    found: Found | str
    try:
        found = find(rows, task.budget, seed)
    except Exception as error:  # noqa: BLE001 - a finder that breaks down ends its own problem only
        found = f"no answer: {type(error).__name__}: {error}".partition("\n")[0]
    sender.send((found, time.process_time() - begun))
