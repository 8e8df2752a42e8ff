"""Work that an interrupt must not cut in half, and work that leaves torch as it was."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import wraps
from types import FrameType
from typing import Any, ParamSpec, Protocol, TypeVar

import torch
from torch import Tensor, nn

from kanwidget.model.shortage import shortage_told

__all__ = [
    "at_most",
    "at_work",
    "full_precision",
    "grad_mode_kept",
    "no_gradients",
    "one_thread",
    "sparing_one",
    "uninterrupted",
]

SMALL = 5_000_000  # multiplications of one evaluation


class OnDevice(Protocol):
    """What has its numbers on one device."""

    @property
    def device(self) -> torch.device: ...


Model = TypeVar("Model", bound=OnDevice)
Answer = TypeVar("Answer")
P = ParamSpec("P")


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold back Ctrl-C for a few assignments that belong together; it arrives at the end.

    Signals reach the main thread only; on others, and where somebody handles them in their own way, there is
    nothing to hold back.
    """
    usual = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(usual):
        yield
        return
    held: list[tuple[int, FrameType | None]] = []
    signal.signal(signal.SIGINT, lambda number, frame: held.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
        if held:
            usual(*held[0])


class grad_mode_kept:
    """Gradients on or off afterwards as before, also when an interrupt cut short the end of a ``no_grad``.

    No generator: one that an interrupt has left behind would end when its memory is collected, and set then, at some
    later moment, what was right before.
    """

    def __enter__(self) -> None:
        self._before = torch.is_grad_enabled()

    def __exit__(self, *error: object) -> None:
        torch.set_grad_enabled(self._before)


def no_gradients(f: Callable[P, Answer]) -> Callable[P, Answer]:
    """As :class:`torch.no_grad`, and safe against interrupts: the outer guard mends what the inner one could not."""

    @wraps(f)
    def without(*args: P.args, **kwargs: P.kwargs) -> Answer:
        with grad_mode_kept(), torch.no_grad():
            return f(*args, **kwargs)

    return without


@contextmanager
def at_most(threads: int) -> Iterator[None]:
    """Torch on no more than so many threads, and afterwards as it was before."""
    before = torch.get_num_threads()
    if before <= threads:
        yield
        return
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def one_thread() -> AbstractContextManager[None]:
    """Small tensors on one thread: their operations are over before a second thread has woken up."""
    return at_most(1)


def sparing_one() -> AbstractContextManager[None]:
    """All processors but one, which somebody else needs meanwhile.

    Threads of torch wait for each other after every operation. Where one of them has to share its processor, all
    wait for it, and a network that is watched trains many times slower than on fewer threads.
    """
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return at_most(max(1, processors - 1))


def is_small(model: nn.Module, rows: int) -> bool:
    """Whether one evaluation on so many rows takes a few milliseconds at most."""
    return rows * sum(p.numel() for p in model.parameters()) <= SMALL


class at_work(grad_mode_kept):
    """A network at work on ``rows`` rows: a small one on one thread, see :func:`one_thread`; where memory does not
    suffice, that is raised as an error of ours."""

    def __init__(self, model: nn.Module, rows: int) -> None:
        self._threads = one_thread() if is_small(model, rows) else nullcontext()

    def __enter__(self) -> None:
        super().__enter__()
        self._threads.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._threads.__exit__(*error)
        super().__exit__(*error)
        shortage_told().__exit__(*error)


def full_precision(evaluate: Callable[[Model, Tensor], Answer]) -> Callable[[Model, Tensor], Answer]:
    """Evaluate outside of autocast: half precision cannot tell the cells of a grid apart."""

    @wraps(evaluate)
    def evaluated(model: Model, x: Tensor) -> Answer:
        if not _autocast_is_on(model.device.type):
            return evaluate(model, x)
        with torch.autocast(model.device.type, enabled=False):
            return evaluate(model, x)

    return evaluated


def _autocast_is_on(kind: str) -> bool:
    if hasattr(torch, "get_autocast_dtype"):  # torch 2.4
        return torch.is_autocast_enabled(kind)
    return bool(torch.is_autocast_cpu_enabled() if kind == "cpu" else torch.is_autocast_enabled())
