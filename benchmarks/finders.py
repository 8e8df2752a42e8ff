"""Ways from rows to a formula: kanwidget's, and those of peers, each called as its users would.

A finder is made once, which imports all that it needs, and then called. One that breaks down has no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import sympy as sp
import torch
from numpy.typing import NDArray

from benchmarks.constants import refitted
from benchmarks.measure import silent
from benchmarks.peers.operon import searched

__all__ = ["FINDERS", "Finder", "Found", "Rows"]

Array = NDArray[Any]


@dataclass(frozen=True)
class Rows:
    """What a finder is given: columns with names, shape ``(rows, variables)``, and labels ``(rows,)``."""

    x: Array
    y: Array
    variables: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """A formula over symbols with the names of the columns, and whether it was called certain."""

    formula: sp.Expr
    certified: bool = False


Finder = Callable[[Rows, float, int], Found]
"""Called with the rows, a budget in seconds, and a seed."""


def own() -> Finder:
    from kanwidget import Dataset, discover

    def find(rows: Rows, budget: float, seed: int) -> Found:
        x, y = torch.from_numpy(rows.x), torch.from_numpy(rows.y)
        dataset = Dataset.from_arrays(x, y, test_size=0, input_names=rows.variables)
        discovery = discover(dataset, budget_s=budget, seed=seed)
        return Found(discovery.best.formula[0], bool(discovery.certified))

    return find


def operon() -> Finder:
    """Its constants have single precision: those of its formula are fitted once more, in double precision."""
    import_module("pyoperon.sklearn")

    def find(rows: Rows, budget: float, seed: int) -> Found:
        formula = searched(rows.x, rows.y, rows.variables, budget, seed)
        return Found(refitted(formula, rows.variables, rows.x, rows.y))

    return find


def pykan() -> Finder:
    """The automatic walk of pykan's first tutorial with its options: it knows no budget and is cut off."""
    with silent():
        from kan import KAN

    library = ["x", "x^2", "x^3", "x^4", "exp", "log", "sqrt", "tanh", "sin", "abs"]

    def find(rows: Rows, _budget: float, seed: int) -> Found:
        torch.set_default_dtype(torch.float64)
        x, y = torch.from_numpy(rows.x), torch.from_numpy(rows.y)[:, None]
        data = {"train_input": x, "train_label": y, "test_input": x, "test_label": y}
        with silent():
            Path("model").mkdir()  # where it keeps its log
            model: Any = KAN(width=[x.shape[1], 5, 1], grid=5, k=3, seed=seed, auto_save=False)
            model.fit(data, opt="LBFGS", steps=50, lamb=0.001)
            model = model.prune()
            model.fit(data, opt="LBFGS", steps=50)
            model.auto_symbolic(lib=library)
            model.fit(data, opt="LBFGS", steps=50)
            formulas, _ = model.symbolic_formula(var=_symbols(rows.variables))
        return Found(formulas[0])

    return find


def _symbols(names: Sequence[str]) -> list[sp.Symbol]:
    return [sp.Symbol(name) for name in names]


FINDERS: dict[str, Callable[[], Finder]] = {"kanwidget": own, "operon": operon, "pykan": pykan}
