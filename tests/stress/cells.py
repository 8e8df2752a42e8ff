"""Cells that work on the live network and the session behind the back of a page, at any moment of training: what they
have done is seen, shown, and taken back by undo; what cannot be used is said."""

from __future__ import annotations

import random
import warnings
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import torch

from kanwidget import KAN, KANWidget, KanwidgetError
from kanwidget.model.network import Network
from kanwidget.session.source import Source
from kanwidget.widget.texts import CHANGED

from .mirror import Mirror, whole
from .promise import Figures
from .samples import bits, table
from .walks import formula_is_network

__all__ = ["cells"]

CELLS = 6  # of one widget
WIDTHS: tuple[Any, ...] = ([2, 1], [2, 2, 1], [2, [1, 1], 1])
Cell = Callable[[Network, random.Random], object]


def _edge(model: Network, random_: random.Random) -> tuple[int, int, int]:
    return random_.choice(list(model.edges()))


def _own_loop(model: Network, random_: random.Random) -> None:
    """A training loop of the user's own."""
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(2):
        optimiser.zero_grad()
        loss = (model(table().train_input) - table().train_label.to(model.dtype)).square().mean()
        loss.backward()
        optimiser.step()


def _name_all(model: Network, random_: random.Random) -> None:
    for edge in list(model.edges()):
        model.fix_symbolic(*edge, random_.choice(("sin", "x^2", "x")), verbose=False)


@torch.no_grad()
def _in_place(model: Network, random_: random.Random) -> None:
    model.layer(0).coef[0, 0] += random_.uniform(0.1, 1)


def _data(model: Network, random_: random.Random) -> None:
    """Behind the back of torch's own count of changes."""
    model.layer(-1).scale_sp.data *= 1.1


@torch.no_grad()
def _mask(model: Network, random_: random.Random) -> None:
    model.layer(0).mask[1, 0] = 0


@torch.no_grad()
def _knots(model: Network, random_: random.Random) -> None:
    model.layer(0).knots *= 1.2


