"""Every promise all the way: ``make stress``. Prints what was counted, writes it as JSON, and fails if one is broken.

Options: ``--share 0.1`` for a tenth of the full counts, ``--only strings tables`` for some promises, ``--out FILE``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
import traceback
import warnings
from pathlib import Path
from typing import Any

import torch

from .promise import Promise
from .promises import PROMISES

HERE = Path(__file__).parents[2]


def main() -> int:
    chosen = _arguments()
    torch.set_num_threads(1)
    warnings.simplefilter("error")
    results = []
    for promise in PROMISES:
        if not chosen.only or promise.name in chosen.only:
            results.append(_kept(promise, max(1, round(promise.full * chosen.share))))
            print(_line(results[-1]), flush=True)
    failed = sum(not result["kept"] for result in results)
    machine = {"python": platform.python_version(), "torch": torch.__version__, "cores": os.cpu_count()}
    report = {"date": time.strftime("%Y-%m-%d"), "machine": machine, "promises": results}
    chosen.out.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make stress", description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the full counts")
    parser.add_argument("--only", nargs="+", default=(), choices=[promise.name for promise in PROMISES])
    parser.add_argument("--out", type=Path, default=HERE / "stress.json")
    return parser.parse_args()


def _kept(promise: Promise, count: int) -> dict[str, Any]:
    """Try a promise; what breaks it is printed and does not end the others."""
    start = time.perf_counter()
    result: dict[str, Any] = {"name": promise.name, "says": promise.says, "tried": count, "kept": True}
    try:
        result["figures"] = promise.check(count)
    except Exception:  # noqa: BLE001 - whatever it is, the promise is broken
        result |= {"kept": False, "figures": {}, "broken by": traceback.format_exc()}
    return result | {"seconds": round(time.perf_counter() - start, 1)}


def _line(result: dict[str, Any]) -> str:
    counted = ", ".join(f"{name} {value}" for name, value in result["figures"].items())
    verdict = "kept" if result["kept"] else "BROKEN"
    return f"{verdict:7}{result['name']}: {counted or result['broken by']} ({result['seconds']} s)"


if __name__ == "__main__":
    raise SystemExit(main())
