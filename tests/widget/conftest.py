"""A widget and the page that shows it."""

from __future__ import annotations

from collections.abc import Iterator

import ipywidgets
import pytest
import torch
from ipykernel.kernelbase import Kernel

from kanwidget import KAN, Dataset, KANWidget
from tests.widget.page import Page


@pytest.fixture
def widget(dataset: Dataset) -> Iterator[KANWidget]:
    widget = KANWidget(KAN([2, 3, 1], seed=1, dtype=torch.float64), dataset)
    if ipywidgets.__version__.startswith("7."):
        widget.comm.kernel = Kernel()  # without one, it tells no traits
    yield widget
    widget.close()


@pytest.fixture
def page(widget: KANWidget) -> Page:
    return Page(widget)
