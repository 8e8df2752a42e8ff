"""The arguments of a network, checked once: every error names the argument, what came and what is accepted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from kanwidget.checks import is_number, is_seed, is_whole
from kanwidget.errors import GridError, OptionError, ShapeError
from kanwidget.model.layer import BASES, BaseFunction
from kanwidget.model.nodes import Nodes

__all__ = ["base_function", "dtype_of", "grid_box", "noise", "per_layer", "seed_of", "share", "widths"]


def widths(width: Any) -> tuple[Nodes, ...]:
    """Nodes per layer."""
    accepted = "a list of two or more entries is accepted, each a positive integer or a pair [sums, products]"
    entries = _listed(width)
    if entries is None or len(entries) < 2:
        raise ShapeError(f"width={width!r}: {accepted}")
    nodes = []
    for entry in entries:
        pair = _listed(entry) or [entry, 0]
        if len(pair) != 2 or not all(is_whole(v) and v >= 0 for v in pair):
            raise ShapeError(f"width={width!r}: {entry!r} is not a layer; {accepted}")
        nodes.append(Nodes(int(pair[0]), int(pair[1])))
    if any(n.count == 0 for n in nodes):
        raise ShapeError(f"width={width!r}: a layer has no nodes; {accepted}")
    if nodes[0].products:
        raise ShapeError(f"width={width!r}: the inputs cannot be product nodes")
    return tuple(nodes)


def per_layer(value: Any, depth: int, what: str, least: int) -> list[int]:
    """One integer for all layers of edges, or one each."""
    values = _listed(value) or [value] * depth
    if len(values) != depth or not all(is_whole(v) and v >= least for v in values):
        raise GridError(f"{what}={value!r}: an integer of {least} or more is accepted, or a list of {depth} of them")
    return [int(v) for v in values]


def grid_box(ranges: Any, inputs: int, dtype: torch.dtype) -> Tensor:
    """Low and high end of the grid of every input: ``(inputs, 2)``."""
    accepted = f"(low, high) with low < high in {dtype}, or {inputs} such pairs, are accepted"
    try:
        box = torch.as_tensor(np.asarray(ranges, dtype=np.float64)).to(dtype)
    except (TypeError, ValueError, OverflowError) as error:
        raise GridError(f"grid_range={ranges!r}: {accepted}") from error
    box = box.expand(inputs, 2) if box.shape == (2,) else box
    if box.shape != (inputs, 2) or not bool(box.isfinite().all()):
        raise GridError(f"grid_range={ranges!r}: {accepted}")
    room = 1e3 * torch.finfo(dtype).eps * box.abs().amax(1)  # for knots between the ends
    if not bool((box[:, 1] - box[:, 0] > room).all()) or not bool((box[:, 1] - box[:, 0]).isfinite().all()):
        raise GridError(f"grid_range={ranges!r}: {accepted}")
    return box


def share(name: str, value: Any) -> float:
    """A number from 0 to 1."""
    if not is_number(value) or not 0 <= value <= 1:
        raise GridError(f"{name}={value!r}: a number from 0 (quantiles) to 1 (equally spaced) is accepted")
    return float(value)


def noise(value: Any) -> float:
    if not is_number(value) or value < 0:
        raise OptionError(f"noise_scale={value!r}: a number of 0 or more is accepted")
    return float(value)


def seed_of(value: Any) -> int:
    if not is_seed(value):
        raise OptionError(f"seed={value!r}: an integer of 64 bits is accepted")
    return int(value)


def dtype_of(value: Any) -> torch.dtype:
    chosen = torch.get_default_dtype() if value is None else value
    if not isinstance(chosen, torch.dtype) or not chosen.is_floating_point:
        raise OptionError(f"dtype={value!r}: a real floating-point type is accepted, such as torch.float64")
    return chosen


def base_function(value: Any) -> BaseFunction:
    """A name of the table, or an elementwise callable."""
    accepted = f"one of {', '.join(BASES)} or an elementwise function of a tensor is accepted"
    if isinstance(value, str):
        if value not in BASES:
            raise OptionError(f"base_fun={value!r}: {accepted}")
        return value
    if not callable(value):
        raise OptionError(f"base_fun={value!r}: {accepted}")
    probe = torch.linspace(-0.5, 0.5, 3)
    answer = value(probe)
    if not isinstance(answer, Tensor) or answer.shape != probe.shape:
        raise OptionError(f"base_fun={value!r} returned {answer!r} for a tensor of shape (3,): {accepted}")
    own: BaseFunction = value
    return own


def _listed(value: Any) -> list[Any] | None:
    if isinstance(value, np.ndarray):
        value = value.tolist()
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else None
