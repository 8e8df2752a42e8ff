"""What a person at the widget waits for, measured in a real notebook in a real Chromium.

A pointer clicks and drags; times run from the pointer's event to the paint that follows the change, on the page's own
clock. ``--host static`` measures what a saved page does, which has no kernel.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Browser

from benchmarks import nets
from benchmarks.drags import drag
from benchmarks.measure import finish
from benchmarks.nets import WIDTHS, trained_looks
from benchmarks.page import FIRST
from benchmarks.watch import Processes, Watched
from tests.browser.chromium import chromium
from tests.browser.hosts.base import Document, Host, Notebook
from tests.browser.hosts.classic import Classic
from tests.browser.hosts.jupyter import Lab, Notebook7
from tests.browser.hosts.marimo import Marimo
from tests.browser.hosts.static import open_file
from tests.browser.widget import Widget

HOSTS: dict[str, type[Host]] = {"lab": Lab, "notebook7": Notebook7, "colab": Classic, "marimo": Marimo}
BUNDLE = Path(__file__).parents[1] / "kanwidget" / "static" / "widget.js"
EDGES = [(0, 0, 0), (0, 1, 1), (0, 0, 2), (0, 1, 3), (0, 0, 4), (1, 0, 0), (1, 1, 0), (1, 2, 0), (1, 3, 0), (1, 4, 0)]
LAMB = (0.55, 0.6, 0.65, 0.7)
ROWS = ("training", "acts", "drags", "opening")
DRAGGED = ("10-20-5", "64-64-10")

CELLS = [
    Path(nets.__file__).read_text()
    + """

from time import perf_counter

def timed(widget):
    advance = widget.session.advance

    def measured(*of, **how):
        begun = perf_counter()
        try:
            return advance(*of, **how)
        finally:
            spent[0] += perf_counter() - begun

    widget.session.advance = measured
    return widget

spent = [0.0]
chosen = ["2-5-1"]
make = [untrained]
""",
    "w = timed(make[0](chosen[0]))\nw",
]
SETUP, SHOW = range(2)


def show(notebook: Notebook, name: str, make: str = "untrained") -> Watched:
    """A widget with a new network; ``make`` is the name of a function of `benchmarks.nets`."""
    notebook.evaluate(f"(chosen.__setitem__(0, {name!r}), make.__setitem__(0, {make})) and None")
    notebook.run(SHOW)
    return Watched(notebook)


# ---------------------------------------------------------------------- with a kernel


def training(notebook: Notebook, name: str, seconds: float) -> dict[str, float]:
    """Painted frames per second, the kernel's share of that time, and CPU milliseconds of a frame by process."""
    watched = show(notebook, name)
    processes = Processes(notebook)
    count, wall, trained = 0, 0.0, 0.0
    spent = dict.fromkeys(processes.spent(), 0.0)
    while wall < seconds:
        watched.fresh()
        watched.widget.has(status="playing")
        watched.page.wait_for_timeout(700)  # for slices to find their length
        watched.clear()
        before, cpu, begun = watched.trained_s, processes.spent(), time.perf_counter()
        watched.page.wait_for_timeout(min(2500, 1000 * (seconds - wall) + 500))
        drawn = {paint["frames"]: paint["at"] for paint in reversed(watched.paints) if paint["status"] == "playing"}
        after, cpu_after, passed = watched.trained_s, processes.spent(), time.perf_counter() - begun
        times = sorted(drawn.values())
        if len(times) < 2:
            continue
        lasted = (times[-1] - times[0]) / 1000
        count += len(times) - 1
        wall += lasted
        trained += (after - before) / passed * lasted
        for process, value in cpu_after.items():
            spent[process] += (value - cpu[process]) / passed * lasted
    watched.rest()
    cpu_ms = {f"{process}_cpu_ms": round(1000 * value / count, 1) for process, value in spent.items()}
    return {"fps": round(count / wall, 1), "training_share": round(trained / wall, 3), **cpu_ms}


def slider(watched: Watched, times: int) -> list[float]:
    found = []
    for share in islice(cycle(LAMB), times):
        if watched.status != "playing":
            watched.fresh()
        watched.page.wait_for_timeout(150)
        before = watched.widget.root.get_attribute("data-lamb")
        found.append(watched.after_press(partial(watched.widget.slide, "lamb", share), f"paint.lamb !== '{before}'"))
    return found


def stop(watched: Watched, times: int) -> list[float]:
    found = []
    for _ in range(times):
        watched.fresh()
        watched.page.wait_for_timeout(300)
        found.append(watched.after_press(lambda: watched.widget.press("stop"), "paint.status === 'idle'"))
    return found


def fix_and_undo(watched: Watched, times: int) -> tuple[list[float], list[float]]:
    """The candidate that is chosen becomes the edge; undo takes it back. Both change the structure that is drawn."""
    fixed, undone = [], []
    widget, page = watched.widget, watched.page
    watched.notebook.evaluate("w.fit(steps=20, lamb=0.01, lamb_entropy=10.0) and None")
    widget.has(step=20)
    widget.edge(0, 0, 0).click()
    for _ in range(times):
        widget.root.locator("[data-candidate]").first.click()
        page.wait_for_timeout(300)
        for found, act in ((fixed, "fix"), (undone, "undo")):
            before = widget.root.get_attribute("data-structure")
            found.append(watched.after_press(partial(widget.press, act), f"paint.structure !== '{before}'"))
            page.wait_for_timeout(300)
    return fixed, undone


