"""What every network in a comparison answers: what to time, and what a pass will need."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

import torch
from torch import Tensor, nn

from benchmarks.measure import peak_mb

__all__ = ["Need", "Peer", "TorchPeer", "parameter_count", "sample"]

PROBES = 64, 256  # rows


class Need(NamedTuple):
    """Megabytes and CPU seconds of one pass."""

    mb: float
    seconds: float


class Peer(Protocol):
    """A network at work on rows ``x, y``."""

    def passes(self, x: Tensor, y: Tensor) -> Callable[[], object]:
        """One forward and backward pass of the mean squared error, gradients by all parameters."""

    def need(self, rows: int) -> Need:
        """What a pass on so many rows will take, extrapolated from passes on few."""


class TorchPeer:
    """A module of torch."""

    def __init__(self, model: nn.Module, inputs: int, outputs: int) -> None:
        self.model, self.inputs, self.outputs = model, inputs, outputs
        self.parameters = [p for p in model.parameters() if p.requires_grad]
        self._probed: list[Need] = []

    def passes(self, x: Tensor, y: Tensor) -> Callable[[], object]:
        def once() -> None:
            self.forget()
            self.loss(x, y).backward()

        return once

    def loss(self, x: Tensor, y: Tensor) -> Tensor:
        return (self.model(x) - y).square().mean()

    def forget(self) -> None:
        """Drop the gradients."""
        for p in self.parameters:
            p.grad = None

    def memory(self, x: Tensor, y: Tensor) -> float:
        """Megabytes that one pass holds at most, its gradients among them."""
        self.forget()
        return peak_mb(self.passes(x, y))

    def need(self, rows: int) -> Need:
        if not self._probed:
            self._probed = [self._probe(few) for few in PROBES]
        few, many = self._probed
        share = (rows - PROBES[0]) / (PROBES[1] - PROBES[0])
        return Need(*(a + share * max(b - a, 0.0) for a, b in zip(few, many, strict=True)))

    def _probe(self, rows: int) -> Need:
        x, y = sample(rows, self.inputs, self.outputs)
        mb, call = self.memory(x, y), self.passes(x, y)
        begun = time.process_time()
        call()
        return Need(mb, time.process_time() - begun)


def sample(rows: int, inputs: int, outputs: int) -> tuple[Tensor, Tensor]:
    """Rows in [-1, 1] with labels that no network knows."""
    generator = torch.Generator().manual_seed(rows)
    x = 2 * torch.rand(rows, inputs, generator=generator) - 1
    return x, torch.randn(rows, outputs, generator=generator)


def parameter_count(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
