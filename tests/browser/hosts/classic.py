"""Classic Notebook 6.5 with the versions that Google Colab ships: the oldest front end that is supported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .jupyter import JupyterHost, JupyterNotebook

ENVIRONMENT = Path(__file__).parents[3] / ".hosts" / "colab"


class Classic(JupyterHost):
    """Runs in an environment of its own, which `make test` sets up."""

    name = "classic"
    flags = ("notebook", "--NotebookApp.port_retries=0")
    python = str(ENVIRONMENT / "bin" / "python")
    noise = (
        *JupyterHost.noise,
        # frames that were on their way while the page was loaded anew, before its widgets are
        r"Comm promise not found",
    )

    @contextmanager
    def open(self, cells: Sequence[str]) -> Iterator[ClassicNotebook]:
        name = self.new_notebook(cells)
        with self.new_page() as (page, log):
            page.on("dialog", lambda dialog: dialog.accept())
            page.goto(self.url(f"notebooks/{name}"), wait_until="domcontentloaded")
            notebook = ClassicNotebook(self.name, page, log)
            notebook.wait_until_open()
            with self.kernel_of(name) as notebook.line:
                yield notebook


class ClassicNotebook(JupyterNotebook):
    """A notebook driven through the page's own `Jupyter` object."""

    def wait_until_open(self) -> None:
        self.page.wait_for_function(
            """() => {
                const notebook = globalThis.Jupyter?.notebook;
                return notebook?._fully_loaded && notebook.kernel?.is_connected()
                    && document.querySelector("#kernel_indicator_icon.kernel_idle_icon") !== null;
            }"""
        )
        # as many people do: without it the notebook never gets wider than 1140 pixels
        self.page.add_style_tag(content="#notebook-container { width: auto !important; }")

    def run(self, cell: int, *, wait: bool = True) -> None:
        self.page.evaluate("(cell) => Jupyter.notebook.execute_cells([cell])", cell)
        if wait:
            self.wait(cell)

    def wait_for_end(self, cell: int, seconds: float) -> None:
        self.page.wait_for_function(
            "(cell) => !Jupyter.notebook.get_cell(cell).element.hasClass('running')",
            arg=cell,
            timeout=seconds * 1000,
        )

    def outputs(self, cell: int) -> list[dict[str, Any]]:
        outputs: list[dict[str, Any]] = self.page.evaluate(
            "(cell) => Jupyter.notebook.get_cell(cell).output_area.toJSON()", cell
        )
        return outputs

    def restart(self) -> None:
        self.page.evaluate("() => new Promise((done) => Jupyter.notebook.kernel.restart(done))")
        self.wait_until_open()

    def save(self) -> None:
        self.page.evaluate("() => Jupyter.notebook.save_notebook()")
