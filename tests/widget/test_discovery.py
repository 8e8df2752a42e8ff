"""A page has formulas searched for, watches, stops, and uses one."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from kanwidget import KAN, KANWidget, create_dataset, examples
from tests.widget.page import Answer, Page

DATA = create_dataset(lambda x: torch.sin(x[:, [0]]) + x[:, [1]] ** 2, n_var=2, train_num=120, test_num=60, seed=1)


@pytest.fixture
def widget() -> Any:
    widget = KANWidget(KAN([2, 3, 1], grid=3, seed=1), DATA)
    yield widget
    widget.close()


def searched(page: Page) -> Answer:
    assert page.ask("discover", budget_s=30)["ok"]
    while (answer := page.ask("seek", budget_ms=50))["searching"]:
        pass
    return answer


def test_a_page_asks_until_the_search_is_over(page: Page, widget: KANWidget) -> None:
    assert widget.front == {} and widget.discovery is None
    page.ask("discover", budget_s=30)
    assert widget.front["searching"] and widget.front["candidates"] == []
    answer = page.ask("seek", budget_ms=5)
    assert answer["searching"] and answer["spent_s"] > 0
    while page.ask("seek", budget_ms=50)["searching"]:
        assert widget.front["searching"]
    assert not widget.front["searching"]
    assert widget.certified and widget.front["certified"]
    assert widget.discovery is not None and widget.discovery.certified
    assert widget.status == widget.front["message"] == widget.discovery.message


def test_a_page_is_told_what_there_is_to_show(page: Page, widget: KANWidget) -> None:
    searched(page)
    candidates, found = widget.front["candidates"], widget.discovery
    assert found is not None
    assert [c["complexity"] for c in candidates] == [c.complexity for c in found.candidates]
    assert [c["relative_rmse"] for c in candidates] == [c.relative_rmse for c in found.candidates]
    assert [c["best"] for c in candidates] == [c is found.best for c in found.candidates]
    assert len({c["key"] for c in candidates}) == len(candidates)
    best = next(c for c in candidates if c["best"])
    assert best["certified"] and "<mi>sin</mi>" in best["mathml"] and "sin(x_1)" in best["text"]


def test_a_formula_is_used_and_undone(page: Page, widget: KANWidget) -> None:
    searched(page)
    before = widget.session.network()
    best = next(c for c in widget.front["candidates"] if c["best"])
    answer = page.ask("use_formula", key=best["key"])
    assert answer["ok"] and "frame" in answer
    assert widget.formula["mathml"] and widget.formula["rmse"] < 1e-12
    assert widget.history["entries"][-1]["label"] == "Discover"
    shown = next(c for c in widget.front["candidates"] if c["best"])
    assert shown["moments"] == [widget.history["entries"][-1]["key"]]
    page.ask("undo")
    assert widget.session.network() is before and widget.formula["mathml"] is None


def test_a_formula_can_be_used_while_the_search_goes_on(page: Page, widget: KANWidget) -> None:
    page.ask("discover", budget_s=30)
    while not widget.front["candidates"]:
        page.ask("seek", budget_ms=5)
    page.ask("use_formula", key=widget.front["candidates"][0]["key"])
    assert widget.front["searching"]
    assert page.ask("seek", budget_ms=5)["ok"]


def test_a_search_is_stopped(page: Page, widget: KANWidget) -> None:
    page.ask("discover", budget_s=30)
    page.ask("seek", budget_ms=5)
    assert page.ask("end_seek")["ok"]
    assert not widget.front["searching"]
    assert widget.discovery is not None and widget.status == "Search stopped; what it found stays."
    assert page.ask("seek", budget_ms=5)["searching"] is False


def test_searching_and_training_end_each_other(page: Page, widget: KANWidget) -> None:
    page.ask("play")
    page.ask("advance", budget_ms=5)
    page.ask("discover", budget_s=30)
    assert not widget.playing
    page.ask("play")
    assert widget.playing and not widget.front["searching"]


def test_other_data_end_a_search(page: Page, widget: KANWidget) -> None:
    page.ask("discover", budget_s=30)
    page.ask("seek", budget_ms=5)
    page.ask("use_example", name="moons", rows=60, noise=0.1, test_size=0.2, seed=0)
    assert widget.front == {} and not widget.certified
    assert page.ask("seek", budget_ms=5)["searching"] is False
    page.ask("undo")
    assert not widget.front["searching"]


def test_another_page_follows(page: Page, widget: KANWidget) -> None:
    page.ask("discover", budget_s=30)
    page.ask("seek", budget_ms=5)
    assert Page(widget, "other").ask("seek", budget_ms=5)["follow"] is True


@pytest.mark.parametrize("key", [0, 99])
def test_a_formula_that_is_not_there_is_refused(page: Page, widget: KANWidget, key: int) -> None:
    before = widget.model
    assert page.ask("use_formula", key=key)["error"]["type"] == "OptionError"
    assert widget.model is before


def test_numbers_of_formulas_are_never_used_again(page: Page, widget: KANWidget) -> None:
    searched(page)
    old = [c["key"] for c in widget.front["candidates"]]
    searched(page)
    assert not set(old) & {c["key"] for c in widget.front["candidates"]}
    assert page.ask("use_formula", key=old[0])["ok"] is False


def test_classes_are_refused_in_words() -> None:
    widget = KANWidget(KAN([2, 2, 1], seed=0), examples.load("moons", rows=60))
    answer = Page(widget).ask("discover", budget_s=5)
    assert "classes" in answer["error"]["message"]
    assert widget.front == {}
    widget.close()


def test_a_cell_searches_and_the_widget_shows_it(widget: KANWidget) -> None:
    found = widget.discover(budget_s=30)
    assert widget.discovery is found and found.certified
    assert widget.certified and not widget.front["searching"]


def test_only_python_says_what_was_found(widget: KANWidget) -> None:
    widget.set_state({"front": {"certified": True}, "certified": True})
    assert widget.front == {} and not widget.certified
