"""The tutorial's whole walk against pykan 0.2.8: train, prune, train, name every edge, train, read the formula.

Both do the same job on the same rows, in one process, in turn, on one thread, in float64; times are CPU seconds.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

import sympy as sp
import torch

from benchmarks.measure import Laps, finish, ratio, silent, single_thread
from kanwidget import KAN, Dataset, create_dataset
from kanwidget.symbolic.present import tidy

PHASES = ("fit", "prune", "fit again", "auto_symbolic", "last fit", "formula")
X, Y = sp.symbols("x y")
TRUTH = sp.exp(sp.sin(sp.pi * X) + Y**2)


def truth(x: torch.Tensor) -> torch.Tensor:
    return torch.exp(torch.sin(torch.pi * x[:, [0]]) + x[:, [1]] ** 2)


class Walk:
    """One walk: times by phase, the formula and its error on the test rows."""

    def __init__(self, laps: Laps, formula: sp.Expr, dataset: Dataset) -> None:
        self.laps, self.formula = laps, formula
        f = sp.lambdify((X, Y), formula, "numpy")
        x, y = dataset.test_input.numpy().T
        error = f(x, y) - dataset.test_label.numpy()[:, 0]
        self.rmse = float((error**2).mean() ** 0.5)


def walk(make: Callable[[], Any], data: Any, options: dict[str, Any], dataset: Dataset) -> Walk:
    laps = Laps()
    model = make()
    laps.time("fit", lambda: model.fit(data, steps=20, lamb=0.01, lamb_entropy=10.0, **options))
    model = laps.time("prune", model.prune)
    laps.time("fit again", lambda: model.fit(data, steps=20, **options))
    laps.time("auto_symbolic", model.auto_symbolic)
    laps.time("last fit", lambda: model.fit(data, steps=20, **options))
    formulas, _ = laps.time("formula", lambda: model.symbolic_formula(var=[X, Y]))
    return Walk(laps, formulas[0], dataset)


def own(seed: int, dataset: Dataset) -> Walk:
    def make() -> KAN:
        return KAN(width=[2, 5, 1], grid=5, k=3, seed=seed, dtype=torch.float64)

    with silent():
        return walk(make, dataset, {"progress": False}, dataset)


def pykan(seed: int, dataset: Dataset) -> Walk:
    from kan import KAN as PykanKAN

    def make() -> Any:
        Path("model").mkdir()  # where it keeps its log; saving the model after every act is switched off
        return PykanKAN(width=[2, 5, 1], grid=5, k=3, seed=seed, auto_save=False)

    with silent():
        return walk(make, dict(dataset), {"opt": "LBFGS"}, dataset)


def is_exact(formula: sp.Expr) -> bool:
    """Whether the formula is the truth with every constant within 1e-4."""
    gathered = tidy(formula, digits=12)
    numbers = {number: _nearest(float(number)) for number in gathered.atoms(sp.Float)}
    if any(abs(float(near) - float(number)) > 1e-4 for number, near in numbers.items()):
        return False
    return bool(sp.simplify(gathered.xreplace(numbers) - TRUTH) == 0)


def _nearest(value: float) -> sp.Expr:
    turns = round(value / math.pi)
    wholes = [sp.Integer(round(value)), turns * sp.pi]
    return min(wholes, key=lambda near: abs(float(near) - value))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="walks of kanwidget, seeds 0, 1, …")
    parser.add_argument("--peer-seeds", type=int, default=3, help="walks of pykan, one after each of the first of ours")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    single_thread()
    torch.set_default_dtype(torch.float64)
    dataset = create_dataset(truth, n_var=2)
    own(0, dataset)  # the first run loads what is loaded once; the peer's first run is not counted either
    walks, peers = [], []
    if args.peer_seeds:
        with silent():
            import_module("kan")
    for seed in range(max(args.seeds, args.peer_seeds)):
        if seed < args.seeds:
            walks.append(_told("kanwidget", seed, own(seed, dataset)))
        if seed < args.peer_seeds:
            try:
                peers.append(_told("pykan", seed, pykan(seed, dataset)))
            except Exception as error:  # noqa: BLE001 - its last fit may break down after a bad formula: not our end
                print(f"     pykan seed {seed}: ends in {type(error).__name__}: {error}", flush=True)
    result: dict[str, Any] = {
        "seeds": args.seeds,
        "exact_seeds": sum(is_exact(w.formula) for w in walks),
        "worst_test_rmse": max(w.rmse for w in walks),
        "phases": {phase: {"kanwidget_s": _median(walks, phase)} for phase in PHASES},
    }
    if peers:
        for phase in PHASES:
            result["phases"][phase]["pykan_s"] = _median(peers, phase)
        result["ratio"] = ratio([p.laps.total for p in peers], [w.laps.total for w in walks])
        result["ratio_without_symbolic"] = ratio([_numeric(p) for p in peers], [_numeric(w) for w in walks])
        result["pykan_seeds"] = len(peers)
        result["pykan_exact_seeds"] = sum(is_exact(p.formula) for p in peers)
        without = result["ratio_without_symbolic"]
        print(f"{result['ratio']:.0f} times faster than pykan, {without:.1f} times without naming")
    finish(result, as_json=args.json)


def _told(who: str, seed: int, walk: Walk) -> Walk:
    formula = tidy(walk.formula)
    print(f"{who:>10} seed {seed}: {walk.laps.total:7.2f} s CPU, test RMSE {walk.rmse:.1e}, {formula}", flush=True)
    return walk


def _median(walks: list[Walk], phase: str) -> float:
    return median(w.laps.seconds[phase] for w in walks)


def _numeric(walk: Walk) -> float:
    return walk.laps.total - walk.laps.seconds["auto_symbolic"] - walk.laps.seconds["formula"]


if __name__ == "__main__":
    main()
