"""What can be chosen about a figure, checked once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from kanwidget.errors import OptionError
from kanwidget.model.network import Network
from kanwidget.plot.names import feature_sign
from kanwidget.plot.theme import THEMES

__all__ = ["Y_SCALES", "PlotOptions", "names_for"]

Y_SCALES = ("common", "own")


@dataclass(frozen=True, slots=True)
class PlotOptions:
    """See :func:`kanwidget.plot.figure.plot` for their meaning."""

    theme: str = "light"
    width: float | None = None
    figsize: tuple[float, float] | None = None
    ax: Axes | None = None
    y_scale: str = "common"
    threshold: float = 0.02
    max_curves: int = 24
    title: str | None = None

    def __post_init__(self) -> None:
        _one_of("theme", self.theme, tuple(THEMES))
        _one_of("y_scale", self.y_scale, Y_SCALES)
        if not _is_number(self.threshold) or self.threshold < 0:
            raise OptionError(f"threshold={self.threshold!r}: an importance of 0 or more is accepted")
        if not isinstance(self.max_curves, int) or isinstance(self.max_curves, bool) or self.max_curves < 0:
            raise OptionError(f"max_curves={self.max_curves!r}: an integer of 0 or more is accepted")
        if self.title is not None and not isinstance(self.title, str):
            raise OptionError(f"title={self.title!r}: a text or None is accepted")
        self._check_size()

    def _check_size(self) -> None:
        if self.width is not None and not _is_length(self.width):
            raise OptionError(f"width={self.width!r}: a width in inches of more than 0 is accepted, or None")
        size: Any = self.figsize
        if size is not None:
            pair = isinstance(size, Sequence) and not isinstance(size, str) and len(size) == 2
            if not pair or not all(map(_is_length, size)):
                raise OptionError(f"figsize={size!r}: (width, height) in inches of more than 0 is accepted, or None")
        if self.ax is not None and not isinstance(self.ax, Axes):
            raise OptionError(f"ax={self.ax!r}: matplotlib Axes are accepted, or None")
        given = [name for name in ("width", "figsize", "ax") if getattr(self, name) is not None]
        if len(given) > 1:
            raise OptionError(f"{' and '.join(given)} are given: only one of them can decide the size")


def names_for(model: Network, in_vars: Any, out_vars: Any) -> tuple[list[str], list[str]]:
    """Names of inputs and outputs, those of the network where none are given; what is made of columns is called after
    them."""
    inputs = _names("in_vars", in_vars, model.input_names)
    inputs += [feature_sign(feature, inputs) for feature in model.features]
    return inputs, _names("out_vars", out_vars, model.output_names)


def _names(argument: str, given: Any, default: tuple[str, ...]) -> list[str]:
    if given is None:
        return list(default)
    count = len(default)
    if isinstance(given, str) or not isinstance(given, Sequence) or len(given) != count:
        raise OptionError(f"{argument}={given!r}: a list of {count} name{'s' if count != 1 else ''} is accepted")
    return [str(name) for name in given]


def _one_of(argument: str, value: Any, accepted: tuple[str, ...]) -> None:
    if value not in accepted:
        raise OptionError(f"{argument}={value!r}: {' or '.join(map(repr, accepted))} is accepted")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_length(value: Any) -> bool:
    return _is_number(value) and value > 0
