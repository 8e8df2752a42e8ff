"""Texts that somebody may have put into a notebook, a table or a file to make a page do something.

What they try to run is called ``kwCanary()``, the host that they ask is ``away.example``.
"""

from __future__ import annotations

import json
from pathlib import Path

__all__ = ["TEXTS"]


def _texts() -> tuple[str, ...]:
    """All of them: those that are long are kept as a piece and how often it stands there."""
    found = json.loads(Path(__file__).with_name("texts.json").read_text(encoding="utf-8"))
    return (*(text for group in found["texts"].values() for text in group), *(t * n for t, n in found["repeated"]))


TEXTS = _texts()
