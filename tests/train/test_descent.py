"""What a descent leaves behind."""

from __future__ import annotations

import gc
import weakref

from kanwidget import KAN
from kanwidget.train.descent import backward
from kanwidget.train.objective import Objective
from kanwidget.train.penalty import Penalty

from ..support import rows


def test_the_design_matrix_of_a_batch_goes_with_the_batch() -> None:
    model = KAN([2, 5, 1]).double()
    gc.disable()  # which comes late, and batches are large
    try:
        objective = Objective(rows(50, 2), rows(50, 1), 0.0, Penalty())
        backward(model, objective)
        first = objective.first(model.layer(0))
        assert first is not None
        design = weakref.ref(first.prepared)
        del objective, first
        assert design() is None
    finally:
        gc.enable()
