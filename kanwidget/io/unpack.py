"""The network of a document and tensors, bit by bit; nothing of them is believed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import torch
from torch import Tensor

from kanwidget.derived import Feature, features_of
from kanwidget.errors import CheckpointError, KanwidgetError
from kanwidget.io.fields import Fields, boolean, many, number, one_of, optional, text, whole
from kanwidget.io.own import check_values, name_of, own_function
from kanwidget.io.shelf import Shelf
from kanwidget.model import arguments
from kanwidget.model.functions import BUILT_IN, function
from kanwidget.model.layer import BASES, BaseFunction, KANLayer, SymbolicEdge
from kanwidget.model.network import REFERENCE_ROWS, Network
from kanwidget.model.nodes import Nodes
from kanwidget.model.whole import BUFFERS, PARAMETERS, fault_of

__all__ = ["unpack"]

N = TypeVar("N", bound=Network)

MOST_LAYERS = 1000
MOST_NODES = 10**6
MOST_DEGREE = 1000
MOST_EDGES = 10**6
DTYPES = {"float64": torch.float64, "float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}


def unpack(fields: Fields, shelf: Shelf, cls: type[N], base_fun: Callable[[Tensor], Tensor] | None) -> N:
    """The network of a document.

    Raises:
        CheckpointError: something of it is not accepted.
    """
    kind = fields.take("class", _class(cls))
    width = fields.take("width", _width)
    made = fields.maybe("features", many(_feature, width[0].count - 1)) or []
    columns = width[0].count - len(made)
    inputs = fields.take("input_names", many(text, MOST_NODES, exactly=columns))
    features = _features(made, inputs)
    outputs = fields.take("output_names", many(text, MOST_NODES, exactly=width[-1].count))
    own = _own_base(base_fun)
    described = fields.take("layers", many(Fields, MOST_LAYERS, exactly=len(width) - 1))
    fields.take("functions", many(_known_function, MOST_EDGES))
    layers = [
        _layer(layer, shelf, below, above, own)
        for layer, below, above in zip(described, width, width[1:], strict=False)
    ]
    _check_one_dtype(layers)
    reference, labels = _references(fields, shelf, columns, width[-1].count)
    model = kind.restored(
        layers,
        width=width,
        grid_eps=fields.take("grid_eps", number(0, 1)),
        config=_config(fields.take("config", Fields), own),
        input_names=tuple(inputs),
        output_names=tuple(outputs),
        features=features,
        reference=reference,
        reference_labels=labels,
    )
    model.classes = tuple(fields.maybe("classes", _classes(width[-1].count)) or ())
    model.train(fields.take("training", boolean))
    fields.end()
    return model


def _classes(outputs: int) -> Callable[[str, Any], list[str]]:
    """Names of classes: one per output, or two that share one."""
    return many(text, MOST_NODES, exactly=2 if outputs == 1 else outputs)


def _feature(where: str, value: Any) -> Feature:
    """``[kind, column, …]``."""
    if not isinstance(value, list) or not value or not isinstance(value[0], str):
        raise CheckpointError(f"the file says {where}={value!r}: [kind, column, …] is accepted")
    return Feature(value[0], tuple(many(whole(0, MOST_NODES), 2)(where, value[1:])))


def _features(made: Sequence[Feature], names: Sequence[str]) -> tuple[Feature, ...]:
    """Inputs that are made of columns that there are."""
    try:
        return features_of(made, names)
    except KanwidgetError as error:
        raise CheckpointError(f"the file has inputs that cannot be made: {error}") from error


def _class(cls: type[N]) -> Callable[[str, Any], type[N]]:
    def check(where: str, value: Any) -> type[N]:
        known: dict[str, type[N]] = {found.__name__: found for found in _family(cls)}
        if not isinstance(value, str) or value not in known:
            raise CheckpointError(f"the file says {where}={value!r}: a {' or a '.join(known)} is accepted here")
        return known[value]

    return check


def _family(cls: type[N]) -> list[type[N]]:
    """A class and all that derive from it."""
    return [cls, *(member for child in cls.__subclasses__() for member in _family(child))]


def _width(where: str, value: Any) -> tuple[Nodes, ...]:
    try:
        nodes = arguments.widths(value)
    except KanwidgetError as error:
        raise CheckpointError(f"the file says {where}: {error}") from error
    if len(nodes) > MOST_LAYERS + 1 or any(n.subnodes > MOST_NODES for n in nodes):
        raise CheckpointError(f"the file says {where}: more than {MOST_LAYERS} layers or {MOST_NODES} nodes")
    return nodes


def _own_base(base_fun: Callable[[Tensor], Tensor] | None) -> Callable[[str, Any], BaseFunction]:
    """A check that gives the user's function to whoever names one."""

    def check(where: str, value: Any) -> BaseFunction:
        if isinstance(value, str):
            return one_of(*BASES)(where, value)
        name, values = own_function(where, value)
        if base_fun is None:
            raise CheckpointError(f"the file needs the residual function {name!r}: hand it in as base_fun")
        check_values(f"base_fun {name_of(base_fun)!r}", base_fun, values)
        return base_fun

    return check


