"""What fails in the midst of work is said, the last good state stays, and the session goes on."""

from __future__ import annotations

import functools
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

from kanwidget import KAN, KANWidget
from kanwidget.model import layer as layers
from kanwidget.model import small, sums
from kanwidget.model.network import Network
from kanwidget.plot import export
from kanwidget.session import acts, offers, source
from kanwidget.session.history import History
from kanwidget.session.seeking import Seeking
from kanwidget.symbolic import auto, edges
from kanwidget.train import descent, optimisers, trainer
from kanwidget.widget import answers, screen, takeaway, texts
from kanwidget.widget.commands import looks

from .mirror import Mirror, whole
from .promise import Figures
from .samples import table

__all__ = ["faults"]


class Fault(Exception):
    """What is thrown in; nobody expects it."""


class Own:
    """Functions of the user's own."""

    @staticmethod
    def loss(prediction: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        return (prediction - label).square().mean()

    @staticmethod
    def base(x: torch.Tensor) -> torch.Tensor:
        return torch.tanh(x)

    @staticmethod
    def observer(change: Any) -> None:
        """Of a trait."""


Place = tuple[Any, str]
PLACES: list[Place] = [
    (Own, "loss"), (Own, "base"), (Own, "observer"),
    (trainer, "iterations"), (trainer, "chosen"), (trainer, "grids_are_left"), (trainer.Trainer, "_measured"),
    (trainer.Trainer, "network"), (optimisers, "backward"), (optimisers, "levenberg_marquardt"),
    (layers, "solve_coef"), (layers, "adaptive_knots"), (layers.KANLayer, "forward"), (layers.KANLayer, "refined"),
    (Network, "copy"), (Network, "with_layers"), (Network, "trace"), (Network, "put_layers"), (Network, "plain_sums"),
    (descent, "with_pull"), (sums, "design_of"),
    (small.Small, "times"), (torch.linalg, "cholesky_ex"), (History, "added"),
    (acts, "prune_nodes"), (acts, "fresh"), (acts, "adopt"), (acts, "with_node"), (acts, "with_layer"),
    (acts, "without_node"), (acts, "without_layer"), (acts, "attribute"),
    (auto, "auto_symbolic"), (edges, "fix"), (edges, "unfix"), (edges, "fit_curves"),
    (offers, "candidates"), (offers.Offers, "of"), (source.Source, "load"), (Seeking, "advance"), (Seeking, "end"),
    (screen, "build_frame"), (screen, "described"), (texts, "formula_state"), (texts, "symbolic_formula"),
    (texts, "present"), (answers, "told"), (answers, "options"), (screen.Front, "told"),
    (takeaway, "standalone"), (looks, "gallery"), (export, "svg"), (export, "png"),
]  # fmt: skip

PICTURE = {"theme": "light", "y_scale": "common", "threshold": 0}
EXAMPLE = {"name": "wave", "rows": 30, "noise": 0, "test_size": 0.2, "seed": 0}
NETWORK = {"grid": 3, "k": 3, "seed": 0, "noise_scale": 0.3, "base_fun": "silu", "grid_range": None}
COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("hello", {"binary": True}), ("play", {}), ("stop", {}), ("step", {}), ("advance", {"budget_ms": 20}),
    ("reset", {}), ("set_option", {"name": "lamb", "value": 0.02}), ("refine", {"grid": 5}),
    ("prune", {"edge_th": 0.01}), ("suggest", {"edge": [0, 0, 1]}), ("fix", {"edge": [0, 0, 0], "name": "sin"}),
    ("fix_affine", {"edge": [0, 0, 0], "name": "x^2", "affine": [1, 0, 1, 0]}),
    ("move_coef", {"edge": [0, 0, 0], "m": 1, "by": 0.1}), ("pin", {"edge": [0, 0, 0], "pinned": True}),
    ("unfix", {"edge": [0, 1, 1]}), ("remove_edge", {"edge": [0, 1, 0]}), ("auto_symbolic", {}),
    ("discover", {"budget_s": 0.1}), ("seek", {"budget_ms": 5}), ("end_seek", {}), ("undo", {}), ("redo", {}),
    ("jump", {"key": 1}), ("look", {"key": 1}), ("gallery", {}), ("use_example", EXAMPLE), ("rebuild", NETWORK),
    ("add_node", {"layer": 1, "product": True}), ("take_node", {"layer": 1}), ("add_layer", {"layer": 1}),
    ("take_layer", {"layer": 1}), ("select", {"edge": [0, 0, 0]}),
    ("take", {"what": "svg", "looks": PICTURE}), ("take", {"what": "png", "looks": PICTURE}),
    ("take", {"what": "html", "looks": PICTURE}), ("take", {"what": "code", "looks": PICTURE}),
]  # fmt: skip
KINDS: list[Callable[[], Exception]] = [
    lambda: Fault("Fault"), lambda: RuntimeError("Fault"), lambda: ValueError("Fault"),
    lambda: MemoryError("Fault"), lambda: RuntimeError("DefaultCPUAllocator: can't allocate memory: Fault"),
]  # fmt: skip
OPTIMISERS = ("LM", "LBFGS", "Adam")


