"""Gaussian bumps in place of splines, as fast-kan made them known (Li, *Kolmogorov-Arnold Networks are Radial Basis
Function Networks*, arXiv:2405.06721): the inputs are normalised, so that one fixed row of centres serves all."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["RadialBumps", "radial_bumps"]

LOW, HIGH = -2.0, 2.0


class RadialBumps(nn.Module):
    """``V exp(-((norm(x) - centre) / h)^2) + W silu(x) + b``, with as many centres as a spline has coefficients."""

    def __init__(self, inputs: int, outputs: int, centres: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(inputs)
        self.register_buffer("centres", torch.linspace(LOW, HIGH, centres))
        self.width = (HIGH - LOW) / (centres - 1)
        self.bumps = nn.Linear(inputs * centres, outputs, bias=False)
        self.base = nn.Linear(inputs, outputs)

    centres: Tensor

    def forward(self, x: Tensor) -> Tensor:
        u = (self.norm(x)[..., None] - self.centres) / self.width
        return self.bumps(torch.exp(-(u**2)).flatten(1)) + self.base(F.silu(x))


def radial_bumps(net: Sequence[int], grid: int, k: int = 3) -> nn.Module:
    return nn.Sequential(*(RadialBumps(a, b, grid + k) for a, b in pairwise(net)))
