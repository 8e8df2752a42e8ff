"""Names of columns in formulas. A name that is no plain word never goes through a printer: another word stands in for
it, and in its place its text is put in afterwards, as text. So nothing in a name is read as markup or as code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

import sympy as sp

__all__ = ["StandIns", "identifiers"]

_MARK = "ZQ"  # around the letters of a word that stands in
_PLAIN = re.compile(r"[^\W\d_](\w*[^\W_])?")
_LONGEST = 60
_LATEX = {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    **{sign: "\\" + sign for sign in "{}$&#%_"},
}


class StandIns:
    """Words for those of ``names`` that are no plain words.

    Attributes:
        words: by name; only where another word stands in.
    """

    def __init__(self, names: Sequence[str]) -> None:
        odd = [name for name in dict.fromkeys(names) if not is_plain(name)]
        self.words = {name: f"{_MARK}{_letters(n)}{_MARK}" for n, name in enumerate(odd)}

    def symbol(self, name: str) -> sp.Symbol:
        return sp.Symbol(self.words.get(name, name))

    def put(self, formula: sp.Expr) -> sp.Expr:
        """The formula with the words instead of the names."""
        return formula.xreplace({s: self.symbol(str(s)) for s in formula.free_symbols if str(s) in self.words})

    def as_mathml(self, text: str) -> str:
        for name, word in self.words.items():
            text = text.replace(f"<mi>{word}</mi>", f"<mtext>{escape(_printable(name))}</mtext>")
        return text

    def as_latex(self, text: str) -> str:
        for name, word in self.words.items():
            text = text.replace(word, rf"\text{{{''.join(_LATEX.get(c, c) for c in _printable(name))}}}")
        return text


def is_plain(name: str) -> bool:
    """Letters, digits and underscores between them, as ``x_1``."""
    return len(name) <= _LONGEST and _MARK not in name and bool(_PLAIN.fullmatch(name))


def identifiers(names: Sequence[str], taken: Sequence[str], otherwise: str) -> list[str]:
    """Names as Python accepts them: those that are plain words of ASCII and not ``taken``; others are numbered."""
    found: list[str] = []
    for position, name in enumerate(names):
        plain = re.sub(r"\W", "", name, flags=re.ASCII)
        good = plain.isidentifier() and plain not in taken and plain not in found
        found.append(plain if good else _free(f"{otherwise}{position + 1}", [*found, *names]))
    return found


def _free(name: str, others: Sequence[str]) -> str:
    """This name, or a longer one that nobody has."""
    while name in others:
        name += "_"
    return name


def _letters(n: int) -> str:
    """0 → A, 25 → Z, 26 → BA: no digits, which a printer would lower."""
    high, low = divmod(n, 26)
    return (_letters(high) if high else "") + chr(ord("A") + low)


def _printable(name: str) -> str:
    """What can stand in a document: control characters and halves of letters are shown as a replacement sign."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in name)
