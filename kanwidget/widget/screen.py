"""What there is to see: traits and frames are brought up to date with the session."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kanwidget.errors import KanwidgetError
from kanwidget.model.network import Network
from kanwidget.session import Moment, Session
from kanwidget.widget import answers, texts
from kanwidget.widget.data import described
from kanwidget.widget.face import OPTIONS, PROGRESS, Face
from kanwidget.widget.frame import Frame, build_frame
from kanwidget.widget.front import Front

__all__ = ["Screen"]

PROGRESS_EVERY = 0.25  # seconds; every frame says the same, so while training goes on a page can wait for the traits
MOST_TRAIL = 64  # moments that a frame says it came from


class Screen:
    """Writes the traits of ``face`` after ``session``.

    Attributes:
        face, session: these.
        front: the formulas of the latest search.
        seq: the number of the latest frame.
        is_writing: whether a trait changes because it is written here, so that nobody needs to act on it.
    """

    def __init__(self, face: Face, session: Session) -> None:
        self.face, self.session = face, session
        self.front = Front()
        self.seq = 0
        self.is_writing = False
        self._structure: tuple[int, Any] = 0, None
        self._unsent: tuple[str, ...] = ()
        self._progress_sent = 0.0
        self._described: tuple[Any, bool] = None, True

    # ------------------------------------------------------------------ traits

    def put(self, **values: Any) -> None:
        """Write traits without acting on them; a user's observer that fails is shown and stops nothing."""
        with self.writing():
            for name, value in values.items():
                try:
                    setattr(self.face, name, value)
                except Exception as error:  # noqa: BLE001 - a user's observer may raise anything
                    self.face.set_trait("error", texts.problem(error))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Nobody acts on the traits that are written here."""
        before, self.is_writing = self.is_writing, True
        try:
            yield
        finally:
            self.is_writing = before

    @contextmanager
    def keeping_back(self, *names: str) -> Iterator[None]:
        """Traits change without a message to the pages."""
        self._unsent = names
        try:
            yield
        finally:
            self._unsent = ()

    def tell_again(self) -> None:
        """Every trait is sent once more: an interrupt may have come between a change and its message."""
        self.face.send_state([name for name in self.face.keys if not name.startswith("_")])

    def keeps_back(self, name: str) -> bool:
        return name in self._unsent

    def show_rest(self, status: str) -> None:
        """Training stands still: everything that shows the model is brought up to date."""
        model, history = self.session.network(), self.session.history
        formula = texts.formula_state(model, self.session.step_count)
        self.put(
            status=status,
            grid=model.grid[0],
            symbolic={f"{e.l},{e.i},{e.j}": name for e, name in model.symbolic_edges().items()},
            suggestions=self._suggestions(),
            formula=formula,
            formula_latex=formula["latex"] or "",
            history=answers.told(history),
        )
        if self.face.selected_edge is not None and not is_live(model, self.face.selected_edge):
            self.put(selected_edge=None)
        self.show_numbers()
        self.show_options()
        self._show_data()
        self.show_front()
        self.face.send_state(PROGRESS)
        self.put(snapshot=self.frame().text())

    def show_progress(self) -> None:
        """In the midst of training: only what every step changes, and that not too often."""
        with self.keeping_back(*PROGRESS):
            self.put(status=f"Training, step {self.session.step_count}.")
            self.show_numbers()
        if time.monotonic() - self._progress_sent > PROGRESS_EVERY:
            self.face.send_state(PROGRESS)
            self._progress_sent = time.monotonic()

    def show_numbers(self) -> None:
        losses = self.session.losses
        last = losses[-1] if losses else None
        self.put(
            step=self.session.step_count,
            train_loss=last.train if last else None,
            test_loss=last.test if last else None,
            train_accuracy=last.train_accuracy if last else None,
            test_accuracy=last.test_accuracy if last else None,
        )

    def show_options(self) -> None:
        options = {name: getattr(self.session.options, name) for name in OPTIONS}
        self.put(**options, training=answers.options(self.session))

    def show_suggestions(self) -> None:
        self.put(suggestions=self._suggestions())

    def show_front(self) -> None:
        if self.session.seeking is None:
            self.session.end_discovery()  # of other data
        front = self.front.told(self.session)
        self.put(front=front, certified=bool(front.get("certified")))

    def _suggestions(self) -> dict[str, Any]:
        """What is known about the edges of this model."""
        return {f"{e.l},{e.i},{e.j}": answers.listed(weighed) for e, weighed in self.session.suggestions.items()}

    def _show_data(self) -> None:
        """Say what is learnt from, when it is another than before."""
        now, shown = self.session.history.now, self._shows(self.session.history.now)
        if self._described[0] is not now.dataset or self._described[1] != shown:
            self._described = now.dataset, shown
            self.put(data=described(now.dataset, now.source, show_data=shown))

    def _shows(self, moment: Moment) -> bool:
        """Whether pages may have the rows; those of an example are nobody's own."""
        return self.face.show_data or moment.source is not None

    # ------------------------------------------------------------------ frames

    def frame(self) -> Frame:
        """The next frame."""
        now, model = self.session.history.now, self.session.preview()
        masks = [layer.mask.bool().numpy(force=True).tobytes() for layer, _ in model.stack()]
        edges = model.symbolic_edges(), masks
        lineage = now.nodes, id(now.dataset)  # what was worked out for another network, or other rows, is not true here
        shape = model.width, model.grid, model.k, edges, tuple(model.input_names), lineage
        if shape != self._structure[1]:
            self._structure = self._structure[0] + 1, shape
        self.seq += 1
        state = {
            "seq": self.seq,
            "structure": self._structure[0],
            "step": self.session.step_count,
            "lamb": self.session.options.lamb,
            "playing": self.face.playing,
            "status": self.face.status,
            "trail": list(self.session.trail[-MOST_TRAIL:]),
            "nodes": now.nodes,
        }
        return build_frame(model, self.session.losses, self.session.marks, state, show_data=self._shows(now))

    def picture_of(self, moment: Moment) -> Frame:
        """A frame of another moment; it takes nobody's place."""
        state = {"seq": 0, "structure": f"moment {moment.key}", "step": moment.step, "playing": False, "status": ""}
        line = {"trail": list(moment.trail[-MOST_TRAIL:]), "nodes": moment.nodes}
        shown = self._shows(moment)
        return build_frame(moment.model, moment.losses, moment.marks, state | line, show_data=shown)


def is_live(model: Network, edge: list[int]) -> bool:
    """Whether there is such an edge."""
    try:
        l, i, j = model.edge(*edge)
    except KanwidgetError:
        return False
    return bool(model.layer(l).mask[i, j])
