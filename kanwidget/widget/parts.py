"""The parts of the widget that a lesson may hide."""

from __future__ import annotations

from typing import Any

from kanwidget.errors import OptionError

__all__ = ["PARTS", "hidden"]

PARTS = (
    "toolbar",
    "train",
    "undo",
    "prune",
    "auto_symbolic",
    "discover",
    "lamb",
    "grid",
    "data",
    "settings",
    "take_away",
    "help",
    "what_if",
    "zoom",
    "history",
    "compare",
    "loss",
    "panel",
    "formula",
    "status",
    "viewing",
)


def hidden(names: Any) -> list[str]:
    """The checked names of parts, each once.

    Raises:
        OptionError: not a list of names of parts.
    """
    listed = isinstance(names, list | tuple | set | frozenset) and all(isinstance(name, str) for name in names)
    unknown = sorted(set(names) - set(PARTS)) if listed else [names]
    if unknown:
        wrong = ", ".join(repr(name) for name in unknown)
        raise OptionError(f"hide: {wrong} is not a part of the widget: a list of {', '.join(PARTS)} is accepted")
    return [part for part in PARTS if part in names]
