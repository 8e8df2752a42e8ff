"""One evaluation in training: loss, penalty and gradient of a 2-5-1 network, against pykan 0.2.8.

pykan's is the closure of its default ``fit``: activations are recorded where the penalty needs them, the symbolic half
is skipped as long as no edge is named, and the rows are drawn from the table every time. Both in float64, one thread,
CPU milliseconds.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from benchmarks.measure import finish, in_turn, silent, single_thread
from kanwidget import KAN, create_dataset
from kanwidget.train.descent import backward
from kanwidget.train.objective import Objective
from kanwidget.train.penalty import Penalty

WIDTH, GRID = [2, 5, 1], 5
LAMB_ENTROPY = 10.0
CASES = {"with_penalty": 0.01, "without_penalty": 0.0}  # lamb


def truth(x: Tensor) -> Tensor:
    return torch.exp(torch.sin(torch.pi * x[:, [0]]) + x[:, [1]] ** 2)


def own(x: Tensor, y: Tensor, lamb: float) -> Callable[[], object]:
    model = KAN(width=WIDTH, grid=GRID, k=3, seed=0, dtype=x.dtype)
    objective = Objective(x, y, lamb, Penalty(lamb_entropy=LAMB_ENTROPY))

    def closure() -> None:
        model.zero_grad()
        backward(model, objective)

    return closure


def pykan(x: Tensor, y: Tensor, lamb: float) -> Callable[[], object]:
    with silent():
        from kan import KAN as PykanKAN

        model: Any = PykanKAN(width=list(WIDTH), grid=GRID, k=3, seed=0, auto_save=False)
    model.disable_symbolic_in_fit(lamb)
    rows = np.random.default_rng(0).permutation(len(x))

    def closure() -> None:
        model.zero_grad()
        prediction = model.forward(x[rows], singularity_avoiding=False, y_th=1000.0)
        total = torch.mean((prediction - y[rows]) ** 2)
        if model.save_act:
            total = total + lamb * model.get_reg("edge_forward_spline_n", 1.0, LAMB_ENTROPY, 0.0, 0.0)
        total.backward()

    return closure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=5.0, help="spent on each of the four")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    single_thread()
    torch.set_default_dtype(torch.float64)
    dataset = create_dataset(truth, n_var=2, train_num=args.rows)
    table = dataset.train_input, dataset.train_label
    calls = {(case, who): make(*table, lamb) for case, lamb in CASES.items() for who, make in MAKERS.items()}
    times = in_turn(calls, args.seconds)
    result = {case: compared(times[case, "kanwidget"], times[case, "pykan"]) for case in CASES}
    for case, row in result.items():
        print(f"{case:>16}: {row['kanwidget_ms']:.3f} ms, pykan {row['pykan_ms']:.3f} ms: {row['ratio']:.1f} times")
    finish(result, as_json=args.json)


MAKERS = {"kanwidget": own, "pykan": pykan}


def compared(own_ms: float, pykan_ms: float) -> dict[str, float]:
    return {
        "kanwidget_ms": round(own_ms, 4),
        "pykan_ms": round(pykan_ms, 4),
        "ratio": round(pykan_ms / own_ms, 3),
    }


if __name__ == "__main__":
    main()
