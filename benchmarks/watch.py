"""A widget on a page, watched: when it painted what, and what the processes behind it spent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psutil

from tests.browser.hosts.base import Notebook
from tests.browser.widget import Widget

__all__ = ["Processes", "Watched"]

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


class Watched:
    """The widget of a notebook in which ``spent[0]`` is the number of seconds that it has trained."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.widget = Widget(notebook)
        self.page = notebook.page
        self.widget.has(status="idle")
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

    def rest(self) -> None:
        if self.status == "playing":
            self.widget.press("stop")
            self.widget.has(status="idle")

    @property
    def status(self) -> str | None:
        return self.widget.root.get_attribute("data-status")

    def clear(self) -> None:
        self.page.evaluate("() => { log.paints.length = 0; }")

    @property
    def paints(self) -> list[dict[str, Any]]:
        """What was painted since `clear`, with the times on the page's clock."""
        found: list[dict[str, Any]] = self.page.evaluate("() => log.paints")
        return found

    @property
    def trained_s(self) -> float:
        """Seconds that the kernel has spent in training, ever."""
        return float(self.notebook.evaluate("spent[0]"))

    def after_press(self, press: Callable[[], None], condition: str) -> float:
        """Milliseconds from the pointer's last press to the first paint for which `condition(paint)` holds."""
        self.clear()
        press()
        found = self.page.wait_for_function(
            f"() => log.paints.find((paint) => paint.at > log.down && ({condition}))", polling=20, timeout=10_000
        )
        down: float = self.page.evaluate("() => log.down")
        return float(found.evaluate("(paint) => paint.at")) - down


class Processes:
    """CPU seconds of kernel, server and browser: unlike times on the clock they do not depend on what else runs."""

    def __init__(self, notebook: Notebook) -> None:
        kernel = psutil.Process(notebook.evaluate("__import__('os').getpid()"))
        browser = [child for child in psutil.Process().children(recursive=True) if "chrom" in child.name()]
        self._groups = {"kernel": [kernel], "server": [kernel.parent()], "browser": browser}

    def spent(self) -> dict[str, float]:
        return {name: sum(map(_seconds, group)) for name, group in self._groups.items()}


def _seconds(process: psutil.Process | None) -> float:
    try:
        times = process.cpu_times() if process else None
    except psutil.NoSuchProcess:
        times = None
    return times.user + times.system if times else 0.0
