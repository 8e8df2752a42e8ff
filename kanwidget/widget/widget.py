"""The widget. It translates between the page and a session; what happens is decided there."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import anywidget
import traitlets

from kanwidget.discovery.result import Discovery
from kanwidget.errors import KanwidgetError, OptionError
from kanwidget.io.html import standalone
from kanwidget.model.guard import at_work
from kanwidget.model.network import Network
from kanwidget.model.nodes import Edge
from kanwidget.session import Moment, Session
from kanwidget.session.source import Source
from kanwidget.train.fit import FitResult
from kanwidget.train.options import OPTIMISERS
from kanwidget.train.trainer import Step
from kanwidget.widget import answers, takeaway, texts
from kanwidget.widget.data import described, gallery
from kanwidget.widget.desk import Client, Desk
from kanwidget.widget.frame import Frame, build_frame
from kanwidget.widget.front import Front
from kanwidget.widget.motor import Motor
from kanwidget.widget.parts import hidden
from kanwidget.widget.schema import GRID, LAMB, Request, SchemaError, parse
from kanwidget.widget.study import Study
from kanwidget.widget.traits import EdgeTrait, GridTrait, OptionTrait, PartsTrait

__all__ = ["KANWidget"]

SEEK_MS = 200.0  # of a blocking search
SLICE_MS = 50.0  # of a blocking fit: at most 20 frames a second
OPTIONS = ("lamb", "lr", "opt", "steps")
PROGRESS = ("step", "train_loss", "test_loss", "train_accuracy", "test_accuracy", "status")
PROGRESS_EVERY = 0.25  # seconds; every frame says the same, so while training goes on a page can wait for the traits
MOST_TRAIL = 64  # moments that a frame says it came from
UNDRAWN = ("suggest", "select", "run", "look", "gallery", "take", "seek", "end_seek")  # answered without a frame
SHOWN_IN_PAGES = {"lamb", "lr", "opt", "steps", "grid"}
PAGE_MAY_WRITE = {*OPTIONS, "grid", "selected_edge", "layout", "tooltip", "tabbable", "_view_count"}


def _bundle(name: str) -> str:
    """A file of the built front end; empty in a checkout where it was not built."""
    path = files("kanwidget") / "static" / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


class KANWidget(anywidget.AnyWidget):
    """A live view of a Kolmogorov-Arnold network that one can train, thin out and name, edge by edge.

    Args:
        model: the network to begin with. It is copied: ``w.model`` is the live one.
        dataset: a :class:`Dataset`, pykan's dictionary of tensors, or a pair ``(inputs, labels)``.
        hide: parts that a lesson does without: any of ``"toolbar"``, in it ``"train"``, ``"undo"``, ``"prune"``,
            ``"auto_symbolic"``, ``"discover"``, ``"lamb"``, ``"grid"`` and ``"take_away"``; ``"what_if"``;
            ``"history"``; ``"panel"``, in it ``"loss"``; ``"formula"``; ``"status"``. Their keys do nothing either;
            Python can do everything still.
        **options: how to train: see :class:`kanwidget.train.options.FitOptions`.

    Attributes:
        hide: can be written, too.
        lamb, lr, opt, steps, grid, selected_edge: can be read, written, observed and linked.
        playing: whether the page trains; setting it starts and stops.
        train_accuracy, test_accuracy: of classes, the share of the rows that are told right; None of measured values.
        data: what is learnt from: columns, classes, some points, and the example it is, if it is one.
        training: the options of the trainer, as they are and by default.
        front, certified: the formulas that a discovery has found, and whether the best of them is certified.
        step, train_loss, test_loss, status, error, symbolic, suggestions, formula, formula_latex, history: what
            there is to see; only Python writes them.
    """

    _esm = _bundle("widget.js")
    _css = _bundle("widget.css")

    uid = traitlets.Unicode().tag(sync=True)
    lamb = OptionTrait("lamb", 0.0).tag(sync=True)
    lr = OptionTrait("lr", None).tag(sync=True)
    opt = OptionTrait("opt", "auto").tag(sync=True)
    steps = OptionTrait("steps", 20).tag(sync=True)
    grid = GridTrait(5).tag(sync=True)
    selected_edge = EdgeTrait(None).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)

    step = traitlets.Int(0).tag(sync=True)
    train_loss = traitlets.Float(None, allow_none=True).tag(sync=True)
    test_loss = traitlets.Float(None, allow_none=True).tag(sync=True)
    train_accuracy = traitlets.Float(None, allow_none=True).tag(sync=True)
    test_accuracy = traitlets.Float(None, allow_none=True).tag(sync=True)
    data = traitlets.Dict().tag(sync=True)
    training = traitlets.Dict().tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    symbolic = traitlets.Dict().tag(sync=True)
    suggestions = traitlets.Dict().tag(sync=True)
    formula = traitlets.Dict().tag(sync=True)
    formula_latex = traitlets.Unicode("").tag(sync=True)
    history = traitlets.Dict().tag(sync=True)
    front = traitlets.Dict().tag(sync=True)
    certified = traitlets.Bool(False).tag(sync=True)
    snapshot = traitlets.Unicode("").tag(sync=True)
    limits = traitlets.Dict().tag(sync=True)
    hide = PartsTrait().tag(sync=True)

    def __init__(self, model: Network, dataset: Any, *, hide: Sequence[str] = (), **options: Any) -> None:
        self._show(Session(model, dataset, **options), hidden(hide))

    def _show(self, session: Session, hide: Sequence[str] = ()) -> None:
        if not self._esm:
            raise KanwidgetError("kanwidget/static/widget.js is missing: build the front end by `make build`")
        self.session = session
        self._lock = threading.RLock()
        self._desk = Desk()
        self._front = Front()
        self._motor = Motor(self._train_on, self._show_frame, self._broken)
        self._study = Study(self._look_ahead, self._end_study)
        self._unsent: tuple[str, ...] = ()
        self._progress_sent = 0.0
        self._quiet = True
        self._described: Any = None
        self._seq, self._structure = 0, (0, "")
        trained = {name: getattr(session.options, name) for name in OPTIONS}
        super().__init__(uid=uuid.uuid4().hex, hide=hide, **trained)
        self.limits = {"lamb": list(LAMB), "grid": list(GRID), "opts": list(OPTIMISERS)}
        self._quiet = False
        self._show_options()
        self._rest(self._rested())
        self.on_msg(self._on_message)

    # ------------------------------------------------------------------ for the cell

    @property
    def model(self) -> Network:
        """The live network, as after the last complete step; nobody changes this object any more."""
        return self.session.model

    @property
    def discovery(self) -> Discovery | None:
        """What was discovered on the present data so far; None before."""
        return self.session.discovery

    def code(self) -> str:
        """A script that leads from the data set to this model."""
        return self.session.code()

    def fit(self, steps: int | None = None, **options: Any) -> FitResult:
        """Train in this cell and show it in the widget; Interrupt leaves the last complete step.

        Args:
            steps: by default the trait ``steps``.
            **options: any of the trainer's, kept for later training.
        """
        for name, value in options.items():
            self.session.set_option(name, value)
        self._show_options()
        count = self.steps if steps is None else steps
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise OptionError(f"steps={steps!r}: an integer of 0 or more is accepted")
        first = self.session.step_count
        why = ""
        try:
            while not why and (left := count - (self.session.step_count - first)) > 0:
                with self._lock:
                    why = self.session.advance(SLICE_MS, steps=left).why
                    self._push(f"Training, step {self.session.step_count}.")
        finally:
            with self._lock:
                self.session.stop()
                self._rest(why or self._rested())
                self._push(self.status)
        done = [p for p in self.session.losses if p.step > first]
        told = [Step(p.step, p.train, p.test, p.reg, p.train_accuracy, p.test_accuracy) for p in done]
        return FitResult(self.opt, told)

    def discover(self, budget_s: float = 10.0, **options: Any) -> Discovery:
        """Search for formulas in this cell and show them in the widget; see :meth:`kanwidget.Session.discover`."""
        with self._lock:
            self._begin_discovery(budget_s, **options)
            self._push(self.status)
        try:
            more = True
            while more:
                with self._lock:
                    more = self._seek_on(SEEK_MS)
        finally:
            with self._lock:
                self._end_discovery()
        found = self.session.discovery
        assert found is not None, "a search that came to its end has an outcome"
        return found

    def to_html(self, path: str | Path) -> None:
        """Write a self-contained page: it needs no network and no kernel, lets one move the inputs, go to the points
        of the history and compare them.

        Args:
            path: of the file; an existing one is replaced.
        """
        Path(path).write_text(self._page(), encoding="utf-8")

    def to_svg(self, path: str | Path | None = None, **options: Any) -> str:
        """The graph as SVG.

        Args:
            path: where to write it as well, if anywhere.
            **options: of :func:`kanwidget.plot.figure.plot`.
        """
        from kanwidget.plot.export import svg

        text = svg(self.model, **options)
        if path is not None:
            Path(path).write_text(text, encoding="utf-8")
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
            Path(path).write_bytes(data)
        return data

    def save(self, path: str | Path) -> None:
        """Write the session into one file, all or nothing; see :meth:`kanwidget.Session.save`."""
        self.session.save(path)

    @classmethod
    def load(cls, path: str | Path, dataset: Any, **own: Any) -> Self:
        """A widget that goes on where :meth:`save` was called; see :meth:`kanwidget.Session.load`."""
        session = Session.load(path, dataset, **own)
        widget = cls.__new__(cls)
        widget._show(session)
        return widget

    def close(self) -> None:
        """Stop and give everything back, the layout too."""
        if "session" not in vars(self):
            return  # it was refused when it was made
        self._motor.stop()
        self._study.stop()
        self.session.stop()
        layout = self.layout
        super().close()
        layout.close()

    # ------------------------------------------------------------------ traits

    @traitlets.observe(*OPTIONS)
    def _on_option(self, change: Any) -> None:
        if not self._quiet:
            with self._lock:
                try:
                    self.session.set_option(change["name"], change["new"])
                finally:
                    self._show_options()  # what the session has: it refuses values that do not go together

    @traitlets.observe("grid")
    def _on_grid(self, change: Any) -> None:
        if not self._quiet:
            with self._lock:
                try:
                    self._refine(change["new"])
                finally:
                    self._put(grid=self.session.model.grid[0])
                self._push(self.status)

    @traitlets.observe("playing")
    def _on_playing(self, change: Any) -> None:
        if self._quiet:
            return
        with self._lock:
            if change["new"]:
                self._end_discovery()
                self._study.stop()
                self._put(status=f"Training, step {self.session.step_count}.", error="")
            else:
                self._stop()
                self._push(self.status)

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
                self._put(error=texts.problem(error))
                self.send_state(name)

    # ------------------------------------------------------------------ messages

    def _on_message(self, _: Any, content: Any, __: Any) -> None:
        """Answer a page: exactly once, whatever happens."""
        with self._lock:
            answer, frame, client = self._answered(content)
            try:
                self._send_answer(answer, frame, client)
            except Exception as error:  # noqa: BLE001 - what cannot be drawn is said, without a picture
                self._failed(error)
                self._send_answer(answer | answers.refusal(error), False, client)
            if self.playing or self._is_searching:
                self._study.stop()
            else:
                self._study.begin()

    def _answered(self, content: Any) -> tuple[dict[str, Any], bool, Client]:
        """The answer to a message, and whether a frame goes with it."""
        try:
            request = parse(content)
        except SchemaError as error:
            known = content if isinstance(content, dict) else {}
            address = {key: known.get(key) for key in ("id", "client") if isinstance(known.get(key), int | str)}
            return answers.refusal(error) | address, False, Client()
        client = self._desk.client(request.client)
        if request.id <= client.last:
            return client.answers.get(request.id, {"ok": True} | answers.address(request)), True, client
        answer = self._applied(request, client) | answers.address(request)
        client.remember(request.id, answer)
        return answer, request.name not in UNDRAWN, client

    def _applied(self, request: Request, client: Client) -> dict[str, Any]:
        try:
            if request.name not in ("advance", "run", "seek"):
                self._motor.give_way()
                self._put(error="")
            extra = _COMMANDS[request.name](self, request, client) or {}
            return {"ok": True, **extra}
        except BaseException as error:  # noqa: BLE001 - a KeyboardInterrupt may land in a handler: it too is answered
            why = self._failed(error)
            return {"ok": True, "stopped": True, "why": why} if request.name == "advance" else answers.refusal(error)

    def _failed(self, error: BaseException) -> str:
        """Stop, and say why."""
        why = "Interrupted." if isinstance(error, KeyboardInterrupt) else texts.problem(error)
        try:
            self._stop()
        except Exception:  # noqa: BLE001 - what failed may be what shows the model at rest; the first error is said
            self._put(playing=False)
        self._put(error=why)
        return why

    def _send_answer(self, answer: dict[str, Any], frame: bool, client: Client) -> None:
        message = {"v": 1, "playing": self.playing, **answer}
        if not frame:
            self.send(message)
            return
        self._send_frame(message, self._frame(), client.binary)

    def _send_frame(self, message: dict[str, Any], frame: Frame, binary: bool) -> None:
        message["frame"] = frame.header
        if binary:
            self.send(message, [frame.buffer])
        else:
            self.send(message | {"data": frame.data()})

    def _push(self, status: str) -> None:
        """A frame without a request, while a cell runs."""
        self._put(status=status)
        self._numbers()
        self._push_frame()

    def _push_frame(self, **told: Any) -> None:
        message = {"v": 1, "push": True, "playing": self.playing, **told}
        self._send_frame(message, self._frame(), self._desk.all_binary)

    # ------------------------------------------------------------------ commands, one each

    def _hello(self, request: Request, client: Client) -> None:
        client.binary = request.args["binary"]

    def _play(self, request: Request, client: Client) -> None:
        self._end_discovery()
        self._put(playing=True, status=f"Training, step {self.session.step_count}.")

    def _stop_command(self, request: Request, client: Client) -> None:
        self._stop()

    def _advance(self, request: Request, client: Client) -> dict[str, Any]:
        held_back = self._held_back(request)
        if held_back is not None:
            return held_back
        told = self._slice(request.args["budget_ms"])
        if "stopped" not in told:
            self._show_progress()
        return told

    def _run(self, request: Request, client: Client) -> dict[str, Any]:
        held_back = self._held_back(request)
        if held_back is None:
            self._motor.run(request.args["frames"], request.args["budget_ms"])
        return held_back or {"left": self._motor.left, "pushed": self._motor.shown}

    def _held_back(self, request: Request) -> dict[str, Any] | None:
        """Why this page may not train now; None if it may."""
        if not self.playing:
            return {"stopped": True, "why": self.status}
        return None if self._desk.may_train(request.client) else {"follow": True}

    def _slice(self, budget_ms: float) -> dict[str, Any]:
        """Train for a while; what an answer says about it."""
        progress = self.session.advance(budget_ms)
        if progress.why:
            self._stop(progress.why)
            return {"stopped": True, "why": progress.why}
        return {"trained_ms": progress.trained_ms}

    def _train_on(self, budget_ms: float) -> float | None:
        """Train for a while without being asked; None at the end, which pages are told."""
        with self._lock:
            told = self._slice(budget_ms) if self.playing else {}
            if "stopped" in told:
                self._push_frame(**told)
            return told.get("trained_ms")

    def _show_frame(self, trained_ms: float) -> None:
        """A frame in the midst of training."""
        with self._lock:
            self._show_progress()
            self._push_frame(left=self._motor.left, trained_ms=trained_ms)

    def _broken(self, error: BaseException) -> None:
        """Training without being asked has failed: nobody is there to raise it to, so pages are told."""
        with self._lock:
            why = self._failed(error)
            self.send({"v": 1, "push": True, "playing": False, "stopped": True, "why": why})

    def _step(self, request: Request, client: Client) -> None:
        progress = self.session.step()
        self._put(playing=False)
        self._rest(progress.why or self._rested())

    def _reset(self, request: Request, client: Client) -> None:
        self.session.reset()
        self._put(playing=False)
        self._rest("Back to the start; undo brings everything back.")

    def _set_option(self, request: Request, client: Client) -> None:
        self.session.set_option(request.args["name"], request.args["value"])
        self._show_options()

    def _refine_command(self, request: Request, client: Client) -> None:
        self._refine(request.args["grid"])

    def _refine(self, grid: int) -> None:
        self.session.refine(grid)
        self._rest(f"Grid {grid}: the function is the same, with {grid} intervals.")

    def _discover(self, request: Request, client: Client) -> None:
        self._begin_discovery(request.args["budget_s"])

    def _begin_discovery(self, budget_s: float, **options: Any) -> None:
        self.session.begin_discovery(budget_s, **options)
        self._stop("Searching for formulas.")

    def _seek(self, request: Request, client: Client) -> dict[str, Any]:
        if self._is_searching and not self._desk.may_train(request.client):
            return {"follow": True, "searching": True}
        more = self._seek_on(request.args["budget_ms"])
        return {"searching": more, "spent_s": self.session.seeking.spent_s if self.session.seeking else 0.0}

    def _seek_on(self, budget_ms: float) -> bool:
        """Search for a while; whether there is more to do."""
        if not self._is_searching:
            return False
        more, before = self.session.advance_discovery(budget_ms), self.front.get("candidates")
        if not more:
            self._end_discovery()
        elif self._front.told(self.session)["candidates"] != before:
            self._show_front()
        return more

    def _end_seek(self, request: Request, client: Client) -> None:
        self._end_discovery()

    def _end_discovery(self) -> None:
        if self._is_searching or self.front.get("searching"):
            was_stopped = self._is_searching
            self.session.end_discovery()
            self._desk.free()
            found = self.session.discovery
            self._put(status="Search stopped; what it found stays." if was_stopped or not found else found.message)
            self._show_front()

    @property
    def _is_searching(self) -> bool:
        return self.session.seeking is not None and self.session.seeking.open

    def _use_formula(self, request: Request, client: Client) -> None:
        candidate = self._front.candidate(request.args["key"])
        self.session.take(candidate)
        self._put(playing=False)
        self._rest("A discovered formula; undo brings back the network that was there.")

    def _show_front(self) -> None:
        if self.session.seeking is None:
            self.session.end_discovery()  # of other data
        front = self._front.told(self.session)
        self._put(front=front, certified=bool(front.get("certified")))

    def _prune(self, request: Request, client: Client) -> None:
        self.session.prune(edge_th=request.args["edge_th"])
        self._rest(f"Pruned: {texts.edges_left(self.session.model)}.")

    def _suggest(self, request: Request, client: Client) -> dict[str, Any]:
        l, i, j = request.args["edge"]
        weighed = self.session.suggest(l, i, j)
        self._show_suggestions()
        return {"suggestions": answers.listed(weighed), "keep": answers.number(weighed.keep)}

    def _look_ahead(self) -> bool:
        """Work out some suggestions while nothing else is wanted; False when all are known."""
        with self._lock:
            chosen = self.selected_edge
            is_live = chosen is not None and _exists(self.session.model, chosen)
            return self.session.study(Edge(*chosen) if is_live else None)

    def _end_study(self) -> None:
        """Nobody has asked: a page may be gone, and what comes for its widget then is an error to some hosts."""
        with self._keeping_back("suggestions"):
            self._show_suggestions()

    def _show_suggestions(self) -> None:
        with self._lock:
            self._put(suggestions=self._suggestions())

    def _suggestions(self) -> dict[str, Any]:
        """What is known about the edges of this model."""
        return {f"{e.l},{e.i},{e.j}": answers.listed(weighed) for e, weighed in self.session.suggestions.items()}

    def _fix(self, request: Request, client: Client) -> None:
        name = request.args["name"]
        l, i, j = request.args["edge"]
        r2 = self.session.fix(l, i, j, name)
        self._rest(f"Fixed {name}, r² {r2:.4f}.")

    def _fix_affine(self, request: Request, client: Client) -> None:
        name, affine = request.args["name"], request.args["affine"]
        l, i, j = request.args["edge"]
        self.session.fix(l, i, j, name, affine)
        self._rest(f"Constants of {name} set by hand.")

    def _move_coef(self, request: Request, client: Client) -> None:
        l, i, j = request.args["edge"]
        self.session.move_coef(l, i, j, request.args["m"], request.args["by"])
        self._rest("Curve changed by hand.")

    def _pin(self, request: Request, client: Client) -> None:
        l, i, j = request.args["edge"]
        self.session.pin(l, i, j, request.args["pinned"])
        self._rest("Pinned: pruning and naming pass it by." if request.args["pinned"] else "Not pinned any more.")

    def _unfix(self, request: Request, client: Client) -> None:
        self.session.unfix(*request.args["edge"])
        self._rest("Back to a spline.")

    def _remove_edge(self, request: Request, client: Client) -> None:
        self.session.remove_edge(*request.args["edge"])
        self._rest(f"Removed: {texts.edges_left(self.session.model)}.")

    def _auto_symbolic(self, request: Request, client: Client) -> None:
        self.session.auto_symbolic()
        model = self.session.model
        isolated = set(model.pinned_edges()) - set(model.symbolic_edges())
        self._rest("Every edge but the pinned ones has a name." if isolated else "Every edge has a name.")

    def _undo(self, request: Request, client: Client) -> None:
        label = self.session.history.undo_label
        self._rest(f"Undid: {label}." if self.session.undo() else "Nothing to undo.")

    def _redo(self, request: Request, client: Client) -> None:
        label = self.session.history.redo_label
        self._rest(f"Did again: {label}." if self.session.redo() else "Nothing to do again.")

    def _jump(self, request: Request, client: Client) -> None:
        before = self.session.history.now
        self._stop()  # training that went on from there would take the place of what came after
        self.session.jump(request.args["key"])
        self._rest(texts.jumped(before.label, self.session.history.now.label))

    def _look(self, request: Request, client: Client) -> dict[str, Any]:
        return {"moment": self._picture_of(self.session.moment(request.args["key"])).text()}

    def _gallery(self, request: Request, client: Client) -> dict[str, Any]:
        with at_work(self.session.model, 1):  # many small operations, as in a small network
            return {"gallery": gallery()}

    def _use_example(self, request: Request, client: Client) -> None:
        source = Source(**request.args)
        self.session.use_example(source)
        self._put(playing=False)
        self._rest(f"Data: {source.name}; undo brings back what was there before.")

    def _rebuild(self, request: Request, client: Client) -> None:
        self.session.rebuild(**request.args)
        self._put(playing=False)
        self._rest("A new network; undo brings back the one before.")

    def _add_node(self, request: Request, client: Client) -> None:
        self.session.add_node(request.args["layer"], product=request.args["product"])
        self._rest("A node more: the function is the same.")

    def _take_node(self, request: Request, client: Client) -> None:
        self.session.take_node(request.args["layer"])
        self._rest("The least important node of the layer is gone.")

    def _add_layer(self, request: Request, client: Client) -> None:
        self.session.add_layer(request.args["layer"])
        self._rest("A layer more: the function is the same.")

    def _take_layer(self, request: Request, client: Client) -> None:
        self.session.take_layer(request.args["layer"])
        self._rest("A layer less: the function is as near as it can be.")

    def _take(self, request: Request, client: Client) -> dict[str, Any]:
        what, looks = request.args["what"], request.args["looks"]
        if what == "html":
            return takeaway.text("network.html", "text/html", self._page())
        if what == "code":
            return takeaway.text("network.py", "text/x-python", self.code())
        return takeaway.picture(what, self.session.model, looks)

    def _select(self, request: Request, client: Client) -> None:
        edge = request.args["edge"]
        self._put(selected_edge=None if edge is None else list(self.session.model.edge(*edge)))

    # ------------------------------------------------------------------ what leaves the notebook

    def _page(self) -> str:
        """The page of :meth:`to_html`."""
        with self._lock:
            self._rest(self.status)
            state = {name: getattr(self, name) for name in self.trait_names(sync=True) if not name.startswith("_")}
            state = {name: value for name, value in state.items() if name not in PAGE_MAY_WRITE - SHOWN_IN_PAGES}
            if self.front:
                state["front"] = {**self.front, "searching": False}  # nobody will ask for the rest of it
            state |= {"moments": self._saved_moments(), "script": self.code()}
            return standalone(state, self._esm, self._css)

    def _saved_moments(self) -> list[dict[str, Any]]:
        history = self.session.history
        snapshots = {moment.key: self._picture_of(moment).text() for moment in history.moments}
        return [
            {"key": m.key, "snapshot": snapshots[m.key], "formula": texts.formula_state(m.model, m.step)}
            for m in takeaway.chosen_moments(history, snapshots)
        ]

    # ------------------------------------------------------------------ what there is to see

    def _stop(self, why: str = "") -> None:
        self._motor.stop()
        self.session.stop()
        self._desk.free()
        self._put(playing=False)
        self._rest(why or self._rested())

    def _rest(self, status: str) -> None:
        """Training stands still: everything that shows the model is brought up to date."""
        model, history = self.session.model, self.session.history
        formula = texts.formula_state(model, self.session.step_count)
        self._put(
            status=status,
            grid=model.grid[0],
            symbolic={f"{e.l},{e.i},{e.j}": name for e, name in model.symbolic_edges().items()},
            suggestions=self._suggestions(),
            formula=formula,
            formula_latex=formula["latex"] or "",
            history=answers.told(history),
        )
        if self.selected_edge is not None and not _exists(model, self.selected_edge):
            self._put(selected_edge=None)
        self._numbers()
        self._show_data()
        self._show_front()
        self.send_state(PROGRESS)
        self._put(snapshot=self._frame().text())
        if self._desk.is_visited:
            self._study.begin()

    def _show_progress(self) -> None:
        with self._keeping_back(*PROGRESS):
            self._put(status=f"Training, step {self.session.step_count}.")
            self._numbers()
        if time.monotonic() - self._progress_sent > PROGRESS_EVERY:
            self.send_state(PROGRESS)
            self._progress_sent = time.monotonic()

    @contextmanager
    def _keeping_back(self, *names: str) -> Iterator[None]:
        """Traits change without a message to the pages."""
        self._unsent = names
        try:
            yield
        finally:
            self._unsent = ()

    def _should_send_property(self, key: str, value: Any) -> bool:
        if key in self._unsent:
            return False
        send: bool = super()._should_send_property(key, value)
        return send

    def _rested(self) -> str:
        losses = self.session.losses
        return texts.rested(self.session.step_count, losses[-1].test_accuracy if losses else None)

    def _show_data(self) -> None:
        """Say what is learnt from, when it is another than before."""
        now = self.session.history.now
        if self._described is not now.dataset:
            self._described = now.dataset
            self._put(data=described(now.dataset, now.source))

    def _numbers(self) -> None:
        losses = self.session.losses
        last = losses[-1] if losses else None
        self._put(
            step=self.session.step_count,
            train_loss=last.train if last else None,
            test_loss=last.test if last else None,
            train_accuracy=last.train_accuracy if last else None,
            test_accuracy=last.test_accuracy if last else None,
        )

    def _show_options(self) -> None:
        self._put(
            **{name: getattr(self.session.options, name) for name in OPTIONS}, training=answers.options(self.session)
        )

    def _put(self, **values: Any) -> None:
        """Write traits without acting on them; a user's observer that fails is shown and stops nothing."""
        quiet, self._quiet = self._quiet, True
        try:
            for name, value in values.items():
                try:
                    setattr(self, name, value)
                except Exception as error:  # noqa: BLE001 - a user's observer may raise anything
                    self.set_trait("error", texts.problem(error))
        finally:
            self._quiet = quiet

    def _frame(self) -> Frame:
        now, model = self.session.history.now, self.session.preview()
        edges = model.symbolic_edges(), list(model.edges())
        lineage = now.nodes, id(now.dataset)  # what was worked out for another network, or other rows, is not true here
        shape = repr((model.width, model.grid, model.k, edges, model.input_names, lineage))
        if shape != self._structure[1]:
            self._structure = self._structure[0] + 1, shape
        self._seq += 1
        state = {
            "seq": self._seq,
            "structure": self._structure[0],
            "step": self.session.step_count,
            "lamb": self.session.options.lamb,
            "playing": self.playing,
            "status": self.status,
            "trail": list(self.session.trail[-MOST_TRAIL:]),
            "nodes": now.nodes,
        }
        return build_frame(model, self.session.losses, self.session.marks, state)

    def _picture_of(self, moment: Moment) -> Frame:
        """A frame of another moment; it takes nobody's place."""
        state = {"seq": 0, "structure": f"moment {moment.key}", "step": moment.step, "playing": False, "status": ""}
        line = {"trail": list(moment.trail[-MOST_TRAIL:]), "nodes": moment.nodes}
        return build_frame(moment.model, moment.losses, moment.marks, state | line)