def faults(count: int) -> Figures:
    """An exception at some call of some part, while a page works: it is answered, seen, and gone afterwards.

    Where a command gets to is counted first, without a fault; so nearly every fault that is laid is met.
    """
    random_, seen, met, often = random.Random(10), Counter[str](), set[tuple[int, int]](), Counter[int]()
    while seen["met"] < count:
        command, opt = random_.randrange(len(COMMANDS)), random_.choice(OPTIMISERS)
        calls = _calls(command, opt)
        if not calls:
            continue
        place = min(calls, key=lambda place: (often[place], random_.random()))  # none is left out
        often[place] += 1
        seen["laid"] += 1
        if _is_met(command, opt, place, random_.randrange(calls[place]), random_):
            seen["met"] += 1
            met.add((command, place))
    assert seen["met"] > 0.8 * seen["laid"]
    places = {"places": len({place for _, place in met}), "commands": len({command for command, _ in met})}
    return {"faults laid": seen["laid"], "met and told": seen["met"], **places, "pairs of both": len(met)}


@functools.cache
def _calls(command: int, opt: str) -> Counter[int]:
    """How often a command comes to each of the places."""
    found = Counter[int]()
    page = _page(opt)
    name, args = _asked(page, command)
    reals = [getattr(owner, attribute) for owner, attribute in PLACES]

    def counted(n: int) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            found[n] += 1
            return reals[n](*arguments, **options)

        return call

    with _patched({n: counted(n) for n in range(len(PLACES))}):
        is_accepted = page.ask(name, **args)["ok"]
    page.widget.close()
    return found if is_accepted else Counter()  # a refusal would be said in the place of the fault


def _page(opt: str) -> Mirror:
    """A widget that has been worked with: with LBFGS it has a loss, with Adam a base function of its user's own."""
    base: Any = (lambda x: Own.base(x)) if opt == "Adam" else "silu"
    loss = (lambda p, y: Own.loss(p, y)) if opt == "LBFGS" else None
    model = KAN([2, 2, 1], grid=3, seed=3, base_fun=base, dtype=torch.float64)
    widget = KANWidget(model, table(), lamb=0.01, opt=opt, loss_fn=loss)
    widget.observe(lambda change: Own.observer(change), ["step", "status", "history"])
    page = Mirror(widget)
    page.ask("fix", edge=[0, 1, 1], name="sin")
    page.ask("pin", edge=[0, 1, 1], pinned=True)
    page.ask("undo")
    return page


def _asked(page: Mirror, command: int) -> tuple[str, dict[str, Any]]:
    """The command, and what has to be done before it can be asked for."""
    name, args = COMMANDS[command]
    if name == "advance":
        page.ask("play")
    elif name in ("seek", "end_seek"):
        page.ask("discover", budget_s=0.1)
    return name, args


def _is_met(command: int, opt: str, place: int, after: int, random_: random.Random) -> bool:
    """Whether the fault was met; if so, it was told and is over."""
    page, kind, once = _page(opt), random_.choice(KINDS), random_.random() < 0.5
    widget, (name, args) = page.widget, _asked(page, command)
    owner, attribute = PLACES[place]
    real, calls = getattr(owner, attribute), 0

    def fails(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == after + 1 or (calls > after and not once):
            raise kind()
        return real(*arguments, **options)

    where = f"{attribute} in {name} with {opt}"
    with _patched({place: fails}):
        answer = page.ask(name, **args)
        shown = widget.error
    if calls > after:
        told = answer.get("why") or answer.get("error", {}).get("message", "")
        if name == "set_option":
            told += page.state["error"]  # its answer goes out before the traits that may fail
        assert "Fault" in shown, f"{where}: w.error is {shown!r}"
        assert "Fault" in told or owner is Own, f"{where}: the page was told {told!r}"
        if "memory" in str(kind()) or isinstance(kind(), MemoryError):
            assert shown.startswith("not enough memory"), f"{where}: of a shortage of memory w.error says {shown!r}"
    page.ask("stop")
    whole(widget)
    page.check()
    assert page.ask("step")["ok"], f"{where}: the session is dead"
    whole(widget)
    page.check()
    widget.close()
    return calls > after


@contextmanager
def _patched(places: dict[int, Callable[..., Any]]) -> Iterator[None]:
    """Other functions in some of the places."""
    mine = {n: vars(PLACES[n][0]).get(PLACES[n][1]) for n in places}
    for n, function in places.items():
        setattr(*PLACES[n], staticmethod(function) if PLACES[n][0] is Own else function)
    try:
        yield
    finally:
        for n, real in mine.items():
            setattr(*PLACES[n], real)
