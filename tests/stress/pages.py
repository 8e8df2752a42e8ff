"""Hostile texts in a real browser: each in every field that a page is sent, on live and on saved pages."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.browser.chromium import chromium
from tests.browser.hostile import EMPTY, PageTrial, prepare, sample
from tests.browser.hosts.static import open_file

from .promise import Figures

__all__ = ["pages"]


def pages(count: int) -> Figures:
    """So many texts of :data:`tests.hostile.TEXTS` in every field."""
    shown, fields = 0, 0
    with chromium() as browser, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(EMPTY)
        for classes in (False, True):
            for kernel in (False, True):
                with open_file(browser, file) as page:
                    prepare(page.page, bundle=True)
                    trial = PageTrial(page.page, sample(classes=classes, kernel=kernel))
                    found = trial.rounds(count)
                    assert not (faults := found.faults + page.log.errors + page.log.foreign), "\n".join(faults[:20])
                shown += found.shown
                fields += len(trial.fields)
    return {"texts": count, "fields": fields, "texts in fields": shown, "effects": 0}
