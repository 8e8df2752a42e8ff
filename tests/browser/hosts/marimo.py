"""marimo: a reactive notebook that mounts widgets in a shadow root."""

from __future__ import annotations

import json
import re
import secrets
import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import Browser, Locator, Page, WebSocket

from ..chromium import PageLog
from ..server import Server
from .base import CELL_S, CellError, Host, Notebook

SETTINGS = """
[runtime]
auto_instantiate = false
on_cell_change = "lazy"

[display]
theme = "system"
"""
"""Nothing runs until it is asked to, as in the other hosts; light and dark follow the system."""


class Marimo(Host):
    """One server for a folder of notebooks; each opened notebook is a session with its own process."""

    name = "marimo"

    def __init__(self, browser: Browser, folder: Path) -> None:
        super().__init__(browser, folder)
        self._token = secrets.token_hex()
        self._count = 0
        self.notebooks = folder / "notebooks"
        self.notebooks.mkdir()
        settings = folder / "config" / "marimo" / "marimo.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text(SETTINGS)
        self._server = Server(
            lambda port: [sys.executable, "-m", "marimo", "edit", self.notebooks, "--headless", "--host",
                          "127.0.0.1", "--port", port, "--token-password", self._token, "--skip-update-check",
                          "--no-skew-protection"],
            folder=self.notebooks,
            log=folder / "server.log",
            env={
                "XDG_CONFIG_HOME": str(folder / "config"),
                "XDG_CACHE_HOME": str(folder / "cache"),
                "XDG_STATE_HOME": str(folder / "state"),
            },
            ready="/health",
        )  # fmt: skip

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.__exit__(None, None, None)

    @contextmanager
    def open(self, cells: Sequence[str]) -> Iterator[MarimoNotebook]:
        self._count += 1
        name = f"notebook_{self._count}.py"
        bodies = (textwrap.indent(cell, "    ") for cell in cells)
        functions = "".join(f"\n@app.cell\ndef _():\n{body}\n    return\n" for body in bodies)
        (self.notebooks / name).write_text(f'import marimo\n\napp = marimo.App(width="full")\n{functions}')
        with self.new_page() as (page, log):
            notebook = MarimoNotebook(self.name, page, log, self._server.url)
            page.goto(f"{self._server.url}/?file={name}&access_token={self._token}", wait_until="domcontentloaded")
            notebook.wait_until_open()
            yield notebook


class MarimoNotebook(Notebook):
    """A notebook driven through its buttons; Python answers through marimo's scratchpad."""

    _session = ""

    def __init__(self, host: str, page: Page, log: PageLog, server: str) -> None:
        super().__init__(host, page, log)
        self._server = server
        page.on("websocket", self._on_websocket)

    def _on_websocket(self, socket: WebSocket) -> None:
        if found := re.search(r"session_id=(\w+)", socket.url):
            self._session = found[1]

    def wait_until_open(self) -> None:
        self.page.wait_for_selector('.marimo-cell [data-testid="run-button"]:enabled', state="attached")

    def _cell(self, cell: int) -> Locator:
        return self.page.locator("[data-status]:has(> .marimo-cell)").nth(cell)

    def run(self, cell: int, *, wait: bool = True) -> None:
        button = self._cell(cell).locator('[data-testid="run-button"]').first
        with self.page.expect_response("**/api/kernel/run"):  # by then the cell says that it waits or runs
            button.dispatch_event("click")
        if wait:
            self.wait(cell)

    def wait(self, cell: int, *, seconds: float = CELL_S) -> None:
        self.page.wait_for_function(
            "(n) => document.querySelectorAll('.marimo-cell')[n].parentElement.dataset.status === 'idle'",
            arg=cell,
            timeout=seconds * 1000,
        )
        error = self._cell(cell).locator("[data-cell-role='output'] [role='alert']")
        if error.count():
            raise CellError(error.first.inner_text())

    def evaluate(self, expression: str) -> Any:
        answer = self.page.request.post(
            f"{self._server}/api/kernel/execute",
            headers={"Marimo-Session-Id": self._session},
            data={"code": f"print(__import__('json').dumps({expression}))"},
        )
        events = re.findall(r"event: (\w+)\ndata: (.*)", answer.text())
        said = "".join(json.loads(data)["data"] for event, data in events if event == "stdout")
        if not answer.ok or not said:
            raise AssertionError(f"{expression}: {answer.status} {answer.text()}")
        return json.loads(said)
