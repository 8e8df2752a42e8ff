"""The only least-squares solves of the project."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["solve_coef", "solve_normal"]


def solve_coef(design: Tensor, target: Tensor, *, cutoff: float = 1e-12) -> Tensor:
    """Least-squares coefficients, also where the design lacks rank.

    A grid cell without data gives a column of zeros, on which the default driver of
    :func:`torch.linalg.lstsq` returns wrong numbers without a word. Singular values below ``cutoff`` times the
    largest are dropped instead, so that a coefficient the data say nothing about is 0.

    Args:
        design: shape ``(..., rows, columns)``.
        target: shape ``(..., rows, outputs)``.

    Returns:
        ``argmin_c |design c - target|`` of smallest norm, shape ``(..., columns, outputs)``, in the dtype of
        ``target``; the solve itself is done in float64.
    """
    inverse: Tensor = torch.linalg.pinv(design.double(), rtol=cutoff)
    return (inverse @ target.double()).to(target.dtype)


def solve_normal(design: Tensor, target: Tensor, *, ridge: float = 1e-13) -> Tensor:
    """Least-squares coefficients by the normal equations, for well-conditioned designs that are solved often.

    Args:
        design: shape ``(rows, columns)``, float64.
        target: shape ``(rows,)``.
        ridge: added to the diagonal, relative to its largest entry, so that columns without meaning get 0.

    Returns:
        shape ``(columns,)``.
    """
    gram = design.mT @ design
    gram.diagonal().add_(ridge * gram.diagonal().max().clamp_min(1e-300))
    factor, _ = torch.linalg.cholesky_ex(gram)
    return torch.cholesky_solve((design.mT @ target)[:, None], factor)[:, 0]
