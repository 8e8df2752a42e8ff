"""A widget and the page that shows it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from kanwidget import KAN, Dataset, KANWidget
from tests.widget.page import Page


@pytest.fixture
def widget(dataset: Dataset) -> Iterator[KANWidget]:
    widget = KANWidget(KAN([2, 3, 1], seed=1, dtype=torch.float64), dataset)
    yield widget
    widget.close()


@pytest.fixture
def page(widget: KANWidget) -> Page:
    return Page(widget)
