"""A network as a document and tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from kanwidget.errors import CheckpointError
from kanwidget.io.own import name_of, values_of
from kanwidget.io.shelf import Shelf
from kanwidget.model.functions import BUILT_IN, function
from kanwidget.model.layer import BaseFunction, KANLayer
from kanwidget.model.network import Network
from kanwidget.model.whole import BUFFERS, PARAMETERS

__all__ = ["base_of", "pack"]


def pack(model: Network, shelf: Shelf, prefix: str = "") -> dict[str, Any]:
    """The document of a network, whose tensors go onto the shelf."""
    _check_plain(model)
    references = {name: getattr(model, name) for name in ("reference", "reference_labels")}
    return {
        "class": type(model).__name__,
        "width": [nodes.written for nodes in model.width],
        "grid_eps": model.grid_eps,
        "input_names": list(model.input_names),
        "output_names": list(model.output_names),
        **({"classes": list(model.classes)} if model.classes else {}),
        **({"features": [[f.kind, *f.columns] for f in model.features]} if model.features else {}),
        "training": model.training,
        "config": _packed_config(model.config),
        **{name: None if t is None else shelf.put(prefix + name, t) for name, t in references.items()},
        "layers": [_packed_layer(layer, shelf, f"{prefix}layers.{l}.") for l, (layer, _) in enumerate(model.stack())],
        "functions": _own_functions(model),
    }


def _check_plain(model: Network) -> None:
    """Whether the network has nothing that the document has no place for."""
    known = {f"layers.{l}.{name}" for l in range(model.depth) for name in PARAMETERS + BUFFERS}
    extra = [name for name, value in model.state_dict().items() if isinstance(value, Tensor) and name not in known]
    if extra:
        raise CheckpointError(
            f"{type(model).__name__} has a tensor {extra[0]!r} of its own, which a file has no place for"
        )


def _packed_config(config: dict[str, Any]) -> dict[str, Any]:
    dtype = config["dtype"]
    return config | {
        "base_fun": _packed_base(config["base_fun"]),
        "dtype": None if dtype is None else str(dtype).removeprefix("torch."),
    }


def _packed_base(base: BaseFunction) -> Any:
    return base if isinstance(base, str) else {"name": name_of(base), "values": values_of(base)}


def _packed_layer(layer: KANLayer, shelf: Shelf, prefix: str) -> dict[str, Any]:
    return {
        "k": layer.k,
        "base_fun": _packed_base(layer.base_fun),
        "symbolic": [[e.i, e.j, e.name] for e in layer.symbolic],
        **({"pinned": [list(edge) for edge in sorted(layer.pinned)]} if layer.pinned else {}),
        "frozen": [name for name in PARAMETERS if not getattr(layer, name).requires_grad],
        **{name: shelf.put(prefix + name, getattr(layer, name)) for name in PARAMETERS + BUFFERS},
    }


def _own_functions(model: Network) -> list[dict[str, Any]]:
    used = {e.name for layer, _ in model.stack() for e in layer.symbolic}
    return [{"name": name, "values": values_of(function(name).torch)} for name in sorted(used - BUILT_IN)]


def base_of(model: Network) -> Callable[[Tensor], Tensor] | None:
    """The residual function, if it is one of the user's own."""
    own = [layer.base_fun for layer, _ in model.stack() if not isinstance(layer.base_fun, str)]
    return own[0] if own else None
