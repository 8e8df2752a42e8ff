"""What the edges of one network might be: worked out edge by edge, and remembered."""

from __future__ import annotations

from math import isfinite

from kanwidget.data import Dataset
from kanwidget.model.network import Network
from kanwidget.model.nodes import Edge
from kanwidget.symbolic.curves import Candidate
from kanwidget.symbolic.edges import candidates
from kanwidget.symbolic.weigh import Balance, Weighed
from kanwidget.train.attribute import attribute

__all__ = ["Offers"]

OFFERED = 6  # candidates per edge
TOGETHER = 5  # edges that are fitted in one go
STUDIED = 64  # edges; where there are more, only those that are asked for are looked at


class Offers:
    """The candidates of every edge of ``model``, which must not change any more.

    Attributes:
        model: the network.
        known: the edges that were looked at.
    """

    def __init__(self, model: Network, dataset: Dataset) -> None:
        self.model, self._dataset = model, dataset
        self._fitted: dict[Edge, list[Candidate]] = {}
        self._order: list[Edge] | None = None
        self._scales: Balance | None = None
        self.known: dict[Edge, Weighed] = {}

    def of(self, edge: Edge) -> Weighed:
        """The best functions for a live edge."""
        if edge not in self.known:
            self._fit(edge)
            self.known[edge] = self._balance.weigh(edge, self._fitted[edge])
        return self.known[edge]

    def study(self, first: Edge | None = None) -> bool:
        """Do a small part of what :meth:`of` would have to do later, for ``first`` first, then for the most important
        edges; False when there is nothing left to do."""
        edge = next((e for e in (first, *self._by_importance) if e is not None and e not in self.known), None)
        if edge is None:
            return False
        if edge in self._fitted:
            self.of(edge)
        else:
            self._fit(edge)
        return True

    def _fit(self, edge: Edge) -> None:
        """Fit the functions to this edge, and to the next ones on the list: together they take less time."""
        if edge not in self._fitted:
            others = [e for e in self._by_importance if e not in self._fitted and e != edge]
            found = candidates(self.model, [edge, *others[: TOGETHER - 1]])
            self._fitted |= {e: [c for c in best[:OFFERED] if isfinite(c.r2)] for e, best in found.items()}

    @property
    def _by_importance(self) -> list[Edge]:
        if self._order is None:
            edges = list(self.model.edges())
            scores = attribute(self.model).edges if len(edges) <= STUDIED else []
            self._order = sorted(edges, key=lambda e: -float(scores[e.l][e.i, e.j])) if scores else []
        return self._order

    @property
    def _balance(self) -> Balance:
        if self._scales is None:
            self._scales = Balance(self.model, self._dataset)
        return self._scales
