"""Inputs that are made of columns, as a page meets them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kanwidget import KAN, Dataset, KANWidget, OptionError
from tests.widget.page import Page

SQUARE: dict[str, Any] = {"kind": "square", "columns": [0]}
PRODUCT: dict[str, Any] = {"kind": "product", "columns": [0, 1]}


def test_they_come_and_go(page: Page, widget: KANWidget, dataset: Dataset) -> None:
    before = widget.model.predict(dataset.test_input)
    answer = page.ask("add_feature", **SQUARE)
    assert answer["ok"] and widget.history["undo"] == "Add x_1^2"
    header = answer["frame"]
    assert header["inputs"] == ["x_1", "x_2", "x_1^2"] and header["features"] == [["square", 0]]
    assert header["width"][0] == [3, 0]
    assert (widget.model.predict(dataset.test_input) - before).abs().max() < 1e-9
    page.ask("add_feature", **PRODUCT)
    other = page.ask("take_feature", **SQUARE)["frame"]
    assert other["features"] == [["product", 0, 1]] and other["structure"] != header["structure"]
    page.ask("undo")
    page.ask("undo")
    assert page.ask("undo")["frame"]["features"] == []


def test_ranges_are_those_of_the_values(page: Page, dataset: Dataset) -> None:
    page.ask("add_feature", **PRODUCT)
    header, buffers = page.received[-1][0]["frame"], page.received[-1][1]
    arrays, at = {}, 0
    flat = np.frombuffer(buffers[0], dtype="<f4")
    for name, shape in header["arrays"]:
        size = int(np.prod(shape))
        arrays[name], at = flat[at : at + size].reshape(shape), at + size
    product = dataset.train_input.prod(1)
    assert arrays["0/range"][2] == pytest.approx([float(product.min()), float(product.max())], rel=1e-5)


@pytest.mark.parametrize(
    ("name", "args", "said"),
    [
        ("add_feature", {"kind": "cube", "columns": [0]}, "kind='cube'"),
        ("add_feature", {"kind": "square", "columns": [2]}, "not known"),
        ("add_feature", {"kind": "square", "columns": [0, 1]}, "not known"),
        ("add_feature", {"kind": "product", "columns": [0]}, "not known"),
        ("add_feature", {"kind": "product", "columns": [1, 0]}, "not known"),
        ("add_feature", {"kind": "square", "columns": 0}, "columns=0"),
        ("take_feature", PRODUCT, "no such input"),
        ("add_feature", SQUARE, "twice"),
    ],
)
def test_what_cannot_be_changes_nothing(page: Page, widget: KANWidget, name: str, args: Any, said: str) -> None:
    page.ask("add_feature", **SQUARE)
    history = widget.history
    answer = page.ask(name, **args)
    assert not answer["ok"] and said in answer["error"]["message"]
    assert widget.history == history


def test_python_asks_for_them_by_name(dataset: Dataset, tmp_path: Path) -> None:
    model = KAN([2, 2, 1], seed=0)
    widget = KANWidget(model, dataset, features=["x_1^2", "sin(x_2)"], lamb=0.01)
    assert [f.kind for f in widget.model.features] == ["square", "sine"] and not model.features
    assert "model = model.with_features(['x_1^2', 'sin(x_2)'])" in widget.code()
    widget.fit(steps=2)
    assert widget.model.predict(dataset.test_input).shape == (len(dataset.test_input), 1)
    widget.save(tmp_path / "session")
    again = KANWidget.load(tmp_path / "session", dataset)
    assert again.model.features == widget.model.features
    widget.to_html(tmp_path / "page.html")
    assert (tmp_path / "page.html").stat().st_size > 10_000
    for one in (widget, again):
        one.close()
    with pytest.raises(OptionError, match="tan"):
        KANWidget(model, dataset, features=["tan(x_1)"])


def test_the_formula_is_in_the_columns(page: Page, widget: KANWidget) -> None:
    page.ask("add_feature", **PRODUCT)
    for _ in range(3):
        page.ask("step")
    page.ask("auto_symbolic")
    assert widget.formula["python"] and "x_1*x_2" not in widget.formula["mathml"]
    assert {"x_1, x_2"} == {widget.formula["python"].split("(")[1].split(")")[0]}
