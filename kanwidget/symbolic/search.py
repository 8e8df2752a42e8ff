"""Choose a function for every edge by refitting and comparing whole formulas."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from kanwidget.model.functions import function
from kanwidget.symbolic.curves import Candidate
from kanwidget.symbolic.refit import Graph, evaluate, refit

__all__ = ["Rows", "best_formula"]

BEAM = 8  # formulas kept from one edge to the next
AT_ONCE = 400  # combinations that are all tried
FINALISTS = 12  # formulas refitted on many rows
ROUGH_ROWS, ROUGH_ITERATIONS = 64, 8
FINE_ITERATIONS, LAST_ITERATIONS = 30, 60
EXACT = 1e-18  # relative squared error below which formulas are equally exact


@dataclass(frozen=True, slots=True)
class Rows:
    """Data that formulas are fitted to: ``x`` of shape ``(rows, inputs)``, ``y`` of shape ``(rows, outputs)``."""

    x: Tensor
    y: Tensor

    def every(self, step: int, first: int = 0) -> Rows:
        return Rows(self.x[first::step], self.y[first::step])

    def thinned(self, count: int) -> Rows:
        return self.every(max(1, len(self.x) // count))


@dataclass(frozen=True, slots=True)
class _Trial:
    """A function per edge, and the constants: shape ``(edges, 4)``."""

    names: tuple[str, ...]
    affine: Tensor


def best_formula(graph: Graph, offers: Sequence[Sequence[Candidate]], rows: Rows) -> tuple[tuple[str, ...], Tensor]:
    """The best choice among the candidates of all edges, refitted.

    Half of the rows are fitted to, the others decide. A formula is the better the smaller ``rows * log(error) +
    log(rows) * complexity`` (after the Bayesian information criterion, Schwarz, *Ann. Stat.* 6, 1978). At the end
    every edge has to earn its place: one without which the formula is as good becomes "0".

    Args:
        offers: candidates per edge of the graph, the most promising first.

    Returns:
        functions, one per edge, and constants of shape ``(edges, 4)``.
    """
    return _Search(graph, offers, rows).best()


class _Search:
    def __init__(self, graph: Graph, offers: Sequence[Sequence[Candidate]], rows: Rows) -> None:
        self.graph, self.offers, self.rows = graph, offers, rows
        single = len(rows.x) < 2
        self.fitted, self.held = (rows, rows) if single else (rows.every(2), rows.every(2, 1))
        self.spread = rows.y.var(0, correction=0).clamp_min(1e-300)

    def best(self) -> tuple[tuple[str, ...], Tensor]:
        found = self._all() if math.prod(map(len, self.offers)) <= AT_ONCE else self._beam()
        best = self._thinned(self._ranked(self._refitted(found[:FINALISTS], self.fitted, FINE_ITERATIONS))[0])
        best = self._refitted([best], self.rows, LAST_ITERATIONS)[0]
        return best.names, best.affine

    def _all(self) -> list[_Trial]:
        """Every combination."""
        return self._rough(self._begun(picks) for picks in itertools.product(*self.offers))

    def _beam(self) -> list[_Trial]:
        """Edge by edge, those with many candidates first: each candidate in each of the best formulas so far."""
        beam = [self._begun([offer[0] for offer in self.offers])]
        for edge, offer in sorted(enumerate(self.offers), key=lambda item: -len(item[1])):
            if len(offer) > 1:
                trials = {t.names: t for b in beam for t in (_with_pick(b, edge, pick) for pick in offer)}
                beam = self._rough(trials.values())[:BEAM]
        return beam

    def _begun(self, picks: Iterable[Candidate]) -> _Trial:
        picks = list(picks)
        return _Trial(tuple(p.name for p in picks), torch.tensor([p.affine for p in picks], dtype=torch.float64))

    def _rough(self, trials: Iterable[_Trial]) -> list[_Trial]:
        """Refitted a little on few rows, best first."""
        return self._ranked(self._refitted(list(trials), self.fitted.thinned(ROUGH_ROWS), ROUGH_ITERATIONS))

    def _thinned(self, best: _Trial) -> _Trial:
        """Without the edges that the formula is as good without: one by one, all of them tried."""
        while True:
            names = best.names
            shorter = [(*names[:e], "0", *names[e + 1 :]) for e in range(len(names)) if names[e] != "0"]
            trials = self._refitted([_Trial(n, best.affine) for n in shorter], self.fitted, FINE_ITERATIONS)
            first = self._ranked([best, *trials])[0]
            if first is best:
                return best
            best = first

    def _refitted(self, trials: Sequence[_Trial], rows: Rows, iterations: int) -> list[_Trial]:
        if not trials:
            return []
        names, affine = [t.names for t in trials], torch.stack([t.affine for t in trials])
        fitted, _ = refit(self.graph, names, affine, rows.x, rows.y, iterations=iterations)
        return [_Trial(n, a) for n, a in zip(names, fitted, strict=True)]

    def _ranked(self, trials: Sequence[_Trial]) -> list[_Trial]:
        """Best first, by the held-back rows; of equals the one given first."""
        names, affine = [t.names for t in trials], torch.stack([t.affine for t in trials])
        output = evaluate(self.graph, names, affine, self.held.x)
        error = ((output - self.held.y).square() / self.spread).mean((1, 2))
        error = torch.where(torch.isfinite(error), error, torch.full_like(error, 1e30))
        complexity = torch.tensor([sum(function(name).complexity for name in row) for row in names])
        count = len(self.held.x)
        score = count * (error + EXACT).log() + math.log(max(2, count)) * complexity
        return [trials[k] for k in score.argsort(stable=True).tolist()]


def _with_pick(trial: _Trial, edge: int, pick: Candidate) -> _Trial:
    """Another candidate on one edge; the same candidate keeps its refitted constants."""
    if trial.names[edge] == pick.name:
        return trial
    affine = trial.affine.clone()
    affine[edge] = torch.tensor(pick.affine, dtype=torch.float64)
    return _Trial((*trial.names[:edge], pick.name, *trial.names[edge + 1 :]), affine)
