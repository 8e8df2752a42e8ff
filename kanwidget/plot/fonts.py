"""Typefaces that are installed wherever matplotlib is, and how wide a text is in them.

Text is never mathematics here: a dollar sign in a column name is a dollar sign.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.textpath import text_to_path

__all__ = ["POINTS", "Face", "font", "text_width"]

Face = Literal["sans", "bold", "serif", "italic"]

POINTS = 0.75  # per pixel of 1/96 inch

_SANS = ("Arial", "Helvetica", "Liberation Sans", "Nimbus Sans", "DejaVu Sans")
_SERIF = ("STIXGeneral", "DejaVu Serif", "DejaVu Sans")  # part of matplotlib


def font(face: Face, size: float) -> FontProperties:
    """A typeface in a size in pixels. Signs that the first family lacks come from the next ones."""
    families = _SERIF if face in ("serif", "italic") else _installed(_SANS)
    return FontProperties(
        family=list(families),
        style="italic" if face == "italic" else "normal",
        weight="bold" if face == "bold" else "normal",
        stretch="normal",
        variant="normal",
        size=size * POINTS,
    )


def text_width(text: str, face: Face, size: float) -> float:
    """Width in pixels."""
    if not text:
        return 0.0
    width, _, _ = text_to_path.get_text_width_height_descent(text, font(face, size), ismath=False)
    return float(width) / POINTS


@cache
def _installed(families: tuple[str, ...]) -> tuple[str, ...]:
    """Only what is there, because matplotlib logs a line for every family that is not."""
    known = set(fontManager.get_font_names())
    return tuple(family for family in families if family in known)