CHANGES: dict[str, Cell] = {
    "fix": lambda m, r: m.fix_symbolic(*_edge(m, r), r.choice(("sin", "exp", "x^2", "log", "0")), verbose=False),
    "unfix": lambda m, r: m.unfix_symbolic(*_edge(m, r)),
    "name all": _name_all,
    "fit": lambda m, r: m.fit(table(), opt=r.choice(("LM", "LBFGS", "Adam")), steps=2, progress=False),
    "update grid": lambda m, r: m.update_grid(1.5 * table().train_input),
    "remove": lambda m, r: m.remove_edge(*_edge(m, r)),
    "move": lambda m, r: m.move_coef(*_edge(m, r), 1, 0.5),
    "pin": lambda m, r: m.pin_edge(*_edge(m, r)),
    "load": lambda m, r: m.load_state_dict(m.refine(r.randint(2, 6)).state_dict()),
    "own loop": _own_loop,
    "in place": _in_place,
    "data": _data,
    "mask": _mask,
    "knots": _knots,
    "float": lambda m, r: m.float(),
    "double": lambda m, r: m.double(),
    "freeze": lambda m, r: m.layer(0).requires_grad_(False),
    "other layers": lambda m, r: m.put_layers([layer.refined(4) for layer, _ in m.stack()]),
    "wider": lambda m, r: (lambda n: (setattr(m, "width", n.width), m.put_layers(n.layers)))(m.with_layer(1)),
    "names": lambda m, r: setattr(m, "input_names", ("height", "a<b>")),
    "too large": lambda m, r: m.layer(-1).scale_base.data.fill_(1e308),
}
BREAKS: dict[str, Cell] = {
    "not a number": lambda m, r: m.layer(0).coef.data.fill_(float("nan")),
    "no layers": lambda m, r: delattr(m, "layers"),
    "no tensor": lambda m, r: delattr(m.layer(0), "coef"),
    "width": lambda m, r: setattr(m, "width", m.width[1:]),
    "no tuple": lambda m, r: setattr(m, "width", None),
    "shape": lambda m, r: setattr(m.layer(0).coef, "data", m.layer(0).coef.data[:, :, 1:]),
    "knots back": lambda m, r: m.layer(0).knots.neg_(),
    "half a mask": lambda m, r: m.layer(0).mask.fill_(0.5),
    "function": lambda m, r: setattr(m.layer(0), "base_fun", "nonsense"),
    "nowhere": lambda m, r: m.to("meta"),
    "mixed": lambda m, r: setattr(m.layer(0).coef, "data", m.layer(0).coef.data.half()),
    "names": lambda m, r: setattr(m, "output_names", ()),
}
LOOKS: dict[str, Cell] = {
    "call": lambda m, r: m(table().train_input),
    "gradients": lambda m, r: m(table().train_input).sum().backward(),
    "prune": lambda m, r: m.prune(),
    "refine": lambda m, r: m.refine(7),
    "copy": lambda m, r: _in_place(m.copy(), r),
    "attribute": lambda m, r: m.attribute(),
    "mode": lambda m, r: m.eval(),
    "note": lambda m, r: setattr(m, "note", "mine"),
    "rows": lambda m, r: m.set_reference(2 * table().test_input),
}
SESSION: dict[str, Callable[[KANWidget, random.Random], object]] = {
    "fix": lambda w, r: w.session.fix(*_edge(w.session.network(), r), "sin"),
    "remove": lambda w, r: w.session.remove_edge(*_edge(w.session.network(), r)),
    "refine": lambda w, r: w.session.refine(r.randint(2, 5)),
    "prune": lambda w, r: w.session.prune(),
    "undo": lambda w, r: w.session.undo(),
    "redo": lambda w, r: w.session.redo(),
    "jump": lambda w, r: w.session.jump(r.choice(w.session.history.moments).key),
    "reset": lambda w, r: w.session.reset(),
    "step": lambda w, r: w.session.step(),
    "advance": lambda w, r: w.session.advance(1.0),
    "stop": lambda w, r: w.session.stop(),
    "options": lambda w, r: w.session.set_options(lamb=r.choice((0.0, 0.02)), steps=r.randint(1, 30)),
    "suggest": lambda w, r: w.session.suggest(*_edge(w.session.network(), r)),
    "layer": lambda w, r: w.session.add_layer(1),
    "example": lambda w, r: w.session.use_example(Source("wave", rows=40)),
    "rebuild": lambda w, r: w.session.rebuild(grid=3),
    "search": lambda w, r: w.session.begin_discovery(0.1),
    "fit": lambda w, r: w.fit(1),
    "lamb": lambda w, r: setattr(w, "lamb", r.choice((0.0, 0.01))),
    "grid": lambda w, r: setattr(w, "grid", r.randint(2, 6)),
    "code": lambda w, r: w.code(),
}
PAGE: list[tuple[str, dict[str, Any]]] = [
    ("play", {}), ("advance", {"budget_ms": 5}), ("advance", {"budget_ms": 5}), ("advance", {"budget_ms": 5}),
    ("step", {}), ("stop", {}), ("undo", {}), ("redo", {}), ("refine", {"grid": 4}), ("prune", {"edge_th": 0.01}),
    ("fix", {"edge": [0, 0, 0], "name": "sin"}), ("suggest", {"edge": [0, 1, 0]}), ("hello", {"binary": True}),
    ("set_option", {"name": "lamb", "value": 0.01}), ("remove_edge", {"edge": [0, 0, 0]}),
]  # fmt: skip


def cells(count: int) -> Figures:
    """So many cells, between the messages of pages that train with LM, LBFGS and Adam."""
    random_, seen = random.Random(12), Counter[str]()
    while seen["cells"] < count:
        trial = _Trial(random_, random_.choice(("LM", "LBFGS", "Adam")), seen)
        for _ in range(CELLS):
            trial.work_on_the_page()
            trial.run_a_cell()
        trial.page.widget.close()
    told = ("cells", "in training", "moments", "undone", "refused", "looks", "formulas")
    return {name: seen[name] for name in told}


