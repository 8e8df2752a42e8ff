"""What a page shows of a discovery: the formulas found so far, each by a number that never means another one."""

from __future__ import annotations

from typing import Any

from kanwidget.discovery.result import Candidate
from kanwidget.errors import OptionError
from kanwidget.session import Session
from kanwidget.session.seeking import Seeking
from kanwidget.symbolic.present import Formula
from kanwidget.widget.answers import number

__all__ = ["Front"]


class Front:
    """The formulas of the latest search that pages were told of."""

    def __init__(self) -> None:
        self._seeking: Seeking | None = None
        self._keys: dict[Candidate, int] = {}
        self._forms: dict[Candidate, Formula] = {}
        self._next = 0

    def told(self, session: Session) -> dict[str, Any]:
        """The trait ``front``; empty where nothing was searched for."""
        seeking = session.seeking
        if seeking is None:
            return {}
        if seeking is not self._seeking:
            self._seeking, self._keys, self._forms = seeking, {}, {}
        found = seeking.found
        state: dict[str, Any] = {
            "searching": seeking.open,
            "budget_s": seeking.budget_s,
            "spent_s": round(seeking.spent_s, 2),
            "complete": bool(found and found.complete),
            "certified": bool(found and found.certified),
            "message": found.message if found and not seeking.open else "",
            "candidates": [],
        }
        if found is not None:
            moments: dict[Candidate, list[int]] = {}
            for key, candidate in session.taken.items():
                moments.setdefault(candidate, []).append(key)
            state["candidates"] = [
                self._told(c, is_best=c is found.best) | {"moments": moments.get(c, [])} for c in found.candidates
            ]
        return state

    def candidate(self, key: int) -> Candidate:
        """The formula with this number.

        Raises:
            OptionError: there is none.
        """
        for candidate, known in self._keys.items():
            if known == key:
                return candidate
        raise OptionError(f"key={key!r}: no formula of the latest search has this number")

    def _told(self, candidate: Candidate, *, is_best: bool) -> dict[str, Any]:
        if candidate not in self._keys:
            self._next += 1
            self._keys[candidate], self._forms[candidate] = self._next, candidate.forms
        forms = self._forms[candidate]
        return {
            "key": self._keys[candidate],
            "complexity": candidate.complexity,
            "rmse": number(candidate.rmse),
            "relative_rmse": number(candidate.relative_rmse),
            "certified": candidate.certified,
            "best": is_best,
            "mathml": forms.mathml,
            "text": forms.sympy,
        }
