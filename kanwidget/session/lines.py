"""Which lines of Python a session writes (:mod:`kanwidget.session.script`). A script is meant to be run, so a file must
not bring any other: lines are parsed and compared with what there can be, and never run."""

from __future__ import annotations

import ast

import torch

__all__ = ["is_written_here"]

ACTS = (
    "auto_symbolic",
    "fit",
    "fix_symbolic",
    "move_coef",
    "pin_edge",
    "prune",
    "refine",
    "remove_edge",
    "unfix_symbolic",
    "with_features",
    "with_layer",
    "with_node",
    "without_layer",
    "without_node",
)
ALWAYS = (
    "",
    "import torch",
    "from kanwidget import KAN",
    "from kanwidget import examples",
    "model = start.copy()",
    "model.set_reference(dataset.train_input)",
    "model.set_reference(dataset.train_input, dataset.train_label)",
)


def is_written_here(line: str) -> bool:
    """Whether a session may have written this line: a comment, a fixed line, or one call on plain values."""
    if line in ALWAYS:
        return True
    if not line.isprintable():
        return False
    if line.startswith("#"):
        return True
    try:
        statements = ast.parse(line).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    match statements:
        case [ast.Expr(ast.Call() as call)]:
            return _is_act(call.func) and _is_plain(call)
        case [ast.Assign([ast.Name("model")], ast.Call() as call)]:
            return (_is_act(call.func) or _is_made(call.func)) and _is_plain(call)
        case [ast.Assign([ast.Name("dataset")], ast.Call(ast.Attribute(ast.Name("examples"), "load")) as call)]:
            return _is_plain(call)
    return False


def _is_act(func: ast.expr) -> bool:
    return isinstance(func, ast.Attribute) and func.attr in ACTS and _is_name(func.value, "model")


def _is_made(func: ast.expr) -> bool:
    """Whether this makes a network: ``KAN`` or ``KAN.from_edges``."""
    if isinstance(func, ast.Attribute):
        return func.attr == "from_edges" and _is_name(func.value, "KAN")
    return _is_name(func, "KAN")


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_plain(call: ast.Call) -> bool:
    """Whether nothing is called, imported or looked up in the arguments."""
    named = [keyword.arg for keyword in call.keywords]
    return None not in named and all(_is_value(v) for v in (*call.args, *(keyword.value for keyword in call.keywords)))


def _is_value(node: ast.expr) -> bool:
    match node:
        case ast.Constant() | ast.UnaryOp(ast.USub(), ast.Constant()) | ast.Name("dataset"):
            return True
        case ast.List(entries) | ast.Tuple(entries):
            return all(_is_value(entry) for entry in entries)
        case ast.Dict(keys, values):
            return all(key is not None and _is_value(key) for key in keys) and all(map(_is_value, values))
        case ast.Attribute(ast.Name("torch"), name):
            return isinstance(getattr(torch, name, None), torch.dtype)
        case ast.Lambda(_, ast.Compare(ast.Attribute(ast.Name("step"), "step"), [ast.Eq()], [ast.Constant(int())])):
            return ast.unparse(node.args) == "step"  # where a schedule of grids stops
    return False
