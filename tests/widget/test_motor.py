"""Frames that come without a request each: a page asks for several, on the event loop that a kernel has."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
import torch

from kanwidget import KAN, Dataset, KANWidget, create_dataset
from kanwidget.widget import screen
from tests.widget.page import Page

Awaited = Callable[[], bool]


async def until(happened: Awaited, seconds: float = 20.0) -> None:
    """Give the event loop its turns until it happened; fail if it does not."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it never happened"
        await asyncio.sleep(0.002)


async def quiet(page: Page, seconds: float = 0.15) -> bool:
    """Whether nothing more comes for a while."""
    before = len(page.received)
    await asyncio.sleep(seconds)
    return len(page.received) == before


def start(page: Page, frames: int = 4) -> Any:
    page.ask("play")
    return page.ask("run", frames=frames, budget_ms=10)


def test_frames_come_without_a_request_each_and_are_counted_down(page: Page, widget: KANWidget) -> None:
    async def watch() -> None:
        answer = start(page)
        assert answer["left"] == 4
        assert "frame" not in answer
        await until(lambda: len(page.pushes) == 4)
        assert await quiet(page), "the page asked for four"

    asyncio.run(watch())
    assert [push["left"] for push in page.pushes] == [3, 2, 1, 0]
    assert all(push["trained_ms"] >= 10 and push["playing"] for push in page.pushes)
    steps = [push["frame"]["step"] for push in page.pushes]
    assert steps == sorted(steps)
    assert steps[-1] == widget.step > 0


def test_asking_again_is_how_it_goes_on_and_tells_what_was_pushed(page: Page) -> None:
    async def watch() -> None:
        assert start(page)["pushed"] == 0
        await until(lambda: len(page.pushes) == 3)
        assert page.ask("run", frames=4, budget_ms=10)["pushed"] == 3
        await until(lambda: len(page.pushes) == 7)
        assert await quiet(page), "four from the second request on, not five"

    asyncio.run(watch())


@pytest.mark.parametrize("stop", [lambda p, w: p.ask("stop"), lambda p, w: setattr(w, "playing", False)])
def test_stop_is_heard_between_two_frames(page: Page, widget: KANWidget, stop: Callable[..., None]) -> None:
    async def watch() -> None:
        start(page, frames=50)
        await until(lambda: len(page.pushes) > 1)
        stop(page, widget)
        step = widget.step
        assert await quiet(page)
        assert widget.step == step
        assert not widget.session.training

    asyncio.run(watch())


def test_a_slider_is_heard_while_frames_come(page: Page, widget: KANWidget) -> None:
    async def watch() -> None:
        start(page, frames=50)
        await until(lambda: len(page.pushes) > 1)
        answer = page.ask("set_option", name="lamb", value=0.05)
        assert answer["frame"]["lamb"] == 0.05
        count = len(page.pushes)
        await until(lambda: len(page.pushes) > count + 1)
        assert page.pushes[-1]["frame"]["lamb"] == 0.05

    asyncio.run(watch())


def test_a_message_gets_all_the_way_between_two_iterations(page: Page, widget: KANWidget) -> None:
    bites = 0
    advance = widget.session.advance

    def counted(budget_ms: float) -> Any:
        nonlocal bites
        bites += 1
        return advance(budget_ms)

    widget.session.advance = counted  # type: ignore[method-assign, assignment]

    async def watch() -> None:
        page.ask("play")
        page.ask("run", frames=1, budget_ms=500)
        await until(lambda: bites > 0)
        before = bites
        for _ in range(8):  # from the socket of a kernel to the widget
            await asyncio.sleep(0)
        assert bites <= before + 1
        assert not page.pushes
        page.ask("stop")

    asyncio.run(watch())


