"""Suggestions that are worked out before anybody asks, on the event loop that a kernel has."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import torch

from kanwidget import KAN, Dataset, KANWidget
from tests.widget.page import Page
from tests.widget.test_motor import until


def edges(widget: KANWidget) -> set[str]:
    return {f"{l},{i},{j}" for l, i, j in widget.model.edges()}


def in_a_kernel(happens: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(happens())  # type: ignore[arg-type]


def known(widget: KANWidget) -> set[str]:
    return {f"{l},{i},{j}" for l, i, j in widget.session.suggestions}


async def rest() -> None:
    """Long enough for a study to begin and to go some way."""
    await asyncio.sleep(0.3)


def test_at_rest_every_edge_is_known_without_being_asked_for(page: Page, widget: KANWidget) -> None:
    async def watch() -> None:
        page.ask("hello", binary=True)
        await until(lambda: set(widget.suggestions) == edges(widget))
        before = widget.suggestions
        start = time.perf_counter()
        for l, i, j in list(widget.model.edges()):
            found = page.ask("suggest", edge=[l, i, j])["suggestions"]
            assert found == before[f"{l},{i},{j}"]
        assert time.perf_counter() - start < 0.2, "nothing was computed"

    in_a_kernel(watch)


def test_it_waits_until_the_last_command_is_some_time_ago(page: Page, widget: KANWidget) -> None:
    async def watch() -> None:
        for _ in range(12):
            page.ask("select", edge=[0, 0, 0])
            await asyncio.sleep(0.03)
            assert not known(widget)
        await until(lambda: bool(known(widget)))

    in_a_kernel(watch)


def test_the_selected_edge_comes_first(page: Page, widget: KANWidget) -> None:
    async def watch() -> None:
        page.ask("select", edge=[1, 2, 0])
        await until(lambda: bool(known(widget)))
        assert next(iter(widget.session.suggestions)) == (1, 2, 0)

    in_a_kernel(watch)


def test_a_selected_edge_that_is_gone_holds_nothing_up(page: Page, widget: KANWidget) -> None:
    async def watch() -> None:
        page.ask("remove_edge", edge=[0, 1, 1])
        widget.selected_edge = [0, 1, 1]
        page.ask("hello", binary=True)
        await until(lambda: set(widget.suggestions) == edges(widget))

    in_a_kernel(watch)


@pytest.mark.parametrize(
    "change",
    [
        lambda page, widget: page.ask("refine", grid=7),
        lambda page, widget: page.ask("fix", edge=[0, 0, 0], name="sin"),
        lambda page, widget: setattr(widget, "grid", 7),
        lambda page, widget: widget.fit(2),
    ],
    ids=["a command", "a named edge", "a trait", "a fit in a cell"],
)
def test_a_change_of_the_model_begins_it_anew(
    page: Page, widget: KANWidget, change: Callable[[Page, KANWidget], Any]
) -> None:
    async def watch() -> None:
        page.ask("hello", binary=True)
        await until(lambda: bool(known(widget)))
        old = widget.session.suggestions
        change(page, widget)
        assert not widget.suggestions
        await until(lambda: set(widget.suggestions) == edges(widget))
        new = widget.session.suggestions
        assert all(new[edge] is not weighed for edge, weighed in old.items())

    in_a_kernel(watch)


def test_while_it_plays_nothing_is_studied_and_afterwards_everything(page: Page, widget: KANWidget) -> None:
    async def watch() -> None:
        page.ask("play")
        page.ask("run", frames=50, budget_ms=10)
        await rest()
        assert not known(widget) and not widget.suggestions
        page.ask("stop")
        await until(lambda: set(widget.suggestions) == edges(widget))

    in_a_kernel(watch)


def test_a_closed_widget_studies_no_more(page: Page, widget: KANWidget) -> None:
    async def watch() -> None:
        page.ask("hello", binary=True)
        await until(lambda: bool(known(widget)))
        widget.close()
        count = len(known(widget))
        await rest()
        assert len(known(widget)) == count

    in_a_kernel(watch)


def test_a_widget_that_nobody_looks_at_studies_nothing(widget: KANWidget) -> None:
    async def watch() -> None:
        widget.grid = 7
        await rest()
        assert not known(widget)

    in_a_kernel(watch)


def test_without_an_event_loop_everything_works_as_before(page: Page, widget: KANWidget) -> None:
    page.ask("hello", binary=True)
    assert page.ask("suggest", edge=[0, 0, 0])["suggestions"]
    assert known(widget) == {"0,0,0"} == set(widget.suggestions)


def test_a_loop_that_ended_is_not_waited_for(page: Page, widget: KANWidget) -> None:
    async def ask() -> None:
        page.ask("hello", binary=True)

    async def watch() -> None:
        page.ask("select", edge=None)
        await until(lambda: set(widget.suggestions) == edges(widget))

    in_a_kernel(ask)
    in_a_kernel(watch)


def test_other_work_has_its_turn_between_the_parts(page: Page, widget: KANWidget) -> None:
    async def watch() -> None:
        page.ask("hello", binary=True)
        turns = 0
        while set(widget.suggestions) != edges(widget):
            await asyncio.sleep(0.001)
            turns += bool(known(widget))
        assert turns > len(edges(widget)) / 2

    in_a_kernel(watch)


def test_a_page_that_has_not_asked_hears_nothing_of_it(page: Page, widget: KANWidget) -> None:
    """It may be gone: some hosts report what comes for a widget that they have no more as an error."""
    heard: list[dict[str, Any]] = []
    send = widget._send

    def listen(message: dict[str, Any], buffers: Any = None) -> None:
        if "suggestions" in message.get("state", {}):
            heard.append(message["state"]["suggestions"])
        send(message, buffers)

    widget._send = listen  # the wire

    async def watch() -> None:
        page.ask("hello", binary=True)
        await until(lambda: set(widget.suggestions) == edges(widget))
        page.ask("select", edge=[0, 0, 0])
        await rest()

    in_a_kernel(watch)
    assert not heard


def test_what_goes_wrong_is_said_to_the_one_who_asks_and_to_nobody_else(dataset: Dataset) -> None:
    widget = KANWidget(KAN([2, 2, 1], dtype=torch.float64), dataset)
    page = Page(widget)

    def broken(edge: object) -> object:
        raise RuntimeError("gone wrong")

    async def watch() -> None:
        widget.session._offers_of(widget.session.network()).of = widget.session._offers.study = broken  # type: ignore[assignment,method-assign]
        page.ask("hello", binary=True)
        await rest()
        assert widget.error == "" and not page.pushes
        assert "gone wrong" in page.ask("suggest", edge=[0, 0, 0])["error"]["message"]

    in_a_kernel(watch)
    widget.close()


def test_a_command_from_another_thread_is_not_held_up_for_long(page: Page, widget: KANWidget) -> None:
    waited: list[float] = []

    def command() -> None:
        start = time.perf_counter()
        page.ask("select", edge=[0, 0, 0])
        waited.append(time.perf_counter() - start)

    async def watch() -> None:
        page.ask("hello", binary=True)
        await until(lambda: bool(known(widget)))
        thread = threading.Thread(target=command)
        thread.start()
        await until(lambda: bool(waited))
        thread.join()

    in_a_kernel(watch)
    assert waited[0] < 1.0