def dropdown(watched: Watched, times: int) -> list[float]:
    """A click on an edge that nobody has asked about, on a model that was just trained; each edge once."""
    found = []
    watched.watch(inside=True)
    for edge in EDGES[:times]:
        watched.widget.press("step")
        watched.page.wait_for_timeout(300)
        watched.page.keyboard.press("Escape")
        watched.page.wait_for_timeout(100)
        click = watched.widget.edge(*edge).click
        found.append(watched.after_press(click, "paint.candidates > 0"))
    watched.watch(inside=False)
    return found


def first_picture(notebook: Notebook, name: str) -> float:
    """From the request to run the cell to the paint of the picture, in milliseconds."""
    notebook.evaluate(f"(chosen.__setitem__(0, {name!r}), make.__setitem__(0, trained_looks)) and None")
    old = notebook.page.locator(".kanwidget").first
    old.evaluate("(root) => { root.dataset.old = 'true'; }")
    begun: float = notebook.page.evaluate("() => performance.now()")
    notebook.run(SHOW, wait=False)
    drawn = notebook.page.locator('.kanwidget[data-ready="true"]:not([data-old])').first
    drawn.wait_for()
    ended: float = drawn.evaluate("() => new Promise((done) => requestAnimationFrame(() => done(performance.now())))")
    notebook.wait(SHOW)
    return ended - begun


def acts(notebook: Notebook, times: int) -> dict[str, float]:
    watched = show(notebook, "2-5-1")
    slid = slider(watched, times)
    stopped = stop(watched, times)
    filled = dropdown(watched, times)
    fixed, undone = fix_and_undo(show(notebook, "2-5-1"), times)
    return {
        "slider_p50_ms": round(median(slid), 1),
        "slider_p95_ms": round(quantiles(slid, n=20)[-1], 1),
        "stop_ms": round(median(stopped), 1),
        "fix_ms": round(median(fixed), 1),
        "undo_ms": round(median(undone), 1),
        "dropdown_ms": round(median(filled), 1),
    }


# ---------------------------------------------------------------------- without its help


def probe_fps(page: Document, seconds: float) -> float:
    """An input of the graph is dragged, with the panel of all inputs open."""
    widget = Widget(page)
    widget.press("whatif")
    found = drag(page, "[data-input] .kw-hit", along="x", reach=25, seconds=seconds)
    widget.press("whatif")
    return round(found.fps, 1)


def control_fps(page: Document, seconds: float) -> float:
    """A control point of an edge is dragged."""
    widget = Widget(page)
    widget.root.locator(".kw-plot[data-edge]").first.click()
    found = drag(page, "[data-control] .kw-hit", along="y", reach=30, seconds=seconds)
    return round(found.fps, 1)


@contextmanager
def opened(browser: Browser, host: type[Host]) -> Iterator[Notebook]:
    with (
        tempfile.TemporaryDirectory() as folder,
        host(browser, Path(folder)) as running,
        running.open(CELLS) as notebook,
    ):
        notebook.run(SETUP)
        yield notebook


def in_notebook(browser: Browser, host: type[Host], args: argparse.Namespace) -> dict[str, Any]:
    result: dict[str, Any] = {}
    with opened(browser, host) as notebook:
        for name in WIDTHS if "training" in args.rows else ():
            result |= {f"{key}_{_key(name)}": value for key, value in training(notebook, name, args.seconds).items()}
        if "acts" in args.rows:
            result |= acts(notebook, args.times)
        for name in DRAGGED if "drags" in args.rows else ():
            show(notebook, name, "trained_looks")
            result[f"probe_fps_{_key(name)}"] = probe_fps(notebook, args.seconds / 3)
            result[f"control_fps_{_key(name)}"] = control_fps(notebook, args.seconds / 3)
        if "opening" in args.rows:
            show(notebook, "2-5-1")
            runs = [first_picture(notebook, "64-64-10") for _ in range(3)]
            result["first_picture_64_64_10_ms"] = round(median(runs), 1)
        result["foreign_requests"] = len(notebook.log.foreign)
    return result


def on_page(browser: Browser, seconds: float) -> dict[str, Any]:
    result: dict[str, Any] = {}
    foreign = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in DRAGGED:
            file = Path(folder) / f"{name}.html"
            trained_looks(name).to_html(file)
            with open_file(browser, file) as page:
                first: float = page.page.evaluate(FIRST)
                result[f"probe_fps_{_key(name)}"] = probe_fps(page, seconds / 3)
                result[f"first_picture_{_key(name)}_ms"] = round(first, 1)
                foreign += len(page.log.foreign)
    return {**result, "foreign_requests": foreign}


def _key(name: str) -> str:
    return name.replace("-", "_")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", choices=[*HOSTS, "static"], default="lab")
    parser.add_argument("--seconds", type=float, default=10.0, help="of training watched, per network")
    parser.add_argument("--times", type=int, default=20, help="clicks of each kind")
    parser.add_argument("--rows", choices=ROWS, nargs="+", default=ROWS, help="in notebooks: only these")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with chromium() as browser:
        if args.host == "static":
            measured = on_page(browser, args.seconds)
        else:
            measured = in_notebook(browser, HOSTS[args.host], args)
    result = {"host": args.host, **measured, "bundle_kb": round(BUNDLE.stat().st_size / 1000, 1)}
    for name, value in result.items():
        print(f"{name:>28} {value}")
    finish(result, as_json=args.json)


if __name__ == "__main__":
    main()
