"""The self-contained page: one file, no kernel, every request refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Browser, expect

from kanwidget import KAN, create_dataset

from .hosts.static import StaticPage, open_file
from .widget import Widget


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page made of a network that was trained, pruned and named."""
    dataset = create_dataset(
        lambda x: torch.exp(torch.sin(torch.pi * x[:, [0]]) + x[:, [1]] ** 2), n_var=2, seed=0
    )
    model = KAN(width=[2, 5, 1], grid=5, k=3, seed=0, dtype=torch.float64)
    model.fit(dataset, steps=20, lamb=0.01, lamb_entropy=10.0, progress=False)
    model = model.prune()
    model.auto_symbolic(dataset, verbose=False)
    path = tmp_path_factory.mktemp("static") / "page.html"
    model.explore(dataset).to_html(path)
    return path


@pytest.fixture
def page(browser: Browser, file: Path) -> Iterator[StaticPage]:
    with open_file(browser, file) as page:
        yield page
        assert page.log.errors == []
        assert page.log.foreign == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_shows_the_network_and_its_formula(page: StaticPage, theme: str) -> None:
    page.theme("dark" if theme == "dark" else "light")
    widget = Widget(page)
    widget.has(status="static")
    assert widget.edges == 3
    expect(widget.root.locator("math").first).to_be_visible()
    page.screenshot(theme)


def test_what_needs_a_kernel_is_off(page: StaticPage) -> None:
    root = Widget(page).root
    for act in ("play", "step", "prune", "undo"):
        expect(root.locator(f'[data-act="{act}"]')).to_be_disabled()
