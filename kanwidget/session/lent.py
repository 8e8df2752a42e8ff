"""The network in the hands of a cell. It is a copy that may be used and changed like any other; what was done to it is
found out by comparing, whatever way it was done, and nothing of it reaches the session unchecked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from kanwidget.derived import features_of
from kanwidget.errors import KanwidgetError, ShapeError
from kanwidget.model import arguments
from kanwidget.model.functions import function
from kanwidget.model.layer import KANLayer
from kanwidget.model.network import Network
from kanwidget.model.nodes import Nodes
from kanwidget.model.shortage import shortage
from kanwidget.model.whole import BUFFERS, PARAMETERS, fault_of

__all__ = ["Lent", "received"]


class Lent:
    """A copy of ``network``.

    Attributes:
        network: the copy.
        since: what stands for the state of the session that it was made in.
    """

    def __init__(self, network: Network, since: object) -> None:
        self.network, self.since = network.copy(), since
        self._before = _kept(self.network)

    @property
    def is_changed(self) -> bool:
        """Whether it is another network than before, or none any more."""
        try:
            return not _same(_parts(self.network), self._before)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - whatever a cell has taken away from it
            return True

    def go_on(self, since: object) -> None:
        """As it is now, it stands for the session in another state."""
        self._before, self.since = _kept(self.network), since


def received(given: Network, into: Network) -> Network:
    """A network like ``into``, with what makes up ``given``; what follows from that is worked out anew.

    Raises:
        ShapeError: parts of ``given`` are missing or do not belong together.
    """
    try:
        return _received(given, into)
    except Exception as error:
        if told := shortage(error):
            raise told from error
        what = str(error) if isinstance(error, KanwidgetError) else f"{type(error).__name__}: {error}"
        raise ShapeError(f"model: a cell has left a network that cannot be used, {what}") from error


def _received(given: Network, into: Network) -> Network:
    layers = [_checked(f"layers[{l}]", *parts) for l, parts in enumerate(_between(given))]
    model = into.with_layers(layers, given.width)
    arguments.dtype_of(model.dtype)
    model.grid_eps = arguments.share("grid_eps", given.grid_eps)
    inputs, outputs = _names(given.input_names), _names(given.output_names)
    features = features_of(list(given.features), inputs)
    if (len(inputs) + len(features), len(outputs)) != (model.width[0].count, model.width[-1].count):
        raise ShapeError(f"input_names, output_names: {inputs} and {outputs} are not one for each column")
    model.input_names, model.output_names, model.features = inputs, outputs, features
    if len({t.dtype for layer in layers for t in (*layer.parameters(), layer.knots, layer.mask)}) > 1:
        raise ShapeError("layers: they have tensors of several types")
    return model


def _between(model: Network) -> list[tuple[KANLayer, Nodes, Nodes]]:
    return [(layer, below, above) for (layer, above), below in zip(model.stack(), model.width, strict=False)]


def _checked(where: str, layer: KANLayer, below: Nodes, above: Nodes) -> KANLayer:
    tensors = {name: getattr(layer, name) for name in PARAMETERS + BUFFERS}
    if fault := fault_of(tensors, layer.k, below.count, above.subnodes, layer.symbolic):
        raise ShapeError(f"{where}.{fault}")
    arguments.base_function(layer.base_fun)
    for edge in layer.symbolic:
        function(edge.name)
    return layer.replaced()


def _names(given: Sequence[str]) -> tuple[str, ...]:
    if not all(isinstance(name, str) for name in given):
        raise ShapeError(f"names of inputs and outputs are texts, not {given!r}")
    return tuple(given)


def _parts(model: Network) -> list[Any]:
    """All that makes up a network, but the rows that it is judged by: they are those of the data."""
    parts: list[Any] = [model.width, model.grid_eps, model.input_names, model.output_names, model.features]
    for layer, _ in model.stack():
        parameters = [getattr(layer, name) for name in PARAMETERS]
        parts += [layer.k, layer.base_fun, layer.symbolic, layer.pinned, [p.requires_grad for p in parameters]]
        parts += [tensor.detach() for tensor in (*parameters, layer.knots, layer.mask)]
    return parts


def _kept(model: Network) -> list[Any]:
    """The same, that does not change with it."""
    return [part.clone() if isinstance(part, Tensor) else part for part in _parts(model)]


def _same(ours: list[Any], theirs: list[Any]) -> bool:
    return len(ours) == len(theirs) and all(map(_is_same, ours, theirs))


def _is_same(a: Any, b: Any) -> bool:
    if not isinstance(a, Tensor) or not isinstance(b, Tensor):
        return bool(a == b)
    return (a.dtype, a.device) == (b.dtype, b.device) and torch.equal(a, b)
