"""JupyterLab 4: comm messages arrive on a thread of their own, beside the user's cell."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from .contract import HostContract
from .hosts.base import Host
from .hosts.jupyter import Lab
from .widget import Widget

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


class TestLab(HostContract):
    Host = Lab
    trains_beside_a_cell = True

    def test_the_lesson_shows_what_it_is_about_and_no_more(self, host: Host) -> None:
        lesson = nbformat.read(NOTEBOOKS / "05_lesson.ipynb", as_version=4)
        cells = [cell.source for cell in lesson.cells if cell.cell_type == "code"]
        with host.open(cells) as notebook:
            for cell in range(len(cells)):
                notebook.run(cell)
            widget = Widget(notebook)
            widget.has(status="idle")
            assert widget.edges == 2
            for gone in ("data", "settings", "discover", "auto_symbolic"):
                expect(widget.root.locator(f'[data-act="{gone}"]')).to_have_count(0)
            expect(widget.slider("lamb")).to_have_count(0)
            widget.edge(0, 0, 0).click()
            expect(widget.candidate("sin")).to_be_visible()
            widget.candidate("sin").click()
            widget.press("fix")
            notebook.says("w.symbolic", {"0,0,0": "sin"})
            widget.press("whatif")
            widget.probe(1, 0.9)
            value = notebook.evaluate(f"w.model(torch.tensor([{widget.inputs}], dtype=torch.float64)).item()")
            assert widget.output == pytest.approx(value, abs=1e-3)
            notebook.screenshot("lesson")
            assert notebook.log.errors == []
            assert notebook.log.foreign == []
