"""The widget. It translates between the page and a session; what happens is decided there."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import traitlets

from kanwidget.discovery.result import Discovery
from kanwidget.errors import KanwidgetError, OptionError
from kanwidget.io import atomic
from kanwidget.model.guard import sparing_one
from kanwidget.model.network import Network
from kanwidget.session import Session
from kanwidget.train.fit import FitResult
from kanwidget.train.options import OPTIMISERS
from kanwidget.train.trainer import Step
from kanwidget.widget import takeaway, texts
from kanwidget.widget.bundle import CSS, ESM
from kanwidget.widget.commands.acts import refine
from kanwidget.widget.controller import Controller
from kanwidget.widget.dispatcher import Dispatcher
from kanwidget.widget.face import OPTIONS, PAGE_MAY_WRITE, Face
from kanwidget.widget.parts import hidden
from kanwidget.widget.schema import GRID, LAMB, option

__all__ = ["KANWidget"]

SEEK_MS = 200.0  # of a blocking search
SLICE_MS = 50.0  # of a blocking fit: at most 20 frames a second


class KANWidget(Face):
    """A live view of a Kolmogorov-Arnold network that one can train, thin out and name, edge by edge.

    Args:
        model: the network to begin with. It is copied: ``w.model`` is the live one.
        dataset: a :class:`Dataset`, pykan's dictionary of tensors, or a pair ``(inputs, labels)``.
        hide: parts that a lesson does without: any of ``"toolbar"``, in it ``"train"``, ``"undo"``, ``"prune"``,
            ``"auto_symbolic"``, ``"discover"``, ``"lamb"``, ``"grid"``, ``"data"``, ``"settings"``,
            ``"take_away"`` and ``"help"``; ``"what_if"``; ``"zoom"``; ``"history"``, in it ``"compare"``;
            ``"panel"``, in it ``"loss"``; ``"formula"``; ``"status"``, in it ``"viewing"``. Their keys do nothing
            either; Python can do everything still.
        show_data: whether pages, and so notebooks and pages that are saved, get some rows of two-input data and how
            many rows lie where. Otherwise all that they hold of your rows is the names of columns and classes, how
            many rows there are, and what the network has learnt from them. Rows of the examples are always shown.
        features: inputs of the network that are made of columns, as ``["x^2", "x*y", "sin(x)"]``; a page can add and
            take them, too.
        **options: how to train: see :class:`kanwidget.train.options.FitOptions`.

    Attributes:
        hide, show_data: can be written, too.
        lamb, lr, opt, steps, grid, selected_edge: can be read, written, observed and linked.
        playing: whether the page trains; setting it starts and stops.
        train_accuracy, test_accuracy: of classes, the share of the rows that are told right; None of measured values.
        data: what is learnt from: columns, classes, some points, and the example it is, if it is one.
        training: the options of the trainer, as they are and by default.
        front, certified: the formulas that a discovery has found, and whether the best of them is certified.
        step, train_loss, test_loss, status, error, symbolic, suggestions, formula, formula_latex, history: what
            there is to see; only Python writes them.
    """

    _esm = ESM
    _css = CSS

    def __init__(
        self,
        model: Network,
        dataset: Any,
        *,
        hide: Sequence[str] = (),
        features: Sequence[str] = (),
        show_data: bool = True,
        **options: Any,
    ) -> None:
        self._show(Session(model, dataset, features, **options), hidden(hide), _truth("show_data", show_data))

    def _show(self, session: Session, hide: Sequence[str] = (), show_data: bool = True) -> None:
        if not ESM:
            raise KanwidgetError("kanwidget/static/widget.js is missing: build the front end by `make build`")
        self._controller = Controller(self, session)
        self._screen = self._controller.screen
        trained = {name: getattr(session.options, name) for name in OPTIONS}
        with self._screen.writing():
            super().__init__(uid=uuid.uuid4().hex, hide=hide, show_data=show_data, **trained)
        self.limits = {"lamb": list(LAMB), "grid": list(GRID), "opts": list(OPTIMISERS)}
        self._screen.show_options()
        self._controller.rest(texts.rested(session))
        dispatcher = Dispatcher(self._controller)
        self.on_msg(lambda _, content, __: dispatcher.receive(content))

    # ------------------------------------------------------------------ for the cell

    @property
    def model(self) -> Network:
        """The live network, as after the last complete step, yours to use and to change: what a cell does to it is an
        act like any other, see :attr:`kanwidget.Session.model`. Training stands still then, until somebody presses
        play."""
        self._controller.expect()
        return self._session.model

    @property
    def _session(self) -> Session:
        return self._controller.session

    @property
    def session(self) -> Session:
        """What is shown; whatever a cell does to it is shown when the cell has ended."""
        self._controller.expect()
        return self._session

    @property
    def discovery(self) -> Discovery | None:
        """What was discovered on the present data so far; None before."""
        return self._session.discovery

    def code(self) -> str:
        """A script that leads from the data set to this model."""
        with self._controller.turn():
            return self._session.code()

    def fit(self, steps: int | None = None, **options: Any) -> FitResult:
        """Train in this cell and show it in the widget; Interrupt leaves the last complete step.

        Args:
            steps: by default the trait ``steps``.
            **options: any of the trainer's, kept for later training.
        """
        with self._controller.turn():
            wanted = self._session.options.changed(**options)
            for name in OPTIONS:
                option(name, getattr(wanted, name))  # a trait will show it
            self._session.set_options(**options)
            self._screen.show_options()
        count = self.steps if steps is None else steps
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise OptionError(f"steps={steps!r}: an integer of 0 or more is accepted")
        first = self._session.step_count
        why = ""
        try:
            while not why and (left := count - (self._session.step_count - first)) > 0:
                with self._controller.turn():
                    with sparing_one():  # for the page, which draws meanwhile
                        why = self._session.advance(SLICE_MS, steps=left).why
                    self._controller.push(f"Training, step {self._session.step_count}.")
        except KeyboardInterrupt:
            self._screen.tell_again()
            raise
        finally:
            with self._controller.turn():
                self._session.stop()
                self._controller.rest(why or texts.rested(self._session))
                self._controller.push(self.status)
        done = [p for p in self._session.losses if p.step > first]
        told = [Step(p.step, p.train, p.test, p.reg, p.train_accuracy, p.test_accuracy) for p in done]
        return FitResult(self.opt, told)

    def discover(self, budget_s: float = 10.0, **options: Any) -> Discovery:
        """Search for formulas in this cell and show them in the widget; see :meth:`kanwidget.Session.discover`."""
        with self._controller.turn():
            self._controller.begin_discovery(budget_s, **options)
            self._controller.push(self.status)
        try:
            more = True
            while more:
                with self._controller.turn():
                    more = self._controller.seek(SEEK_MS)
        except KeyboardInterrupt:
            self._screen.tell_again()
            raise
        finally:
            with self._controller.turn():
                self._controller.end_discovery()
        found = self._session.discovery
        assert found is not None, "a search that came to its end has an outcome"
        return found

    def to_html(self, path: str | Path) -> None:
        """Write a self-contained page: it needs no network and no kernel, lets one move the inputs, go to the points
        of the history and compare them.

        Args:
            path: of the file; an existing one is replaced, all or nothing.
        """
        atomic.write(path, self._page().encode())

    def _page(self) -> str:
        with self._controller.turn():
            return takeaway.page(self._screen)

    def to_svg(self, path: str | Path | None = None, **options: Any) -> str:
        """The graph as SVG.

        Args:
            path: where to write it as well, if anywhere.
            **options: of :func:`kanwidget.plot.figure.plot`.
        """
        from kanwidget.plot.export import svg

        text = svg(self.model, **options)
        if path is not None:
            atomic.write(path, text.encode())
        return text

    def to_png(self, path: str | Path | None = None, *, dpi: float = 300, **options: Any) -> bytes:
        """The graph as PNG.

        Args:
            path: where to write it as well, if anywhere.
            dpi: pixels per inch.
            **options: of :func:`kanwidget.plot.figure.plot`.
        """
        from kanwidget.plot.export import png

        data = png(self.model, dpi=dpi, **options)
        if path is not None:
            atomic.write(path, data)
        return data

    def save(self, path: str | Path) -> None:
        """Write the session into one file, all or nothing; see :meth:`kanwidget.Session.save`."""
        with self._controller.turn():
            self._session.save(path)

    @classmethod
    def load(cls, path: str | Path, dataset: Any, *, show_data: bool = True, **own: Any) -> Self:
        """A widget that goes on where :meth:`save` was called; see :meth:`kanwidget.Session.load`."""
        shown = _truth("show_data", show_data)
        session = Session.load(path, dataset, **own)
        widget = cls.__new__(cls)
        widget._show(session, show_data=shown)
        return widget

    def close(self) -> None:
        """Stop and give everything back, the layout too."""
        if "_controller" not in vars(self):
            return  # it was refused when it was made
        self._controller.close()
        layout = self.layout
        super().close()
        layout.close()

    # ------------------------------------------------------------------ traits

    def _should_send_property(self, key: str, value: Any) -> bool:
        return not self._screen.keeps_back(key) and bool(super()._should_send_property(key, value))

    @traitlets.observe(*OPTIONS)
    def _on_option(self, change: Any) -> None:
        if not self._screen.is_writing:
            with self._controller.turn():
                try:
                    self._session.set_option(change["name"], change["new"])
                finally:
                    self._screen.show_options()  # what the session has: it refuses values that do not go together

    @traitlets.observe("grid")
    def _on_grid(self, change: Any) -> None:
        if not self._screen.is_writing:
            with self._controller.turn():
                try:
                    self._controller.rest(refine(self._session, change["new"]))
                finally:
                    self._screen.put(grid=self._session.network().grid[0])
                self._controller.push(self.status)

    @traitlets.observe("playing")
    def _on_playing(self, change: Any) -> None:
        if self._screen.is_writing:
            return
        with self._controller.turn():
            if change["new"]:
                self._controller.play()
            else:
                self._controller.stop()
                self._controller.push(self.status)

    @traitlets.observe("show_data")
    def _on_show_data(self, _: Any) -> None:
        if not self._screen.is_writing:
            with self._controller.turn():
                self._controller.rest(self.status)
                self._controller.push(self.status)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """A page, or a link in it, writes traits: those it may write go through their check, the others do not.

        Either way the page is sent what is true.
        """
        for name, value in sync_data.items():
            if name not in PAGE_MAY_WRITE:
                self.send_state(name)
                continue
            try:
                super().set_state({name: value})
            except Exception as error:  # noqa: BLE001 - also a user's observer may fail; it is shown
                self._screen.put(error=texts.problem(error))
                self.send_state(name)


def _truth(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise OptionError(f"{name}={value!r}: True or False is accepted")
    return value
