"""The notebook that the contract is tested with, the same in every host."""

from __future__ import annotations

from enum import IntEnum


class Cell(IntEnum):
    """What each cell does. marimo wants every name to be defined in one cell only."""

    SETUP = 0
    SHOW = 1
    SET_LAMB = 2
    COUNT = 3
    BLOCK = 4
    FIT = 5
    AGAIN = 6


CELLS = [
    """
import time
import torch
from kanwidget import KAN, create_dataset

def f(x):
    return torch.exp(torch.sin(torch.pi * x[:, [0]]) + x[:, [1]] ** 2)

dataset = create_dataset(f, n_var=2, seed=0)
fresh = KAN(width=[2, 5, 1], grid=5, k=3, seed=0, dtype=torch.float64)
trained = fresh.copy()
trained.fit(dataset, steps=20, lamb=0.01, lamb_entropy=10.0, progress=False)
pruned = trained.prune()
start = [fresh]
outputs = []
heard = []
cells_run = [0]
again = [None]
""".strip(),
    """
w = start[0].explore(dataset)
w.observe(lambda change: heard.append([change["name"], change["new"]]), ["lamb", "grid"])
w
""".strip(),
    "w.lamb = 0.001",
    "cells_run[0] += 1",
    "time.sleep(3)",
    "w.fit(steps=30)",
    "again[0]() if again[0] else None",
]
