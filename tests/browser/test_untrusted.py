"""A notebook from somebody else that was opened and not run: it asks no other host for anything and runs nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from ipywidgets.embed import dependency_state
from playwright.sync_api import Browser, expect

from kanwidget import KAN

from .hosts.jupyter import Lab

VIEW, STATE = "application/vnd.jupyter.widget-view+json", "application/vnd.jupyter.widget-state+json"
VERSION = {"version_major": 2, "version_minor": 0}

RUN = "(globalThis.kwRan ??= []).push"
SVG = "http://www.w3.org/2000/svg"
OUTPUTS = {
    "text/html": f"<b>hyper</b><script>{RUN}('script')</script><img src=x onerror=\"{RUN}('onerror')\">",
    "application/javascript": f"{RUN}('javascript'); fetch('https://away.example/')",
    "image/svg+xml": f"<svg xmlns='{SVG}' onload=\"{RUN}('onload')\"><script>{RUN}('svg')</script></svg>",
    "text/markdown": f"**down** <img src=x onerror=\"{RUN}('markdown')\">",
    "text/latex": f"$\\href{{javascript:{RUN}('latex')}}{{link}}$",
}


@pytest.fixture
def widget() -> Iterator[dict[str, Any]]:
    """Its state as a notebook keeps it, and the number of its model."""
    x = torch.rand(20, 2, generator=torch.Generator().manual_seed(0))
    widget = KAN([2, 1], seed=0).explore((x, x.sum(1)))
    yield {"state": dependency_state(widget, drop_defaults=False), "model_id": widget.model_id}
    widget.close()


def notebook(state: dict[str, Any], outputs: list[dict[str, Any]]) -> dict[str, Any]:
    """A file of one cell with these outputs."""
    shown = [{"output_type": "display_data", "metadata": {}, "data": data} for data in outputs]
    cell = {"cell_type": "code", "id": "cell", "metadata": {}, "execution_count": 1, "source": "w", "outputs": shown}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "widgets": {STATE: {"state": state, **VERSION}}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": [cell]}


def test_a_saved_widget_stays_quiet(browser: Browser, tmp_path: Path, widget: dict[str, Any]) -> None:
    view = {VIEW: {"model_id": widget["model_id"], **VERSION}, "text/plain": "KANWidget(...)"}
    others = [{kind: text} for kind, text in OUTPUTS.items()]
    with Lab(browser, tmp_path) as host:
        (host.notebooks / "shared.ipynb").write_text(json.dumps(notebook(widget["state"], [view, *others])))
        with host.open_file("shared.ipynb") as page:
            expect(page.page.get_by_text("KANWidget(...)")).to_be_visible()
            expect(page.page.locator("b", has_text="hyper")).to_be_visible()
            page.page.wait_for_load_state("networkidle")
            assert page.page.evaluate("() => jupyterapp.shell.currentWidget.content.widgets[0].model.trusted") is False
            expect(page.page.locator(".kanwidget")).to_have_count(0)
            assert page.page.evaluate("() => globalThis.kwRan ?? []") == []
            assert page.log.foreign == []
