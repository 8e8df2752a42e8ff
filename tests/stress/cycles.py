"""Widgets that are opened, trained, shown and closed again and again: nothing of them is left."""

from __future__ import annotations

import asyncio
import gc
import resource
import sys
import threading
import tracemalloc
from collections import Counter
from pathlib import Path
from statistics import median

import comm
import torch
from comm.base_comm import BaseComm
from ipywidgets import Widget
from ipywidgets.widgets import widget as registry

from kanwidget import KAN, KANWidget
from kanwidget.model.network import Network
from kanwidget.session import Session
from kanwidget.widget.controller import Controller

from .mirror import Mirror
from .promise import Figures
from .samples import table

__all__ = ["cycles"]

WARM = 10  # cycles in which caches fill, before memory is measured
MEASURED = 50  # cycles from which on memory is measured: fewer tell nothing
MOST_BYTES = 2**20
OURS = (KANWidget, Session, Network, Controller, BaseComm)


def cycles(count: int) -> Figures:
    """So many widgets, one after the other."""
    for n in range(min(WARM, count)):
        _cycle(n)
    before = _left()
    grown = _grown(count) if count >= MEASURED else _worked(count)
    left = _left() - before
    assert not left, f"{count} widgets were closed, and left {dict(left)}"
    assert all(bytes_ < MOST_BYTES for bytes_ in grown.values()), f"{count} widgets were closed: {grown}"
    kilobytes = {f"KB {what}": round(bytes_ / 1024) for what, bytes_ in grown.items()}
    return {"cycles": count, "objects, widgets, comms, threads left": 0, **kilobytes}


def _worked(count: int) -> dict[str, float]:
    for n in range(count):
        _cycle(n)
    return {}


def _grown(count: int) -> dict[str, float]:
    """The same, and bytes that were not given back: of Python's objects, and of the process."""
    traced, resident = list[int](), list[int]()
    tracemalloc.start()
    try:
        for n in range(count):
            _cycle(n)
            gc.collect()
            traced.append(tracemalloc.get_traced_memory()[0])
            resident.append(_resident())
    finally:
        tracemalloc.stop()
    half = count // 2
    steady = median(resident[half:]) - median(resident[:half])
    return {"of Python's objects grown": traced[-1] - traced[0], "of the process grown": steady}


def _cycle(n: int) -> None:
    """A widget's life: trained, changed, asked for suggestions and pictures on an event loop, as in a kernel."""
    asyncio.run(_lived(n))


async def _lived(n: int) -> None:
    opt = ("LM", "LBFGS", "Adam")[n % 3]
    widget = KANWidget(KAN([2, 2, 1], grid=3, seed=n, dtype=torch.float64), table(), opt=opt)
    widget.observe(lambda change: None, "step")
    page = Mirror(widget)
    page.ask("hello", binary=True)
    page.ask("step")
    page.ask("play")
    page.ask("run", frames=2, budget_ms=5)
    await asyncio.sleep(0.02)
    page.ask("stop")
    page.ask("fix", edge=[0, 0, 0], name="sin")
    page.ask("suggest", edge=[0, 1, 0])
    widget.model.layer(0).coef.data[1, 1] += 0.1
    widget.fit(1)
    page.ask("take", what="html", looks={"theme": "light", "y_scale": "own", "threshold": 0.03})
    if n % 2:
        page.ask("play")  # closed in the midst of training, and of what was to be done next
        page.ask("run", frames=5, budget_ms=5)
    widget.close()


def _left() -> Counter[str]:
    """What there is of ours, and what others keep for us."""
    gc.collect()
    kinds = (type(found) for found in gc.get_objects())  # isinstance would ask objects of others, some of which warn
    alive = Counter(kind.__name__ for kind in kinds if issubclass(kind, OURS))
    alive["widgets in the registry"] = len(registry._instances if hasattr(registry, "_instances") else Widget.widgets)
    alive["comms in the manager"] = len(comm.get_comm_manager().comms)
    alive["threads"] = threading.active_count()
    return alive


def _resident() -> int:
    """Bytes of the process; where the system does not say, the most there ever were."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
