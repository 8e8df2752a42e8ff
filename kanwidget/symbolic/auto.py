"""Name all edges at once, judged by the whole formula.

A function that fits an edge best need not give the best formula: a sine with a small factor imitates a parabola at
r² = 0.9999998. So every edge offers a few candidates, whole formulas are refitted to the data
(:mod:`kanwidget.symbolic.refit`) and compared on rows that the refit did not see: by the error first, and among
formulas that are as good, by their complexity. At the end every edge has to earn its place: one without which the
formula is as good goes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from kanwidget.data import Dataset
from kanwidget.model.functions import function
from kanwidget.model.layer import KANLayer
from kanwidget.model.network import REFERENCE_ROWS, Edge, Network, without_edges
from kanwidget.model.threads import threads_for
from kanwidget.symbolic.curves import Candidate
from kanwidget.symbolic.edges import candidates, put_symbolic
from kanwidget.symbolic.formula import open_edges
from kanwidget.symbolic.gauge import Constants, plain
from kanwidget.symbolic.refit import Graph, evaluate, refit

__all__ = ["Choice", "auto_symbolic"]

OFFERS = 8  # candidates per edge
BEAM = 12  # formulas kept from one edge to the next
AT_ONCE = 512  # formulas tried together
MOST_EDGES = 60  # beyond, each edge is named by itself
EXACT = 1e-18  # relative squared error below which formulas are equally exact
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
    search = _Search(graph, [_offers_of(model, edge, offers) for edge in graph.edges], *_rows(model, dataset))
    with threads_for(model, REFERENCE_ROWS):
        names, affine = search.best()
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


Picks = tuple[int, ...]


class _Search:
    """Beam search over the candidates of all edges."""

    def __init__(self, graph: Graph, offers: list[list[Candidate]], x: Tensor, y: Tensor) -> None:
        self.graph, self.offers = graph, offers
        self.fit_rows, self.held_rows = (x[::2], y[::2]), (x[1::2], y[1::2])
        self.all_rows = x, y
        self.spread = y.var(0, correction=0).clamp_min(1e-300)

    def best(self) -> tuple[list[str], Tensor]:
        """The function of every edge, and the constants, refitted on all rows: ``(edges, 4)``."""
        count = math.prod(len(offer) for offer in self.offers)
        if count <= AT_ONCE:
            found = self._ranked(list(itertools.product(*(range(len(o)) for o in self.offers))))
        else:
            found = self._beam()
        picks, affine = found[0]
        names, affine = self._thinned(self._names([picks])[0], affine)
        affine, _ = refit(self.graph, [names], affine[None], *self.all_rows, iterations=60)
        return names, affine[0]

    def _thinned(self, names: list[str], affine: Tensor) -> tuple[list[str], Tensor]:
        """Without the edges that the formula is as good without: one by one, all of them tried."""
        while True:
            trials = [[*names[:e], "0", *names[e + 1 :]] for e in range(len(names)) if names[e] != "0"]
            starts = affine.expand(len(trials), -1, -1)
            fitted, _ = refit(self.graph, trials, starts, *self.fit_rows, iterations=30)
            score = self._score([names, *trials], torch.cat([affine[None], fitted]))
            best = int(score.argmin())
            if best == 0:
                return names, affine
            names, affine = trials[best - 1], fitted[best - 1]

    def _beam(self) -> list[tuple[Picks, Tensor]]:
        """Edge by edge, the others as they are: all candidates of the edge in every formula of the beam."""
        beam: list[Picks] = [tuple(0 for _ in self.offers)]
        found: list[tuple[Picks, Tensor]] = []
        for edge, offer in sorted(enumerate(self.offers), key=lambda item: -len(item[1])):
            trials = {(*p[:edge], pick, *p[edge + 1 :]) for p in beam for pick in range(len(offer))}
            found = self._ranked(sorted(trials))
            beam = [picks for picks, _ in found[:BEAM]]
        return found

    def _ranked(self, trials: list[Picks]) -> list[tuple[Picks, Tensor]]:
        """Refit roughly, keep the better ones, refit well; best first, with their constants."""
        x, y = self.fit_rows
        thin = max(1, len(x) // 100)
        rough = self._refitted(trials, self._begin(trials), x[::thin], y[::thin], iterations=10)
        kept = [rough[k] for k in self._order(rough)[: 2 * BEAM]]
        fine = self._refitted([p for p, _ in kept], torch.stack([a for _, a in kept]), x, y, iterations=30)
        return [fine[k] for k in self._order(fine)]

    def _begin(self, trials: list[Picks]) -> Tensor:
        rows = [[o[p].affine for o, p in zip(self.offers, picks, strict=True)] for picks in trials]
        return torch.tensor(rows, dtype=torch.float64)

    def _names(self, trials: list[Picks]) -> list[list[str]]:
        return [[o[p].name for o, p in zip(self.offers, picks, strict=True)] for picks in trials]

    def _refitted(
        self, trials: list[Picks], affine: Tensor, x: Tensor, y: Tensor, *, iterations: int
    ) -> list[tuple[Picks, Tensor]]:
        fitted, _ = refit(self.graph, self._names(trials), affine, x, y, iterations=iterations)
        return list(zip(trials, fitted, strict=True))

    def _order(self, found: list[tuple[Picks, Tensor]]) -> list[int]:
        """Indices, best first."""
        names = self._names([picks for picks, _ in found])
        return self._score(names, torch.stack([affine for _, affine in found])).argsort(stable=True).tolist()

    def _score(self, names: list[list[str]], affine: Tensor) -> Tensor:
        """``rows * log(error) + log(rows) * complexity`` on the held-back rows, the smaller the better (after the
        Bayesian information criterion, Schwarz, *Ann. Stat.* 6, 1978)."""
        x, y = self.held_rows
        output = evaluate(self.graph, names, affine, x)
        error = ((output - y).square() / self.spread).mean((1, 2))
        error = torch.where(torch.isfinite(error), error, torch.full_like(error, 1e30))
        complexity = torch.tensor([sum(function(name).complexity for name in row) for row in names])
        return len(x) * (error + EXACT).log() + math.log(max(2, len(x))) * complexity


def _rows(model: Network, dataset: Dataset | None) -> tuple[Tensor, Tensor]:
    if dataset is not None:
        step = -(-len(dataset.train_input) // 1000)
        return dataset.train_input[::step].double().cpu(), dataset.train_label[::step].double().cpu()
    x = model.reference_rows()
    with torch.no_grad():
        y = model(x) if model.reference_labels is None else model.reference_labels
    return (model.reference if model.reference is not None else x).double().cpu(), y.double().cpu()


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
