"""Every promise all the way: ``make stress``. Prints what was counted, writes it as JSON, and fails if one is broken.

Options: ``--share 0.1`` for a tenth of the full counts, ``--only strings tables`` for some promises, ``--workers 1`` to
have them one after the other, ``--out FILE``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import torch

from .promises import PROMISES
from .trial import apart

HERE = Path(__file__).parents[2]


def main() -> int:
    chosen, start = _arguments(), time.perf_counter()
    results = []
    with ThreadPoolExecutor(chosen.workers) as pool:
        longest_first = sorted(_wanted(chosen.only), key=lambda name: -_PROMISES[name].seconds)
        tasks = [pool.submit(apart, name, _count(name, chosen.share)) for name in longest_first]
        for task in as_completed(tasks):
            results.append(task.result())
            print(_line(results[-1]), flush=True)
    results.sort(key=lambda result: list(_PROMISES).index(result["name"]))
    failed = sum(not result["kept"] for result in results)
    report = {
        "date": time.strftime("%Y-%m-%d"),
        "machine": {"python": platform.python_version(), "torch": torch.__version__, "cores": os.cpu_count()},
        "share": chosen.share,
        "workers": chosen.workers,
        "wall_s": round(time.perf_counter() - start, 1),
        "cpu_s": round(sum(result["cpu_s"] for result in results), 1),
        "promises": results,
    }
    chosen.out.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


_PROMISES = {promise.name: promise for promise in PROMISES}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make stress", description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the full counts")
    parser.add_argument("--only", nargs="+", default=(), choices=list(_PROMISES), metavar="PROMISE")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1), help="processes, one thread each")
    parser.add_argument("--out", type=Path, default=HERE / "stress.json")
    return parser.parse_args()


def _wanted(only: list[str]) -> list[str]:
    return [name for name in _PROMISES if not only or name in only]


def _count(name: str, share: float) -> int:
    return max(1, round(_PROMISES[name].full * share))


def _line(result: dict[str, Any]) -> str:
    counted = ", ".join(f"{name} {value}" for name, value in result["figures"].items())
    verdict = "kept" if result["kept"] else "BROKEN"
    took = f"{result['wall_s']} s, {result['cpu_s']} s of CPU"
    return f"{verdict:7}{result['name']}: {counted or result['broken by']} ({took})"


if __name__ == "__main__":
    raise SystemExit(main())
