"""One promise in a process of its own, so that none finds what another has left behind, nor goes down with it."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
import traceback
import warnings
from pathlib import Path
from typing import Any

import torch

from .promises import PROMISES

__all__ = ["apart"]


def apart(name: str, count: int) -> dict[str, Any]:
    """Try a promise so many times in a new process: whether it was kept, what was counted, seconds."""
    command = [sys.executable, "-m", __name__, name, str(count)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    if done.returncode:
        died = f"the process ended with {done.returncode}\n{done.stderr[-4000:]}"
        return {"name": name, "tried": count, "kept": False, "figures": {}, "broken by": died, "wall_s": 0, "cpu_s": 0}
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _tried(name: str, count: int) -> dict[str, Any]:
    promise = next(promise for promise in PROMISES if promise.name == name)
    wall, cpu = time.perf_counter(), _cpu_seconds()
    result: dict[str, Any] = {"name": name, "says": promise.says, "tried": count, "kept": True}
    try:
        result["figures"] = promise.check(count)
    except Exception:  # noqa: BLE001 - whatever it is, the promise is broken
        result |= {"kept": False, "figures": {}, "broken by": traceback.format_exc()}
    took = {"wall_s": round(time.perf_counter() - wall, 1), "cpu_s": round(_cpu_seconds() - cpu, 1)}
    return result | took


def _cpu_seconds() -> float:
    """Of this process and of those that it started."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    torch.set_num_threads(1)
    warnings.simplefilter("error")
    print(json.dumps(_tried(sys.argv[1], int(sys.argv[2]))))
