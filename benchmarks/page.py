"""What the page does by itself, without a kernel: time to the first picture, frames while an input is dragged.

A network is written to a self-contained file and opened in a real Chromium. With the panel of all inputs open, the
pointer is pressed on an input of the graph and moved once per frame of the browser, over the whole axis and back. Then,
on an empty page, what is left in it after a widget came and went many times, or opened and closed all its panels.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser

from benchmarks.drags import drag
from benchmarks.measure import finish
from benchmarks.nets import WIDTHS, trained_looks
from tests.browser.chromium import chromium
from tests.browser.hostile import EMPTY
from tests.browser.hosts.static import open_file
from tests.browser.leaks import What, left
from tests.browser.widget import Widget

# From the begin of the navigation to the frame after the picture stands.
FIRST = """() => new Promise((resolve) => {
    const look = () => document.querySelector('.kanwidget[data-ready="true"]')
        ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
        : requestAnimationFrame(look);
    look();
})"""


def measure(browser: Browser, file: Path, seconds: float) -> dict[str, float]:
    with open_file(browser, file) as page:
        first: float = page.page.evaluate(FIRST)
        widget = Widget(page)
        widget.has(status="static")
        widget.press("whatif")
        found = drag(page, "[data-input] .kw-hit", along="x", reach=45, seconds=seconds)
    return {
        "first_picture_ms": round(first),
        "fps": round(found.fps, 1),
        "longest_frame_ms": round(found.longest_ms, 1),
        "script_ms": round(found.script_ms, 2),
    }


def leaks(browser: Browser, folder: Path, times: int) -> dict[str, Any]:
    """What is left of a widget that comes and goes, and of one whose panels open and close."""
    empty = folder / "empty.html"
    empty.write_text(EMPTY)
    found = {}
    whats: tuple[What, ...] = ("mounts", "panels")
    for what in whats:
        with open_file(browser, empty) as page:
            found[f"{times} {what}"] = asdict(left(page.page, what, times))
            print(f"{times:>6} {what} {found[f'{times} {what}']}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0, help="of dragging")
    parser.add_argument("--times", type=int, default=3, help="pages opened per network; the median counts")
    parser.add_argument("--rounds", type=int, default=100, help="of coming and going, for what is left")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    result: dict[str, Any] = {}
    with chromium() as browser, tempfile.TemporaryDirectory() as folder:
        for name in WIDTHS:
            file = Path(folder) / f"{name}.html"
            trained_looks(name).to_html(file)
            runs = [measure(browser, file, args.seconds) for _ in range(args.times)]
            result[name] = {key: median(run[key] for run in runs) for key in runs[0]}
            print(f"{name:>10} {result[name]}")
        result |= leaks(browser, Path(folder), args.rounds)
    finish(result, as_json=args.json)


if __name__ == "__main__":
    main()
