"""The session at work for a widget: it trains, searches and looks ahead, and what comes of it is shown."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from operator import is_
from typing import Any

from kanwidget.model.guard import sparing_one
from kanwidget.model.nodes import Edge
from kanwidget.session import Session
from kanwidget.widget import texts
from kanwidget.widget.desk import Client, Desk
from kanwidget.widget.face import Face
from kanwidget.widget.frame import Frame
from kanwidget.widget.motor import Motor
from kanwidget.widget.screen import Screen, is_live
from kanwidget.widget.study import Study
from kanwidget.widget.turns import Turns

__all__ = ["Controller"]


class Controller:
    """Whoever calls a method has its :meth:`turn`, or holds ``lock``.

    Attributes:
        session, screen, desk: what is worked on, what shows it, and the pages that ask.
        lock: one thing at a time; messages, cells and turns of the event loop may come from several threads.
    """

    def __init__(self, face: Face, session: Session) -> None:
        self._face, self.session = face, session
        self.screen, self.desk, self.lock = Screen(face, session), Desk(), threading.RLock()
        self._owes_options = False
        self._motor = Motor(self._train_on, self._show_frame, self._broken)
        self._study = Study(self._look_ahead, self._end_study)
        self._glances = Turns(self._glance_later)
        self._known, self._is_busy, self._is_closed = session.mark, False, False

    # ------------------------------------------------------------------ what cells do

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Alone, with what cells have done until now, see :meth:`look`; what is done meanwhile is shown by whoever
        does it."""
        with self.lock:
            if self._is_busy:
                yield
                return
            try:
                self._is_busy = True
                self.look()
                yield
            finally:
                self._is_busy, self._known = False, self.session.mark

    def look(self) -> None:
        """See what a cell has done to the session or to the network in its hands: it is shown, and training stands
        still.

        Raises:
            KanwidgetError: the network cannot be trained on; all is as it was before.
        """
        self.session.take_over()
        if not all(map(is_, self._known, self.session.mark)):
            self.stop(texts.CHANGED)

    def glance(self) -> None:
        """Look, and say what is wrong to the pages: nobody is there to raise it to."""
        try:
            with self.turn():
                pass
        except BaseException as error:  # noqa: BLE001 - an event loop would only log it, or end with the kernel
            self._broken(error)

    def expect(self) -> None:
        """A cell has the session or its network in its hands: look when it has ended."""
        self._glances.ask(0.0)

    def _glance_later(self) -> None:
        if self._is_closed:
            return
        before = self.screen.seq
        self.glance()
        if self.screen.seq != before:
            with self.lock:
                self._push_frame()

    # ------------------------------------------------------------------ at rest

    def rest(self, status: str) -> None:
        """Training stands still, and that is shown."""
        self._known = self.session.mark
        self.screen.show_rest(status)
        if self.desk.is_visited:
            self._study.begin()

    def halt(self) -> None:
        """Training does not go on by itself."""
        self._motor.stop()
        self.desk.free()
        self.screen.put(playing=False)

    def stop(self, why: str = "") -> None:
        """End training at its last complete step."""
        self.halt()
        self.session.stop()
        self.rest(why or texts.rested(self.session))

    def failed(self, error: BaseException) -> str:
        """Stop, and say why."""
        why = texts.problem(error)
        with suppress(Exception):  # what failed may be what shows the model at rest; the first error is said
            self.stop()
        self.screen.put(error=why)
        if isinstance(error, KeyboardInterrupt):
            self.screen.tell_again()
        return why

    def close(self) -> None:
        """Nothing goes on any more."""
        self._is_closed = True
        self._motor.stop()
        self._study.stop()
        self.session.stop()

    # ------------------------------------------------------------------ to the pages

    def send(self, message: dict[str, Any], frame: Frame | None, *, binary: bool) -> None:
        """A message, with a frame where there is one; ``binary`` where buffers arrive."""
        content, buffers = {"v": 1, "playing": self._face.playing, **message}, None
        if frame is not None:
            content, buffers = frame.attached(content, binary=binary)
        self._face.send(content, buffers)

    def push(self, status: str) -> None:
        """A frame without a request, while a cell runs."""
        self.screen.put(status=status)
        self.screen.show_numbers()
        self._push_frame()

    def _push_frame(self, **told: Any) -> None:
        self.send({"push": True, **told}, self.screen.frame(), binary=self.desk.all_binary)

    def answered(self) -> None:
        """An answer has gone out: what nobody waits for follows."""
        if self._owes_options:
            self._owes_options = False
            try:
                self.screen.show_options()
            except BaseException as error:  # noqa: BLE001 - a KeyboardInterrupt, too: pages must be told what is true
                self.failed(error)
        self._look_ahead_at_rest()

    # ------------------------------------------------------------------ training

    def set_option(self, name: str, value: Any) -> None:
        """Change how training goes on. The picture goes out first: traits before it would hold it up."""
        self.session.set_option(name, value)
        self._owes_options = True

    def play(self) -> None:
        """From now on a page may ask for training."""
        self.end_discovery()
        self._study.stop()
        self.screen.put(error="", playing=True, status=f"Training, step {self.session.step_count}.")

    def advance(self, client: Client, budget_ms: float) -> dict[str, Any]:
        """Train for a while for a page; what an answer says about it."""
        told = self._held_back(client)
        if told is None:
            told = self._slice(budget_ms)
            if "stopped" not in told:
                self.screen.show_progress()
        return told

    def run(self, client: Client, frames: int, budget_ms: float) -> dict[str, Any]:
        """Train for a page without being asked again; what an answer says about it."""
        told = self._held_back(client)
        if told is None:
            self._motor.run(frames, budget_ms)
        return told or {"left": self._motor.left, "pushed": self._motor.shown}

    def give_way(self) -> None:
        """A person waits for an answer."""
        self._motor.give_way()

    def _held_back(self, client: Client) -> dict[str, Any] | None:
        """Why this page may not train now; None if it may."""
        if not self._face.playing:
            return {"stopped": True, "why": self._face.status}
        return None if self.desk.may_train(client.name) else {"follow": True}

    def _slice(self, budget_ms: float) -> dict[str, Any]:
        with sparing_one():  # for the page, which draws meanwhile
            progress = self.session.advance(budget_ms)
        if progress.why:
            self.stop(progress.why)
            return {"stopped": True, "why": progress.why}
        return {"trained_ms": progress.trained_ms}

    def _train_on(self, budget_ms: float) -> float | None:
        """Train for a while without being asked; None at the end, which pages are told."""
        with self.turn():
            told = self._slice(budget_ms) if self._face.playing else {}
            if "stopped" in told:
                self._push_frame(**told)
            return told.get("trained_ms")

    def _show_frame(self, trained_ms: float) -> None:
        """A frame in the midst of training."""
        with self.turn():
            self.screen.show_progress()
            self._push_frame(left=self._motor.left, trained_ms=trained_ms)

    def _broken(self, error: BaseException) -> None:
        """Training without being asked has failed: nobody is there to raise it to, so pages are told."""
        with self.lock:
            why = self.failed(error)
            self.send({"push": True, "stopped": True, "why": why}, None, binary=True)

    # ------------------------------------------------------------------ formulas for the data

    @property
    def is_searching(self) -> bool:
        return self.session.seeking is not None and self.session.seeking.open

    def begin_discovery(self, budget_s: float, **options: Any) -> None:
        self.session.begin_discovery(budget_s, **options)
        self.stop("Searching for formulas.")

    def seek(self, budget_ms: float) -> bool:
        """Search for a while; whether there is more to do."""
        if not self.is_searching:
            return False
        more, before = self.session.advance_discovery(budget_ms), self._face.front.get("candidates")
        if not more:
            self.end_discovery()
        elif self.screen.front.told(self.session)["candidates"] != before:
            self.screen.show_front()
        return more

    def end_discovery(self) -> None:
        """Leave the search, if there is one; what it found stays."""
        if self.is_searching or self._face.front.get("searching"):
            was_stopped = self.is_searching
            self.session.end_discovery()
            self.desk.free()
            found = self.session.discovery
            said = "Search stopped; what it found stays." if was_stopped or not found else found.message
            self.screen.put(status=said)
            self.screen.show_front()

    # ------------------------------------------------------------------ suggestions before they are asked for

    def _look_ahead_at_rest(self) -> None:
        """Look ahead while nothing else goes on."""
        if self._face.playing or self.is_searching:
            self._study.stop()
        else:
            self._study.begin()

    def _look_ahead(self) -> bool:
        """Work out some suggestions while nothing else is wanted; False when all are known."""
        self.glance()
        with self.lock:
            chosen = self._face.selected_edge
            live = chosen is not None and is_live(self.session.network(), chosen)
            return self.session.study(Edge(*chosen) if live else None)

    def _end_study(self) -> None:
        """Nobody has asked: a page may be gone, and what comes for its widget then is an error to some hosts."""
        with self.lock, self.screen.keeping_back("suggestions"):
            self.screen.show_suggestions()
