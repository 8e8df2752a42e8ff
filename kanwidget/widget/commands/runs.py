"""Commands that begin, go on with and end what takes a while: training and the search for formulas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kanwidget.widget.controller import Controller
from kanwidget.widget.desk import Client
from kanwidget.widget.schema import option

__all__ = ["RUNS"]

Answer = dict[str, Any]


def hello(controller: Controller, client: Client, binary: bool) -> None:
    client.binary = binary


def set_option(controller: Controller, client: Client, name: str, value: Any) -> None:
    controller.set_option(name, option(name, value))


# ---------------------------------------------------------------------- training


def play(controller: Controller, client: Client) -> None:
    controller.play()


def advance(controller: Controller, client: Client, budget_ms: float) -> Answer:
    return controller.advance(client, budget_ms)


def run(controller: Controller, client: Client, frames: int, budget_ms: float) -> Answer:
    return controller.run(client, frames, budget_ms)


def stop(controller: Controller, client: Client) -> None:
    controller.stop()


# ---------------------------------------------------------------------- the search for formulas


def discover(controller: Controller, client: Client, budget_s: float) -> None:
    controller.begin_discovery(budget_s)


def seek(controller: Controller, client: Client, budget_ms: float) -> Answer:
    if controller.is_searching and not controller.desk.may_train(client.name):
        return {"follow": True, "searching": True}
    more, seeking = controller.seek(budget_ms), controller.session.seeking
    return {"searching": more, "spent_s": seeking.spent_s if seeking else 0.0}


def end_seek(controller: Controller, client: Client) -> None:
    controller.end_discovery()


def use_formula(controller: Controller, client: Client, key: int) -> None:
    controller.session.take(controller.screen.front.candidate(key))
    controller.halt()
    controller.rest("A discovered formula; undo brings back the network that was there.")


RUNS: dict[str, Callable[..., Answer | None]] = {
    "hello": hello,
    "set_option": set_option,
    "play": play,
    "advance": advance,
    "run": run,
    "stop": stop,
    "discover": discover,
    "seek": seek,
    "end_seek": end_seek,
    "use_formula": use_formula,
}
