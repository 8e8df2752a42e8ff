"""Work that an interrupt must not cut in half, and work that leaves torch as it was."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from types import FrameType
from typing import Protocol, TypeVar

import torch
from torch import Tensor, nn

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


@contextmanager
def grad_mode_kept() -> Iterator[None]:
    """Gradients on or off afterwards as before, also when an interrupt cut short the end of a ``no_grad``."""
    before = torch.is_grad_enabled()
    try:
        yield
    finally:
        torch.set_grad_enabled(before)


@contextmanager
def no_gradients() -> Iterator[None]:
    """As :class:`torch.no_grad`, also as a decorator, and safe against interrupts."""
    with grad_mode_kept(), torch.no_grad():
        yield


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


@contextmanager
def at_work(model: nn.Module, rows: int) -> Iterator[None]:
    """A network at work on ``rows`` rows: a small one on one thread, see :func:`one_thread`."""
    with grad_mode_kept():
        if not is_small(model, rows):
            yield
            return
        with one_thread():
            yield


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
