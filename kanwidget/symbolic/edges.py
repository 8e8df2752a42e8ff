"""Name one edge: suggestions for it, fixing it, taking the name away again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor

from kanwidget.errors import OptionError, SymbolicError
from kanwidget.model.functions import Function, function, functions
from kanwidget.model.guard import at_work
from kanwidget.model.network import REFERENCE_ROWS, Network
from kanwidget.model.nodes import Edge, Trace
from kanwidget.symbolic.curves import Candidate, fit_curves

__all__ = ["candidates", "checked_affine", "fix", "library", "suggest", "unfix"]

CHUNK = 32  # edges fitted at a time: bounds the memory


def library(names: Sequence[str] | None = None) -> list[Function]:
    """The functions to choose from: all, or those named."""
    if names is None:
        return list(functions())
    if isinstance(names, str) or not names:
        raise SymbolicError(f"lib={names!r}: a list of function names is accepted")
    return [function(name) for name in names]


def candidates(
    model: Network, edges: Iterable[Edge], names: Sequence[str] | None = None
) -> dict[Edge, list[Candidate]]:
    """Every function fitted to every one of the edges over the reference rows, best r² first.

    The model is not changed.
    """
    chosen = library(names)
    wanted = list(edges)
    found: dict[Edge, list[Candidate]] = {}
    with torch.no_grad(), at_work(model, REFERENCE_ROWS):
        traces = model.trace(model.reference_rows())
        for start in range(0, len(wanted), CHUNK):
            part = wanted[start : start + CHUNK]
            x, y = _curves(traces, part)
            found |= dict(zip(part, fit_curves(x, y, chosen), strict=True))
    return found


def suggest(
    model: Network, l: int, i: int, j: int, topk: int = 5, names: Sequence[str] | None = None
) -> list[Candidate]:
    """The ``topk`` best functions for one edge.

    Raises:
        ShapeError: no such edge.
        OptionError: ``topk`` is not a positive integer.
    """
    if not isinstance(topk, int) or isinstance(topk, bool) or topk < 1:
        raise OptionError(f"topk={topk!r}: an integer of 1 or more is accepted")
    edge = model.edge(l, i, j)
    return candidates(model, [edge], names)[edge][:topk]


def fix(model: Network, l: int, i: int, j: int, name: str, affine: Sequence[float] | None = None) -> float:
    """Turn an edge into ``c f(a x + b) + d`` and return the r² with what it was before.

    A removed edge is brought back by naming it.

    Args:
        name: of the function.
        affine: a, b, c, d; by default fitted to the edge over the reference rows.

    Raises:
        ShapeError: no such edge.
        SymbolicError: no such function, or it is not finite on the remembered rows.
    """
    edge = model.edge(l, i, j)
    chosen = function(name)
    if affine is None:
        best = candidates(model, [edge], [name])[edge][0]
        if best.r2 == float("-inf"):
            raise SymbolicError(f"{name!r} is not finite on the inputs of edge {tuple(edge)}: choose another function")
        constants, r2 = torch.tensor(best.affine, dtype=torch.float64), best.r2
    else:
        constants = checked_affine(affine)
        x, y = _curves(model.trace(model.reference_rows()), [edge])
        values = constants[2] * chosen.torch(constants[0] * x[0] + constants[1]) + constants[3]
        finite = values.isfinite()
        if not bool(finite.any() if model.reference is None else finite.all()):
            raise SymbolicError(f"{name!r} with affine={affine!r} is not finite on the inputs of edge {tuple(edge)}")
        r2 = _r2(y[0][finite], values[finite])
    put_symbolic(model, {edge: (name, constants)})
    return r2


def unfix(model: Network, l: int, i: int, j: int) -> None:
    """Back to the spline that the edge had before it was named; a spline also where it had been removed."""
    edge = model.edge(l, i, j)
    put_symbolic(model, {edge: None})


def put_symbolic(model: Network, edges: dict[Edge, tuple[str, Tensor] | None]) -> None:
    """Name or unname edges, all in one swap."""
    layers = []
    for l, (layer, _) in enumerate(model.stack()):
        own = {(e.i, e.j): value for e, value in edges.items() if e.l == l}
        if own:
            mask = layer.mask.clone()
            for (i, j), value in own.items():
                mask[i, j] = 1.0 if value is not None else mask[i, j]
            layer = layer.with_symbolic(own).replaced(mask=mask)
        layers.append(layer)
    model.put_layers(layers)


def _curves(traces: Sequence[Trace], edges: Sequence[Edge]) -> tuple[Tensor, Tensor]:
    """Inputs and values of edges over the reference rows: ``(edges, rows)`` each."""
    x = torch.stack([traces[e.l].inputs[:, e.i] for e in edges])
    y = torch.stack([traces[e.l].edges[:, e.i, e.j] for e in edges])
    return x.detach().double().cpu(), y.detach().double().cpu()


def checked_affine(affine: Any) -> Tensor:
    """The constants a, b, c, d, shape ``(4,)``, in float64.

    Raises:
        SymbolicError: not four finite numbers.
    """
    try:
        values = torch.as_tensor(affine, dtype=torch.float64).flatten()
    except (TypeError, ValueError) as error:
        raise SymbolicError(f"affine={affine!r}: four numbers a, b, c, d are accepted") from error
    if values.shape != (4,) or not bool(values.isfinite().all()):
        raise SymbolicError(f"affine={affine!r}: four finite numbers a, b, c, d are accepted")
    return values


def _r2(y: Tensor, fit: Tensor) -> float:
    total = (y - y.mean()).square().sum()
    return float(1 - (y - fit).square().sum() / total) if total > 0 else float((y == fit).all())