class _Trial:
    """A widget, its page, and a network that a cell has kept."""

    def __init__(self, random_: random.Random, opt: str, seen: Counter[str]) -> None:
        self.random, self.seen, self.opt = random_, seen, opt
        model = KAN(random_.choice(WIDTHS), grid=3, seed=random_.randrange(5), dtype=torch.float64)
        self.page = Mirror(KANWidget(model, table(), opt=opt, lamb=random_.choice((0.0, 0.01))))
        self.widget = self.page.widget
        self.held: Network | None = None

    @property
    def bits(self) -> bytes:
        return bits(self.widget.session.network())

    def work_on_the_page(self) -> None:
        for _ in range(self.random.randint(0, 4)):
            name, args = self.random.choice(PAGE)
            self.page.ask(name, **args)
            self.check()
        if self.random.random() < 0.7:
            self.page.ask("play")
            for _ in range(self.random.randint(0, 3)):
                self.page.ask("advance", budget_ms=5)

    def check(self) -> None:
        whole(self.widget)
        self.page.check()
        self.seen["formulas"] += formula_is_network(self.widget)

    def run_a_cell(self) -> None:
        self.seen["cells"] += 1
        self.seen["in training"] += self.widget.session.training
        kind = self.random.choice((CHANGES, CHANGES, CHANGES, BREAKS, LOOKS, SESSION))
        if kind is SESSION:
            self._on_session()
        else:
            self._on_network(kind)  # type: ignore[arg-type]
        self.check()

    def _on_session(self) -> None:
        name = self.random.choice(sorted(SESSION))
        with suppress(KanwidgetError):  # a session refuses what it cannot do
            SESSION[name](self.widget, self.random)
        self._next()

    def _on_network(self, kind: dict[str, Cell]) -> None:
        """A cell that works on the network, either as the session has it now or as it was when it was asked for."""
        before, played = self.bits, self.widget.playing
        model = self.widget.model
        if self.held is not None and self.random.random() < 0.3:
            model = self.held
        is_live = model is self.widget.model
        self.held, earlier = model, bits(model) if is_live else b""
        assert earlier in (before, b""), "the network in the hands of a cell is not that of the session"
        name = self.random.choice(sorted(kind))
        where = f"{name} with {self.opt}"
        with suppress(Exception), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what the cell itself does
            kind[name](model, self.random)
        if not is_live:
            self._next()
            return
        position = self.widget.session.history.position
        training = self.widget.session.training
        self._next(train=False)
        if kind is BREAKS:
            self.held = None
            assert self.bits == before, f"{where}: the network was changed"
            assert "model: a cell" in self.widget.error or "finite" in self.widget.error, f"{where}: nothing was said"
            self.seen["refused"] += 1
        elif kind is LOOKS:
            assert self.bits == before and self.widget.playing == played, f"{where}: a look has changed something"
            self.seen["looks"] += 1
        elif self.widget.error:
            self.held = None
            assert self.bits == before, f"{where}: refused with {self.widget.error!r}, and taken"
            self.seen["refused"] += 1
        else:
            self._was_taken(model, before, position + training, where)

    def _was_taken(self, model: Network, before: bytes, position: int, where: str) -> None:
        after, history = bits(model), self.widget.session.history
        assert self.bits == after, f"{where}: the session has not what the cell has left"
        if after == before:
            return
        assert history.now.label == "Change in a cell" and history.position in (position, position + 1), where
        assert not self.widget.playing and self.widget.status == CHANGED, f"{where}: {self.widget.status!r}"
        self.seen["moments"] += 1
        self.check()
        if self.random.random() < 0.5:
            self.page.ask("undo")
            assert self.bits == before, f"{where}: undo does not go back to before the cell"
            self.check()
            self.page.ask("redo")
            assert self.bits == after, f"{where}: redo does not bring back what the cell did"
            self.seen["undone"] += 1
        if self.random.random() < 0.5:
            assert self.page.ask("step")["ok"], f"{where}: training does not go on"

    def _next(self, *, train: bool = True) -> None:
        """The next message of the page, by which the cell's work is seen."""
        if train and self.widget.playing:
            self.page.ask("advance", budget_ms=5)
        else:
            self.page.ask("hello", binary=True)
