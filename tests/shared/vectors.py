"""Vectors on which Python and the page must agree: ``python -m tests.shared.vectors`` writes them anew.

``vectors.json`` holds networks as the widget sends them, rows and the outputs that torch computes for them, and values
of every function of the library. The TypeScript tests read the same file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from kanwidget import KAN
from kanwidget.model.functions import functions
from kanwidget.widget.frame import build_frame

FILE = Path(__file__).with_name("vectors.json")
STATE = {"seq": 1, "structure": 1, "step": 0, "playing": False, "status": ""}


def vectors() -> dict[str, Any]:
    return {"networks": [_network(name, model) for name, model in _models().items()], "functions": _functions()}


def _models() -> dict[str, KAN]:
    """Small networks that together use everything a frame can say."""
    models = {
        "2-5-1": KAN([2, 5, 1], dtype=torch.float64),
        "one edge": KAN([1, 1], grid=1, k=1, dtype=torch.float64),
        "deep": KAN([2, 3, 2, 2], grid=[3, 7, 12], k=[3, 2, 5], seed=1, dtype=torch.float64),
        "products": KAN([3, [2, 2], [1, 1]], seed=2, dtype=torch.float64),
        "steps": KAN([2, 2, 1], k=[0, 1], seed=3, dtype=torch.float64),
        "adaptive": KAN([2, 2, 1], grid_eps=0.05, seed=4, dtype=torch.float64),
        "named": KAN([2, 3, 1], seed=5, dtype=torch.float64),
    }
    for base in ("identity", "zero", "tanh", "relu"):
        models[f"base {base}"] = KAN([2, 2, 1], base_fun=base, seed=6, dtype=torch.float64)
    models["adaptive"].update_grid(rows(300, 2) ** 3)
    named = models["named"]
    for at, name in enumerate(("sin", "gaussian", "x^3")):
        named.fix_symbolic(0, at % 2, at, name, [1.3, 0.2, -0.7, 0.1 * at], verbose=False)
    named.fix_symbolic(1, 0, 0, "exp", [0.9, -0.1, 1.1, 0.3], verbose=False)
    named.remove_edge(0, 1, 2)
    named.remove_edge(1, 2, 0)
    made = KAN([2, 2, 1], seed=7, dtype=torch.float64).with_features(["x_1^2", "x_1*x_2", "sin(x_2)"])
    with torch.no_grad():
        made.layer(0).coef.copy_(models["2-5-1"].layer(0).coef[:, :2].repeat(3, 1, 1)[:5])
    models["features"] = made
    return models


def rows(count: int, columns: int) -> Tensor:
    """In and around the grid of a new network."""
    unit = torch.rand(count, columns, generator=torch.Generator().manual_seed(7), dtype=torch.float64)
    return 2.8 * unit - 1.4


def _network(name: str, model: KAN) -> dict[str, Any]:
    x = rows(12, model.columns)
    with torch.no_grad():
        outputs = model(x)
    return {
        "name": name,
        "snapshot": build_frame(model, [], [], STATE).text(),
        "rows": x.tolist(),
        "outputs": outputs.tolist(),
    }


def _functions() -> dict[str, dict[str, list[float | None]]]:
    """Values on both sides of every pole and edge of a domain; null where a function is not finite."""
    x = torch.tensor([-2.5, -1.2, -1.0, -0.4, -1e-3, 0.0, 1e-3, 0.3, 0.9, 1.0, 1.7, 4.0], dtype=torch.float64)
    table = {}
    for f in functions():
        values = f.torch(x).tolist()
        table[f.name] = {"x": x.tolist(), "y": [v if abs(v) < float("inf") else None for v in values]}
    return table


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), indent=1) + "\n", encoding="utf-8")
