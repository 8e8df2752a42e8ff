"""The history as a page meets it: what is listed, jumps, and looks at other moments."""

from __future__ import annotations

import base64
import json
from typing import Any

from kanwidget import KANWidget
from tests.widget.page import Page


def header(snapshot: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(base64.b64decode(snapshot.split(".")[0]))
    return loaded


def test_moments_are_listed_with_their_losses(page: Page, widget: KANWidget) -> None:
    page.ask("step")
    page.ask("refine", grid=7)
    start, trained, refined = widget.history["entries"]
    assert [entry["label"] for entry in (start, trained, refined)] == ["Start", "Train 1 step", "Grid 7"]
    assert trained["train"] < start["train"]
    assert refined["train"] == widget.train_loss
    assert refined["test"] == widget.test_loss


def test_a_jump_is_answered_with_the_picture_of_that_moment_and_undone(page: Page, widget: KANWidget) -> None:
    page.ask("step")
    page.ask("refine", grid=7)
    answer = page.ask("jump", key=widget.history["entries"][1]["key"])
    assert answer["frame"]["grid"] == [5, 5]
    assert widget.history["position"] == 1
    assert widget.status == "At Train 1 step; undo goes back to Grid 7."
    page.ask("undo")
    assert widget.grid == 7


def test_a_jump_stops_training_so_that_nothing_is_overwritten(page: Page, widget: KANWidget) -> None:
    page.ask("refine", grid=7)
    page.ask("play")
    page.ask("advance", budget_ms=20)
    page.ask("jump", key=0)
    assert not widget.playing
    assert page.ask("advance", budget_ms=20)["stopped"]
    assert [entry["label"] for entry in widget.history["entries"]][:2] == ["Start", "Grid 7"]
    assert len(widget.history["entries"]) == 3


def test_a_look_changes_nothing(page: Page, widget: KANWidget) -> None:
    page.ask("refine", grid=7)
    before = widget.history, widget.snapshot, widget.status
    answer = page.ask("look", key=0)
    assert header(answer["moment"])["grid"] == [5, 5]
    assert "frame" not in answer
    assert (widget.history, widget.snapshot, widget.status) == before


def test_a_moment_that_is_not_there_is_an_error_in_words(page: Page) -> None:
    for name in ("jump", "look"):
        error = page.ask(name, key=5)["error"]
        assert error == {"type": "OptionError", "message": "key=5: the history has the moments 0"}


def test_frames_say_which_way_they_came_and_which_nodes_are_left(page: Page, widget: KANWidget) -> None:
    page.ask("play")
    training = page.ask("advance", budget_ms=20)["frame"]
    assert training["trail"] == [0, 1]
    assert page.ask("stop")["frame"]["trail"] == [0, 1]
    for i in (0, 1):
        page.ask("remove_edge", edge=[0, i, 1])
    pruned = page.ask("prune", edge_th=0)["frame"]
    assert [list(layer) for layer in pruned["nodes"]] == [[0, 1], [0, 2], [0]]
