"""What a page shows of the data: their columns, some of their points, and little pictures of the examples."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from typing import Any

import torch
from torch import Tensor

from kanwidget import examples
from kanwidget.data import Dataset
from kanwidget.session.source import Source

__all__ = ["described", "gallery"]

BINS = 24
MOST_COLUMNS = 64
MOST_POINTS = 250  # of the training rows, and as many of the test rows
ROWS = 90  # of a little picture
DIGITS = 4


def described(dataset: Dataset, source: Source | None) -> dict[str, Any]:
    """The trait ``data``."""
    x, y = dataset.train_input, dataset.train_label
    named = list(zip(dataset.input_names, x.T, strict=True))[:MOST_COLUMNS]
    outputs = list(zip(dataset.output_names, y.T, strict=True))[:MOST_COLUMNS]
    return {
        "task": dataset.task,
        "classes": list(dataset.classes),
        "rows": [len(x), len(dataset.test_input)],
        "inputs": [_column(name, values) for name, values in named],
        "outputs": [_column(name, values) for name, values in outputs],
        "points": {"train": _points(x, y), "test": _points(dataset.test_input, dataset.test_label)},
        "example": None if source is None else asdict(source),
    }


def _column(name: str, values: Tensor) -> dict[str, Any]:
    low, high = float(values.min()), float(values.max())
    width = high - low or 1.0
    at = ((values.double() - low) / width * BINS).long().clamp(0, BINS - 1)
    return {"name": name, "low": low, "high": high, "hist": torch.bincount(at.cpu(), minlength=BINS).tolist()}


def _points(x: Tensor, y: Tensor) -> list[list[float]]:
    """Rows of two inputs and all labels, evenly chosen; none where there are not two inputs."""
    if x.shape[1] != 2:
        return []
    step = -(-len(x) // MOST_POINTS)
    return _short(torch.cat([x[::step].double(), y[::step].double()], dim=1))


def _short(rows: Tensor) -> list[list[float]]:
    return [[float(f"{value:.{DIGITS}g}") for value in row] for row in rows.tolist()]


@cache
def gallery() -> list[dict[str, Any]]:
    """Every example with a little picture: ``points`` are triples of a place in the unit square and a value from -1 to
    1, or pairs for the graph of a function of one input."""
    return [_tile(name) for name in examples.names()]


def _tile(name: str) -> dict[str, Any]:
    about, data = examples.example(name), examples.load(name, rows=ROWS, test_size=0.0)
    x, y = data.train_input, data.train_label
    columns = [x[:, 0], y[:, 0]] if x.shape[1] == 1 else [x[:, -2], x[:, -1]]
    place = [_unit(column) for column in columns]
    rank = y[:, 0] if about.classes else y[:, 0].argsort().argsort().double()
    value = [] if x.shape[1] == 1 else [2 * _unit(rank) - 1]
    rows = torch.stack([*place, *value], dim=1)
    return {
        "name": name,
        "kind": about.kind,
        "title": about.title,
        "inputs": len(about.inputs),
        "points": [[round(v, 2) for v in row] for row in rows.tolist()],
    }


def _unit(values: Tensor) -> Tensor:
    return (values - values.min()) / (values.max() - values.min())
