"""Commands that act on the session; each says in a sentence what was done, which is then shown with the new state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kanwidget.derived import Feature
from kanwidget.errors import OptionError
from kanwidget.session import Session
from kanwidget.session.source import Source
from kanwidget.widget import texts

__all__ = ["ACTS", "HALTING"]


# ---------------------------------------------------------------------- training, step by step


def step(session: Session) -> str:
    return session.step().why or texts.rested(session)


def reset(session: Session) -> str:
    session.reset()
    return "Back to the start; undo brings everything back."


# ---------------------------------------------------------------------- the whole network


def refine(session: Session, grid: int) -> str:
    session.refine(grid)
    return f"Grid {grid}: the function is the same, with {grid} intervals."


def prune(session: Session, edge_th: float) -> str:
    session.prune(edge_th=edge_th)
    return f"Pruned: {texts.edges_left(session.network())}."


def auto_symbolic(session: Session) -> str:
    session.auto_symbolic()
    isolated = set(session.network().pinned_edges()) - set(session.network().symbolic_edges())
    return "Every edge but the pinned ones has a name." if isolated else "Every edge has a name."


# ---------------------------------------------------------------------- one edge


def fix(session: Session, edge: tuple[int, int, int], name: str) -> str:
    return f"Fixed {name}, r² {session.fix(*edge, name):.4f}."


def fix_affine(session: Session, edge: tuple[int, int, int], name: str, affine: list[float]) -> str:
    session.fix(*edge, name, affine)
    return f"Constants of {name} set by hand."


def unfix(session: Session, edge: tuple[int, int, int]) -> str:
    session.unfix(*edge)
    return "Back to a spline."


def move_coef(session: Session, edge: tuple[int, int, int], m: int, by: float) -> str:
    session.move_coef(*edge, m, by)
    return "Curve changed by hand."


def pin(session: Session, edge: tuple[int, int, int], pinned: bool) -> str:
    session.pin(*edge, pinned)
    return "Pinned: pruning and naming pass it by." if pinned else "Not pinned any more."


def remove_edge(session: Session, edge: tuple[int, int, int]) -> str:
    session.remove_edge(*edge)
    return f"Removed: {texts.edges_left(session.network())}."


# ---------------------------------------------------------------------- inputs, nodes and layers


def add_feature(session: Session, kind: str, columns: tuple[int, ...]) -> str:
    model = session.network()
    session.use_features([*model.features, Feature(kind, columns)])
    return f"{session.network().node_name(0, model.width[0].count)} is an input: the function is the same."


def take_feature(session: Session, kind: str, columns: tuple[int, ...]) -> str:
    gone, features = Feature(kind, columns), session.network().features
    if gone not in features:
        raise OptionError(f"kind={kind!r}, columns={list(columns)}: there is no such input")
    session.use_features([feature for feature in features if feature != gone])
    return f"{gone.name(session.network().input_names)} is no input any more."


def add_node(session: Session, layer: int, product: bool) -> str:
    session.add_node(layer, product=product)
    return "A node more: the function is the same."


def take_node(session: Session, layer: int) -> str:
    session.take_node(layer)
    return "The least important node of the layer is gone."


def add_layer(session: Session, layer: int) -> str:
    session.add_layer(layer)
    return "A layer more: the function is the same."


def take_layer(session: Session, layer: int) -> str:
    session.take_layer(layer)
    return "A layer less: the function is as near as it can be."


# ---------------------------------------------------------------------- other data, another network


def use_example(session: Session, **source: Any) -> str:
    session.use_example(Source(**source))
    return f"Data: {source['name']}; undo brings back what was there before."


def rebuild(session: Session, **config: Any) -> str:
    session.rebuild(**config)
    return "A new network; undo brings back the one before."


# ---------------------------------------------------------------------- history


def undo(session: Session) -> str:
    label = session.history.undo_label
    return f"Undid: {label}." if session.undo() else "Nothing to undo."


def redo(session: Session) -> str:
    label = session.history.redo_label
    return f"Did again: {label}." if session.redo() else "Nothing to do again."


def jump(session: Session, key: int) -> str:
    before = session.history.now
    session.jump(key)
    return texts.jumped(before.label, session.history.now.label)


ACTS: dict[str, Callable[..., str]] = {
    "step": step,
    "reset": reset,
    "refine": refine,
    "prune": prune,
    "auto_symbolic": auto_symbolic,
    "fix": fix,
    "fix_affine": fix_affine,
    "unfix": unfix,
    "move_coef": move_coef,
    "pin": pin,
    "remove_edge": remove_edge,
    "add_feature": add_feature,
    "take_feature": take_feature,
    "add_node": add_node,
    "take_node": take_node,
    "add_layer": add_layer,
    "take_layer": take_layer,
    "use_example": use_example,
    "rebuild": rebuild,
    "undo": undo,
    "redo": redo,
    "jump": jump,
}
# After these, training does not go on by itself: it would be about something new, or take the place of what came after.
HALTING = ("step", "reset", "use_example", "rebuild", "jump")
