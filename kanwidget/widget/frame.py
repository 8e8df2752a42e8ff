"""What the page draws: parameters, not pictures, as a small header and one buffer of float32.

The format is described in docs/protocol.md; the page decodes it in js/src/codec.ts.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from kanwidget.checks import readable
from kanwidget.model.functions import BUILT_IN, function
from kanwidget.model.guard import grad_mode_kept, one_thread
from kanwidget.model.knots import sample_range
from kanwidget.model.layer import BASES, KANLayer
from kanwidget.model.network import Network
from kanwidget.session import Loss
from kanwidget.train.attribute import attributed

__all__ = ["Frame", "build_frame"]

ROWS = 400  # reference rows that ranges, histograms and importance are computed on
BINS = 24
MOST_LOSSES = 400
MOST_MARKS = 200
MOST_NODES_WITH_HISTOGRAM = 512
TABLE = 257  # points of a function that only Python knows


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture's worth of numbers.

    Attributes:
        header: JSON object that names the arrays and their shapes.
        buffer: the arrays one after the other, little-endian float32.
    """

    header: dict[str, Any]
    buffer: bytes

    def text(self) -> str:
        """For places that carry text only: ``base64(header) + "." + base64(buffer)``."""
        header = json.dumps(self.header, separators=(",", ":")).encode()
        return f"{base64.b64encode(header).decode()}.{self.data()}"

    def attached(self, message: dict[str, Any], *, binary: bool) -> tuple[dict[str, Any], list[bytes] | None]:
        """A message with this frame, and its buffers if there may be any."""
        message = message | {"frame": self.header}
        return (message, [self.buffer]) if binary else (message | {"data": self.data()}, None)

    def data(self) -> str:
        return base64.b64encode(self.buffer).decode()


def build_frame(
    model: Network,
    losses: Sequence[Loss],
    marks: Sequence[tuple[int, str]],
    state: dict[str, Any],
    *,
    show_data: bool = True,
) -> Frame:
    """Encode a network.

    Args:
        losses, marks: for the chart.
        state: further entries of the header: seq, structure, step, playing, status.
        show_data: otherwise no counts of rows are in it, and ranges reach beyond the data, as far as grids do.
    """
    rows = model.reference_rows()
    rows = rows[:: -(-len(rows) // ROWS)]
    with one_thread(), grad_mode_kept(), torch.no_grad():
        return _encoded(model, rows, losses, marks, state, show_data)


def _encoded(
    model: Network,
    rows: Tensor,
    losses: Sequence[Loss],
    marks: Sequence[tuple[int, str]],
    state: dict[str, Any],
    show_data: bool,
) -> Frame:
    arrays: list[tuple[str, Tensor]] = []
    traces = model.trace(rows)
    seen = [model.input_values(model.reference_rows()), *(trace.inputs for trace in traces[1:])]
    ranges = [(x.amin(0), x.amax(0)) if show_data else sample_range(x) for x in seen]
    scores = attributed(model, traces).edges
    for l, ((layer, _), trace) in enumerate(zip(model.stack(), traces, strict=True)):
        low, high = ranges[l]
        arrays += [
            (f"{l}/knots", layer.knots),
            (f"{l}/coef", layer.coef),
            (f"{l}/scale_base", layer.scale_base),
            (f"{l}/scale_sp", layer.scale_sp),
            (f"{l}/mask", layer.mask),
            (f"{l}/affine", layer.affine),
            (f"{l}/affine_low", layer.affine - layer.affine.float()),
            (f"{l}/range", torch.stack([low, high], dim=1)),
            (f"{l}/importance", scores[l]),
        ]
        if show_data and layer.in_dim <= MOST_NODES_WITH_HISTOGRAM:
            arrays.append((f"{l}/hist", _histograms(trace.inputs, low, high)))
    arrays.append(("loss", torch.tensor([[p.step, p.train, p.test, p.reg] for p in _thinned(losses)]).view(-1, 4)))
    arrays += _tables(model, ranges)
    header = state | {
        "v": 1,
        "width": [[nodes.sums, nodes.products] for nodes in model.width],
        "k": model.k,
        "grid": model.grid,
        "base": [_base_name(layer, l) for l, (layer, _) in enumerate(model.stack())],
        "inputs": [readable(model.node_name(0, i)) for i in range(model.width[0].count)],
        "features": [[feature.kind, *feature.columns] for feature in model.features],
        "outputs": [readable(name) for name in model.output_names],
        "symbolic": [[l, e.i, e.j, e.name] for l, (layer, _) in enumerate(model.stack()) for e in layer.symbolic],
        "marks": [list(mark) for mark in marks[-MOST_MARKS:]],
        "pinned": [list(edge) for edge in model.pinned_edges()],
        "arrays": [[name, list(values.shape)] for name, values in arrays],
    }
    flat = np.concatenate([values.detach().cpu().double().numpy().ravel() for _, values in arrays])
    return Frame(header, np.clip(flat, -3e38, 3e38).astype("<f4").tobytes())


def _histograms(x: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """Counts per node over its range: ``(nodes, BINS)``."""
    width = torch.where(high > low, high - low, torch.ones_like(low))
    at = ((x - low) / width * BINS).long().clamp(0, BINS - 1)
    counts = torch.zeros(x.shape[1], BINS, dtype=x.dtype, device=x.device)
    return counts.scatter_add(1, at.T, torch.ones_like(x.T))


def _thinned(losses: Sequence[Loss]) -> list[Loss]:
    """Evenly chosen, first and last included."""
    if len(losses) <= MOST_LOSSES:
        return list(losses)
    at = np.linspace(0, len(losses) - 1, MOST_LOSSES).round().astype(int)
    return [losses[k] for k in at]


def _base_name(layer: KANLayer, l: int) -> str:
    return layer.base_fun if isinstance(layer.base_fun, str) else f"base_{l}"


def _tables(model: Network, ranges: Sequence[tuple[Tensor, Tensor]]) -> list[tuple[str, Tensor]]:
    """Values of functions that the page does not have: a user's base functions and symbolic functions."""
    tables = []
    arguments: dict[str, list[float]] = {}
    for l, (layer, _) in enumerate(model.stack()):
        low, high = ranges[l]
        if _base_name(layer, l) not in BASES:
            pad = 0.25 * float(high.max() - low.min()) + 1e-6
            x = torch.linspace(float(low.min()) - pad, float(high.max()) + pad, TABLE, dtype=model.dtype)
            tables.append((f"fn/{_base_name(layer, l)}", torch.stack([x, layer.base(x)])))
        for edge, (a, b, _, _) in zip(layer.symbolic, layer.affine.tolist(), strict=True):
            if edge.name not in BUILT_IN:
                ends = [a * float(v[edge.i]) + b for v in (low, high)]
                arguments.setdefault(edge.name, []).extend(ends)
    for name, ends in arguments.items():
        x = torch.linspace(min(ends), max(ends) + 1e-9, TABLE, dtype=torch.float64)
        tables.append((f"fn/{name}", torch.stack([x, function(name).torch(x)])))
    return tables