def test_a_slider_is_answered_before_its_traits_are_told(page: Page, widget: KANWidget) -> None:
    sent: list[str] = []
    send = widget._send

    def noted(message: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        sent.append(message["method"])
        send(message, buffers)

    widget._send = noted  # type: ignore[method-assign]
    assert page.ask("set_option", name="lamb", value=0.05)["frame"]["lamb"] == 0.05
    assert sent[0] == "custom"
    assert set(sent[1:]) == {"update"}
    assert widget.lamb == 0.05


def test_without_an_event_loop_nothing_is_promised(page: Page) -> None:
    assert start(page)["left"] == 0


def test_at_rest_and_for_a_second_page_run_says_why_nothing_comes(page: Page, widget: KANWidget) -> None:
    assert page.ask("run", frames=4, budget_ms=10)["stopped"]
    other = Page(widget, "other")

    async def watch() -> None:
        start(page)
        assert other.ask("run", frames=4, budget_ms=10)["follow"]

    asyncio.run(watch())


def test_a_run_that_ends_by_itself_is_told_once(dataset: Dataset) -> None:
    widget = KANWidget(KAN([2, 1], grid=1, k=1, dtype=torch.float64), dataset)
    page = Page(widget)

    async def watch() -> None:
        start(page, frames=50)
        await until(lambda: not widget.playing)
        assert await quiet(page)

    asyncio.run(watch())
    told = [push["why"] for push in page.pushes if push.get("stopped")]
    assert len(told) == 1
    assert "Converged" in told[0]
    assert told[0] == widget.status
    assert not page.pushes[-1]["playing"]


def test_what_goes_wrong_meanwhile_is_told_and_training_stops(dataset: Dataset) -> None:
    def loss(prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        if is_broken:
            raise RuntimeError("a loss of my own, gone wrong")
        return torch.mean((prediction - target) ** 2)

    is_broken = False
    widget = KANWidget(KAN([2, 2, 1], dtype=torch.float64), dataset, loss_fn=loss, opt="Adam")
    page = Page(widget)

    async def watch() -> None:
        nonlocal is_broken
        start(page, frames=50)
        await until(lambda: len(page.pushes) > 1)
        is_broken = True
        await until(lambda: not widget.playing)
        assert await quiet(page)

    asyncio.run(watch())
    assert page.pushes[-1]["stopped"]
    assert "gone wrong" in page.pushes[-1]["why"]
    assert "gone wrong" in widget.error
    assert torch.isfinite(widget.model(dataset.train_input)).all()


def test_a_closed_widget_trains_no_more(page: Page, widget: KANWidget) -> None:
    async def watch() -> None:
        start(page, frames=50)
        await until(lambda: len(page.pushes) > 1)
        widget.close()
        assert await quiet(page)

    asyncio.run(watch())


def test_traits_are_true_at_rest_although_pages_hear_less_often_while_it_trains(
    page: Page, widget: KANWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "PROGRESS_EVERY", 60.0)  # longer than thirty frames take on any machine
    heard: list[dict[str, Any]] = []
    send = widget._send

    def listen(message: dict[str, Any], buffers: Any = None) -> None:
        if message.get("method") == "update":
            heard.append(message["state"])
        send(message, buffers)

    widget._send = listen  # the wire

    async def watch() -> None:
        start(page, frames=30)
        await until(lambda: len(page.pushes) == 30)
        page.ask("stop")

    asyncio.run(watch())
    steps = [state["step"] for state in heard if "step" in state]
    assert len(steps) < 10, "not with every frame"
    assert steps[-1] == widget.step
    assert [state["status"] for state in heard if "status" in state][-1] == widget.status


def test_the_interpreter_is_left_as_it_was(page: Page) -> None:
    before = sys.getswitchinterval()

    async def watch() -> None:
        start(page)
        await until(lambda: len(page.pushes) == 4)

    asyncio.run(watch())
    assert sys.getswitchinterval() == before


def test_training_that_is_watched_leaves_a_processor_to_the_page() -> None:
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    seen: set[int] = set()

    def base(x: torch.Tensor) -> torch.Tensor:
        seen.add(torch.get_num_threads())
        return torch.tanh(x)

    large = KAN([2, 60, 1], grid=50, base_fun=base)  # a small one has but one thread anyway
    widget = KANWidget(large, create_dataset(lambda x: x[:, :1] * x[:, 1:], n_var=2))
    before = torch.get_num_threads()
    torch.set_num_threads(processors + 1)
    try:
        page = Page(widget)
        page.ask("play")
        seen.clear()
        assert page.ask("advance", budget_ms=5)["ok"]
        assert max(seen) == max(1, processors - 1)
        assert torch.get_num_threads() == processors + 1
    finally:
        torch.set_num_threads(before)
        widget.close()
