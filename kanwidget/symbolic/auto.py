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
from kanwidget.model.functions import function
from kanwidget.model.layer import KANLayer
from kanwidget.model.network import REFERENCE_ROWS, Edge, Network, without_edges
from kanwidget.model.threads import threads_for
from kanwidget.symbolic.curves import Candidate
from kanwidget.symbolic.edges import candidates, put_symbolic
from kanwidget.symbolic.formula import open_edges
from kanwidget.symbolic.gauge import Constants, plain
from kanwidget.symbolic.refit import Graph
from kanwidget.symbolic.search import Rows, best_formula

__all__ = ["Choice", "auto_symbolic"]

OFFERS = 7  # candidates per edge
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

    Returns:
        the choices, bottom layer first; constants of edges that had a name before are refitted too. An edge that
        the formula does not need is removed and reported as "0".
    """
    wanted = open_edges(model)
    offers = {edge: _offers(found) for edge, found in candidates(model, wanted, names).items()}
    graph = Graph.of(model)
    if not wanted or len(graph.edges) > MOST_EDGES:
        put_symbolic(model, {e: (c[0].name, torch.tensor(c[0].affine)) for e, c in offers.items()})
        return [Choice(e, c[0].name, c[0].r2) for e, c in offers.items()]
    with threads_for(model, REFERENCE_ROWS):
        listed = [_offers_of(model, edge, offers) for edge in graph.edges]
        names, affine = best_formula(graph, listed, _rows(model, dataset))
    constants = zip(names, map(tuple, affine.tolist()), strict=True)
    chosen = plain(graph.width, dict(zip(graph.edges, constants, strict=True)))
    r2 = {(edge, c.name): c.r2 for edge, found in offers.items() for c in found}
    model.put_layers(_with_formula(model, chosen))
    return [Choice(e, chosen[e][0], r2.get((e, chosen[e][0]), 0.0)) for e in wanted]


def _with_formula(model: Network, chosen: dict[Edge, tuple[str, Constants]]) -> list[KANLayer]:
    """The layers with all edges named; those named 0 are removed and their constants passed on, where there is
    another edge to carry them."""
    layers = []
    for l, (layer, _) in enumerate(model.stack()):
        own = {(e.i, e.j): value for e, value in chosen.items() if e.l == l}
        named = layer.with_symbolic(
            {e: (name, torch.tensor(row, dtype=torch.float64)) for e, (name, row) in own.items()}
        )
        fed = {j for (_, j), (name, _) in own.items() if name != "0"}
        zeros = [edge for edge, (name, _) in own.items() if name == "0" and edge[1] in fed]
        level = torch.zeros_like(layer.mask)
        for edge in zeros:
            level[edge] = own[edge][1][3]
        layers.append(without_edges(named, zeros, level))
    return layers


def _rows(model: Network, dataset: Dataset | None) -> Rows:
    if dataset is not None:
        step = -(-len(dataset.train_input) // 1000)
        return Rows(dataset.train_input.double().cpu(), dataset.train_label.double().cpu()).every(step)
    x = model.reference_rows()
    with torch.no_grad():
        y = model(x) if model.reference_labels is None else model.reference_labels
    return Rows((x if model.reference is None else model.reference).double().cpu(), y.double().cpu())


def _offers(found: list[Candidate]) -> list[Candidate]:
    """The candidates worth a try, the most promising first: as good as the best, but simpler."""
    best = found[0]
    if best.name == "0":
        return [best]
    twins = {second for first, second in SAME if any(c.name == first for c in found)}
    finite = [c for c in found if c.r2 > float("-inf") and c.name not in twins and c.name != "0"]
    offers = finite[:OFFERS]
    promise = [len(offers) * math.log(1 - c.r2 + 1e-6) + c.complexity for c in offers]
    return [c for _, _, c in sorted(zip(promise, range(len(offers)), offers, strict=True))]


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
