"""Any order of acts, by a page and by a cell: page and kernel agree, and the formula is the network."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kanwidget import KAN, KANWidget, KanwidgetError, Session
from kanwidget.model.network import Network

from .mirror import Mirror, whole
from .promise import Figures
from .samples import bits, table

__all__ = ["formula_is_network", "walks"]

STEPS = 25  # acts of one walk
CLOSE = {torch.float64: 1e-9, torch.float32: 1e-4}  # between the formula by NumPy and the network by torch, relative

edges = st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(0, 1)).map(list)
names = st.sampled_from(["x", "x^2", "sin", "exp", "tanh", "abs", "0", "1/x", "log"])


class Walk(RuleBasedStateMachine):
    """A widget, the page that shows it, and a folder to save it in."""

    done = 0
    formulas = 0
    asked: ClassVar[set[str]] = set()

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "session"
        self.widget: KANWidget | None = None
        self.saved = b""

    @initialize(seed=st.integers(0, 5), width=st.sampled_from([[2, 1], [2, 2, 1], [2, [1, 1], 1]]))
    def open(self, seed: int, width: list[Any]) -> None:
        self._show(KANWidget(KAN(width, grid=3, seed=seed, dtype=torch.float64), table(), lamb=0.01))

    def _show(self, widget: KANWidget) -> None:
        if self.widget is not None:
            self.widget.close()
        self.widget, self.page = widget, Mirror(widget)

    def ask(self, name: str, /, **args: Any) -> dict[str, Any]:
        """A request of the page; refused, it has changed nothing."""
        assert self.widget is not None
        before = bits(self.widget.model)
        answer = self.page.ask(name, **args)
        assert answer["ok"] or bits(self.widget.model) == before
        type(self).asked.add(name)
        return answer

    def look(self, name: str, /, **args: Any) -> None:
        """A request that changes nothing, whatever comes of it."""
        assert self.widget is not None
        before = bits(self.widget.model), self.widget.session.history.position
        self.ask(name, **args)
        assert (bits(self.widget.model), self.widget.session.history.position) == before

    @rule()
    def start(self) -> None:
        self.ask("play")

    @rule()
    def advance(self) -> None:
        self.ask("advance", budget_ms=5)

    @rule()
    def stop(self) -> None:
        self.ask("stop")

    @rule()
    def step(self) -> None:
        self.ask("step")

    @rule(lamb=st.sampled_from([0, 1e-3, 0.1]), opt=st.sampled_from(["auto", "LM", "LBFGS", "Adam"]))
    def edit_options(self, lamb: float, opt: str) -> None:
        self.ask("set_option", name="lamb", value=lamb)
        self.page.write(opt=opt)

    @rule(grid=st.integers(1, 6))
    def edit_grid(self, grid: int) -> None:
        self.ask("refine", grid=grid)

    @rule(edge=edges)
    def select(self, edge: list[int]) -> None:
        self.ask("select", edge=edge)

    @rule(edge_th=st.sampled_from([0.001, 0.05, 0.5]))
    def prune(self, edge_th: float) -> None:
        self.ask("prune", edge_th=edge_th)

    @rule(edge=edges, name=names)
    def fix(self, edge: list[int], name: str) -> None:
        self.ask("fix", edge=edge, name=name)

    @rule(edge=edges)
    def unfix(self, edge: list[int]) -> None:
        self.ask("unfix", edge=edge)

    @rule(edge=edges)
    def remove(self, edge: list[int]) -> None:
        self.ask("remove_edge", edge=edge)

    @rule(edge=edges, m=st.integers(0, 6), by=st.sampled_from([0.1, -1.5]))
    def drag(self, edge: list[int], m: int, by: float) -> None:
        self.ask("move_coef", edge=edge, m=m, by=by)

    @rule(edge=edges, affine=st.lists(st.sampled_from([1.0, -0.5, 0.0, 2.0]), min_size=4, max_size=4), name=names)
    def set_constants(self, edge: list[int], affine: list[float], name: str) -> None:
        self.ask("fix_affine", edge=edge, name=name, affine=affine)

    @rule(edge=edges, pinned=st.booleans())
    def pin(self, edge: list[int], pinned: bool) -> None:
        self.ask("pin", edge=edge, pinned=pinned)

    @rule(act=st.sampled_from(["add_node", "take_node", "add_layer", "take_layer"]), product=st.booleans())
    def reshape(self, act: str, product: bool) -> None:
        self.ask(act, layer=1, **({"product": product} if act == "add_node" else {}))

    @rule(
        act=st.sampled_from(["add_feature", "take_feature"]),
        feature=st.sampled_from([("square", [0]), ("product", [0, 1]), ("sine", [1])]),
    )
    def change_inputs(self, act: str, feature: tuple[str, list[int]]) -> None:
        self.ask(act, kind=feature[0], columns=feature[1])

    @rule(name=names)
    def name_every_edge(self, name: str) -> None:
        assert self.widget is not None
        for edge in list(self.widget.model.edges()):
            self.ask("fix", edge=list(edge), name=name)

    @rule()
    def undo(self) -> None:
        self.ask("undo")

    @rule()
    def redo(self) -> None:
        self.ask("redo")

    @rule()
    def undo_and_redo(self) -> None:
        """Together they change nothing."""
        assert self.widget is not None
        self.ask("stop")
        history = self.widget.session.history
        if history.left is None and history.position:
            before = bits(self.widget.model), self.widget.session.code()
            self.ask("undo")
            self.ask("redo")
            assert (bits(self.widget.model), self.widget.session.code()) == before

    @rule(key=st.integers(0, 12))
    def jump(self, key: int) -> None:
        self.ask("jump", key=key)

    @rule()
    def reset(self) -> None:
        self.ask("reset")

    @rule(name=st.sampled_from(["wave", "product", "moons"]), rows=st.sampled_from([2, 40]), seed=st.integers(0, 1))
    def use_example(self, name: str, rows: int, seed: int) -> None:
        self.ask("use_example", name=name, rows=rows, noise=0, test_size=0.2, seed=seed)

    @rule(grid=st.integers(1, 5), k=st.integers(0, 3), seed=st.integers(0, 3))
    def rebuild(self, grid: int, k: int, seed: int) -> None:
        self.ask("rebuild", grid=grid, k=k, seed=seed, noise_scale=0.3, base_fun="silu", grid_range=None)

    @rule(edge=edges, key=st.integers(0, 12), what=st.sampled_from(["code", "html", "svg"]), common=st.booleans())
    def look_around(self, edge: list[int], key: int, what: str, common: bool) -> None:
        self.look("look", key=key)
        self.look("suggest", edge=edge)
        looks = {"theme": "light", "y_scale": "common" if common else "own", "threshold": 0.03}
        self.look("take", what=what, looks=looks)
        self.look("hello", binary=common)

    @rule()
    def search(self) -> None:
        self.look("discover", budget_s=0.1)
        self.look("seek", budget_ms=5)

    @rule(n=st.integers(0, 5))
    def use_formula(self, n: int) -> None:
        assert self.widget is not None
        found = self.widget.front.get("candidates", ())
        self.look("end_seek")
        if n < len(found):
            self.ask("use_formula", key=found[n]["key"])

    @rule()
    def name_all(self) -> None:
        self.ask("auto_symbolic")

    @rule(lamb=st.sampled_from([0.0, 0.01]), grid=st.integers(2, 5))
    def work_in_a_cell(self, lamb: float, grid: int) -> None:
        assert self.widget is not None
        self.widget.lamb = lamb
        self.widget.grid = grid
        with suppress(KanwidgetError):
            self.widget.fit(1)

    @rule()
    def save(self) -> None:
        assert self.widget is not None
        self.widget.save(self.path)
        self.saved = bits(self.widget.model)
        loaded = Session.load(self.path, table())
        assert bits(loaded.model) == self.saved
        assert loaded.code() == self.widget.session.code()

    @precondition(lambda self: self.saved)
    @rule()
    def load(self) -> None:
        self._show(KANWidget.load(self.path, table()))
        assert self.widget is not None
        assert bits(self.widget.model) == self.saved

    @invariant()
    def the_page_has_what_the_kernel_has(self) -> None:
        if self.widget is not None:
            type(self).done += 1
            whole(self.widget)
            self.page.check()

    @invariant()
    def the_formula_is_the_network(self) -> None:
        if self.widget is not None:
            type(self).formulas += formula_is_network(self.widget)

    def teardown(self) -> None:
        if self.widget is not None:
            self.widget.close()
        self.folder.cleanup()


def formula_is_network(widget: KANWidget) -> bool:
    """Whether there is a formula; if so, it has the network's values."""
    if widget.playing or not widget.formula["python"]:
        return False
    model, x = widget.session.network(), widget.session.dataset.train_input
    y = model(x).detach().numpy()
    by_numpy = copied(widget.formula["python"])
    with np.errstate(all="ignore"):
        values = np.stack(np.broadcast_arrays(*as_columns(by_numpy(*x.T.numpy())), x[:, 0].numpy())[:-1], axis=1)
    known = np.isfinite(y)
    differ = np.abs(values - y)[known].max(initial=0)
    assert differ <= CLOSE[model.dtype] * (1 + np.abs(y[known]).max(initial=0)) + rounding(model)
    return True


def rounding(model: Network) -> float:
    """What its numbers cannot tell where large terms cancel each other, as in 1e10 tanh(x - 12) + 1e10."""
    largest = [float(layer.affine.detach().abs().max()) if len(layer.affine) else 1.0 for layer, _ in model.stack()]
    return 5 * torch.finfo(model.dtype).eps * float(np.prod([max(1.0, value) for value in largest]))


def as_columns(value: Any) -> list[Any]:
    return list(value) if isinstance(value, tuple) else [value]


def copied(text: str) -> Any:
    """The function that a person has copied from the formula bar."""
    space: dict[str, Any] = {}
    exec(text, space)  # noqa: S102 - what people run is the thing under test
    return next(value for key, value in space.items() if callable(value) and key != "__builtins__")


def walks(count: int) -> Figures:
    """So many walks of a hypothesis state machine."""
    Walk.done = Walk.formulas = 0
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Walk,
        settings=settings(
            max_examples=count,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],  # a failing walk is printed as it was; making it shorter takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
    compared = {"states compared": Walk.done, "formulas compared": Walk.formulas}
    return {"walks": count, "commands": len(Walk.asked), **compared, "differences": 0}
