"""Data, settings and shapes of the network as a page meets them."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch

from kanwidget import KAN, Dataset, KANWidget, examples
from kanwidget.widget.data import described
from tests.widget.page import Page

MOONS: dict[str, Any] = {"name": "moons", "rows": 100, "noise": 0.1, "test_size": 0.25, "seed": 3}
ANEW: dict[str, Any] = {"grid": 4, "k": 2, "seed": 1, "noise_scale": 0.3, "base_fun": "tanh", "grid_range": None}


def shape(widget: KANWidget) -> list[Any]:
    return [nodes.written for nodes in widget.model.width]


def test_the_data_are_described(widget: KANWidget, dataset: Dataset) -> None:
    data = widget.data
    assert (data["task"], data["classes"], data["example"]) == ("regression", [], None)
    assert data["rows"] == [len(dataset.train_input), len(dataset.test_input)]
    column = data["inputs"][0]
    assert column["name"] == "x_1" and sum(column["hist"]) == len(dataset.train_input)
    assert column["low"] == pytest.approx(float(dataset.train_input[:, 0].min()))
    x, y, label = data["points"]["train"][0]
    assert [x, y] == pytest.approx(dataset.train_input[0].tolist(), rel=1e-3)
    assert label == pytest.approx(float(dataset.train_label[0]), rel=1e-3)


def test_points_are_few_and_only_of_two_inputs(page: Page, widget: KANWidget) -> None:
    page.ask("use_example", **(MOONS | {"rows": 20_000}))
    assert len(json.dumps(widget.data)) < 30_000
    page.ask("use_example", **(MOONS | {"name": "coulomb"}))
    assert widget.data["points"] == {"train": [], "test": []}


def test_the_gallery_has_a_picture_of_every_example(page: Page) -> None:
    answer = page.ask("gallery")
    assert "frame" not in answer
    assert len(json.dumps(answer)) < 60_000
    tiles = {tile["name"]: tile for tile in answer["gallery"]}
    assert tiles["spiral"]["kind"] == "classes" and tiles["wave"]["inputs"] == 1
    for tile in tiles.values():
        assert len(tile["points"]) == (90 if tile["inputs"] == 1 or tile["kind"] == "classes" else 100)
        assert all(0 <= v <= 1 for point in tile["points"] for v in point[:2])
        assert {len(point) for point in tile["points"]} == {2 if tile["inputs"] == 1 else 3}


def test_an_example_is_trained_on_and_can_be_undone(page: Page, widget: KANWidget) -> None:
    assert page.ask("use_example", **MOONS)["ok"]
    assert widget.data["example"] == MOONS and widget.data["rows"] == [75, 25]
    assert widget.data["classes"] == ["upper moon", "lower moon"]
    page.ask("step")
    assert 0.5 < widget.test_accuracy <= 1 and "of the test rows right" in widget.status
    assert widget.history["undo"] == "Train 1 step"
    page.ask("undo")
    page.ask("undo")
    assert widget.data["example"] is None and widget.test_accuracy is None
    assert shape(widget) == [2, 3, 1]


def test_nodes_and_layers_come_and_go(page: Page, widget: KANWidget, dataset: Dataset) -> None:
    before = widget.model(dataset.test_input).detach()
    page.ask("add_node", layer=1, product=True)
    page.ask("add_layer", layer=2)
    assert shape(widget) == [2, [3, 1], 4, 1]
    assert torch.allclose(widget.model(dataset.test_input), before, atol=1e-9)
    page.ask("take_layer", layer=2)
    page.ask("take_node", layer=1)
    assert shape(widget) == [2, 3, 1] and widget.history["undo"] == "Take node"
    refused = page.ask("take_layer", layer=7)
    assert not refused["ok"] and "hidden layer" in refused["error"]["message"]


def test_a_network_is_made_anew(page: Page, widget: KANWidget) -> None:
    page.ask("rebuild", **ANEW)
    assert (widget.model.grid, widget.model.k, widget.model.layer(0).base_fun) == ([4, 4], [2, 2], "tanh")
    assert widget.grid == 4
    page.ask("rebuild", **(ANEW | {"grid_range": [-3, 3]}))
    assert float(widget.model.layer(0).knots[0, 2]) == -3
    page.ask("undo")
    page.ask("undo")
    assert widget.model.k == [3, 3]


def test_settings_are_told_with_their_defaults(page: Page, widget: KANWidget) -> None:
    page.ask("set_option", name="batch", value=32)
    page.ask("set_option", name="lamb_entropy", value=5)
    now, default = widget.training["now"], widget.training["default"]
    assert (now["batch"], now["lamb_entropy"]) == (32, 5.0)
    assert (default["batch"], default["lamb_entropy"], default["opt"]) == (-1, 2.0, "auto")
    page.ask("set_option", name="batch", value=-1)
    assert widget.training["now"]["batch"] == -1


@pytest.mark.parametrize(
    ("name", "args", "said"),
    [
        ("use_example", MOONS | {"name": "nothing"}, "no such example"),
        ("use_example", MOONS | {"rows": 1}, "rows=1"),
        ("use_example", MOONS | {"test_size": 1}, "test_size=1"),
        ("rebuild", ANEW | {"k": -1}, "k=-1"),
        ("rebuild", ANEW | {"base_fun": "sin"}, "base_fun='sin'"),
        ("rebuild", ANEW | {"grid_range": [1, 0]}, "low < high"),
        ("rebuild", ANEW | {"grid_range": [1]}, r"two numbers"),
        ("add_node", {"layer": 0, "product": False}, "layer 0"),
        ("add_node", {"layer": 1, "product": 1}, "product=1"),
        ("set_option", {"name": "batch", "value": 0}, "batch=0"),
        ("set_option", {"name": "batch", "value": True}, "batch=True"),
    ],
)
def test_what_cannot_be_changes_nothing(page: Page, widget: KANWidget, name: str, args: Any, said: str) -> None:
    history, training = widget.history, widget.training
    answer = page.ask(name, **args)
    assert not answer["ok"] and said in answer["error"]["message"]
    assert widget.history == history and widget.training == training


def test_a_widget_on_classes_says_how_many_are_right() -> None:
    widget = KANWidget(KAN([2, 2, 1], seed=0), examples.load("gauss", rows=60))
    assert widget.data["task"] == "classification"
    result = widget.fit(steps=3)
    assert result.test_accuracy[-1] == widget.test_accuracy
    widget.close()


def test_what_was_worked_out_for_other_rows_or_another_network_is_asked_anew(page: Page) -> None:
    structures = [page.ask("use_example", **MOONS)["frame"]["structure"]]
    structures.append(page.ask("use_example", **(MOONS | {"seed": 4}))["frame"]["structure"])
    structures.append(page.ask("rebuild", **(ANEW | {"grid": 3, "k": 3}))["frame"]["structure"])
    assert len(set(structures)) == 3
    assert page.ask("set_option", name="lamb", value=0.1)["frame"]["structure"] == structures[-1]


def test_the_largest_numbers_stay_finite() -> None:
    x = torch.tensor([[-1.79769e308, 0.0], [1.79769e308, 1.0], [0.0, 2.0], [1.0, 3.0]], dtype=torch.float64)
    told = described(Dataset(x, x, x[:, 1:], x[:, 1:]), None)
    json.dumps(told, allow_nan=False)
