"""What every host offers: open a notebook, run cells, ask Python, reload, change light and width."""

from __future__ import annotations

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from playwright.sync_api import Browser, Locator, Page

from ..chromium import PageLog

Theme = Literal["light", "dark"]

PICTURES = Path(__file__).parents[3] / "screenshots"
PATIENCE_S = 15
CELL_S = 60
"""Longest wait for one cell, kernel start and `import torch` on a busy machine included."""


class CellError(AssertionError):
    """A cell raised; the message is its traceback."""


class Document:
    """A page with a widget on it. Ways to wait are conditions on the page, never lengths of time."""

    def __init__(self, host: str, page: Page, log: PageLog) -> None:
        self.host = host
        self.page = page
        self.log = log

    def save(self) -> None:
        """Saves what there is to save."""

    def wait_until_open(self) -> None:
        """Waits until the page can be worked with."""

    def reload(self) -> None:
        """Saves and loads the page anew; a kernel goes on."""
        self.save()
        self.page.reload(wait_until="domcontentloaded")
        self.wait_until_open()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Saves and leaves the page, as one closes a tab; comes back to it in the end."""
        address = self.page.url
        self.save()
        self.page.goto("about:blank")
        yield
        self.page.goto(address, wait_until="domcontentloaded")
        self.wait_until_open()

    def theme(self, theme: Theme) -> None:
        """Switches to light or dark: here the person's system, which a host may have its own setting for."""
        self.page.emulate_media(color_scheme=theme)

    def root(self, view: int = 0) -> Locator:
        """The widget on the page, once it is ready. Playwright's selectors reach into open shadow roots.

        Args:
            view: which of several, from the top of the page.
        """
        root = self.page.locator('.kanwidget[data-ready="true"]').nth(view)
        root.wait_for(timeout=CELL_S * 1000)
        return root

    def width(self, pixels: int) -> None:
        """Makes the widget exactly so wide, by the size of the window."""
        root = self.root()
        for _ in range(4):  # a host's margins may depend on the window's width
            box = root.bounding_box()
            assert box is not None
            missing = pixels - round(box["width"])
            if missing == 0:
                return
            window = self.page.viewport_size
            assert window is not None
            self.page.set_viewport_size({"width": window["width"] + missing, "height": window["height"]})
            self.page.evaluate("() => new Promise(requestAnimationFrame)")
        raise AssertionError(f"{self.host} gives the widget {box} instead of a width of {pixels}")

    def until(self, condition: Callable[[], object], what: str, *, seconds: float = PATIENCE_S) -> None:
        """Asks again until a condition holds that no single selector can wait for."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.host}: no {what} within {seconds} s")
            self.page.wait_for_timeout(50)

    def screenshot(self, name: str) -> Path:
        """Takes a picture of the widget for somebody to look at."""
        PICTURES.mkdir(exist_ok=True)
        picture = PICTURES / f"{self.host}-{name}.png"
        self.root().screenshot(path=picture, animations="disabled")
        return picture


class Notebook(Document, ABC):
    """A page with cells and a kernel behind it."""

    @abstractmethod
    def run(self, cell: int, *, wait: bool = True) -> None:
        """Runs a cell as a person would. A cell that raises becomes a `CellError`."""

    @abstractmethod
    def wait(self, cell: int, *, seconds: float = CELL_S) -> None:
        """Waits for the end of a cell that runs."""

    def restart(self) -> None:
        """Restarts the kernel under the open page."""
        raise NotImplementedError(f"{self.host} has no way to restart a kernel under an open page")

    @abstractmethod
    def evaluate(self, expression: str) -> Any:
        """The value of a Python expression in the notebook's namespace, as JSON, without the page's help."""

    def says(self, expression: str, value: object, *, seconds: float = PATIENCE_S) -> None:
        """Waits until a Python expression has a value: clicks and questions reach the kernel on two ways."""
        found: list[object] = [None]

        def asked() -> bool:
            found[0] = self.evaluate(expression)
            return found[0] == value

        try:
            self.until(asked, expression, seconds=seconds)
        except AssertionError:
            raise AssertionError(f"{self.host}: {expression} is {found[0]!r}, not {value!r}") from None


class Host(ABC):
    """A program that shows notebooks: serves from entry to exit, opens any number of documents."""

    name: ClassVar[str]
    noise: ClassVar[tuple[str, ...]] = ()
    """Console errors of the host itself: patterns, each with its reason beside it."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self.browser = browser
        self.folder = folder

    @abstractmethod
    def __enter__(self) -> Self: ...

    @abstractmethod
    def __exit__(self, *exception: object) -> None: ...

    @abstractmethod
    def open(self, cells: Sequence[str]) -> AbstractContextManager[Notebook]:
        """Opens a new notebook made of these cells, with a kernel of its own; none has run yet."""

    @contextmanager
    def new_page(self) -> Iterator[tuple[Page, PageLog]]:
        """An empty page whose errors and requests are written down."""
        context = self.browser.new_context(viewport={"width": 1400, "height": 1300})
        context.set_default_timeout(CELL_S * 1000)
        log = PageLog(self.noise)
        log.watch(context)
        try:
            yield context.new_page(), log
        finally:
            context.close()


def plain(traceback: str) -> str:
    """A traceback without its terminal colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", traceback)
