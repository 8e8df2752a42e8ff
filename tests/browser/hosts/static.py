"""A page that stands on its own: no server, no kernel, and every request refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Route

from ..chromium import PageLog
from .base import CELL_S, Document


class StaticPage(Document):
    """An HTML file in a browser that is cut off from everything else."""


@contextmanager
def open_file(browser: Browser, file: Path) -> Iterator[StaticPage]:
    """Opens an HTML file; whatever else it asks for is aborted and written down as foreign."""
    log = PageLog()
    context = browser.new_context(viewport={"width": 1400, "height": 1300})
    context.set_default_timeout(CELL_S * 1000)
    log.watch(context)

    def refuse(route: Route) -> None:
        if route.request.url == file.as_uri():
            route.continue_()
        else:
            log.foreign.append(route.request.url)
            route.abort()

    context.route("**/*", refuse)
    try:
        page = context.new_page()
        page.goto(file.as_uri(), wait_until="domcontentloaded")
        yield StaticPage("static", page, log)
    finally:
        context.close()
