"""One browser for all tests; one server per host and module; every test ends with a clean page log."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from .chromium import chromium
from .hosts.base import PICTURES, Document

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails leaves a picture of the whole page."""
    report = yield
    if report.failed and report.when == "call":
        for document in getattr(item, "funcargs", {}).values():
            if isinstance(document, Document):
                PICTURES.mkdir(exist_ok=True)
                document.page.screenshot(path=PICTURES / f"failed-{document.host}-{item.name}.png")
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser
