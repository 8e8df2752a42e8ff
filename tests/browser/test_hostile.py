"""Hostile texts in every field that a page is sent: they are shown as text, and nothing of them happens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.hostile import TEXTS

from .hostile import EMPTY, PageTrial, prepare, sample
from .hosts.static import StaticPage, open_file


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaticPage]:
    file = tmp_path_factory.mktemp("hostile") / "page.html"
    file.write_text(EMPTY)
    with open_file(browser, file) as page:
        prepare(page.page, bundle=True)
        yield page


@pytest.mark.parametrize("kernel", [False, True], ids=["saved", "live"])
@pytest.mark.parametrize("classes", [False, True], ids=["values", "classes"])
def test_texts_are_shown_as_text(page: StaticPage, classes: bool, kernel: bool) -> None:
    trial = PageTrial(page.page, sample(classes=classes, kernel=kernel))
    assert len(trial.read) >= 25
    found = trial.rounds(len(TEXTS) // len(trial.fields) + 1)
    assert found.faults == []
    assert page.log.errors == []
    assert page.log.foreign == []


@pytest.mark.parametrize(
    "text", ["<script>kwCanary()</script>", "<img src=x onerror=kwCanary()>", "<b title='x'>b</b>"]
)
def test_what_happens_would_be_noticed(page: StaticPage, text: str) -> None:
    """A page that reads texts as markup."""
    page.page.evaluate(
        "(text) => { document.body.append(document.createRange().createContextualFragment(text)); }", text
    )
    found = page.page.locator("body").evaluate("(body, text) => hostile.here(body, [text], [text])", text)
    assert found["missing"] == [text]
    assert len(found["kinds"]) > 0
    assert bool(found["ran"]) is ("kwCanary" in text)
