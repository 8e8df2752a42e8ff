"""What a page shows of the data: their columns, some of their points, and little pictures of the examples."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from itertools import combinations
from math import isfinite
from typing import Any

import torch
from torch import Tensor

from kanwidget import examples
from kanwidget.data import Dataset
from kanwidget.model.knots import sample_range
from kanwidget.session.source import Source

__all__ = ["described", "gallery"]

BINS = 24
MOST_COLUMNS = 64
MOST_POINTS = 250  # of the training rows, and as many of the test rows
ROWS = 90  # of a little picture of points
MANY_ROWS = 4000  # of one of cells,
CELLS = 10  # so many in a row
DIGITS = 4


def described(dataset: Dataset, source: Source | None, *, show_data: bool = True) -> dict[str, Any]:
    """The trait ``data``; unless ``show_data``, without points and counts, and with ranges that reach beyond the data,
    as far as grids do."""
    x, y = dataset.train_input, dataset.train_label
    named = list(zip(dataset.input_names, x.T, strict=True))[:MOST_COLUMNS]
    outputs = list(zip(dataset.output_names, y.T, strict=True))[:MOST_COLUMNS]
    column = _column if show_data else _bare_column
    train, test = _points(x, y), _points(dataset.test_input, dataset.test_label)
    return {
        "task": dataset.task,
        "classes": list(dataset.classes),
        "rows": [len(x), len(dataset.test_input)],
        "inputs": [column(name, values) for name, values in named],
        "outputs": [column(name, values) for name, values in outputs],
        "points": {"train": train, "test": test} if show_data else {"train": [], "test": []},
        "example": None if source is None else asdict(source),
    }


def _column(name: str, values: Tensor) -> dict[str, Any]:
    low, high = float(values.min()), float(values.max())
    width = high - low or 1.0
    at = ((values.double() - low) / width * BINS).long().clamp(0, BINS - 1)
    return {"name": name, "low": low, "high": high, "hist": torch.bincount(at.cpu(), minlength=BINS).tolist()}


def _bare_column(name: str, values: Tensor) -> dict[str, Any]:
    low, high = (float(end.nan_to_num()) for end in sample_range(values[:, None].double()))
    return {"name": name, "low": low, "high": high, "hist": []}


def _points(x: Tensor, y: Tensor) -> list[list[float]]:
    """Rows of two inputs and all labels, evenly chosen; none where there are not two inputs."""
    if x.shape[1] != 2:
        return []
    step = -(-len(x) // MOST_POINTS)
    return _short(torch.cat([x[::step].double(), y[::step].double()], dim=1))


def _short(rows: Tensor) -> list[list[float]]:
    """With few digits, and finite: rounding must not lift the largest numbers beyond what JSON has."""
    return [[_finite(float(f"{value:.{DIGITS}g}"), value) for value in row] for row in rows.tolist()]


def _finite(rounded: float, value: float) -> float:
    return rounded if isfinite(rounded) else value


@cache
def gallery() -> list[dict[str, Any]]:
    """Every example with a little picture: ``points`` are triples of a place in the unit square and a value from -1 to
    1, for numbers on a grid of ``CELLS`` by ``CELLS``, or pairs for the graph of a function of one input."""
    return [_tile(name) for name in examples.names()]


def _tile(name: str) -> dict[str, Any]:
    about = examples.example(name)
    one, classes = len(about.inputs) == 1, bool(about.classes)
    data = examples.load(name, rows=ROWS if one or classes else MANY_ROWS, test_size=0.0)
    x, y = data.train_input, data.train_label[:, 0]
    if one:
        rows = torch.stack([_unit(x[:, 0]), _unit(y)], dim=1)
    elif classes:
        rows = torch.stack([_unit(x[:, 0]), _unit(x[:, 1]), 2 * _unit(y) - 1], dim=1)
    else:
        pairs = combinations([_unit(column) for column in x.T], 2)
        rows = max((_cells(*pair, y) for pair in pairs), key=lambda cells: float(cells[:, 2].std()))
    return {
        "name": name,
        "kind": about.kind,
        "title": about.title,
        "inputs": len(about.inputs),
        "points": [[round(v, 2) for v in row] for row in rows.tolist()],
    }


def _cells(x: Tensor, y: Tensor, value: Tensor) -> Tensor:
    """The mean value in every cell of a grid, about the median and in units of how far values lie from it:
    ``(CELLS², 3)``."""
    column, row = ((v * CELLS).long().clamp(max=CELLS - 1) for v in (x, y))
    at = row * CELLS + column
    count = torch.bincount(at, minlength=CELLS**2).clamp_min(1)
    mean = torch.bincount(at, weights=value, minlength=CELLS**2) / count
    about = mean - mean.median()
    centre = (torch.arange(CELLS, dtype=x.dtype) + 0.5) / CELLS
    place = torch.cartesian_prod(centre, centre).flip(1)
    return torch.cat([place, (about / (value - value.median()).abs().quantile(0.95))[:, None].clamp(-1, 1)], dim=1)


def _unit(values: Tensor) -> Tensor:
    return (values - values.min()) / (values.max() - values.min())
