"""A session: everything that happens to one model on one data set, one command at a time.

Every command copies, changes the copy and swaps it in, under one lock: whoever looks sees the model before or after
it, and whoever is refused or interrupted finds everything as it was. Commands come from a screen, a script or a
test alike.
"""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path
from typing import Any, Self
from weakref import WeakSet

from torch import Tensor

from kanwidget.data import Dataset, as_dataset
from kanwidget.discovery.result import Candidate, Discovery
from kanwidget.errors import OptionError, SymbolicError
from kanwidget.model.guard import at_work
from kanwidget.model.network import Network
from kanwidget.model.nodes import Edge
from kanwidget.model.shape import with_layer, with_node, without_layer, without_node
from kanwidget.session.history import History, Loss, Moment
from kanwidget.session.offers import Offers
from kanwidget.session.script import fit_line, formula_line, opening, reference_line, written
from kanwidget.session.seeking import Seeking, chosen
from kanwidget.session.source import Source, fresh
from kanwidget.session.store import Kept, Own, load, save
from kanwidget.symbolic.auto import auto_symbolic
from kanwidget.symbolic.edges import fix, unfix
from kanwidget.symbolic.weigh import Weighed
from kanwidget.train.attribute import attribute
from kanwidget.train.fit import adopt
from kanwidget.train.options import FitOptions
from kanwidget.train.prune import prune_nodes
from kanwidget.train.trainer import Step, Trainer, check_columns

__all__ = ["Progress", "Session"]


@dataclass(frozen=True, slots=True)
class Progress:
    """What a slice of training did.

    Attributes:
        steps: whole steps completed.
        trained_ms: how long it took.
        why: ``""`` while training can go on, otherwise why it stands still, as a sentence.
    """

    steps: int
    trained_ms: float
    why: str = ""


@dataclass
class _Run:
    """Training in progress: it becomes one moment when it ends."""

    trainer: Trainer
    iterator: Iterator[Step | None]
    options: FitOptions
    losses: list[Loss] = field(default_factory=list)


SLICE_S = 0.2  # of a search that is not asked for slice by slice

ENDS = {
    "converged": "Converged: no step improves the loss any more.",
    "finished": "Finished: the last grid of the schedule has been trained.",
    "not finite": "The loss was no longer finite: the last finite state was kept.",
}


_sessions: WeakSet[Session] = WeakSet()


@atexit.register
def _drop_open_runs() -> None:
    """Torch 2.13 aborts when tensors of a suspended iteration are cleared together with the interpreter."""
    for session in list(_sessions):
        session._run = None


