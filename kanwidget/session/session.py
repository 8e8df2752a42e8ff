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
from dataclasses import replace
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Self
from weakref import WeakSet

from torch import Tensor

from kanwidget.data import Dataset, as_dataset
from kanwidget.discovery.result import Candidate, Discovery
from kanwidget.errors import OptionError, SymbolicError
from kanwidget.model.guard import at_work
from kanwidget.model.network import Network
from kanwidget.model.nodes import Edge
from kanwidget.model.shortage import shortage_told
from kanwidget.session import acts
from kanwidget.session.history import History, Loss, Moment
from kanwidget.session.lent import Lent
from kanwidget.session.offers import Offers
from kanwidget.session.run import Progress, Run
from kanwidget.session.seeking import Seeking, chosen
from kanwidget.session.source import Source
from kanwidget.session.store import Kept, Own, load, save
from kanwidget.symbolic.weigh import Weighed
from kanwidget.train.options import FitOptions
from kanwidget.train.trainer import Trainer, check_columns

__all__ = ["Session"]

P = ParamSpec("P")
SLICE_S = 0.2  # of a search that is not asked for slice by slice

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
        features: inputs of the network that are made of columns, as in :meth:`use_features`.
        **options: of :class:`kanwidget.train.options.FitOptions`.

    Attributes:
        options: how the next slice trains.
        history: what was done.
    """

    @shortage_told()
    def __init__(self, model: Network, dataset: Any, features: Sequence[Any] = (), **options: Any) -> None:
        data = as_dataset(dataset)
        check_columns(model, data)
        checked = FitOptions.of(**options)
        checked.suited(data)
        first = _measured(acts.start(model, data, features), checked)
        self._begin(Kept(checked, first, History((first,))))

    def _begin(self, kept: Kept) -> None:
        self.options, self.history = kept.options, kept.history
        self._start = kept.start
        self._run: Run | None = None
        self._play: Moment | None = None  # the moment that training which goes on will amend
        self._seeking: Seeking | None = None
        self._taken: dict[int, Candidate] = {}
        self._lent: Lent | None = None
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
            self.take_over()
            save(Kept(self.options, self._start, self._history_with_run()), path)

    @classmethod
    @shortage_told()
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
        """The network of the last complete step or act, yours to use and to change.

        What you do to it is an act of the session, seen when the next thing is done: then it becomes a moment of the
        history, from which training goes on, and which undo takes back; or it is refused, because it cannot be trained
        on. It stands for the session until the next step or act is complete: ask again after that, the one that you
        have is your own then.
        """
        with self._lock:
            if self._lent is None or self._lent.since is not self._latest:
                self._lent = Lent(self.network(), self._latest)
            return self._lent.network

    def network(self) -> Network:
        """The network of the last complete step or act as it is kept; nobody changes it."""
        with self._lock:
            return self._run.network() if self._run else self.history.now.model

    @shortage_told()
    def take_over(self) -> None:
        """Make what was done to :attr:`model` a moment, if anything was; training ends at its last complete step then.

        Raises:
            KanwidgetError: the network cannot be trained on; the session is as before.
        """
        with self._lock:
            lent, self._lent = self._lent, None
            if lent is None or lent.since is not self._latest:
                return
            try:
                if lent.is_changed:
                    self._close_run()
                    self._add(acts.change(self.history.now, lent.network))
                    lent.go_on(self._latest)
            except MemoryError:
                self._lent = lent  # it can be seen later
                raise
            self._lent = lent

    @property
    def _latest(self) -> object:
        """What no other step or act has: its point of the loss chart."""
        losses = (self._run.losses if self._run else []) or self.history.now.losses
        return losses[-1] if losses else self.history.now

    @property
    def mark(self) -> tuple[object, ...]:
        """Another object in one of these places says that something was done."""
        return self.history, self._latest, self.options, self._seeking, self.discovery

    def preview(self) -> Network:
        """The network in the making, for pictures only."""
        return self._run.preview() if self._run else self.history.now.model

    @property
    def losses(self) -> list[Loss]:
        return [*self.history.now.losses, *(self._run.losses if self._run else ())]

    @property
    def marks(self) -> tuple[tuple[int, str], ...]:
        """What happened when, for the chart: ``(step, label)``; grids that were only moved have no label."""
        return (*self.history.now.marks, *(self._run.marks if self._run else ()))

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
            self.take_over()
            return "\n".join([*self.history.now.code, *(self._run.lines if self._run else ())]) + "\n"

    # ------------------------------------------------------------------ training

    def advance(self, budget_ms: float = 40.0, steps: int | None = None) -> Progress:
        """Train for about ``budget_ms``, at least one iteration, at most ``steps`` whole steps.

        A step that is not complete at the end of the slice is continued by the next one, and dropped by
        :meth:`stop` and every other command.
        """
        with self._at_work():
            start = time.perf_counter()
            try:
                if self._run is None:
                    self._run = Run(self.history.now, self.options)
                progress = self._run.advance(start, budget_ms, steps)
            except BaseException:
                self._close_run()
                raise
            if progress.why:
                self._close_run()
            return progress

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
        self.set_options(**{str(name): value})

    def set_options(self, **values: Any) -> None:
        """Several at once, all or none; see :meth:`set_option`."""
        with self._lock:
            options = self.options.changed(**values)
            options.suited(self.dataset)
            before, self.options = self.options, options
            if self._run is not None and options != before.changed(steps=options.steps):
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
            found = chosen(self.discovery, candidate)
            self._add(acts.take(self.history.now, found))
            self._taken[self.history.now.key] = found

    # ------------------------------------------------------------------ acts

    def reset(self) -> None:
        """Back to the model that was handed in; can be undone."""
        with self._command():
            self.history = self.history.added(replace(self._start, label="Reset"))

    def refine(self, grid: int) -> None:
        """Another number of grid intervals in every layer, the same function."""
        self._act(acts.refine, grid)

    def prune(self, node_th: float = 1e-2, edge_th: float = 3e-2) -> None:
        """Take away what matters less than the thresholds."""
        self._act(acts.prune, node_th, edge_th)

    def fix(self, l: int, i: int, j: int, name: str, affine: Sequence[float] | None = None) -> float:
        """Turn an edge into a function with constants fitted or given; returns r²."""
        with self._command():
            after, r2 = acts.fix(self.history.now, l, i, j, name, affine)
            self._add(after)
            return r2

    def move_coef(self, l: int, i: int, j: int, m: int, by: float) -> None:
        """Add ``by`` to a spline coefficient: a control point that was dragged."""
        self._act(acts.move_coef, l, i, j, m, by)

    def pin(self, l: int, i: int, j: int, pinned: bool = True) -> None:
        """Let pruning and naming leave an edge alone, or no longer so."""
        self._act(acts.pin, l, i, j, pinned)

    def unfix(self, l: int, i: int, j: int) -> None:
        """Back to the spline."""
        self._act(acts.unfix, l, i, j)

    def remove_edge(self, l: int, i: int, j: int) -> None:
        """Cut one edge."""
        self._act(acts.remove_edge, l, i, j)

    def auto_symbolic(self) -> None:
        """Name every open edge, judged by the whole formula."""
        self._act(acts.auto_symbolic)

    def use_example(self, source: Source) -> None:
        """Learn from a named example: with the present network if it is the same example, drawn again, otherwise with a
        new one of the example's width.

        Raises:
            DataError: there is no such example, or it cannot be drawn like this.
            OptionError: the optimiser is not for labels of this kind.
        """
        with self._command():
            data = source.load()
            self.options.suited(data)
            self._add(acts.use_example(self.history.now, source, data))

    def rebuild(self, **config: Any) -> None:
        """A new network for the same data, with some of the constructor's arguments changed. What was learnt is gone;
        undo brings it back.

        Raises:
            KanwidgetError: an argument is not accepted.
        """
        self._act(acts.rebuild, **config)

    def use_features(self, features: Sequence[Any]) -> None:
        """Give the network these inputs that are made of columns, and no others of the kind; what it has learnt stays.

        Args:
            features: a list such as ``["x^2", "x*y", "sin(x)"]`` in the names of the columns.

        Raises:
            OptionError: one of them is not known.
            DataError: one is not finite on the rows.
        """
        self._act(acts.use_features, features)

    def add_node(self, l: int, *, product: bool = False) -> None:
        """One hidden node more in layer of nodes ``l``, the same function."""
        self._act(acts.add_node, l, product)

    def take_node(self, l: int, i: int | None = None) -> None:
        """One hidden node less in layer of nodes ``l``: node ``i``, by default the least important one."""
        self._act(acts.take_node, l, i)

    def add_layer(self, l: int) -> None:
        """A hidden layer of nodes ``l`` that hands on what comes from below, the same function."""
        self._act(acts.add_layer, l)

    def take_layer(self, l: int) -> None:
        """Without hidden layer of nodes ``l``; as near to the function as one function per node can be."""
        self._act(acts.take_layer, l)

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
            model = self.network()
            edge = model.edge(l, i, j)
            if not model.layer(edge.l).mask[edge.i, edge.j]:
                raise SymbolicError(f"edge {tuple(edge)} was removed: undo brings it back")
            return self._offers_of(model).of(edge)

    def study(self, selected: Edge | None = None) -> bool:
        """Work out a little of what :meth:`suggest` will be asked for, for ``selected`` first; takes some tens of
        milliseconds. False when nothing is left, and while training goes on."""
        with self._at_work():
            return self._run is None and self._offers_of(self.network()).study(selected)

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

    def _act(self, act: Callable[Concatenate[Moment, P], Moment], *args: P.args, **kwargs: P.kwargs) -> None:
        with self._command():
            self._add(act(self.history.now, *args, **kwargs))

    def _add(self, moment: Moment) -> None:
        """The one swap at the end of an act."""
        self.history = self.history.added(_measured(moment, self.options))

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
            self.take_over()
            yield

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
        if self._run is None or not self._run.losses:
            return self.history
        now = self.history.now
        if self._play is not now:
            return self.history.added(self._run.ended(before=now))
        return self.history.amended(self._run.ended(before=self.history.moments[self.history.position - 1]))


def _measured(moment: Moment, options: FitOptions) -> Moment:
    """With the losses right after the act."""
    step = Trainer(moment.model, moment.dataset, options).last
    return replace(moment, losses=(*moment.losses, Loss.of(moment.step, step)))
