"""Weigh the candidates of an edge by the error of the whole network, after a short refit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from kanwidget.data import Dataset
from kanwidget.model.guard import no_gradients
from kanwidget.model.network import Network
from kanwidget.model.nodes import Edge
from kanwidget.symbolic.curves import TWINS, Candidate
from kanwidget.symbolic.truth import targets
from kanwidget.symbolic.variants import Rows, Variants

__all__ = ["Balance", "Weighed"]

ROWS = 200  # to refit on, and as many others to judge by
RESIDUALS = 2000  # rows times outputs to refit on: bounds the time where there are many outputs
MOST_COEFFICIENTS = 400  # beyond, grids stay where they are


@dataclass(frozen=True, slots=True)
class Weighed:
    """The candidates of an edge with ``net_rmse``, best first, and the same error with the edge as it is."""

    candidates: list[Candidate]
    keep: float


class Balance:
    """Weighs functions on the edges of one network.

    The refit and the judgement use different training rows; test rows stay unseen.
    """

    def __init__(self, model: Network, dataset: Dataset) -> None:
        self._model = model.copy().double().cpu()
        x, y = self._model.input_values(dataset.train_input.cpu()), targets(model, dataset).double().cpu()
        step = max(1, len(x) // (2 * ROWS))
        x, y = x[::step], y[::step]
        (x, y), held = ((x[::2], y[::2]), (x[1::2], y[1::2])) if len(x) > 1 else ((x, y), (x, y))
        if sum(layer.coef.numel() for layer, _ in model.stack()) <= MOST_COEFFICIENTS:
            self._model.update_grid_from(x)
        fewer = -(-y.numel() // RESIDUALS)
        self._fitted, self._held = _on_the_way(self._model, x[::fewer], y[::fewer]), _on_the_way(self._model, *held)

    @no_gradients
    def weigh(self, edge: Edge, found: Sequence[Candidate]) -> Weighed:
        """Try all of them; of twins one."""
        originals = {c.name: TWINS[c.name][0] if c.name in TWINS else c.name for c in found}
        tried = [c for c in found if originals[c.name] not in originals or originals[c.name] == c.name]
        variants = Variants(self._model, edge, tried)
        fitted, held = (rows[variants.first] for rows in (self._fitted, self._held))
        error = variants.error(variants.refitted(fitted), held)
        if not bool(error.isfinite().all()):
            error = torch.where(error.isfinite(), error, variants.error(variants.theta, held))
        keep, *rmse = error.sqrt().tolist()
        weight = dict(zip((c.name for c in tried), rmse, strict=True))
        weighed = [replace(c, net_rmse=weight[c.name if c.name in weight else originals[c.name]]) for c in found]
        return Weighed(sorted(weighed, key=_rank), keep)


def _on_the_way(model: Network, x: Tensor, y: Tensor) -> list[Rows]:
    """The rows at every layer, from the values of the input nodes."""
    found = []
    with torch.no_grad():
        for layer, nodes in model.stack():
            found.append(Rows.at(layer, x, y))
            x = nodes.join(layer(x))
    return found


def _rank(candidate: Candidate) -> tuple[float, int]:
    return candidate.net_rmse if candidate.net_rmse is not None else torch.inf, candidate.complexity
