"""Cells that work on the live network and the session, and what the page has of it."""

from __future__ import annotations

import asyncio

import pytest
import torch

from kanwidget import DataError, Dataset, KANWidget, ShapeError
from kanwidget.widget.texts import CHANGED
from tests.stress.samples import bits
from tests.widget.page import Page
from tests.widget.test_motor import until


def labels(widget: KANWidget) -> list[str]:
    return [entry["label"] for entry in widget.history["entries"]]


def test_what_a_cell_does_to_the_network_is_an_act_that_undo_takes_back(page: Page, widget: KANWidget) -> None:
    before = bits(widget.model)
    widget.model.fix_symbolic(0, 0, 0, "sin", verbose=False)
    after = bits(widget.model)
    page.ask("hello", binary=True)
    assert (labels(widget), widget.symbolic) == (["Start", "Change in a cell"], {"0,0,0": "sin"})
    page.ask("undo")
    assert (bits(widget.model), widget.symbolic) == (before, {})
    page.ask("redo")
    assert bits(widget.model) == after


def test_training_stands_still_with_a_reason_and_goes_on_from_there(page: Page, widget: KANWidget) -> None:
    page.ask("play")
    page.ask("advance", budget_ms=20)
    widget.model.layer(0).scale_base.data.zero_()
    answer = page.ask("advance", budget_ms=20)
    assert (answer["stopped"], answer["why"], widget.playing) == (True, CHANGED, False)
    assert labels(widget)[-1] == "Change in a cell" and labels(widget)[1].startswith("Train")
    assert not widget.model.layer(0).scale_base.any()
    page.ask("step")
    assert widget.model.layer(0).scale_base.any()


def test_the_page_is_told_when_the_cell_has_ended(page: Page, widget: KANWidget) -> None:
    async def cell() -> None:
        widget.model.fix_symbolic(0, 0, 0, "sin", verbose=False)
        await until(lambda: bool(page.pushes))
        assert page.pushes[-1]["frame"]["symbolic"] == [[0, 0, 0, "sin"]]
        widget.session.remove_edge(0, 1, 1)
        await until(lambda: labels(widget)[-1] == "Remove edge")

    asyncio.run(cell())
    assert widget.status == CHANGED


def test_looking_at_the_network_changes_nothing(page: Page, widget: KANWidget) -> None:
    page.ask("play")
    page.ask("advance", budget_ms=20)
    model = widget.model
    model(widget.session.dataset.train_input).sum().backward()
    model.prune(), model.refine(7), model.copy().layer(0).coef.data.zero_()
    assert widget.model is model
    assert "trained_ms" in page.ask("advance", budget_ms=20)
    assert widget.playing and labels(widget) == ["Start"]


def test_a_network_that_cannot_be_used_is_refused_and_said(page: Page, widget: KANWidget) -> None:
    page.ask("play")
    before = bits(widget.model)
    widget.model.layer(0).coef.data.fill_(float("nan"))
    answers: list[dict[str, object]] = []
    widget.observe(lambda change: answers.append(change), "error")
    widget._handle_custom_msg({"v": 1, "id": 9, "client": "page", "name": "advance", "args": {"budget_ms": 20}}, [])
    assert "model: a cell has left" in widget.error and "coef" in widget.error
    assert (bits(widget.model), widget.playing, labels(widget)) == (before, False, ["Start"])
    page.last = 9
    assert page.ask("step")["ok"] and not widget.error


def test_the_cell_that_goes_on_hears_of_it(widget: KANWidget) -> None:
    before = bits(widget.model)
    del widget.model.layers
    with pytest.raises(ShapeError, match="model: a cell has left a network that cannot be used"):
        widget.fit(1)
    widget.model.fix_symbolic(0, 0, 0, "log", affine=[1, 100, 1, 0], verbose=False)
    widget.model.layer(0).affine.data[0, 1] = -100
    with pytest.raises(DataError, match="no finite value"):
        widget.session.refine(7)
    assert bits(widget.model) == before
    widget.fit(1)


def test_a_network_from_before_the_last_step_is_ones_own(page: Page, widget: KANWidget) -> None:
    kept = widget.model
    page.ask("step")
    after = bits(widget.model)
    kept.layer(0).coef.data.zero_()
    page.ask("undo")
    page.ask("redo")
    assert bits(widget.model) == after
    assert labels(widget) == ["Start", "Train 1 step"]


def test_the_same_network_can_be_changed_again(page: Page, widget: KANWidget) -> None:
    model = widget.model
    for edge in ((0, 0, 0), (0, 1, 0)):
        model.fix_symbolic(*edge, "sin", verbose=False)
        page.ask("hello", binary=True)
    assert labels(widget) == ["Start", "Change in a cell", "Change in a cell"]
    assert widget.model is model


def test_derived_parts_follow_what_was_changed_in_place(page: Page, widget: KANWidget, dataset: Dataset) -> None:
    widget.model.layer(0).mask[1, 0] = 0
    page.ask("hello", binary=True)
    live = widget.model(dataset.train_input)
    page.ask("step")
    page.ask("undo")
    assert (0, 1, 0) not in {tuple(edge) for edge in widget.model.edges()}
    assert torch.equal(widget.model(dataset.train_input), widget.model.copy()(dataset.train_input))
    assert live.isfinite().all()


def test_the_script_begins_with_what_the_cell_has_left(page: Page, widget: KANWidget, dataset: Dataset) -> None:
    page.ask("step")
    widget.model.fix_symbolic(0, 0, 0, "sin", verbose=False)
    page.ask("hello", binary=True)
    start = widget.model.copy()
    page.ask("refine", grid=7)
    space = {"dataset": dataset, "start": start}
    exec(widget.code(), space)  # noqa: S102
    assert bits(space["model"]) == bits(widget.model)  # type: ignore[arg-type]


def test_a_file_has_what_the_cell_has_left(widget: KANWidget, dataset: Dataset, tmp_path: object) -> None:
    widget.model.fix_symbolic(0, 0, 0, "sin", verbose=False)
    path = f"{tmp_path}/session"
    widget.save(path)
    again = KANWidget.load(path, dataset)
    assert bits(again.model) == bits(widget.model) and labels(again) == labels(widget)
    again.close()


@pytest.mark.parametrize("act", ["undo", "reset", "step"])
def test_what_a_cell_does_to_the_session_is_shown(page: Page, widget: KANWidget, act: str) -> None:
    page.ask("fix", edge=[0, 0, 0], name="sin")
    page.ask("play")
    getattr(widget.session, act)()
    answer = page.ask("advance", budget_ms=20)
    assert (answer["why"], widget.playing) == (CHANGED, False)
    assert widget.history["position"] == widget.session.history.position
    assert set(widget.symbolic) == {f"{e.l},{e.i},{e.j}" for e in widget.model.symbolic_edges()}
