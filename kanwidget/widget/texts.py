"""What the widget says, in words: short sentences for the status line and the formula bar."""

from __future__ import annotations

from typing import Any

from kanwidget.checks import readable
from kanwidget.errors import KanwidgetError
from kanwidget.model.guard import at_work, no_gradients
from kanwidget.model.network import Network
from kanwidget.model.shortage import shortage
from kanwidget.session import Session
from kanwidget.symbolic.formula import open_edges, symbolic_formula
from kanwidget.symbolic.present import present

__all__ = ["CHANGED", "edges_left", "formula_state", "hint", "jumped", "percent", "problem", "rested"]

CHANGED = "Changed in a cell: press play to train from here."
MOST_EDGES_SHOWN = 60  # beyond, a formula fills pages and takes minutes to rearrange


def rested(session: Session) -> str:
    """Where training stands; of classes also the share of the test rows that are told right."""
    if not session.step_count:
        return "Ready: press play to train."
    right = session.losses[-1].test_accuracy
    told = "" if right is None else f": {percent(right)} of the test rows right"
    return f"Paused at step {session.step_count}{told}."


def jumped(left: str, here: str) -> str:
    return f"At {here}; undo goes back to {left}."


def percent(share: float) -> str:
    """As pages write it: never a full hundred that is not quite."""
    shown = round(100 * share, 1)
    return f"{min(shown, 99.9) if share < 1 else 100:g} %"


def edges_left(model: Network) -> str:
    left = sum(1 for _ in model.edges())
    return f"{left} edge{'s are' if left != 1 else ' is'} left"


def problem(error: BaseException) -> str:
    """An error as a sentence; of an unexpected one also the type."""
    if isinstance(error, KeyboardInterrupt):
        return "Interrupted."
    error = shortage(error) or error
    text = readable(str(error)).strip() or "no details"
    return text if isinstance(error, KanwidgetError) else f"{type(error).__name__}: {text}"


def hint(total: int, missing: int) -> str:
    """What to do next on the way to a formula."""
    if not missing:
        return ""
    if missing == total:
        return "Raise lamb or prune before naming." if total > 24 else "Prune the faint edges, then name the rest."
    return f"Name or remove the other {missing}."


def formula_state(model: Network, step: int) -> dict[str, Any]:
    """The trait ``formula``: the closed form, or what still stands before it."""
    total, missing = sum(1 for _ in model.edges()), open_edges(model)
    state: dict[str, Any] = {
        "step": step,
        "named": total - len(missing),
        "total": total,
        "open": [f"{e.l},{e.i},{e.j}" for e in missing],
        "hint": hint(total, len(missing)),
    } | dict.fromkeys(("mathml", "latex", "python", "sympy", "rmse"))
    if missing or total > MOST_EDGES_SHOWN:
        return state
    formulas, symbols = symbolic_formula(model)
    shown = present(formulas, symbols, model.output_names)
    forms = {"mathml": shown.mathml, "latex": shown.latex, "python": shown.python, "sympy": shown.sympy}
    return state | forms | {"rmse": _rmse(model)}


@no_gradients
def _rmse(model: Network) -> float | None:
    """Error of the network, which is the formula, on the remembered rows."""
    if model.reference is None or model.reference_labels is None:
        return None
    with at_work(model, len(model.reference)):
        error = float((model(model.reference) - model.reference_labels).square().mean().sqrt())
    return error if error == error else None
