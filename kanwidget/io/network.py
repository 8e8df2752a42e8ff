"""A network in a file of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from torch import Tensor

from kanwidget.io import atomic
from kanwidget.io.container import decode, encode, read
from kanwidget.io.pack import base_of, pack
from kanwidget.io.shelf import Shelf
from kanwidget.io.unpack import unpack
from kanwidget.model.network import Network
from kanwidget.model.shortage import shortage_told

__all__ = ["load_network", "save_network"]

N = TypeVar("N", bound=Network)


def save_network(model: Network, path: str | Path) -> None:
    """Write a network into a file, all or nothing.

    Raises:
        CheckpointError: it cannot be saved, the message says why; nothing was written.
        OSError: the file cannot be written; an old one is as it was.
    """
    shelf = Shelf()
    data = encode("model", pack(model, shelf), shelf)
    _unpacked(data, Network, base_of(model))  # what could not be read again is not written
    atomic.write(path, data)


@shortage_told()
def load_network(path: str | Path, cls: type[N], base_fun: Callable[[Tensor], Tensor] | None) -> N:
    """Read a network from a file.

    Args:
        cls: the class that it must have, or one that it derives from.
        base_fun: the residual function of a network that was made with one of the user's own.

    Raises:
        CheckpointError: the file is damaged, hostile, of another kind or of a later version, or needs a function
            that is not known here; nothing was built.
        OSError: it cannot be opened.
    """
    return _unpacked(read(path), cls, base_fun)


def _unpacked(data: bytes, cls: type[N], base_fun: Callable[[Tensor], Tensor] | None) -> N:
    fields, shelf = decode(data, "model")
    model = unpack(fields, shelf, cls, base_fun)
    shelf.end()
    return model
