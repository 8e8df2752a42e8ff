"""JupyterLab 4: comm messages arrive on a thread of their own, beside the user's cell."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from .contract import HostContract, Show
from .hosts.base import Host, Notebook
from .hosts.jupyter import Lab
from .lesson import Cell
from .touch import Fingers, middle, too_small
from .widget import Widget

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def _box(widget: Widget) -> dict[str, float]:
    """Where an edge stands on the page."""
    box = widget.edge(0, 0, 0).bounding_box()
    assert box is not None
    return {"x": box["x"], "width": box["width"]}


class TestLab(HostContract):
    Host = Lab
    trains_beside_a_cell = True

    def test_a_kernel_that_dies_is_said(self, notebook: Notebook, show: Show) -> None:
        widget = show("pruned")
        widget.press("play")
        widget.passes(0)
        os.kill(notebook.evaluate("__import__('os').getpid()"), signal.SIGKILL)
        widget.has(status="gone")
        assert widget.edges == 3  # the last picture stays
        notebook.screenshot("died")
        notebook.page.get_by_role("button", name="Ok", exact=True).click()  # the host has its own word about it
        notebook.page.wait_for_selector(".jp-Dialog", state="detached")
        notebook.run(Cell.SETUP)
        show("pruned").press("step")
        notebook.says("w.step", 1)

    @pytest.fixture
    def fingers(self, notebook: Notebook) -> Iterator[Fingers]:
        fingers = Fingers(notebook.page)
        yield fingers
        fingers.close()

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

    def test_fingers_can_do_everything(self, notebook: Notebook, show: Show, fingers: Fingers) -> None:
        widget = show("trained")
        small = {"opened": too_small(widget.root)}

        fingers.tap(widget.root.locator('[data-node="1,0"]'))
        expect(widget.root.locator('[data-lens="1,0"]')).to_be_visible()

        fingers.tap(widget.edge(0, 0, 0))
        expect(widget.root.locator("[data-candidate]").first).to_be_visible()
        notebook.says("w.selected_edge", [0, 0, 0])
        small["edge"] = too_small(widget.root)
        notebook.screenshot("touch")

        coef = "w.model.layers[0].coef[0, 0].tolist()"
        before = notebook.evaluate(coef)
        x, y = middle(widget.root.locator('[data-control="4"]'))
        fingers.drag((x, y), (x, y - 30))
        notebook.says("w.history['undo']", "Drag curve")
        assert [m for m, (a, b) in enumerate(zip(notebook.evaluate(coef), before, strict=True)) if a != b] == [4]

        inputs = widget.inputs
        x, y = middle(widget.root.locator('[data-input="0"] .kw-hit'))
        fingers.drag((x, y), (x + 30, y))
        notebook.until(lambda: widget.inputs[0] != inputs[0], "input moved")

        graph = widget.root.locator(".kw-svg")
        whole = _box(widget)
        fingers.pinch(middle(graph), 80, 160)
        notebook.until(lambda: _box(widget)["width"] == pytest.approx(2 * whole["width"], rel=0.1), "zoom")
        zoomed, (x, y) = _box(widget), middle(graph)
        fingers.drag((x, y), (x + 60, y + 20))
        notebook.until(lambda: _box(widget)["x"] == pytest.approx(zoomed["x"] + 60, abs=8), "picture moved")

        for act in ("whatif", "data", "settings", "take_away"):
            fingers.tap(widget.root.locator(f'[data-act="{act}"]'))
            small[act] = too_small(widget.root)
            notebook.page.keyboard.press("Escape")
        faults = [f"{state}: {line}" for state, lines in small.items() for line in lines]
        assert not faults, "\n".join(faults)
