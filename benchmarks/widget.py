"""What a person at the widget waits for, measured in a real notebook in a real Chromium.

A pointer clicks and drags; times run from the pointer's event to the paint that follows the change, on the page's own
clock. The kernel trains the tutorial model meanwhile.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks.measure import finish
from tests.browser.chromium import chromium
from tests.browser.hosts.base import Host, Notebook
from tests.browser.hosts.classic import Classic
from tests.browser.hosts.jupyter import Lab, Notebook7
from tests.browser.hosts.marimo import Marimo
from tests.browser.lesson import CELLS, Cell
from tests.browser.widget import Widget

HOSTS: dict[str, type[Host]] = {"lab": Lab, "notebook7": Notebook7, "colab": Classic, "marimo": Marimo}
BUNDLE = Path(__file__).parents[1] / "kanwidget" / "static" / "widget.js"
EDGES = [(0, 0, 0), (0, 1, 1), (0, 0, 2), (0, 1, 3), (0, 0, 4), (1, 0, 0), (1, 1, 0), (1, 2, 0), (1, 3, 0), (1, 4, 0)]
LAMB = (0.55, 0.6, 0.65, 0.7)

# The kernel's share: what it spends inside slices.
TIMED = """(
    globals().update(spent=[0.0]),
    globals().update(advance=w.session.advance),
    setattr(w.session, "advance", lambda *of, **how: (
        (begun := time.perf_counter()), (done := advance(*of, **how)),
        spent.__setitem__(0, spent[0] + time.perf_counter() - begun), done)[-1]),
) and None"""

# Every change of the root's attributes, or of all that is in it, with the time of the paint after it.
WATCH = """(root, inside) => {
    globalThis.log?.observer.disconnect();
    const log = globalThis.log = { paints: [], down: 0 };
    document.addEventListener("pointerdown", (event) => { globalThis.log.down = event.timeStamp; }, true);
    const painted = (entry) => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => log.paints.push({ at: performance.now(), ...entry });
        channel.port2.postMessage(null);
    };
    const look = () => painted({
        ...root.dataset,
        candidates: inside ? root.querySelectorAll("[data-candidate]").length : 0,
    });
    log.observer = new MutationObserver(look);
    log.observer.observe(root, { attributes: true, subtree: inside, childList: inside });
}"""


class Bench:
    """One widget on one page, watched."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.widget = Widget(notebook)
        self.page = notebook.page
        self.watch(inside=False)

    def watch(self, *, inside: bool) -> None:
        self.widget.root.evaluate(WATCH, inside)

    def fresh(self) -> None:
        """Training from the start, without an end."""
        self.widget.press("reset")
        self.widget.has(step=0)
        self.play()

    def play(self) -> None:
        if self.status != "playing":
            self.widget.press("play")
            self.widget.has(status="playing")

    @property
    def status(self) -> str | None:
        return self.widget.root.get_attribute("data-status")

    def clear(self) -> None:
        self.page.evaluate("() => { log.paints.length = 0; }")

    def after_press(self, press: Callable[[], None], condition: str) -> float:
        """Milliseconds from the pointer's last press to the first paint for which `condition(paint)` holds."""
        self.clear()
        press()
        found = self.page.wait_for_function(
            f"() => log.paints.find((paint) => paint.at > log.down && ({condition}))", polling=20, timeout=10_000
        )
        down: float = self.page.evaluate("() => log.down")
        return float(found.evaluate("(paint) => paint.at")) - down


def frames(bench: Bench, seconds: float) -> tuple[float, float]:
    """Painted frames per second, and the share of that time in which the kernel trained."""
    count, wall, trained = 0, 0.0, 0.0
    while wall < seconds:
        bench.fresh()
        bench.widget.passes(0)
        bench.clear()
        before, begun = bench.notebook.evaluate("spent[0]"), time.perf_counter()
        bench.page.wait_for_timeout(min(2000, 1000 * (seconds - wall) + 500))
        paints: list[dict[str, Any]] = bench.page.evaluate(
            "() => log.paints.filter((paint) => paint.status === 'playing')"
        )
        after, spent_wall = bench.notebook.evaluate("spent[0]"), time.perf_counter() - begun
        drawn = {paint["frames"]: paint["at"] for paint in reversed(paints)}
        times = sorted(drawn.values())
        if len(times) < 2:
            continue
        count += len(times) - 1
        wall += (times[-1] - times[0]) / 1000
        trained += (after - before) / spent_wall * (times[-1] - times[0]) / 1000
    return count / wall, trained / wall


def slider(bench: Bench, times: int) -> list[float]:
    found = []
    for share in islice(cycle(LAMB), times):
        if bench.status != "playing":
            bench.fresh()
        bench.page.wait_for_timeout(150)
        before = bench.widget.root.get_attribute("data-lamb")
        found.append(bench.after_press(partial(bench.widget.slide, "lamb", share), f"paint.lamb !== '{before}'"))
    return found


def stop(bench: Bench, times: int) -> list[float]:
    found = []
    for _ in range(times):
        bench.fresh()
        bench.page.wait_for_timeout(300)
        found.append(bench.after_press(lambda: bench.widget.press("stop"), "paint.status === 'idle'"))
    return found


def dropdown(bench: Bench, times: int) -> list[float]:
    """A click on an edge that nobody has asked about, on a model that was just trained; each edge once."""
    found = []
    bench.watch(inside=True)
    for edge in EDGES[:times]:
        bench.widget.press("step")
        bench.page.wait_for_timeout(300)
        bench.page.keyboard.press("Escape")
        bench.page.wait_for_timeout(100)
        click = bench.widget.edge(*edge).click
        found.append(bench.after_press(click, "paint.candidates > 0"))
    return found


@contextmanager
def opened(host: type[Host]) -> Iterator[Bench]:
    with (
        chromium() as browser,
        tempfile.TemporaryDirectory() as folder,
        host(browser, Path(folder)) as running,
        running.open(CELLS) as notebook,
    ):
        notebook.run(Cell.SETUP)
        notebook.run(Cell.SHOW)
        bench = Bench(notebook)
        bench.widget.has(status="idle")
        notebook.evaluate(TIMED)
        yield bench


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", choices=HOSTS, default="lab")
    parser.add_argument("--seconds", type=float, default=10.0, help="of training watched for frames")
    parser.add_argument("--times", type=int, default=20, help="clicks of each kind")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with opened(HOSTS[args.host]) as bench:
        fps, share = frames(bench, args.seconds)
        slid = slider(bench, args.times)
        stopped = stop(bench, args.times)
        filled = dropdown(bench, args.times)
    result = {
        "host": args.host,
        "fps": round(fps, 1),
        "training_share": round(share, 3),
        "slider_p50_ms": round(median(slid), 1),
        "slider_p95_ms": round(quantiles(slid, n=20)[-1], 1),
        "stop_ms": round(median(stopped), 1),
        "dropdown_ms": round(median(filled), 1),
        "bundle_kb": round(BUNDLE.stat().st_size / 1000, 1),
    }
    for name, value in result.items():
        print(f"{name:>15} {value}")
    finish(result, as_json=args.json)


if __name__ == "__main__":
    main()
