"""What ``import kanwidget`` takes beyond ``import torch``: CPU milliseconds in fresh interpreters.

Each interpreter imports torch first and kanwidget after it: the difference of two whole imports, of almost a second
each, would be noise.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from statistics import median

from benchmarks.measure import finish

TIMED = """
import time
times = [time.process_time()]
import torch
times.append(time.process_time())
import kanwidget
times.append(time.process_time())
print(*times)
"""


def imported() -> tuple[float, float]:
    """Milliseconds for torch, and for kanwidget after it, on one thread, both compiled before."""
    one_thread = os.environ | {"OMP_NUM_THREADS": "1"}
    one_thread.pop("PYTHONDONTWRITEBYTECODE", None)
    run = subprocess.run([sys.executable, "-c", TIMED], env=one_thread, stdout=subprocess.PIPE, text=True, check=True)
    begun, between, end = (1000 * float(word) for word in run.stdout.split())
    return between - begun, end - between


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=21, help="fresh interpreters")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    imported()  # compiles the modules and reads the files from the disk
    runs = [imported() for _ in range(args.times)]
    torch_ms, added_ms = (round(median(column), 1) for column in zip(*runs, strict=True))
    result = {"torch_ms": torch_ms, "kanwidget_ms": round(torch_ms + added_ms, 1), "added_ms": added_ms}
    print(f"import torch {torch_ms} ms, import kanwidget {result['kanwidget_ms']} ms: {added_ms} ms more")
    finish(result, as_json=args.json)


if __name__ == "__main__":
    main()
