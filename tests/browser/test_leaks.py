"""A widget that is gone leaves nothing in the page; ``make bench B=page`` counts at length."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from .hostile import EMPTY
from .hosts.static import StaticPage, open_file
from .leaks import Count, What, left


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[StaticPage]:
    file = tmp_path / "page.html"
    file.write_text(EMPTY)
    with open_file(browser, file) as page:
        yield page
        assert page.log.errors == []


@pytest.mark.parametrize("what", ["mounts", "panels"])
def test_nothing_is_left(page: StaticPage, what: What) -> None:
    found = left(page.page, what, 10)
    assert (found.listeners, found.nodes) == (0, 0)
    assert found.heap_kb < 1000


def test_what_is_left_would_be_counted(page: StaticPage) -> None:
    count = Count(page.page)
    page.page.evaluate(
        """() => {
            globalThis.kept = document.createElement("div").appendChild(document.createElement("b"));
            kept.addEventListener("click", () => {});
        }"""
    )
    found = count.left()
    assert (found.listeners, found.nodes) == (1, 2)
