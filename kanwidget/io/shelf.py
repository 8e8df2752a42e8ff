"""The tensors of a file by name. Equal tensors stand there once, however often they are used."""

from __future__ import annotations

import hashlib

import torch
from torch import Tensor

from kanwidget.errors import CheckpointError
from kanwidget.io.fields import text

__all__ = ["MOST_BYTES", "Shelf", "contents"]

MOST_BYTES = 2**30  # of a file, and of what comes out of it
FLOATS = (torch.float64, torch.float32, torch.float16, torch.bfloat16)


class Shelf:
    """Tensors on their way into a file or out of it.

    Args:
        tensors: what a file holds.
    """

    def __init__(self, tensors: dict[str, Tensor] | None = None) -> None:
        self.tensors = {} if tensors is None else tensors
        self._known: dict[bytes, str] = {}
        self._taken: set[str] = set()
        self._bytes = 0

    def put(self, name: str, tensor: Tensor) -> str:
        """Keep a copy; returns the name that it has in the file."""
        own = tensor.detach().cpu().contiguous().clone()
        known = self._known.setdefault(_identity(own), name)
        if known == name:
            self.tensors[name] = own
        return known

    def take(self, where: str, name: object) -> Tensor:
        """A tensor of its own for whoever asks; a check as those of :mod:`kanwidget.io.fields`."""
        known = text(where, name)
        if known not in self.tensors:
            raise CheckpointError(f"the file has no tensor {known!r}, which {where} names")
        tensor = self.tensors[known]
        if tensor.dtype not in FLOATS:
            raise CheckpointError(f"tensor {known!r} holds {tensor.dtype}: real floating-point numbers are accepted")
        self._bytes += tensor.numel() * tensor.element_size()
        if self._bytes > MOST_BYTES:
            raise CheckpointError(f"what the file describes is larger than {MOST_BYTES} bytes")
        again = known in self._taken
        self._taken.add(known)
        return tensor.clone() if again else tensor

    def end(self) -> None:
        """All that is there has been taken."""
        left = [name for name in self.tensors if name not in self._taken]
        if left:
            raise CheckpointError(f"the file has a tensor {left[0]!r} that nothing names")


def contents(tensor: Tensor) -> bytes:
    """The numbers of a contiguous tensor on the CPU, bit by bit."""
    return tensor.view(torch.uint8).numpy().tobytes() if tensor.numel() else b""


def _identity(tensor: Tensor) -> bytes:
    kind = f"{tensor.dtype} {tuple(tensor.shape)} ".encode()
    return hashlib.sha256(kind + contents(tensor)).digest()
