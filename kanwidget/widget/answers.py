"""Parts of answers, as pages read them: plain JSON."""

from __future__ import annotations

from math import isfinite
from typing import Any

from kanwidget.session import History, Session
from kanwidget.symbolic.curves import Candidate
from kanwidget.symbolic.weigh import Weighed
from kanwidget.train.options import FitOptions
from kanwidget.widget import texts
from kanwidget.widget.schema import Request

__all__ = ["address", "listed", "number", "options", "refusal", "told"]


def address(request: Request) -> dict[str, Any]:
    return {"id": request.id, "client": request.client}


def refusal(error: BaseException) -> dict[str, Any]:
    return {"ok": False, "error": {"type": type(error).__name__, "message": texts.problem(error)}}


def listed(weighed: Weighed) -> list[dict[str, Any]]:
    return [_shown(candidate) for candidate in weighed.candidates]


def _shown(candidate: Candidate) -> dict[str, Any]:
    return {
        "name": candidate.name,
        "r2": candidate.r2,
        "complexity": candidate.complexity,
        "affine": list(candidate.affine),
        "net_rmse": number(candidate.net_rmse),
    }


def told(history: History) -> dict[str, Any]:
    """The trait ``history``."""
    return {
        "entries": [
            {"key": m.key, "label": m.label, "step": m.step, "train": number(last.train), "test": number(last.test)}
            for m in history.moments
            for last in m.losses[-1:]
        ],
        "position": history.position,
        "undo": history.undo_label,
        "redo": history.redo_label,
    }


def options(session: Session) -> dict[str, Any]:
    """The trait ``training``: what can be set, as it is, and by default."""
    names = ("opt", "lr", "batch", "steps", "lamb", "lamb_entropy", "update_grid")
    now, default = session.options, FitOptions()
    return {
        "now": {name: getattr(now, name) for name in names},
        "default": {name: getattr(default, name) for name in names},
    }


def number(value: float | None) -> float | None:
    """As JSON has it: no infinity."""
    return value if value is not None and isfinite(value) else None