def _known_function(where: str, value: Any) -> None:
    """A function of the user's own must be there, and be the same."""
    name, values = own_function(where, value)
    if name in BUILT_IN:
        raise CheckpointError(f"the file says that {name!r} is a function of the user's own: it is built in")
    try:
        found = function(name)
    except KanwidgetError:
        raise CheckpointError(f"the file needs the function {name!r}: add it by add_symbolic first") from None
    check_values(f"the function {name!r}", found.torch, values)


def _layer(
    fields: Fields, shelf: Shelf, below: Nodes, above: Nodes, own: Callable[[str, Any], BaseFunction]
) -> KANLayer:
    k = fields.take("k", whole(0, MOST_DEGREE))
    base_fun = fields.take("base_fun", own)
    symbolic = fields.take("symbolic", many(_symbolic_edge(below.count, above.subnodes), MOST_EDGES))
    pinned = fields.maybe("pinned", many(_place(below.count, above.subnodes), MOST_EDGES)) or []
    frozen = fields.take("frozen", many(one_of(*PARAMETERS), len(PARAMETERS)))
    tensors = {name: fields.take(name, shelf.take) for name in PARAMETERS + BUFFERS}
    fields.end()
    if fault := fault_of(tensors, k, below.count, above.subnodes, symbolic):
        raise CheckpointError(f"{fields.where}.{fault}")
    layer = KANLayer(k=k, base_fun=base_fun, symbolic=tuple(symbolic), pinned=frozenset(pinned), **tensors)
    for name in frozen:
        getattr(layer, name).requires_grad_(False)
    return layer


def _place(inputs: int, outputs: int) -> Callable[[str, Any], tuple[int, int]]:
    def check(where: str, value: Any) -> tuple[int, int]:
        if not isinstance(value, list) or len(value) != 2:
            raise CheckpointError(f"the file says {where}={value!r}: [i, j] is accepted")
        return whole(0, inputs - 1)(where, value[0]), whole(0, outputs - 1)(where, value[1])

    return check


def _symbolic_edge(inputs: int, outputs: int) -> Callable[[str, Any], SymbolicEdge]:
    def check(where: str, value: Any) -> SymbolicEdge:
        if not isinstance(value, list) or len(value) != 3:
            raise CheckpointError(f"the file says {where}={value!r}: [i, j, name] is accepted")
        i, j = whole(0, inputs - 1)(where, value[0]), whole(0, outputs - 1)(where, value[1])
        try:
            return SymbolicEdge(i, j, function(text(where, value[2])).name)
        except KanwidgetError as error:
            raise CheckpointError(f"the file names a function in {where}: {error}") from error

    return check


def _check_one_dtype(layers: Sequence[KANLayer]) -> None:
    found = {t.dtype for layer in layers for t in (*layer.parameters(), layer.knots, layer.mask)}
    if len(found) > 1:
        raise CheckpointError(f"the layers have tensors of several types: {', '.join(sorted(map(str, found)))}")


def _references(fields: Fields, shelf: Shelf, inputs: int, outputs: int) -> tuple[Tensor | None, Tensor | None]:
    """The remembered rows: finite tables with so many columns."""
    x = fields.take("reference", optional(shelf.take))
    y = fields.take("reference_labels", optional(shelf.take))
    rows = 0 if x is None else len(x) if x.ndim else 0
    for name, table, columns in (("reference", x, inputs), ("reference_labels", y, outputs)):
        if table is None:
            continue
        if tuple(table.shape) != (rows, columns) or not 1 <= rows <= REFERENCE_ROWS:
            raise CheckpointError(
                f"the file has {name} of shape {tuple(table.shape)}: up to {REFERENCE_ROWS} rows of "
                f"{columns} column(s) are accepted, as many as reference has"
            )
        if not bool(table.isfinite().all()):
            raise CheckpointError(f"the file has {name} with values that are not finite")
    return x, y


def _config(fields: Fields, own: Callable[[str, Any], BaseFunction]) -> dict[str, Any]:
    """The arguments that the network was made with."""
    layers = fields.take("width", _width)

    def per_layer(least: int) -> Callable[[str, Any], Any]:
        one = whole(least, 2**62)
        return lambda where, v: (
            many(one, MOST_LAYERS, exactly=len(layers) - 1)(where, v) if isinstance(v, list) else one(where, v)
        )

    def ranges(where: str, value: Any) -> list[Any]:
        pair = many(number(), 2, exactly=2)
        nested = isinstance(value, list) and bool(value) and isinstance(value[0], list)
        return many(pair, MOST_NODES, exactly=layers[0].count)(where, value) if nested else pair(where, value)

    config = {
        "width": [nodes.written for nodes in layers],
        "grid": fields.take("grid", per_layer(1)),
        "k": fields.take("k", per_layer(0)),
        "seed": fields.take("seed", whole(-(2**63), 2**63 - 1)),
        "noise_scale": fields.take("noise_scale", number(0)),
        "base_fun": fields.take("base_fun", own),
        "grid_range": fields.take("grid_range", ranges),
        "grid_eps": fields.take("grid_eps", number(0, 1)),
        "dtype": fields.take("dtype", optional(one_of(*DTYPES))),
        "device": fields.take("device", optional(text)),
    }
    fields.end()
    return config | {"dtype": None if config["dtype"] is None else DTYPES[config["dtype"]]}
