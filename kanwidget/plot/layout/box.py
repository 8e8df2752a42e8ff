"""The box that a picture may fill, and the sizes that things in it would like to have."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Box", "Sizes"]


@dataclass(frozen=True, slots=True)
class Box:
    """Width and height in pixels; None is as much as looks good. A picture that cannot be so small is larger."""

    width: float | None = None
    height: float | None = None


@dataclass(frozen=True, slots=True)
class Sizes:
    """What the layout has to leave room for, in pixels.

    Attributes:
        inputs, outputs: width of the names on either side.
        top: height of title and captions.
        node: radius of a node.
        threshold: importance below which links of large networks are hidden.
        curves: at most so many plots per level.
    """

    inputs: float
    outputs: float
    top: float
    node: float
    threshold: float
    curves: int
