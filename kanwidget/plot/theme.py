"""Colours: ink for what the network is, blue and orange for signs, violet for what was named.

Shades are mixed with the ground instead of being transparent, so that a figure looks the same in formats that know
no transparency.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["THEMES", "Theme", "mix"]


@dataclass(frozen=True, slots=True)
class Theme:
    """Attributes:
    ground: behind everything.
    ink, ink2: curves and names; captions.
    link: links and nodes.
    frame: frames of plots and zero lines.
    accent: edges that were named.
    positive, negative: fill between zero and a curve above or below it.
    """

    ground: str
    ink: str
    ink2: str
    link: str
    frame: str
    accent: str
    positive: str
    negative: str


THEMES = {
    "light": Theme("#ffffff", "#1b1f24", "#59616b", "#3b424b", "#c3c9d0", "#6a3fd1", "#d6e8f3", "#f8e5d6"),
    "dark": Theme("#111111", "#eceef1", "#a7aeb7", "#c3c9d1", "#454a51", "#b79cff", "#223645", "#472f1b"),
}


def mix(colour: str, ground: str, share: float) -> str:
    """``share`` of a colour on a ground, both as ``#rrggbb``."""
    pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(ground[1:]), strict=True)
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in pairs)
