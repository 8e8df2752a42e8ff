"""What fails in the midst of work is said, the last good state stays, and the session goes on."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from kanwidget import KAN, KANWidget, OptionError, Session
from kanwidget.model import layer as layer_module
from kanwidget.train import trainer
from kanwidget.widget import screen, texts

from .mirror import Mirror, whole
from .promise import Figures
from .samples import bits, table

__all__ = ["faults", "not_a_number"]


class Fault(Exception):
    """What is thrown in; nobody expects it."""


def not_a_number(count: int) -> Figures:
    """The loss becomes NaN or infinite at some evaluation: training stops at the last finite state and says so."""
    random_, seen = random.Random(9), Counter[str]()
    for n in range(count):
        after, bad = random_.randrange(1, 60), random_.choice([float("nan"), float("inf"), -float("inf")])
        calls = 0

        def loss(prediction: torch.Tensor, label: torch.Tensor, after: int = after, bad: float = bad) -> torch.Tensor:
            nonlocal calls
            calls += 1
            value = (prediction - label).square().mean()
            return value * bad if calls > after else value

        model = KAN([2, 2, 1], grid=3, seed=n, dtype=torch.float64)
        opt = random_.choice(["LBFGS", "Adam", "AdamW"])
        try:
            session = Session(model, table(), opt=opt, loss_fn=loss)
        except OptionError:
            seen["refused"] += 1
            continue
        good = {bits(session.model)}
        why = ""
        while not why and session.step_count < 80:
            why = session.advance(0.0).why
            good.add(bits(session.model))
        assert why, "training went on without a finite loss"
        assert all(bool(torch.isfinite(p).all()) for p in session.model.parameters()), "the model is not finite"
        assert bits(session.model) in good
        assert all(abs(point.train) < float("inf") for point in session.losses)
        session.set_option("loss_fn", lambda prediction, label: (prediction - label).square().mean())
        session.step()  # it goes on
        seen[why.split(":")[0]] += 1
    return {"runs": count, **seen}


@contextmanager
def broken(owner: Any, name: str, after: int) -> Iterator[None]:
    """A function that fails from its n-th call on."""
    real, calls = getattr(owner, name), 0

    def fails(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > after:
            raise Fault(f"call {calls} of {name}")
        return real(*arguments, **options)

    setattr(owner, name, fails)
    try:
        yield
    finally:
        setattr(owner, name, real)


PLACES: dict[str, tuple[Any, str]] = {
    "optimiser": (trainer, "iterations"),
    "optimiser's choice": (trainer, "chosen"),
    "backward": (torch.Tensor, "backward"),
    "least squares": (layer_module, "solve_coef"),
    "knots": (layer_module, "adaptive_knots"),
    "solver": (torch.linalg, "pinv"),
    "Cholesky": (torch.linalg, "cholesky_ex"),
    "layer": (layer_module.KANLayer, "forward"),
    "copy": (KAN, "copy"),
    "meter": (trainer.Trainer, "_measured"),
    "codec": (screen, "build_frame"),
    "formula": (texts, "formula_state"),
}


def faults(count: int) -> Figures:
    """An exception at some call of some part, while a page works: it is answered, seen, and gone afterwards."""
    random_, seen = random.Random(10), Counter[str]()
    for n in range(count):
        place = random_.choice(sorted(PLACES))
        seen[_fault(n, *PLACES[place], random_)] += 1
    return {"faults": count, **seen}


def _fault(seed: int, owner: Any, name: str, random_: random.Random) -> str:
    widget = KANWidget(KAN([2, 2, 1], grid=3, seed=seed % 7, dtype=torch.float64), table(), lamb=0.01)
    page = Mirror(widget)
    _asked(page, 1, "set_option", {"name": "opt", "value": random_.choice(["LM", "LBFGS", "Adam"])})
    widget.fit(1)
    command = random_.choice(COMMANDS)
    with broken(owner, name, random_.randrange(0, 3)):
        if command[0] == "advance":
            _asked(page, 2, "play", {})
        answer = _asked(page, 3, *command)
        shown = widget.error
    failed = not answer["ok"] or "Fault" in answer.get("why", "")
    if failed:
        told = answer.get("why") or answer["error"]["message"]
        assert "Fault" in shown and "Fault" in told, f"{name}: the page was told {told!r}, w.error is {shown!r}"
    _asked(page, 4, "stop", {})
    whole(widget)
    page.check()
    assert _asked(page, 5, "step", {})["ok"], f"{name}: the session is dead after {command}"
    whole(widget)
    page.check()
    widget.close()
    return "told" if failed else "not reached"


Command = tuple[str, dict[str, Any]]
COMMANDS: list[Command] = [
    ("step", {}),
    ("advance", {"budget_ms": 20}),
    ("refine", {"grid": 5}),
    ("prune", {"edge_th": 0.01}),
    ("fix", {"edge": [0, 0, 0], "name": "sin"}),
    ("remove_edge", {"edge": [0, 1, 0]}),
    ("undo", {}),
    ("hello", {"binary": True}),
    ("suggest", {"edge": [0, 0, 1]}),
    ("reset", {}),
]


def _asked(page: Mirror, number: int, name: str, args: dict[str, Any]) -> dict[str, Any]:
    return page.say({"v": 1, "id": number, "client": "a", "name": name, "args": args})
