"""How well and how fast functions of two variables are fitted, against pykan 0.2.8's grid refinement.

The tutorial's function and three of Feynman's formulas in the dimensionless form of Liu et al. 2024
(arXiv:2404.19756, table 2), 1,000 training and 1,000 test rows, one width for both, float64, no penalty. pykan trains
by LBFGS, 50 steps on each of the grids 3, 5, 10 and 20, as its tutorials do, and its error is that of the grid that is
best on the test rows. kanwidget begins with the same grid and is told nothing but ``refine="auto"``: it chooses without
the test rows, and its error is that of the network that it returns. The time is the CPU time of the whole fit on one
thread; both are medians over the seeds of the starting values.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import Tensor

from benchmarks.measure import Laps, finish, silent, single_thread
from kanwidget import KAN, Dataset, create_dataset

GRIDS = (3, 5, 10, 20)
WIDTH = [2, 5, 1]


@dataclass(frozen=True)
class Problem:
    """A function of the columns of ``x`` and where its arguments lie."""

    name: str
    formula: Callable[[Tensor, Tensor], Tensor]
    ranges: list[list[float]]

    def dataset(self) -> Dataset:
        return create_dataset(lambda x: self.formula(x[:, [0]], x[:, [1]]), n_var=2, ranges=self.ranges)


PROBLEMS = (
    Problem("tutorial", lambda x, y: torch.exp(torch.sin(torch.pi * x) + y**2), [[-1, 1], [-1, 1]]),
    Problem(
        "I.6.2",
        lambda theta, sigma: torch.exp(-((theta / sigma) ** 2) / 2) / torch.sqrt(2 * torch.pi * sigma**2),
        [[-1, 1], [0.5, 2]],
    ),
    Problem("I.12.11", lambda a, theta: 1 + a * torch.sin(theta), [[-1, 1], [0, 2 * math.pi]]),
    Problem("I.18.4", lambda a, b: (1 + a * b) / (1 + a), [[0.5, 2], [-1, 1]]),
)


def own(dataset: Dataset, seed: int, _: int) -> list[float]:
    """Test error at the end: the grid was chosen on training rows that were held back."""
    model = KAN(width=WIDTH, grid=GRIDS[0], k=3, seed=seed)
    return [model.fit(dataset, refine="auto", progress=False).test_loss[-1]]


def pykan(dataset: Dataset, seed: int, steps: int) -> list[float]:
    from kan import KAN as PykanKAN

    Path("model").mkdir()
    model: Any = PykanKAN(width=list(WIDTH), grid=GRIDS[0], k=3, seed=seed, auto_save=False)
    data, errors = dict(dataset), []
    for grid in GRIDS:
        if grid != GRIDS[0]:
            model = model.refine(grid)
            model.auto_save = False
        errors.append(float(model.fit(data, opt="LBFGS", steps=steps)["test_loss"][-1]))
    return errors


WHO = {"kanwidget": own, "pykan": pykan}


def fitted(problem: Problem, seeds: int, steps: int) -> dict[str, Any]:
    """Both, in turn, seed by seed."""
    dataset = problem.dataset()
    rmse: dict[str, list[float]] = {who: [] for who in WHO}
    seconds: dict[str, list[float]] = {who: [] for who in WHO}
    for seed in range(seeds):
        for who, fit in WHO.items():
            laps = Laps()
            with silent():
                errors = laps.time(who, partial(fit, dataset, seed, steps))
            rmse[who].append(min(error if math.isfinite(error) else math.inf for error in errors))
            seconds[who].append(laps.total)
            course = " ".join(f"{error:.1e}" for error in errors)
            print(f"{problem.name:>10} seed {seed} {who:>10}: {laps.total:6.2f} s, test RMSE {course}", flush=True)
    return {
        "name": problem.name,
        **{f"{who}_rmse": median(rmse[who]) for who in WHO},
        **{f"{who}_s": round(median(seconds[who]), 3) for who in WHO},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", nargs="+", choices=[p.name for p in PROBLEMS])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=50, help="of pykan, on each grid")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    single_thread()
    torch.set_default_dtype(torch.float64)
    with silent():
        own(PROBLEMS[0].dataset(), 0, 1)  # loads what is loaded once, as for pykan
        pykan(PROBLEMS[0].dataset(), 0, 1)
    chosen = [p for p in PROBLEMS if p.name in (args.problems or [p.name])]
    problems = [fitted(problem, args.seeds, args.steps) for problem in chosen]
    better = sum(p["kanwidget_rmse"] < p["pykan_rmse"] for p in problems)
    times = round(median(p["pykan_s"] / p["kanwidget_s"] for p in problems), 2)
    for p in problems:
        print(
            f"{p['name']:>10}: RMSE {p['kanwidget_rmse']:.1e} in {p['kanwidget_s']:.2f} s, "
            f"pykan {p['pykan_rmse']:.1e} in {p['pykan_s']:.2f} s"
        )
    print(f"better on {better} of {len(problems)}, {times:.1f} times faster")
    finish({"problems": problems, "better": better, "ratio": times}, as_json=args.json)


if __name__ == "__main__":
    main()
