"""Small networks on one thread.

Their operations are over before a second thread has woken up; on a machine that does something else besides, waiting
for it makes training many times slower.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from kanwidget.model.network import Network

__all__ = ["threads_for"]

SMALL = 5_000_000  # multiplications of one evaluation


@contextmanager
def threads_for(model: Network, rows: int) -> Iterator[None]:
    """One thread while a small network is at work on ``rows`` rows; afterwards as many as before."""
    before = torch.get_num_threads()
    if before == 1 or rows * sum(layer.coef.numel() for layer, _ in model.stack()) > SMALL:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
