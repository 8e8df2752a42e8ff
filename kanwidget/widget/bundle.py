"""The front end as it was built."""

from __future__ import annotations

from importlib.resources import files

__all__ = ["CSS", "ESM"]


def _bundle(name: str) -> str:
    """A file of the built front end; empty in a checkout where it was not built."""
    path = files("kanwidget") / "static" / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


ESM = _bundle("widget.js")
CSS = _bundle("widget.css")
