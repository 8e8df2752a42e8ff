"""How names and functions are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from kanwidget.derived import Feature

__all__ = ["Name", "feature_sign", "function_sign", "plural", "shorten", "split_name"]

_INDEXED = re.compile(r"([^\W\d_])_?(\d{1,4})|([^\W\d_]+)_(\d{1,4})")

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

_SIGNS = {
    "x^2": "x²",
    "x^3": "x³",
    "x^4": "x⁴",
    "x^5": "x⁵",
    "1/x^2": "1/x²",
    "1/x^3": "1/x³",
    "1/x^4": "1/x⁴",
    "1/x^5": "1/x⁵",
    "x^1.5": "x¹·⁵",
    "sqrt": "√x",
    "1/sqrt(x)": "1/√x",
    "abs": "|x|",
    "gaussian": "gauss",
}


class Name(NamedTuple):
    """A name with its subscript, which is empty if it has none."""

    stem: str
    sub: str = ""


def split_name(name: str) -> Name:
    """``x_1``, ``x1`` and ``x₁`` are x with the index 1; any other name stays as it is."""
    plain = "".join(str(unicodedata.digit(c)) if "₀" <= c <= "₉" else c for c in name)
    match = _INDEXED.fullmatch(plain)
    if not match:
        return Name(name)
    letter, number, word, index = match.groups()
    return Name(letter or word, number or index)


def shorten(text: str, most: int) -> str:
    """At most ``most`` characters, the last an ellipsis when something was cut; control characters are blanks."""
    clean = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return clean if len(clean) <= most else clean[: most - 1] + "…"


def function_sign(name: str) -> str:
    """A function of the table as a tag shows it."""
    return _SIGNS.get(name, name)


def feature_sign(feature: Feature, names: Sequence[str]) -> str:
    """An input that is made of columns with these names: ``x₁²``, ``x₁·x₂``, ``sin x₁``."""
    first, last = (_in_a_line(names[column]) for column in (feature.columns[0], feature.columns[-1]))
    return {"square": f"{first}²", "product": f"{first}·{last}", "sine": f"sin {first}"}[feature.kind]


def _in_a_line(name: str) -> str:
    stem, sub = split_name(name)
    return stem + sub.translate(_SUBSCRIPTS)


def plural(count: int, noun: str) -> str:
    """``1 edge``, ``3 edges``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
