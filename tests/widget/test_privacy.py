"""What a page gets of the rows, and so what a notebook or a page that is saved holds of them."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from kanwidget import KAN, Dataset, KANWidget, OptionError, examples
from tests.widget.page import Page
from tests.widget.test_takeaway import state_of

EXAMPLE: dict[str, Any] = {"name": "moons", "rows": 100, "noise": 0.1, "test_size": 0.25, "seed": 3}


def table(columns: int) -> Dataset:
    """Rows whose numbers have no reason to stand anywhere else."""
    x = 7 + 2 * torch.rand(40, columns, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    return Dataset.from_arrays(x, 30 + x.square().sum(1, keepdim=True) / 7, test_size=0.25)


def secrets(dataset: Dataset) -> set[float]:
    """Every number of the rows, and its square, as float32 holds it and as four digits hold it."""
    values = torch.cat([part.ravel() for part in dataset.values()]).numpy()
    values = np.concatenate([values, values**2])
    return {float(v) for v in values.astype(np.float32)} | {float(f"{v:.4g}") for v in values}


def texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from texts_of(key)
            yield from texts_of(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts_of(part)
    elif value is not None:
        yield repr(value)


def floats(buffer: bytes) -> set[float]:
    return {float(v) for v in np.frombuffer(buffer, dtype="<f4")}


def numbers(value: Any) -> set[float]:
    """Every number in a state or message, also those inside of texts and snapshots."""
    found: set[float] = set()
    for text in texts_of(value):
        head, dot, body = text.partition(".")
        if dot and re.fullmatch(r"ey[\w+/]+=*", head) and re.fullmatch(r"[\w+/]+=*", body):
            found |= floats(base64.b64decode(body))
            text = base64.b64decode(head).decode()
        elif len(text) < 100_000:
            found |= {float(np.float32(n)) for n in re.findall(r"\d+\.\d+(?:e[-+]?\d+)?", text)}
            found |= {float(n) for n in re.findall(r"\d+\.\d+(?:e[-+]?\d+)?", text)}
    return found


def state(widget: KANWidget) -> dict[str, Any]:
    """What a notebook keeps of the widget."""
    kept = widget.get_state()
    return {name: value for name, value in kept.items() if name not in ("_esm", "_css")}


def worked_with(dataset: Dataset, columns: int, **options: Any) -> tuple[KANWidget, Page]:
    widget = KANWidget(KAN([columns, 2, 1], grid=3, seed=1, dtype=torch.float64), dataset, **options)
    page = Page(widget)
    page.ask("hello", binary=True)
    page.ask("step")
    page.ask("fix", edge=[0, 0, 0], name="x^2")
    page.ask("remove_edge", edge=[0, 1, 1])
    page.ask("suggest", edge=[0, 0, 1])
    page.ask("look", key=1)
    page.ask("undo")
    page.ask("add_feature", kind="square", columns=[0])
    return widget, page


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_without_data_no_number_of_the_rows_leaves_the_kernel(columns: int, tmp_path: Path) -> None:
    dataset = table(columns)
    widget, page = worked_with(dataset, columns, show_data=False)
    widget.to_html(tmp_path / "page.html")
    saved = state_of((tmp_path / "page.html").read_text(encoding="utf-8"))
    sent = [content for content, _ in page.received], [floats(b) for _, buffers in page.received for b in buffers]
    for place in (numbers(state(widget)), numbers(saved), numbers(sent[0]), set().union(*sent[1])):
        assert place and not place & secrets(dataset)
    assert "hist" not in str(sent[0]) and {"hist": []}.items() <= widget.data["inputs"][0].items()
    widget.close()


def test_with_data_points_and_ends_are_there(tmp_path: Path) -> None:
    dataset = table(2)
    widget, page = worked_with(dataset, 2)
    widget.to_html(tmp_path / "page.html")
    saved = state_of((tmp_path / "page.html").read_text(encoding="utf-8"))
    for place in (numbers(state(widget)), numbers(saved)):
        assert len(place & secrets(dataset)) > 40, "this is how the other tests would find out"
    assert any(floats(b) & secrets(dataset) for _, buffers in page.received for b in buffers)
    widget.close()


def test_data_can_be_taken_away_and_brought_back(dataset: Dataset) -> None:
    widget, page = worked_with(dataset, 2)
    before = widget.data
    widget.show_data = False
    assert widget.data["points"] == {"train": [], "test": []}
    assert widget.data["inputs"][0]["low"] < before["inputs"][0]["low"]
    assert page.pushes, "pages draw what they may still see"
    widget.show_data = True
    assert widget.data == before
    widget.close()


def test_the_rows_of_an_example_are_nobodys(dataset: Dataset) -> None:
    widget, page = worked_with(dataset, 2, show_data=False)
    page.ask("use_example", **EXAMPLE)
    assert len(widget.data["points"]["train"]) == 75
    page.ask("undo")
    assert widget.data["points"]["train"] == []
    widget.close()


def test_a_page_cannot_ask_for_the_rows(dataset: Dataset) -> None:
    widget, _ = worked_with(dataset, 2, show_data=False)
    widget.set_state({"show_data": True})
    assert widget.show_data is False and widget.data["points"]["train"] == []
    widget.close()


def test_a_session_goes_on_without_showing_the_rows(dataset: Dataset, tmp_path: Path) -> None:
    widget, _ = worked_with(dataset, 2, show_data=False)
    widget.save(tmp_path / "session")
    again = KANWidget.load(tmp_path / "session", dataset, show_data=False)
    assert again.data == widget.data and again.data["points"]["train"] == []
    widget.close()
    again.close()


@pytest.mark.parametrize("value", [None, 1, "no"])
def test_other_than_true_and_false_is_refused(dataset: Dataset, value: Any) -> None:
    with pytest.raises(OptionError, match=rf"show_data={value!r}: True or False is accepted"):
        KANWidget(KAN([2, 1]), dataset, show_data=value)


@pytest.mark.parametrize("name", ["wave", "spiral"])
def test_pages_draw_ranges_that_hold_the_data(name: str) -> None:
    dataset = examples.load(name, rows=60)
    widget = KANWidget(KAN([dataset.train_input.shape[1], 1], grid=3), dataset, show_data=False)
    for column, values in zip(widget.data["inputs"], dataset.train_input.T, strict=True):
        assert column["low"] < float(values.min()) and float(values.max()) < column["high"]
    widget.close()


def test_what_is_refused_is_said_without_the_numbers_of_a_row() -> None:
    dataset = table(2)
    widget, page = worked_with(dataset, 2, show_data=False)
    assert page.ask("fix_affine", edge=[1, 0, 0], name="exp", affine=[1.0, 0.0, 1.0, 0.0])["ok"]
    refused = page.ask("fix_affine", edge=[0, 0, 0], name="x", affine=[1.0, 0.0, 1e30, 0.0])
    assert not refused["ok"] and "the first is row 0" in widget.error
    assert not numbers([refused, state(widget)]) & secrets(dataset)
    widget.close()