class Session:
    """A model, a data set, options and history.

    Args:
        model: the network to begin with; it is copied and never changed.
        dataset: whatever :func:`kanwidget.data.as_dataset` accepts.
        **options: of :class:`kanwidget.train.options.FitOptions`.

    Attributes:
        options: how the next slice trains.
        history: what was done.
    """

    def __init__(self, model: Network, dataset: Any, **options: Any) -> None:
        data = as_dataset(dataset)
        check_columns(model, data)
        checked = FitOptions.of(**options)
        checked.suited(data)
        start = model.copy()
        script = opening(start, data)
        adopt(start, data)
        nodes = tuple(tuple(range(layer.count)) for layer in start.width)
        first = Moment("Start", start, data, code=script, losses=(_measured(start, data, checked, 0),), nodes=nodes)
        self._begin(Kept(checked, first, History((first,))))

    def _begin(self, kept: Kept) -> None:
        self.options, self.history = kept.options, kept.history
        self._start = kept.start
        self._run: _Run | None = None
        self._play: Moment | None = None  # the moment that training which goes on will amend
        self._seeking: Seeking | None = None
        self._taken: dict[int, Candidate] = {}
        self._lock = threading.RLock()
        self._offers = Offers(self.history.now.model, self.dataset)
        _sessions.add(self)

    # ------------------------------------------------------------------ in a file

    def save(self, path: str | Path) -> None:
        """Write model, options and history into one file, all or nothing; training that goes on is not disturbed, and
        is saved as after its last complete step.

        The rows are not in the file, only their names, shapes and a hash. See docs/file-format.md.

        Raises:
            CheckpointError: something cannot be saved; nothing was written.
            OSError: the file cannot be written; an old one is as it was.
        """
        with self._lock:
            save(Kept(self.options, self._start, self._history_with_run()), path)

    @classmethod
    def load(
        cls,
        path: str | Path,
        dataset: Any,
        *,
        base_fun: Callable[[Tensor], Tensor] | None = None,
        loss_fn: Callable[[Tensor, Tensor], Tensor] | None = None,
    ) -> Self:
        """Go on where :meth:`save` was called, with the same history, options and script.

        Args:
            dataset: the rows that the session was on.
            base_fun, loss_fn: functions of your own, if the session uses them; those of
                :func:`kanwidget.add_symbolic` must be added before.

        Raises:
            CheckpointError: the file is damaged, hostile, of another kind or of a later version, belongs to other
                rows, or needs a function that is not known here; nothing was built.
            OSError: the file cannot be opened.
        """
        data = as_dataset(dataset)
        kept = load(path, data, Own(base_fun, loss_fn))
        session = cls.__new__(cls)
        session._begin(kept)
        return session

    # ------------------------------------------------------------------ what there is to see

    @property
    def dataset(self) -> Dataset:
        """What is learnt from now."""
        return self.history.now.dataset

    @property
    def model(self) -> Network:
        """The network of the last complete step or act; it is not changed any more."""
        with self._lock:
            return self._run.trainer.network() if self._run and self._run.losses else self.history.now.model

    def preview(self) -> Network:
        """The network in the making, for pictures only."""
        return self._run.trainer.preview() if self._run else self.history.now.model

    @property
    def losses(self) -> list[Loss]:
        return [*self.history.now.losses, *(self._run.losses if self._run else ())]

    @property
    def marks(self) -> tuple[tuple[int, str], ...]:
        """What happened when, for the chart: ``(step, label)``; grids that were only moved have no label."""
        return (*self.history.now.marks, *self._run_marks())

    @property
    def trail(self) -> tuple[int, ...]:
        """The keys of the moments that lead here, last that of the moment in the making."""
        now = self.history.now
        continued = self._play is not None and self._play is now
        return now.trail if self._run is None or continued else (*now.trail, self.history.next_key)

    @property
    def step_count(self) -> int:
        losses = self._run.losses if self._run else ()
        return losses[-1].step if losses else self.history.now.step

    @property
    def training(self) -> bool:
        """Whether a run is open, so that the next slice continues it."""
        return self._run is not None

    def code(self) -> str:
        """A script that leads from the data set to this model."""
        with self._lock:
            return "\n".join([*self.history.now.code, *self._run_lines()]) + "\n"

    # ------------------------------------------------------------------ training

    def advance(self, budget_ms: float = 40.0, steps: int | None = None) -> Progress:
        """Train for about ``budget_ms``, at least one iteration, at most ``steps`` whole steps.

        A step that is not complete at the end of the slice is continued by the next one, and dropped by
        :meth:`stop` and every other command.
        """
        with self._at_work():
            start = time.perf_counter()
            done = 0
            try:
                run = self._open_run()
                while True:
                    found = next(run.iterator, run)
                    spent = 1000 * (time.perf_counter() - start)
                    if found is run:
                        self._close_run()
                        return Progress(done, spent, ENDS[run.trainer.why])
                    if isinstance(found, Step):
                        self._record(run, found)
                        done += 1
                    if spent >= budget_ms or (steps is not None and done >= steps):
                        return Progress(done, spent)
            except BaseException:
                self._close_run()
                raise

    def step(self) -> Progress:
        """Exactly one whole step."""
        progress = self.advance(float("inf"), steps=1)
        self.stop()
        return progress

    def stop(self) -> None:
        """End the run at its last complete step."""
        with self._lock:
            self._close_run()

    def set_option(self, name: str, value: Any) -> None:
        """Change how training goes on, from the next slice.

        Raises:
            OptionError: the name or the value is not accepted; the options stay as they are.
        """
        with self._lock:
            if name not in FitOptions.__dataclass_fields__:
                FitOptions.of(**{str(name): value})
            options = self.options.changed(**{name: value})
            options.suited(self.dataset)
            if options != self.options:
                self.options = options
                if self._run is not None and name != "steps":
                    self._close_run(goes_on=True)

    # ------------------------------------------------------------------ formulas for the data

    @property
    def seeking(self) -> Seeking | None:
        """The latest search for formulas of the present data."""
        is_ours = self._seeking is not None and self._seeking.dataset is self.dataset
        return self._seeking if is_ours else None

    @property
    def discovery(self) -> Discovery | None:
        """What was discovered on the present data so far."""
        return self.seeking.found if self.seeking else None

    @property
    def taken(self) -> dict[int, Candidate]:
        """The candidates that became the model, by the keys of these moments."""
        return {key: found for key, found in self._taken.items() if self.history.position_of(key) is not None}

    def discover(self, budget_s: float = 10.0, **options: Any) -> Discovery:
        """Search for formulas of the data, whatever the model is; it stays as it is.

        Args:
            budget_s: seconds, at most.
            **options: ``library`` and ``seed``, see :func:`kanwidget.discover`.

        Returns:
            what was found; :meth:`take` makes one of the formulas the model. Interrupt leaves it in ``discovery``.

        Raises:
            DataError, OptionError, SymbolicError: an argument is not accepted; nothing has changed.
        """
        self.begin_discovery(budget_s, **options)
        try:
            while self.advance_discovery(1000 * SLICE_S):
                pass
        finally:
            self.end_discovery()
        found = self.discovery
        assert found is not None, "a search that came to its end has an outcome"
        return found

    def begin_discovery(self, budget_s: float = 10.0, **options: Any) -> None:
        """The same in slices: search when :meth:`advance_discovery` is called. Training stops."""
        with self._command():
            self._seeking = Seeking(self.dataset, type(self.history.now.model), budget_s=budget_s, **options)

    def advance_discovery(self, budget_ms: float = 200.0) -> bool:
        """Search for about ``budget_ms``, at least one step of 0.05 to 1 s; whether there is more to do."""
        with self._at_work():
            return self.seeking is not None and self.seeking.advance(budget_ms)

    def end_discovery(self) -> None:
        """Leave the search; what was found stays in ``discovery``."""
        with self._at_work():
            if self._seeking is not None:
                self._seeking.end()

    def take(self, candidate: int | Candidate) -> None:
        """Make a discovered formula the model, all of its edges named.

        Args:
            candidate: its place in ``discovery.candidates``, or a candidate of any discovery on such data.

        Raises:
            OptionError: there is no such candidate.
            DataError: it has other inputs or outputs than the data.
        """
        with self._command():
            now, found = self.history.now, chosen(self.discovery, candidate)
            model = found.model.to(now.model.device)
            check_columns(model, now.dataset)
            adopt(model, now.dataset)
            first = _next_node(now)
            nodes = tuple(tuple(first + n for n in range(layer.count)) for layer in model.width)
            self._reshape("Discover", model, nodes, formula_line(model), reference_line(now.dataset))
            self._taken[self.history.now.key] = found

    # ------------------------------------------------------------------ acts

    def reset(self) -> None:
        """Back to the model that was handed in; can be undone."""
        with self._command():
            self.history = self.history.added(replace(self._start, label="Reset"))

    def refine(self, grid: int) -> None:
        """Another number of grid intervals in every layer, the same function."""
        self._act(
            f"Grid {grid}",
            f"model = model.refine({written(grid)})",
            lambda model: model.refine(grid),
            mark=f"grid {grid}",
        )

    def prune(self, node_th: float = 1e-2, edge_th: float = 3e-2) -> None:
        """Take away what matters less than the thresholds."""
        line = f"model = model.prune(node_th={written(node_th)}, edge_th={written(edge_th)})"
        with self._command():
            smaller, kept = prune_nodes(self.history.now.model, node_th, edge_th)
            self._act("Prune", line, lambda _: smaller, mark="prune", kept=kept)

    def fix(self, l: int, i: int, j: int, name: str, affine: Sequence[float] | None = None) -> float:
        """Turn an edge into a function with constants fitted or given; returns r²."""
        r2 = 0.0

        def change(model: Network) -> None:
            nonlocal r2
            r2 = fix(model, l, i, j, name, affine)

        given = "" if affine is None else f", affine={written(affine)}"
        label = f"Fix {name}" if affine is None else f"Constants of {name}"
        self._act(label, f"model.fix_symbolic({l}, {i}, {j}, {name!r}{given})", change, mark=name)
        return r2

    def move_coef(self, l: int, i: int, j: int, m: int, by: float) -> None:
        """Add ``by`` to a spline coefficient: a control point that was dragged."""
        line = f"model.move_coef({l}, {i}, {j}, {written(m)}, {written(by)})"
        self._act("Drag curve", line, lambda model: model.move_coef(l, i, j, m, by), mark="drag")

    def pin(self, l: int, i: int, j: int, pinned: bool = True) -> None:
        """Let pruning and naming leave an edge alone, or no longer so."""
        line = f"model.pin_edge({l}, {i}, {j}{'' if pinned else ', False'})"
        self._act("Pin edge" if pinned else "Unpin edge", line, lambda model: model.pin_edge(l, i, j, pinned))

    def unfix(self, l: int, i: int, j: int) -> None:
        """Back to the spline."""
        if not self.model.layer(self.model.edge(l, i, j).l).name_of(i, j):
            raise SymbolicError(f"edge ({l}, {i}, {j}) is a spline already")
        self._act("Back to spline", f"model.unfix_symbolic({l}, {i}, {j})", lambda model: unfix(model, l, i, j))

    def remove_edge(self, l: int, i: int, j: int) -> None:
        """Cut one edge."""
        line = f"model.remove_edge({l}, {i}, {j})"
        self._act("Remove edge", line, lambda model: model.remove_edge(l, i, j), mark="remove")

    def auto_symbolic(self) -> None:
        """Name every open edge, judged by the whole formula."""
        act = "Auto-symbolic"
        self._act(act, "model.auto_symbolic(dataset)", lambda model: auto_symbolic(model, self.dataset), mark="auto")

    def use_example(self, source: Source) -> None:
        """Learn from a named example: with the present network if it is the same example, drawn again, otherwise with a
        new one of the example's width.

        Raises:
            DataError: there is no such example, or it cannot be drawn like this.
            OptionError: the optimiser is not for labels of this kind.
        """
        with self._command():
            now, data = self.history.now, source.load()
            self.options.suited(data)
            if now.source is not None and now.source.name == source.name:
                self._take(now.model.copy(), data, source, f"Draw {source.name}", source.lines, mark="data")
            else:
                model, line = fresh(now.model, data, width=list(source.width))
                self._take(model, data, source, f"Data {source.name}", (*source.lines, line))

    def rebuild(self, **config: Any) -> None:
        """A new network for the same data, with some of the constructor's arguments changed. What was learnt is gone;
        undo brings it back.

        Raises:
            KanwidgetError: an argument is not accepted.
        """
        with self._command():
            now = self.history.now
            width = [nodes.written for nodes in now.model.width]
            model, line = fresh(now.model, now.dataset, **({"width": width} | config))
            check_columns(model, now.dataset)
            self._take(model, now.dataset, now.source, "New network", (line,))

    def add_node(self, l: int, *, product: bool = False) -> None:
        """One hidden node more in layer of nodes ``l``, the same function."""
        with self._command():
            now = self.history.now
            model = with_node(now.model, l, product=product)
            at = model.width[l].count - 1 if product else now.model.width[l].sums
            layer = (*now.nodes[l][:at], _next_node(now), *now.nodes[l][at:])
            line = f"model = model.with_node({l}{', product=True' if product else ''})"
            self._reshape("Add node", model, (*now.nodes[:l], layer, *now.nodes[l + 1 :]), line)

    def take_node(self, l: int, i: int | None = None) -> None:
        """One hidden node less in layer of nodes ``l``: node ``i``, by default the least important one."""
        with self._command():
            now = self.history.now
            if i is None and 0 < l < now.model.depth:
                i = int(attribute(now.model).nodes[l].argmin())
            model = without_node(now.model, l, 0 if i is None else i)
            layer = tuple(node for n, node in enumerate(now.nodes[l]) if n != i)
            nodes = (*now.nodes[:l], layer, *now.nodes[l + 1 :])
            self._reshape("Take node", model, nodes, f"model = model.without_node({l}, {i})")

    def add_layer(self, l: int) -> None:
        """A hidden layer of nodes ``l`` that hands on what comes from below, the same function."""
        with self._command():
            now, first = self.history.now, _next_node(self.history.now)
            model = with_layer(now.model, l)
            layer = tuple(range(first, first + model.width[l].count))
            line = f"model = model.with_layer({l})"
            self._reshape("Add layer", model, (*now.nodes[:l], layer, *now.nodes[l:]), line)

    def take_layer(self, l: int) -> None:
        """Without hidden layer of nodes ``l``; as near to the function as one function per node can be."""
        with self._command():
            now = self.history.now
            model = without_layer(now.model, l)
            line = f"model = model.without_layer({l})"
            self._reshape("Take layer", model, (*now.nodes[:l], *now.nodes[l + 1 :]), line)

    def undo(self) -> bool:
        """One act back, or back to where a jump began; False when there is nothing to undo."""
        with self._command():
            return self._go(self.history.undone())

    def redo(self) -> bool:
        """One act forward again; False when there is none."""
        with self._command():
            return self._go(self.history.redone())

    def jump(self, key: int) -> None:
        """To any moment of the history; nothing is lost, and undo comes back.

        Raises:
            OptionError: no moment has this key.
        """
        with self._command():
            if not self._go(self.history.jumped(key)):
                raise self._no_moment(key)

    def moment(self, key: int) -> Moment:
        """A moment of the history, to look at.

        Raises:
            OptionError: no moment has this key.
        """
        with self._lock:
            at = self.history.position_of(key)
            if at is None:
                raise self._no_moment(key)
            return self.history.moments[at]

    def suggest(self, l: int, i: int, j: int) -> Weighed:
        """The best functions for an edge, best network first; remembered until the model changes.

        Raises:
            ShapeError: no such edge.
            SymbolicError: the edge was removed.
        """
        with self._at_work():
            model = self.model
            edge = model.edge(l, i, j)
            if not model.layer(edge.l).mask[edge.i, edge.j]:
                raise SymbolicError(f"edge {tuple(edge)} was removed: undo brings it back")
            return self._offers_of(model).of(edge)

    def study(self, selected: Edge | None = None) -> bool:
        """Work out a little of what :meth:`suggest` will be asked for, for ``selected`` first; takes some tens of
        milliseconds. False when nothing is left, and while training goes on."""
        with self._at_work():
            return self._run is None and self._offers_of(self.model).study(selected)

    @property
    def suggestions(self) -> dict[Edge, Weighed]:
        """What is known already about the edges of this model; nothing while it is trained."""
        with self._lock:
            is_true = self._run is None and self._offers.model is self.history.now.model
            return dict(self._offers.known) if is_true else {}

    def _offers_of(self, model: Network) -> Offers:
        if self._offers.model is not model:
            self._offers = Offers(model, self.dataset)
        return self._offers

    # ------------------------------------------------------------------ inside

    def _act(
        self,
        label: str,
        line: str,
        change: Callable[[Network], Any],
        mark: str | None = None,
        kept: Sequence[Sequence[int]] | None = None,
    ) -> None:
        """Copy, change, swap: the change works on a copy, or returns a new network; ``kept`` are the nodes that this
        one still has, if not all."""
        with self._command():
            now = self.history.now
            copy = now.model.copy()
            changed = change(copy)
            model = changed if isinstance(changed, Network) else copy
            marks = (*now.marks, (now.step, mark)) if mark else now.marks
            losses = (*now.losses, _measured(model, now.dataset, self.options, now.step))
            code = (*now.code, line)
            nodes = now.nodes if kept is None else _chosen(now.nodes, kept)
            after = replace(now, label=label, model=model, code=code, losses=losses, marks=marks, nodes=nodes)
            self.history = self.history.added(after)

    def _reshape(self, label: str, model: Network, nodes: tuple[tuple[int, ...], ...], *lines: str) -> None:
        """Another shape of the network takes the place of the present one."""
        now = self.history.now
        losses = (*now.losses, _measured(model, now.dataset, self.options, now.step))
        marks = (*now.marks, (now.step, label.lower()))
        code = (*now.code, *lines)
        after = replace(now, label=label, model=model, code=code, losses=losses, marks=marks, nodes=nodes)
        self.history = self.history.added(after)

    def _take(
        self,
        model: Network,
        data: Dataset,
        source: Source | None,
        label: str,
        lines: tuple[str, ...],
        mark: str | None = None,
    ) -> None:
        """Go on with another data set, or begin anew with another network; ``mark`` says the first."""
        now = self.history.now
        adopt(model, data)
        code = (*now.code, *lines, reference_line(data))
        first = _next_node(now)
        counts = [range(layer.count) for layer in model.width]
        nodes = now.nodes if mark else tuple(tuple(first + n for n in count) for count in counts)
        losses = (*(now.losses if mark else ()), _measured(model, data, self.options, now.step if mark else 0))
        marks = (*now.marks, (now.step, mark)) if mark else ()
        after = replace(now, label=label, model=model, code=code, losses=losses, marks=marks, nodes=nodes)
        trail = now.trail if mark else ()  # nothing that another network has learnt leads here
        self.history = self.history.added(replace(after, dataset=data, source=source, trail=trail))

    def _go(self, moved: History | None) -> bool:
        self.history = moved or self.history
        return moved is not None

    def _no_moment(self, key: int) -> OptionError:
        known = ", ".join(str(moment.key) for moment in self.history.moments)
        return OptionError(f"key={key!r}: the history has the moments {known}")

    @contextmanager
    def _command(self) -> Iterator[None]:
        """One command at a time; a run that is open ends at its last complete step first."""
        with self._at_work():
            self._close_run()
            yield

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """Alone, and on as many threads as are worth their while."""
        with self._lock, at_work(self.history.now.model, len(self.dataset.train_input)):
            yield

    def _open_run(self) -> _Run:
        if self._run is None:
            trainer = Trainer(self.history.now.model, self.dataset, self.options)
            self._run = _Run(trainer, trainer.run(), self.options)
        return self._run

    def _record(self, run: _Run, step: Step) -> None:
        at = self.history.now.step + step.step
        run.losses.append(_loss(at, step))

    def _run_marks(self) -> list[tuple[int, str]]:
        """The grids that the open run went on to, and where it moved them."""
        if self._run is None:
            return []
        at, trainer = self.history.now.step, self._run.trainer
        starts = accumulate(grid.steps for grid in trainer.grids[:-1])
        finer = [(at + step, f"grid {new.grid[0]}") for step, new in zip(starts, trainer.grids[1:], strict=True)]
        return sorted([*finer, *((at + step, "") for step in trainer.moved)])

    def _run_lines(self) -> list[str]:
        run = self._run
        return [fit_line(run.options, len(run.losses))] if run and run.losses else []

    def _close_run(self, *, goes_on: bool = False) -> None:
        """Make the run's complete steps a moment; what is played in one go is one act, however often an option
        changes on the way."""
        history = self._history_with_run()
        if history is not self.history:
            self.history, self._play = history, history.now
        self._run = None
        if not goes_on:
            self._play = None

    def _history_with_run(self) -> History:
        """The history as it will be when the run ends now; the same where no step is complete."""
        run, lines, now = self._run, self._run_lines(), self.history.now
        if run is None or not lines:
            return self.history
        continued = self._play is not None and self._play is now
        before = self.history.moments[self.history.position - 1] if continued else now
        steps = run.losses[-1].step - before.step
        moment = replace(
            now,
            label=f"Train {steps} step{'s' if steps > 1 else ''}",
            model=run.trainer.network(),
            code=(*now.code, *lines),
            losses=(*now.losses, *run.losses),
            marks=self.marks,
        )
        return self.history.amended(moment) if continued else self.history.added(moment)


def _measured(model: Network, dataset: Dataset, options: FitOptions, step: int) -> Loss:
    """The losses right after an act."""
    return _loss(step, Trainer(model, dataset, options).last)


def _chosen(nodes: Sequence[Sequence[int]], kept: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """Of each layer's nodes those at the positions that were kept."""
    return tuple(tuple(layer[i] for i in at) for layer, at in zip(nodes, kept, strict=True))


def _next_node(moment: Moment) -> int:
    """A number that none of the nodes has."""
    return 1 + max(max(layer) for layer in moment.nodes)


def _loss(at: int, step: Step) -> Loss:
    """A step as a point of the chart, counted from the start of the session."""
    return Loss(at, step.train_loss, step.test_loss, step.reg, step.train_accuracy, step.test_accuracy)
