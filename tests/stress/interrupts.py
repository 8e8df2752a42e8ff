"""Ctrl-C at any moment of any act: the model is that of before or after, or of a whole step between."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import torch

from kanwidget import KAN, Session

from .promise import Figures
from .samples import bits, table

__all__ = ["interrupts"]

STEPS = 5


def train(session: Session) -> None:
    session.advance(float("inf"), steps=STEPS)
    session.stop()


def name_two(session: Session) -> None:
    session.fix(0, 0, 0, "sin")
    session.fix(0, 1, 0, "x^2")


ACTS: dict[str, Callable[[Session], Any]] = {
    "train": train,
    "refine": lambda session: session.refine(7),
    "prune": lambda session: session.prune(edge_th=0.001),
    "name two edges": name_two,
    "remove": lambda session: session.remove_edge(0, 0, 0),
    "auto": lambda session: session.auto_symbolic(),
    "suggest": lambda session: session.suggest(0, 0, 0),
    "undo": lambda session: session.undo(),
    "reset": lambda session: session.reset(),
}


def interrupts(count: int) -> Figures:
    """So many interrupts, at random moments of random acts."""
    random_, seen = random.Random(7), Counter[str]()
    trials = [(name, opt, *_course(act, opt)) for name, act in ACTS.items() for opt in ("LM", "LBFGS", "Adam")]
    for _ in range(count):
        name, opt, whole, seconds = random_.choice(trials)
        session = _session(opt)
        hit = _interrupted(lambda act=ACTS[name], session=session: act(session), random_.uniform(0, 1.1 * seconds))
        session.stop()
        assert bits(session.model) in whole, f"{name} with {opt} left a model that is neither old nor new"
        assert torch.is_grad_enabled(), f"{name} with {opt} left gradients switched off"
        assert not session.training
        assert session.history.now.losses[-1].step == session.step_count
        seen["interrupted" if hit else "too late"] += 1
        if random_.random() < 0.1:
            session.step()  # it goes on
    return {"interrupts": count, **seen, "mixed": 0}


def _session(opt: str) -> Session:
    session = Session(KAN([2, 2, 1], grid=3, seed=1, dtype=torch.float64), table(), opt=opt, lamb=0.01)
    session.refine(4)
    return session


def _course(act: Callable[[Session], Any], opt: str) -> tuple[set[bytes], float]:
    """The models that there may be: before, after every whole step or single act, and at the end; and how long it
    takes."""
    session = _session(opt)
    models = {bits(session.model)}
    start = time.perf_counter()
    act(session)
    seconds = time.perf_counter() - start
    models |= {bits(moment.model) for moment in session.history.moments}
    models.add(bits(session.model))
    if act is train:
        session = _session(opt)
        for _ in range(STEPS):
            session.advance(float("inf"), steps=1)
            models.add(bits(session.model))
    return models, seconds


def _interrupted(call: Callable[[], Any], delay: float) -> bool:
    """Whether the interrupt came before the call had ended."""
    with _alarm():
        try:
            signal.setitimer(signal.ITIMER_REAL, max(delay, 1e-6))
            call()
            signal.setitimer(signal.ITIMER_REAL, 0)
        except KeyboardInterrupt:
            return True
    return False


@contextmanager
def _alarm() -> Any:
    """An alarm that presses Ctrl-C: what holds interrupts back is respected."""
    usual = signal.signal(signal.SIGALRM, lambda number, frame: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, usual)
