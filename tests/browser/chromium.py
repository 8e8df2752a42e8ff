"""The browser, and what must never happen in it: console errors, requests that leave the machine."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Request, WebError, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, headless, with a user folder of its own."""
    executable = shutil.which("chromium")
    if executable is None:
        raise RuntimeError("Chromium is missing: `make test` installs it, or your package manager does.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, headless=True, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class PageLog:
    """What the pages of one context said and asked for."""

    noise: tuple[str, ...] = ()
    """Patterns of console errors that belong to the host and come without any widget, too."""

    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self._on_console)
        context.on("weberror", self._on_weberror)
        context.on("request", self._on_request)

    def clear(self) -> None:
        self.errors.clear()
        self.foreign.clear()

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._add(f"{message.text} ({message.location['url']})")

    def _on_weberror(self, error: WebError) -> None:
        self._add(error.error.stack or str(error.error))

    def _add(self, text: str) -> None:
        if not any(re.search(pattern, text) for pattern in self.noise):
            self.errors.append(text)

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob", "file", "about"} and address.hostname != "127.0.0.1":
            self.foreign.append(request.url)
