"""Weigh the candidates of an edge by the error of the whole network, after a short refit."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import torch
from torch import Tensor

from kanwidget.data import Dataset
from kanwidget.model.network import Network
from kanwidget.model.nodes import Edge
from kanwidget.symbolic.curves import Candidate
from kanwidget.symbolic.edges import put_symbolic
from kanwidget.train.jacobian import Columns
from kanwidget.train.lm import levenberg_marquardt
from kanwidget.train.objective import Objective
from kanwidget.train.penalty import Penalty

__all__ = ["keep_rmse", "weigh"]

ROWS = 200  # to refit on, and as many others to judge by
ITERATIONS = 3
MOST_PARAMETERS = 400  # beyond, the network is judged as it is

Rows = tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]


def weigh(model: Network, edge: Edge, found: list[Candidate], dataset: Dataset) -> list[Candidate]:
    """The candidates with the root mean squared error of the network that has them, best first.

    The refit and the judgement use different training rows; test rows stay unseen.
    """
    weighed, base, rows = [], _prepared(model, dataset), _rows(dataset)
    for candidate in found:
        trial = base.copy()
        put_symbolic(trial, {edge: (candidate.name, torch.tensor(candidate.affine, dtype=torch.float64))})
        weighed.append(replace(candidate, net_rmse=_rmse(trial, rows)))
    return sorted(weighed, key=lambda c: (_finite(c.net_rmse), c.complexity))


def keep_rmse(model: Network, dataset: Dataset) -> float:
    """The error to beat: that of the network as it is, after the same refit."""
    return _rmse(_prepared(model, dataset), _rows(dataset))


def _prepared(model: Network, dataset: Dataset) -> Network:
    """A copy in double precision with its grids where the rows are."""
    copy = model.copy().double()
    if Columns.of(copy).count <= MOST_PARAMETERS:
        copy.update_grid(_rows(dataset)[0][0])
    return copy


def _rmse(trial: Network, rows: Rows) -> float:
    (x, y), (held_x, held_y) = rows
    if Columns.of(trial).count <= MOST_PARAMETERS:
        for _ in islice(levenberg_marquardt(trial, Objective(x, y, 0.0, Penalty())), ITERATIONS):
            pass
    with torch.no_grad():
        error = float((trial(held_x) - held_y).square().mean().sqrt())
    return error if error == error else float("inf")


def _rows(dataset: Dataset) -> Rows:
    x, y = dataset.train_input.double().cpu(), dataset.train_label.double().cpu()
    step = max(1, len(x) // (2 * ROWS))
    x, y = x[::step], y[::step]
    return (x[::2], y[::2]), (x[1::2], y[1::2]) if len(x) > 1 else (x, y)


def _finite(value: float | None) -> float:
    return float("inf") if value is None else value
