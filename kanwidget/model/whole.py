"""Whether the parts of a layer belong together, wherever they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torch import Tensor

from kanwidget.model.layer import SymbolicEdge

__all__ = ["BUFFERS", "PARAMETERS", "fault_of"]

PARAMETERS = ("coef", "scale_base", "scale_sp", "affine")
BUFFERS = ("knots", "mask")
MOST_PIECES = 2**26  # numbers in the local polynomials of one layer


def fault_of(tensors: Mapping[str, Tensor], k: int, inputs: int, outputs: int, symbolic: Sequence[SymbolicEdge]) -> str:
    """What is wrong with the tensors of a layer between so many nodes and sub-nodes, by their names; "" if nothing is:
    shapes belong together, numbers are finite, knots in order, a mask is 0 and 1, edges are in order."""
    size = tensors["coef"].shape[-1] if tensors["coef"].ndim == 3 else 0
    shapes = {
        "coef": (inputs, outputs, size),
        "knots": (inputs, size + k + 1),
        "affine": (len(symbolic), 4),
        **dict.fromkeys(("scale_base", "scale_sp", "mask"), (inputs, outputs)),
    }
    for name, shape in shapes.items():
        tensor = tensors[name]
        if size <= k or tuple(tensor.shape) != shape:
            return f"{name} has shape {tuple(tensor.shape)}: {shape} is needed for {k=}"
        if not bool(tensor.isfinite().all()):
            return f"{name} has values that are not finite"
    if (k + 1) ** 2 * inputs * (size + k) > MOST_PIECES:
        return f"coef: splines of degree {k} on {size - k} intervals are too large"
    if not bool((tensors["knots"].double().diff(dim=1) > 0).all()):
        return "knots do not strictly increase"
    if not bool(((tensors["mask"] == 0) | (tensors["mask"] == 1)).all()):
        return "mask has values other than 0 and 1"
    places = [(e.i, e.j) for e in symbolic]
    if places != sorted(set(places)):
        return "symbolic: the edges are not in order, or one stands there twice"
    return ""
