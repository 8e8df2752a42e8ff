"""Minibatch Adam on more and more rows: time and memory of one epoch.

A 2-5-1 network, float32, ``model.fit`` with batches of 1,024, one thread, CPU seconds; medians of fresh processes in
turn. ``peak_mb`` is the most resident memory during the fit beyond that before it, when the data set was already
there: what is copied of the data counts. Reads ``/proc``: Linux only.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import time
from pathlib import Path
from statistics import linear_regression, median
from typing import Any

import torch

from benchmarks.measure import finish, single_thread
from kanwidget import KAN, Dataset, create_dataset

ROWS = (1000, 10_000, 100_000, 1_000_000)
BATCH = 1024
FIRST = 10_000  # the exponent is taken from here on: below, what a fit costs once outweighs the rows


def truth(x: torch.Tensor) -> torch.Tensor:
    return torch.exp(torch.sin(torch.pi * x[:, [0]]) + x[:, [1]] ** 2)


def epoch(rows: int) -> dict[str, float]:
    """One epoch in this process."""
    single_thread()
    fitted(create_dataset(truth, n_var=2, train_num=2 * BATCH, dtype=torch.float32))  # loads what is loaded once
    dataset = create_dataset(truth, n_var=2, train_num=rows, dtype=torch.float32)
    Path("/proc/self/clear_refs").write_text("5")  # the high-water mark of memory starts anew
    before, begun = memory_mb("VmRSS"), time.process_time()
    fitted(dataset)
    seconds = time.process_time() - begun
    data = sum(part.numel() * part.element_size() for part in dataset.values())
    return {"N": rows, "seconds": seconds, "peak_mb": memory_mb("VmHWM") - before, "data_mb": data / 1e6}


def fitted(dataset: Dataset) -> None:
    model = KAN(width=[2, 5, 1], grid=5, k=3, seed=0)
    steps = max(1, len(dataset.train_input) // BATCH)
    model.fit(dataset, opt="Adam", batch=BATCH, steps=steps, progress=False)


def memory_mb(field: str) -> float:
    """A line of this process's status, kB there."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines[field].split()[0]) * 1.024e-3


def apart(rows: int) -> dict[str, float]:
    """As :func:`epoch`, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.scale", "--alone", str(rows)]
    return dict(json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", nargs="+", type=int, default=ROWS)
    parser.add_argument("--times", type=int, default=3, help="processes per size")
    parser.add_argument("--alone", type=int, help="one epoch on so many rows in this process")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if args.alone:
        finish(epoch(args.alone), as_json=True)
        return
    runs = [[apart(rows) for rows in args.rows] for _ in range(args.times)]
    rows = [middle(size) for size in zip(*runs, strict=True)]
    for row in rows:
        each = 1e6 * row["seconds"] / row["N"]
        print(
            f"{row['N']:>9,} rows: {row['seconds']:8.3f} s, {each:7.2f} µs a row, "
            f"{row['peak_mb']:7.1f} MB beyond the {row['data_mb']:.1f} MB of data"
        )
    result: dict[str, Any] = {"rows": rows, "exponent": exponent(rows)}
    print(f"time grows as N to the power {result['exponent']}")
    finish(result, as_json=args.json)


def middle(runs: tuple[dict[str, float], ...]) -> dict[str, float]:
    return {key: round(median(run[key] for run in runs), 4) for key in runs[0]}


def exponent(rows: list[dict[str, float]]) -> float | None:
    """Slope of log time over log rows."""
    points = [(math.log(row["N"]), math.log(row["seconds"])) for row in rows if row["N"] >= FIRST]
    return round(linear_regression(*zip(*points, strict=True)).slope, 3) if len(points) > 1 else None


if __name__ == "__main__":
    main()
