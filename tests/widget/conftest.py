"""A widget and the page that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ipywidgets
import pytest
import torch

from kanwidget import KAN, Dataset, KANWidget
from tests.widget.page import Page


@pytest.fixture
def widget(dataset: Dataset) -> Iterator[KANWidget]:
    widget = KANWidget(KAN([2, 3, 1], seed=1, dtype=torch.float64), dataset)
    if ipywidgets.__version__.startswith("7."):
        _connect(widget.comm)
    yield widget
    widget.close()


def _connect(comm: Any) -> None:
    """To a kernel without a wire: ipywidgets 7 tells no traits where there is none."""
    from ipykernel.kernelbase import Kernel  # which only ipywidgets 7 brings along

    comm.kernel = Kernel()
    comm.publish_msg = comm._publish_msg = lambda *message, **parts: None


@pytest.fixture
def page(widget: KANWidget) -> Page:
    return Page(widget)
