"""Name all edges at once, judged by the whole formula.

A function that fits an edge best need not give the best formula: a sine with a small factor imitates a parabola at
r² = 0.9999998. So every edge offers a few candidates, and :mod:`kanwidget.symbolic.search` compares whole formulas.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from kanwidget.data import Dataset
from kanwidget.derived import widened
from kanwidget.model.functions import function
from kanwidget.model.guard import at_work
from kanwidget.model.layer import KANLayer
from kanwidget.model.network import REFERENCE_ROWS, Network
from kanwidget.model.nodes import Edge
from kanwidget.symbolic.curves import Candidate
from kanwidget.symbolic.edges import candidates, put_symbolic
from kanwidget.symbolic.formula import open_edges
from kanwidget.symbolic.gauge import Formula, plain
from kanwidget.symbolic.refit import Graph
from kanwidget.symbolic.search import Rows, best_formula
from kanwidget.symbolic.truth import targets
from kanwidget.train.trainer import check_columns

__all__ = ["Choice", "auto_symbolic", "with_formula"]

OFFERS = 7  # candidates per edge
BLUR = 1e-6  # share of a curve's variance that a trained spline misses anyway: below, the simpler function is better
WEIGHT = 5.0  # of the logarithm of the misfit, in units of complexity
MOST_EDGES = 60  # beyond, each edge is named by itself
SAME = (("sin", "cos"), ("tanh", "sigmoid"), ("arcsin", "arccos"))  # equal up to constants


@dataclass(frozen=True, slots=True)
class Choice:
    """The function chosen for an edge, and the r² it had on the edge's curve."""

    edge: Edge
    name: str
    r2: float


def auto_symbolic(model: Network, dataset: Dataset | None = None, names: Sequence[str] | None = None) -> list[Choice]:
    """Name every open edge of ``model``, in one swap.

    Args:
        dataset: rows that formulas are refitted to and judged by; by default the remembered rows with their
            labels, and without labels the network's own outputs.
        names: the library, by default all functions.

    Pinned edges keep what they are to the last digit; beside them every other edge is named by itself, for a formula
    as a whole can only be searched for where all of it may change.

    Returns:
        the choices, bottom layer first, without pinned edges; constants of edges that had a name before are refitted
        too. An edge that the formula does not need is removed and reported as "0".
    """
    if dataset is not None:
        check_columns(model, dataset)
    pinned = set(model.pinned_edges())
    wanted = [edge for edge in open_edges(model) if edge not in pinned]
    offers = {edge: _offers(found) for edge, found in candidates(model, wanted, names).items()}
    graph = Graph.of(model)
    if not wanted or len(graph.edges) > MOST_EDGES or pinned & set(graph.edges):
        put_symbolic(model, {e: (c[0].name, torch.tensor(c[0].affine)) for e, c in offers.items()})
        return [Choice(e, c[0].name, c[0].r2) for e, c in offers.items()]
    with at_work(model, REFERENCE_ROWS):
        listed = [_offers_of(model, edge, offers) for edge in graph.edges]
        names, affine = best_formula(graph, listed, _rows(model, dataset))
    found = dict(zip(graph.edges, zip(names, map(tuple, affine.tolist()), strict=True), strict=True))
    r2 = {(edge, c.name): c.r2 for edge, offer in offers.items() for c in offer}
    model.put_layers(with_formula(model, plain(graph.width, _without_zeros(found))))
    return [Choice(e, found[e][0], r2.get((e, found[e][0]), 0.0)) for e in wanted]


def _without_zeros(formula: Formula) -> Formula:
    """Without the edges named 0, their constants passed on, where the target has another edge to carry them."""
    kept = {(edge.l, edge.j): edge for edge, (name, _) in formula.items() if name != "0"}
    left = {edge: value for edge, value in formula.items() if value[0] != "0" or (edge.l, edge.j) not in kept}
    for edge in formula.keys() - left.keys():
        heir = kept[edge.l, edge.j]
        name, (a, b, c, d) = left[heir]
        left[heir] = name, (a, b, c, d + formula[edge][1][3])
    return left


def with_formula(model: Network, formula: Formula) -> list[KANLayer]:
    """The layers of the model with the edges of the formula named, and all others removed."""
    layers = []
    for l, (layer, _) in enumerate(model.stack()):
        own = {(e.i, e.j): value for e, value in formula.items() if e.l == l}
        mask = torch.zeros_like(layer.mask)
        for edge in own:
            mask[edge] = 1
        named = {edge: (name, torch.tensor(row, dtype=torch.float64)) for edge, (name, row) in own.items()}
        layers.append(layer.with_symbolic(named).replaced(mask=mask))
    return layers


def _rows(model: Network, dataset: Dataset | None) -> Rows:
    if dataset is not None:
        step = -(-len(dataset.train_input) // 1000)
        x = widened(dataset.train_input.double().cpu(), model.features)
        return Rows(x, targets(model, dataset).double().cpu()).every(step)
    x = model.reference_rows()
    with torch.no_grad():
        y = model(x) if model.reference_labels is None else model.reference_labels
    x = x if model.reference is None else model.reference
    return Rows(widened(x.double().cpu(), model.features), y.double().cpu())


def _offers(found: list[Candidate]) -> list[Candidate]:
    """The candidates worth a try, the most promising first: as good as the best, but simpler."""
    best = found[0]
    if best.name == "0":
        return [best]
    twins = {second for first, second in SAME if any(c.name == first for c in found)}
    finite = [c for c in found if c.r2 > float("-inf") and c.name not in twins and c.name != "0"]
    return sorted(finite, key=lambda c: WEIGHT * math.log(1 - c.r2 + BLUR) + c.complexity)[:OFFERS]


def _offers_of(model: Network, edge: Edge, offers: dict[Edge, list[Candidate]]) -> list[Candidate]:
    """The offers of an open edge; of a named one its name, of one that leads nowhere nothing but 0."""
    if edge in offers:
        return offers[edge]
    layer = model.layer(edge.l)
    for row, named in enumerate(layer.symbolic):
        if (named.i, named.j) == (edge.i, edge.j):
            affine = tuple(layer.affine[row].detach().double().tolist())
            return [Candidate(named.name, 1.0, function(named.name).complexity, affine)]
    return [Candidate("0", 1.0, 0, (1.0, 0.0, 1.0, 0.0))]
