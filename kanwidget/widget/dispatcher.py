"""Messages from pages, and their answers: exactly one for each, whatever happens."""

from __future__ import annotations

from typing import Any

from kanwidget.model.guard import grad_mode_kept
from kanwidget.widget import answers
from kanwidget.widget.commands.acts import ACTS, HALTING
from kanwidget.widget.commands.looks import LOOKS
from kanwidget.widget.commands.runs import RUNS
from kanwidget.widget.controller import Controller
from kanwidget.widget.desk import Client
from kanwidget.widget.schema import Request, SchemaError, parse

__all__ = ["Dispatcher"]

SLICES = ("advance", "run", "seek")  # nobody waits for these alone
UNDRAWN = (*LOOKS, "run", "seek", "end_seek")  # answered without a frame


class Dispatcher:
    """Takes messages to where they are acted on."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def receive(self, content: Any) -> None:
        """Act on a message and answer it."""
        with grad_mode_kept(), self._controller.lock:
            answer, is_drawn, client = self._answered(content)
            try:
                self._send(answer, is_drawn, client)
            except Exception as error:  # noqa: BLE001 - what cannot be drawn is said, without a picture
                self._controller.failed(error)
                self._send(answer | answers.refusal(error), False, client)
            self._controller.answered()

    def _send(self, answer: dict[str, Any], is_drawn: bool, client: Client) -> None:
        frame = self._controller.screen.frame() if is_drawn else None
        self._controller.send(answer, frame, binary=client.binary)

    def _answered(self, content: Any) -> tuple[dict[str, Any], bool, Client]:
        """The answer to a message, and whether a frame goes with it."""
        try:
            request = parse(content)
        except SchemaError as error:
            known = content if isinstance(content, dict) else {}
            address = {key: known.get(key) for key in ("id", "client") if isinstance(known.get(key), int | str)}
            return answers.refusal(error) | address, False, Client()
        client = self._controller.desk.client(request.client)
        if request.id <= client.last:
            return client.answers.get(request.id, {"ok": True} | answers.address(request)), True, client
        answer = self._applied(request, client) | answers.address(request)
        client.remember(request.id, answer)
        return answer, request.name not in UNDRAWN, client

    def _applied(self, request: Request, client: Client) -> dict[str, Any]:
        try:
            if request.name not in SLICES:
                self._controller.give_way()
                self._controller.screen.put(error="")
            self._controller.glance()
            with self._controller.turn():
                return {"ok": True, **(self._done(request, client) or {})}
        except BaseException as error:  # noqa: BLE001 - a KeyboardInterrupt may land in a handler: it too is answered
            why = self._controller.failed(error)
            return {"ok": True, "stopped": True, "why": why} if request.name == "advance" else answers.refusal(error)

    def _done(self, request: Request, client: Client) -> dict[str, Any] | None:
        controller, name, args = self._controller, request.name, request.args
        if name in RUNS:
            return RUNS[name](controller, client, **args)
        if name in LOOKS:
            return LOOKS[name](controller.screen, **args)
        said = ACTS[name](controller.session, **args)
        if name in HALTING:
            controller.halt()
        controller.rest(said)
        return None
