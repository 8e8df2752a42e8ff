"""What formulas are held against."""

from __future__ import annotations

from torch import Tensor

from kanwidget.data import Dataset
from kanwidget.model.guard import no_gradients
from kanwidget.model.network import Network

__all__ = ["targets"]


@no_gradients
def targets(model: Network, dataset: Dataset) -> Tensor:
    """The training labels, ``(rows, outputs)``; instead of classes, which say nothing about the size of a logit, the
    logits of the network as it is."""
    if not dataset.is_classification:
        return dataset.train_label
    logits: Tensor = model(dataset.train_input.to(dtype=model.dtype, device=model.device))
    return logits
