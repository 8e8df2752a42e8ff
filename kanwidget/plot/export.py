"""Figures as files for other programs: the bytes, without touching the disk."""

from __future__ import annotations

import io
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from kanwidget.model.network import Network
from kanwidget.plot.figure import plot

__all__ = ["png", "svg"]


def svg(model: Network, **options: Any) -> str:
    """The figure of :func:`kanwidget.plot.figure.plot` as SVG, the same text for the same network.

    Args:
        **options: of ``plot``.
    """
    with rc_context({"svg.hashsalt": "kanwidget", "svg.fonttype": "path"}):
        return _written(plot(model, **options), format="svg", metadata={"Date": None}).decode()


def png(model: Network, *, dpi: float = 300, **options: Any) -> bytes:
    """The figure of :func:`kanwidget.plot.figure.plot` as PNG.

    Args:
        dpi: pixels per inch.
        **options: of ``plot``.
    """
    return _written(plot(model, **options), format="png", dpi=dpi)


def _written(figure: Figure, **how: Any) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, **how)
    return buffer.getvalue()
