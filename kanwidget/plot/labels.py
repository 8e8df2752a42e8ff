"""Names of inputs and outputs as they are set: letters in italics, their index as a subscript."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kanwidget.plot.fonts import Face, text_width
from kanwidget.plot.names import shorten, split_name

__all__ = ["INPUT_GAP", "LEAST", "OUTPUT_GAP", "Label", "cut", "label_of", "widest"]

INPUT_GAP, OUTPUT_GAP = 10.0, 8.0  # from a name to its node
LETTER, WORD, LEAST = 17.0, 14.0, 11.0  # sizes
LONGEST = 24  # characters


@dataclass(frozen=True, slots=True)
class Label:
    """A name and its measures in pixels; ``stem_width`` includes the space before the subscript."""

    stem: str
    sub: str
    size: float
    stem_width: float
    width: float

    @property
    def sub_size(self) -> float:
        return 0.66 * self.size


def label_of(name: str, pitch: float) -> Label:
    """Set a name in lines that are ``pitch`` apart."""
    stem, sub = split_name(name)
    stem = shorten(stem, LONGEST)
    size = max(LEAST, min(LETTER if len(stem) == 1 else WORD, 0.75 * pitch))
    stem_width = text_width(stem, "italic", size) + 0.08 * size
    return Label(stem, sub, size, stem_width, stem_width + text_width(sub, "serif", 0.66 * size))


def cut(text: str, face: Face, size: float, room: float) -> str:
    """As much of a text as fits into ``room`` pixels."""
    most = len(text)
    while most > 1 and text_width(shorten(text, most), face, size) > room:
        most -= 1
    return shorten(text, most)


def widest(names: Iterable[str], pitch: float = 100.0) -> float:
    return max(label_of(name, pitch).width for name in names)
