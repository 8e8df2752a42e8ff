"""The picture in the README: the widget in a real JupyterLab after some training, with its strongest edge open."""

from __future__ import annotations

import tempfile
from pathlib import Path

from .chromium import chromium
from .hosts.base import Notebook
from .hosts.jupyter import Lab
from .lesson import CELLS, Cell
from .widget import Widget

PICTURE = Path(__file__).parents[2] / "docs" / "widget.png"
WIDTH, SHARPNESS = 1200, 2
LEARN = "w.fit(steps=20, lamb=0.01, lamb_entropy=10.0) and None"
STRONGEST = "int(w.model.trace(dataset.train_input)[0].edges.std(0)[0].argmax())"  # of those that leave x_1


def take(notebook: Notebook) -> None:
    notebook.run(Cell.SETUP)
    notebook.run(Cell.SHOW)
    notebook.evaluate(LEARN)
    widget = Widget(notebook)
    widget.has(step=20)
    notebook.width(WIDTH)
    widget.edge(0, 0, notebook.evaluate(STRONGEST)).click()
    widget.root.locator("[data-candidate]").first.wait_for()
    page = notebook.page
    page.mouse.move(0, 0)
    sharp = {**(page.viewport_size or {}), "deviceScaleFactor": SHARPNESS, "mobile": False}
    page.context.new_cdp_session(page).send("Emulation.setDeviceMetricsOverride", sharp)
    page.wait_for_timeout(500)  # for what eases in
    widget.root.screenshot(path=PICTURE, animations="disabled")


def main() -> None:
    with (
        chromium() as browser,
        tempfile.TemporaryDirectory() as folder,
        Lab(browser, Path(folder)) as lab,
        lab.open(CELLS) as notebook,
    ):
        take(notebook)


if __name__ == "__main__":
    main()
