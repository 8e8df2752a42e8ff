"""pykan 0.2.8, as its users make it fast: ``model.speed()`` switches off its symbolic half and its records."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any
from unittest import mock

import torch
from torch import Tensor

from benchmarks.measure import silent

__all__ = ["quick_pykan"]


def quick_pykan(net: Sequence[int], grid: int) -> Any:
    """In ``speed()`` mode. Its first coefficients are drawn at once: its constructor would fit them to noise, one
    least-squares problem per edge, which takes minutes and gigabytes for large networks on fine grids."""
    with silent():
        from kan import KAN

        module = importlib.import_module("kan.KANLayer")
        with mock.patch.object(module, "curve2coef", _drawn):
            return KAN(width=list(net), grid=grid, k=3, seed=0, auto_save=False).speed()


def _drawn(x: Tensor, y: Tensor, knots: Tensor, k: int) -> Tensor:
    return 0.1 * torch.randn(knots.shape[0], y.shape[2], knots.shape[1] - k - 1)
