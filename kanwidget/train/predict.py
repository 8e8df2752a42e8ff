"""What a trained network says about new rows: probabilities and classes, or values."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kanwidget.errors import OptionError
from kanwidget.model.guard import no_gradients
from kanwidget.model.network import Network
from kanwidget.train.losses import most_probable

__all__ = ["predict", "predict_proba"]


@no_gradients
def predict_proba(model: Network, x: Any) -> Tensor:
    """Probability of every class, shape ``(rows, C)``, for inputs of shape ``(rows, inputs)``.

    Raises:
        OptionError: the network was not trained on classes.
    """
    if not model.classes:
        raise OptionError("predict_proba is for classes: this network was trained on measured values, or not at all")
    logits = _outputs(model, x)
    if logits.shape[1] == 1:
        logits = torch.cat([torch.zeros_like(logits), logits], dim=1)
    return logits.softmax(1)


@no_gradients
def predict(model: Network, x: Any) -> Tensor:
    """The most probable class of every row, as its number in ``model.classes``: ``(rows,)``; of a network without
    classes its outputs, ``(rows, outputs)``."""
    outputs = _outputs(model, x)
    return most_probable(outputs) if model.classes else outputs


def _outputs(model: Network, x: Any) -> Tensor:
    outputs: Tensor = model(model.rows(x, "x").to(model.device))
    return outputs
