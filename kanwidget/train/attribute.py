"""How much each edge and node matters for the outputs.

The score of an output is 1. Going down, a target's score is shared among its edges in proportion to the standard
deviations of their values over the rows, each relative to that of their sum; a node's score is the sum over the
edges that leave it (Liu et al. 2024, arXiv:2408.10205, section 4.2, eq. 8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from kanwidget.model.guard import no_gradients
from kanwidget.model.network import Network
from kanwidget.model.nodes import Trace

__all__ = ["Attribution", "attribute", "attributed"]

SILENT = 1e-4  # a sum that varies less than this is taken for constant


@dataclass(frozen=True, slots=True)
class Attribution:
    """Scores of 0 and more; 1 is the importance of an output.

    Attributes:
        edges: per layer, shape ``(in, out)``; 0 for removed edges.
        nodes: per layer of nodes, inputs first, shape ``(nodes,)``.
    """

    edges: list[Tensor]
    nodes: list[Tensor]

    @property
    def features(self) -> Tensor:
        """Scores of the inputs: ``(inputs,)``."""
        return self.nodes[0]


@no_gradients
def attribute(model: Network, x: Any = None) -> Attribution:
    """Scores over the rows ``x`` of shape ``(rows, inputs)``, by default the reference rows."""
    return attributed(model, model.trace(model.reference_rows() if x is None else model.rows(x, "x").to(model.device)))


@no_gradients
def attributed(model: Network, traces: Sequence[Trace]) -> Attribution:
    """The same from what went through the network."""
    score = torch.ones(model.width[-1].count, dtype=model.dtype, device=model.device)
    edges: list[Tensor] = []
    nodes = [score]
    for trace, (_, above) in zip(reversed(traces), reversed(list(model.stack())), strict=True):
        owners = [above.owner(j) for j in range(above.subnodes)]
        share = _deviation(trace.edges) / (_deviation(trace.subnodes) + SILENT)
        edges.insert(0, share * score[owners])
        score = edges[0].sum(1)
        nodes.insert(0, score)
    return Attribution(edges, nodes)


def _deviation(x: Tensor) -> Tensor:
    """Standard deviation over the rows; torch's own takes eight times as long along the first dimension."""
    return (x - x.mean(0)).square().mean(0).sqrt()
