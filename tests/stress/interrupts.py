"""Ctrl-C at any moment of any act: the model is that of before or after, or of a whole step between."""

from __future__ import annotations

import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import torch
from ipywidgets import Widget

from kanwidget import KAN, KANWidget, Session
from kanwidget.session.source import Source

from .mirror import Mirror, whole
from .promise import Figures
from .samples import bits, table

__all__ = ["interrupts"]

STEPS = 5
PROMPT_MS = 200.0
GO_ON = 0.2  # the share of the trials after which work goes on

Outcome = tuple[float | None, Callable[[], object]]  # see :func:`_interrupted`; a step more


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
    "drag": lambda session: session.move_coef(0, 0, 0, 1, 0.5),
    "auto": lambda session: session.auto_symbolic(),
    "suggest": lambda session: session.suggest(0, 0, 0),
    "undo": lambda session: session.undo(),
    "reset": lambda session: session.reset(),
    "node": lambda session: session.add_node(1),
    "layer": lambda session: session.add_layer(1),
    "example": lambda session: session.use_example(Source("wave", rows=60)),
    "rebuild": lambda session: session.rebuild(grid=4, seed=3),
}
ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "step": ("step", {}),
    "refine": ("refine", {"grid": 7}),
    "prune": ("prune", {"edge_th": 0.001}),
    "name an edge": ("fix", {"edge": [0, 0, 0], "name": "sin"}),
    "auto": ("auto_symbolic", {}),
    "undo": ("undo", {}),
    "reset": ("reset", {}),
    "layer": ("add_layer", {"layer": 1}),
}


def interrupts(count: int) -> Figures:
    """So many interrupts, at random moments of random acts, half of them of a session, half of a widget's page."""
    random_, seen, waits = random.Random(7), Counter[str](), list[float]()
    optimisers = ("LM", "LBFGS", "Adam")
    trials = [(name, opt, *_course(act, opt)) for name, act in ACTS.items() for opt in optimisers]
    asked = [(name, opt, *_answered(name, opt)) for name in ASKED for opt in optimisers]
    while len(waits) < count:
        if random_.random() < 0.5:
            name, opt, models, seconds = random_.choice(trials)
            waited, go_on = _of_session(name, opt, models, random_.uniform(0, 1.1 * seconds))
        else:
            name, opt, models, seconds = random_.choice(asked)
            waited, go_on = _of_page(name, opt, models, random_.uniform(0, 1.1 * seconds))
        if random_.random() < GO_ON:
            go_on()
        Widget.close_all()
        seen["too late"] += waited is None
        waits += [] if waited is None else [1000 * waited]
        assert seen["too late"] < 10 * count, "interrupts do not arrive"
    waits.sort()
    late = sum(wait > PROMPT_MS for wait in waits)
    told = {"median ms": round(waits[count // 2], 1), "99 % within ms": round(waits[99 * count // 100], 1)}
    return {"interrupts": count, "too late to count": seen["too late"], "mixed": 0, **told, "after 200 ms": late}


def _of_session(name: str, opt: str, models: set[bytes], delay: float) -> Outcome:
    session = _session(opt)
    waited = _interrupted(lambda: ACTS[name](session), delay)
    session.stop()
    assert bits(session.model) in models, f"{name} with {opt} left a model that is neither old nor new"
    assert torch.is_grad_enabled(), f"{name} with {opt} left gradients switched off"
    assert not session.training
    assert session.history.now.losses[-1].step == session.step_count
    return waited, lambda: session.step()


def _of_page(name: str, opt: str, models: set[bytes], delay: float) -> Outcome:
    """An answer that was lost with the interrupt is asked for again, as pages do."""
    page = _page(opt)
    asked, args = ASKED[name]
    message = {"v": 1, "id": page.number(), "client": "page", "name": asked, "args": args}
    waited = _interrupted(lambda: page.hear(message), delay)
    page.say(message)
    widget = page.widget
    assert bits(widget.model) in models, f"{name} with {opt} left a model that is neither old nor new"
    assert torch.is_grad_enabled(), f"{name} with {opt} left gradients switched off"
    whole(widget)
    page.check()

    def go_on() -> None:
        assert page.ask("step")["ok"]
        page.check()

    return waited, go_on


def _session(opt: str) -> Session:
    session = Session(KAN([2, 2, 1], grid=3, seed=1, dtype=torch.float64), table(), opt=opt, lamb=0.01)
    session.refine(4)
    return session


def _page(opt: str) -> Mirror:
    widget = KANWidget(KAN([2, 2, 1], grid=3, seed=1, dtype=torch.float64), table(), opt=opt, lamb=0.01)
    page = Mirror(widget)
    page.ask("refine", grid=4)
    return page


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


def _answered(name: str, opt: str) -> tuple[set[bytes], float]:
    """The same for a request of a page."""
    page = _page(opt)
    models = {bits(page.widget.model)}
    start = time.perf_counter()
    page.ask(ASKED[name][0], **ASKED[name][1])
    seconds = time.perf_counter() - start
    models.add(bits(page.widget.model))
    page.widget.close()
    return models, seconds


def _interrupted(call: Callable[[], Any], delay: float) -> float | None:
    """Seconds from the interrupt until the call had ended; None where it had ended before."""
    pressed: list[float] = []
    with _alarm(pressed):
        with suppress(KeyboardInterrupt):
            signal.setitimer(signal.ITIMER_REAL, max(delay, 1e-6))
            call()
            signal.setitimer(signal.ITIMER_REAL, 0)
        ended = time.perf_counter()
    return ended - pressed[0] if pressed else None


@contextmanager
def _alarm(pressed: list[float]) -> Iterator[None]:
    """An alarm that presses Ctrl-C, also where the shell has switched it off: what holds interrupts back is
    respected. Where it meets a callback of the garbage collector, Python itself lets it pass: the act goes on."""

    def press(number: int, frame: Any) -> None:
        pressed.append(time.perf_counter())
        signal.raise_signal(signal.SIGINT)

    def unraisable(what: sys.UnraisableHookArgs) -> None:
        if what.exc_type is not KeyboardInterrupt:
            hook(what)

    hook, sys.unraisablehook = sys.unraisablehook, unraisable
    usual = signal.signal(signal.SIGALRM, press), signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, usual[0])
        signal.signal(signal.SIGINT, usual[1])
        sys.unraisablehook = hook