def _exists(model: Network, edge: list[int]) -> bool:
    try:
        l, i, j = model.edge(*edge)
    except KanwidgetError:
        return False
    return bool(model.layer(l).mask[i, j])


_COMMANDS: dict[str, Callable[[KANWidget, Request, Client], dict[str, Any] | None]] = {
    "hello": KANWidget._hello,
    "play": KANWidget._play,
    "stop": KANWidget._stop_command,
    "advance": KANWidget._advance,
    "run": KANWidget._run,
    "step": KANWidget._step,
    "reset": KANWidget._reset,
    "set_option": KANWidget._set_option,
    "refine": KANWidget._refine_command,
    "discover": KANWidget._discover,
    "seek": KANWidget._seek,
    "end_seek": KANWidget._end_seek,
    "use_formula": KANWidget._use_formula,
    "prune": KANWidget._prune,
    "suggest": KANWidget._suggest,
    "fix": KANWidget._fix,
    "fix_affine": KANWidget._fix_affine,
    "move_coef": KANWidget._move_coef,
    "pin": KANWidget._pin,
    "unfix": KANWidget._unfix,
    "remove_edge": KANWidget._remove_edge,
    "auto_symbolic": KANWidget._auto_symbolic,
    "undo": KANWidget._undo,
    "redo": KANWidget._redo,
    "jump": KANWidget._jump,
    "look": KANWidget._look,
    "take": KANWidget._take,
    "select": KANWidget._select,
    "gallery": KANWidget._gallery,
    "use_example": KANWidget._use_example,
    "rebuild": KANWidget._rebuild,
    "add_node": KANWidget._add_node,
    "take_node": KANWidget._take_node,
    "add_layer": KANWidget._add_layer,
    "take_layer": KANWidget._take_layer,
}
