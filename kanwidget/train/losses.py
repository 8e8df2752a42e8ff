"""What a network is judged by: a loss that training makes small, and the share of the rows that it gets right."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

__all__ = ["LOSSES", "Loss", "accuracy", "cross_entropy", "mean_squared_error", "most_probable", "with_pull"]

Loss = Callable[[Tensor, Tensor], Tensor]


def mean_squared_error(prediction: Tensor, label: Tensor) -> Tensor:
    """Mean over rows and outputs."""
    return (prediction - label).square().mean()


def with_pull(loss: Loss, prediction: Tensor, label: Tensor) -> tuple[Tensor, Tensor]:
    """The loss and its derivative by the predictions, both without history."""
    if loss is mean_squared_error and prediction.shape == label.shape:
        residual = prediction.detach() - label
        return residual.square().mean(), residual * (2 / residual.numel())
    with torch.enable_grad():
        prediction = prediction.detach().requires_grad_()
        value = loss(prediction, label)
        (pulled,) = torch.autograd.grad(value, prediction)
    return value.detach(), pulled


def cross_entropy(prediction: Tensor, label: Tensor) -> Tensor:
    """Mean over the rows of -log P(label), in nats.

    Args:
        prediction: logits. Shape ``(rows, C)``: P is their softmax; shape ``(rows, 1)``, for two classes: P of the
            second is the logistic function of it.
        label: the numbers 0 … C - 1 of the classes, shape ``(rows, 1)``.
    """
    if prediction.shape[1] == 1:
        return torch.nn.functional.binary_cross_entropy_with_logits(prediction, label.to(prediction))
    return torch.nn.functional.cross_entropy(prediction, label[:, 0].long())


def accuracy(prediction: Tensor, label: Tensor) -> float:
    """Share of the rows whose most probable class is the label; shapes as in :func:`cross_entropy`."""
    return float((most_probable(prediction) == label[:, 0]).double().mean())


def most_probable(prediction: Tensor) -> Tensor:
    """The number of the class with the largest logit: ``(rows, outputs)`` → ``(rows,)``."""
    return (prediction[:, 0] > 0).long() if prediction.shape[1] == 1 else prediction.argmax(1)


LOSSES: dict[str, Loss] = {"mse": mean_squared_error, "cross_entropy": cross_entropy}
