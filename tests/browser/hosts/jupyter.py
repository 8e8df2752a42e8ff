"""JupyterLab 4 and Notebook 7: one front end (Lumino), two shells."""

from __future__ import annotations

import json
import secrets
import sys
import urllib.request
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, ClassVar, Self

from playwright.sync_api import Browser

from ..server import Server
from .base import CELL_S, CellError, Host, Notebook, Theme, plain
from .kernel import KernelLine


class JupyterHost(Host):
    """Any server that speaks Jupyter's REST interface."""

    flags: ClassVar[tuple[str, ...]]
    python: str = sys.executable

    def __init__(self, browser: Browser, folder: Path) -> None:
        super().__init__(browser, folder)
        self._token = secrets.token_hex()
        self._count = 0
        self.notebooks = folder / "notebooks"
        self.notebooks.mkdir()
        self._server = Server(
            lambda port: [self.python, "-m", *self.flags, "--no-browser", "--allow-root", "--ip=127.0.0.1",
                          f"--port={port}"],
            folder=self.notebooks,
            log=folder / "server.log",
            env=self.environment(),
            ready="/api",
        )  # fmt: skip

    def environment(self) -> Mapping[str, str]:
        """Nobody's settings but the defaults', and no trace outside the test's folder."""
        folders = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
        }
        return {name: str(self.folder / folder) for name, folder in folders.items()} | {
            "JUPYTER_TOKEN": self._token,
            "JUPYTER_PLATFORM_DIRS": "1",
        }

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.__exit__(None, None, None)

    def url(self, path: str) -> str:
        return f"{self._server.url}/{path}?token={self._token}"

    def new_notebook(self, cells: Sequence[str]) -> str:
        """Writes a notebook and returns its file name."""
        self._count += 1
        name = f"notebook-{self._count}.ipynb"
        empty: dict[str, object] = {
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        code = [empty | {"id": f"cell-{i}", "source": source} for i, source in enumerate(cells)]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": code}
        (self.notebooks / name).write_text(json.dumps(notebook))
        return name

    def kernel_of(self, notebook: str) -> KernelLine:
        """A line to the kernel of an open notebook."""
        with urllib.request.urlopen(self.url("api/sessions"), timeout=CELL_S) as answer:
            sessions: list[dict[str, Any]] = json.load(answer)
        (kernel,) = {session["kernel"]["id"] for session in sessions if session["path"] == notebook}
        return KernelLine(self.folder / "runtime" / f"kernel-{kernel}.json")


class JupyterNotebook(Notebook):
    """A notebook whose kernel answers on a line of its own."""

    line: KernelLine

    def evaluate(self, expression: str) -> Any:
        return self.line.evaluate(expression)

    @abstractmethod
    def outputs(self, cell: int) -> list[dict[str, Any]]:
        """The outputs of a cell, as a notebook file keeps them."""

    def wait(self, cell: int, *, seconds: float = CELL_S) -> None:
        self.wait_for_end(cell, seconds)
        for output in self.outputs(cell):
            if output["output_type"] == "error":
                raise CellError(plain("\n".join(output["traceback"])))

    @abstractmethod
    def wait_for_end(self, cell: int, seconds: float) -> None: ...


class Lumino(JupyterHost):
    """What Lab and Notebook 7 share."""

    path: ClassVar[str]

    settings: ClassVar[dict[str, dict[str, object]]] = {
        "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False}
    }

    def __init__(self, browser: Browser, folder: Path) -> None:
        super().__init__(browser, folder)
        for plugin, values in self.settings.items():
            file = folder / "settings" / f"{plugin}.jupyterlab-settings"
            file.parent.mkdir(parents=True)
            file.write_text(json.dumps(values))

    def open(self, cells: Sequence[str]) -> AbstractContextManager[LuminoNotebook]:
        return self.open_file(self.new_notebook(cells))

    @contextmanager
    def open_file(self, name: str) -> Iterator[LuminoNotebook]:
        """Opens a notebook that lies in the folder."""
        with self.new_page() as (page, log):
            page.on("dialog", lambda dialog: dialog.accept())
            page.goto(self.url(f"{self.path}/{name}"), wait_until="domcontentloaded")
            notebook = LuminoNotebook(self.name, page, log)
            notebook.wait_until_open()
            with self.kernel_of(name) as notebook.line:
                yield notebook


class Lab(Lumino):
    """JupyterLab 4."""

    name = "lab"
    flags = ("jupyterlab", "--LabApp.expose_app_in_browser=True", "--ServerApp.port_retries=0")
    path = "doc/tree"


class Notebook7(Lumino):
    """Notebook 7."""

    name = "notebook7"
    flags = ("notebook", "--JupyterNotebookApp.expose_app_in_browser=True", "--ServerApp.port_retries=0")
    path = "notebooks"
    settings = Lumino.settings | {
        "@jupyter-notebook/notebook-extension/full-width-notebook": {"fullWidthNotebook": True}
    }
    noise = (
        # its shortcuts plugin hears of a change in a plugin that it has not loaded: with any change of theme
        r"reading 'schema'[\s\S]*notebook_core",
    )


class LuminoNotebook(JupyterNotebook):
    """A notebook in Lab or Notebook 7, driven through the application's own commands."""

    def wait_until_open(self) -> None:
        self.page.wait_for_function(
            "() => globalThis.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
        )

    def run(self, cell: int, *, wait: bool = True) -> None:
        self.page.evaluate(
            """(cell) => {
                const app = globalThis.jupyterapp;
                app.shell.currentWidget.content.activeCellIndex = cell;
                globalThis.runs = globalThis.runs ?? {};
                const run = globalThis.runs[cell] = { done: false };
                app.commands.execute("notebook:run-cell").finally(() => { run.done = true; });
            }""",
            cell,
        )
        if wait:
            self.wait(cell)

    def wait_for_end(self, cell: int, seconds: float) -> None:
        self.page.wait_for_function("(cell) => globalThis.runs[cell].done", arg=cell, timeout=seconds * 1000)

    def outputs(self, cell: int) -> list[dict[str, Any]]:
        outputs: list[dict[str, Any]] = self.page.evaluate(
            "(cell) => jupyterapp.shell.currentWidget.content.widgets[cell].model.outputs.toJSON()", cell
        )
        return outputs

    def save(self) -> None:
        self.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")

    def restart(self) -> None:
        self.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
        self.wait_until_open()

    def theme(self, theme: Theme) -> None:
        self.page.evaluate(
            "(theme) => jupyterapp.commands.execute('apputils:change-theme', { theme })",
            {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}[theme],
        )
        self.page.wait_for_selector(f'body[data-jp-theme-light="{str(theme == "light").lower()}"]', state="attached")
