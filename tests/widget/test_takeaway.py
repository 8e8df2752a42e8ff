"""What leaves the widget as a file, and what a lesson hides."""

from __future__ import annotations

import base64
import errno
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import traitlets

from kanwidget import KAN, Dataset, KANWidget, OptionError
from tests.widget.page import Page

LOOKS = {"theme": "light", "y_scale": "common", "threshold": 0.02}
PNG = b"\x89PNG\r\n"


def state_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="state">(.*?)</script>', page, re.DOTALL)
    assert found
    loaded: dict[str, Any] = json.loads(found[1])
    return loaded


def test_svg_is_a_picture_that_other_programs_read(widget: KANWidget, tmp_path: Path) -> None:
    text = widget.to_svg(tmp_path / "network.svg")
    root = ElementTree.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) > 10
    assert (tmp_path / "network.svg").read_text(encoding="utf-8") == text == widget.to_svg()
    assert widget.to_svg(theme="dark") != text


def test_png_is_as_fine_as_asked_for(widget: KANWidget, tmp_path: Path) -> None:
    data = widget.to_png(tmp_path / "network.png", dpi=50)
    assert data.startswith(PNG)
    assert (tmp_path / "network.png").read_bytes() == data

    def width(picture: bytes) -> int:
        return int.from_bytes(picture[16:20], "big")

    assert width(widget.to_png(dpi=100)) == pytest.approx(2 * width(data), abs=2)


@pytest.mark.parametrize("take", [KANWidget.to_html, KANWidget.to_svg, KANWidget.to_png])
def test_a_full_disk_leaves_the_old_file(
    take: Callable[[KANWidget, Path], object], widget: KANWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "taken").write_text("before")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        take(widget, tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "before"
    assert [file.name for file in tmp_path.iterdir()] == ["taken"]


def test_a_page_takes_the_same_files(page: Page, widget: KANWidget) -> None:
    assert page.ask("take", what="svg", looks=LOOKS)["text"] == widget.to_svg(threshold=0.02)
    assert base64.b64decode(page.ask("take", what="png", looks=LOOKS)["data"]).startswith(PNG)
    code = page.ask("take", what="code", looks=LOOKS)
    assert (code["file"], code["text"]) == ("network.py", widget.code())
    html = page.ask("take", what="html", looks=LOOKS)
    assert html["mime"] == "text/html"
    assert state_of(html["text"])["snapshot"] == widget.snapshot


@pytest.mark.parametrize("looks", [{}, LOOKS | {"theme": "red"}, LOOKS | {"threshold": 2}, LOOKS | {"more": 1}, None])
def test_pictures_of_other_looks_are_refused(page: Page, looks: Any) -> None:
    answer = page.ask("take", what="svg", looks=looks)
    assert answer["error"]["type"] == "SchemaError"


def test_a_page_that_stands_alone_has_the_history(page: Page, widget: KANWidget, tmp_path: Path) -> None:
    page.ask("refine", grid=7)
    page.ask("step")
    widget.to_html(tmp_path / "page.html")
    state = state_of((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert [moment["key"] for moment in state["moments"]] == [entry["key"] for entry in state["history"]["entries"]]
    header = json.loads(base64.b64decode(state["moments"][0]["snapshot"].split(".")[0]))
    assert header["grid"] == [5, 5]
    assert state["moments"][1]["formula"]["named"] == 0
    assert state["script"] == widget.code()
    assert state["steps"] == widget.steps


def test_points_far_from_now_give_way_where_a_page_grows_too_large(
    page: Page, widget: KANWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    for grid in (6, 7, 8):
        page.ask("refine", grid=grid)
    whole = state_of(widget._page())["moments"]
    monkeypatch.setattr("kanwidget.widget.takeaway.MOST_SAVED", 2.5 * len(whole[0]["snapshot"]))
    assert [moment["key"] for moment in state_of(widget._page())["moments"]] == [2, 3]


def test_parts_can_be_hidden(dataset: Dataset) -> None:
    widget = KANWidget(KAN([2, 3, 1]), dataset, hide=["prune", "history"])
    assert widget.hide == ["prune", "history"]
    widget.hide = ["loss"]
    assert widget.hide == ["loss"]
    with pytest.raises(traitlets.TraitError, match="'los' is not a part of the widget"):
        widget.hide = ["los"]
    assert widget.hide == ["loss"]
    widget.close()


@pytest.mark.parametrize("hide", ["loss", ["tools"], [3], None])
def test_what_cannot_be_hidden_is_refused(dataset: Dataset, hide: Any) -> None:
    with pytest.raises(OptionError, match="hide"):
        KANWidget(KAN([2, 3, 1]), dataset, hide=hide)


def test_a_page_cannot_hide_parts(widget: KANWidget) -> None:
    widget.set_state({"hide": ["loss"]})
    assert widget.hide == []
