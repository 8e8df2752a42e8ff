"""A session: everything that happens to one model on one data set, one command at a time.

Commands come from a screen, a script or a test alike. Every one is all or nothing, see
:mod:`kanwidget.session.course`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from torch import Tensor

from kanwidget.data import as_dataset
from kanwidget.discovery.result import Candidate, Discovery
from kanwidget.errors import SymbolicError
from kanwidget.model.network import Network
from kanwidget.model.nodes import Edge
from kanwidget.model.shortage import shortage_told
from kanwidget.session import acts
from kanwidget.session.course import Course, measured
from kanwidget.session.history import History
from kanwidget.session.offers import Offers
from kanwidget.session.seeking import Seeking, chosen
from kanwidget.session.source import Source
from kanwidget.session.store import Kept, Own, load, save
from kanwidget.symbolic.weigh import Weighed
from kanwidget.train.options import FitOptions
from kanwidget.train.trainer import check_columns

__all__ = ["Session"]

SLICE_S = 0.2  # of a search that is not asked for slice by slice


class Session(Course):
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
        first = measured(acts.start(model, data, features), checked)
        self._begin(Kept(checked, first, History((first,))))

    def _begin(self, kept: Kept) -> None:
        super().__init__(kept.options, kept.history)
        self._start = kept.start
        self._seeking: Seeking | None = None
        self._taken: dict[int, Candidate] = {}
        self._offers = Offers(self.history.now.model, self.dataset)

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
    def mark(self) -> tuple[object, ...]:
        """Another object in one of these places says that something was done."""
        return self.history, self._latest, self.options, self._seeking, self.discovery

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

    # ------------------------------------------------------------------ formulas for the edges

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
