"""What can be done to a network and its data. An act makes the next moment from the present one, which stays as it is;
the loss of the next one is still to be measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from kanwidget.data import Dataset
from kanwidget.discovery.result import Candidate
from kanwidget.errors import SymbolicError
from kanwidget.model.network import Network
from kanwidget.model.shape import with_features, with_layer, with_node, without_layer, without_node
from kanwidget.session.history import Moment
from kanwidget.session.lent import received
from kanwidget.session.script import formula_line, opening, reference_line, written
from kanwidget.session.source import Source, fresh
from kanwidget.symbolic import auto, edges
from kanwidget.train.attribute import attribute
from kanwidget.train.fit import adopt
from kanwidget.train.prune import prune_nodes
from kanwidget.train.trainer import check_columns

__all__ = [
    "add_layer",
    "add_node",
    "auto_symbolic",
    "change",
    "fix",
    "move_coef",
    "pin",
    "prune",
    "rebuild",
    "refine",
    "remove_edge",
    "start",
    "take",
    "take_layer",
    "take_node",
    "unfix",
    "use_example",
    "use_features",
]

Nodes = tuple[tuple[int, ...], ...]  # per layer, which nodes of the first network these are


def start(model: Network, dataset: Dataset, features: Any = ()) -> Moment:
    """The moment before anything is done: a copy of the network that is handed in, with these inputs made of columns if
    there are any, and how the script begins."""
    own = model.copy()
    script = opening(own, dataset)
    adopt(own, dataset)
    return _with_inputs(Moment("Start", own, dataset, code=script, nodes=_numbered(own, 0)), features)


# ---------------------------------------------------------------------- the whole network


def refine(now: Moment, grid: int) -> Moment:
    line = f"model = model.refine({written(grid)})"
    return _after(now, f"Grid {grid}", now.model.refine(grid), line, mark=f"grid {grid}")


def prune(now: Moment, node_th: float, edge_th: float) -> Moment:
    line = f"model = model.prune(node_th={written(node_th)}, edge_th={written(edge_th)})"
    smaller, kept = prune_nodes(now.model, node_th, edge_th)
    nodes = tuple(tuple(layer[i] for i in at) for layer, at in zip(now.nodes, kept, strict=True))
    return _after(now, "Prune", smaller, line, mark="prune", nodes=nodes)


def auto_symbolic(now: Moment) -> Moment:
    def change(model: Network) -> None:
        auto.auto_symbolic(model, now.dataset)

    return _edited(now, "Auto-symbolic", "model.auto_symbolic(dataset)", change, mark="auto")


def take(now: Moment, found: Candidate) -> Moment:
    """A formula in the place of the network."""
    model = found.model.to(now.model.device)
    check_columns(model, now.dataset)
    adopt(model, now.dataset)
    nodes = _numbered(model, _next_node(now))
    return _reshaped(now, "Discover", model, nodes, formula_line(model), reference_line(now.dataset))


def change(now: Moment, given: Network) -> Moment:
    """The network as a cell has left it. No line says how it got there, so the script begins with it."""
    model = received(given, now.model)
    adopt(model, now.dataset)
    counts = [layer.count for layer in model.width]
    nodes = now.nodes if counts == [len(layer) for layer in now.nodes] else _numbered(model, _next_node(now))
    code = opening(model, now.dataset, now.source.lines if now.source else ())
    return replace(_after(now, "Change in a cell", model, mark="cell", nodes=nodes), code=code)


# ---------------------------------------------------------------------- one edge


def fix(now: Moment, l: int, i: int, j: int, name: str, affine: Sequence[float] | None) -> tuple[Moment, float]:
    """The next moment, and r²."""
    model = now.model.copy()
    r2 = edges.fix(model, l, i, j, name, affine)
    given = "" if affine is None else f", affine={written(affine)}"
    label = f"Fix {name}" if affine is None else f"Constants of {name}"
    return _after(now, label, model, f"model.fix_symbolic({l}, {i}, {j}, {name!r}{given})", mark=name), r2


def unfix(now: Moment, l: int, i: int, j: int) -> Moment:
    if not now.model.layer(now.model.edge(l, i, j).l).name_of(i, j):
        raise SymbolicError(f"edge ({l}, {i}, {j}) is a spline already")
    line = f"model.unfix_symbolic({l}, {i}, {j})"
    return _edited(now, "Back to spline", line, lambda model: edges.unfix(model, l, i, j))


def move_coef(now: Moment, l: int, i: int, j: int, m: int, by: float) -> Moment:
    line = f"model.move_coef({l}, {i}, {j}, {written(m)}, {written(by)})"
    return _edited(now, "Drag curve", line, lambda model: model.move_coef(l, i, j, m, by), mark="drag")


def pin(now: Moment, l: int, i: int, j: int, pinned: bool) -> Moment:
    line = f"model.pin_edge({l}, {i}, {j}{'' if pinned else ', False'})"
    return _edited(now, "Pin edge" if pinned else "Unpin edge", line, lambda model: model.pin_edge(l, i, j, pinned))


def remove_edge(now: Moment, l: int, i: int, j: int) -> Moment:
    line = f"model.remove_edge({l}, {i}, {j})"
    return _edited(now, "Remove edge", line, lambda model: model.remove_edge(l, i, j), mark="remove")


# ---------------------------------------------------------------------- inputs, nodes and layers


def use_features(now: Moment, features: Any) -> Moment:
    """With these inputs that are made of columns, and no others of the kind."""
    old, names = now.model.features, now.model.input_names
    model = with_features(now.model, features)
    added = [f"Add {feature.name(names)}" for feature in model.features if feature not in old]
    gone = [f"Take {feature.name(names)}" for feature in old if feature not in model.features]
    label = added[0] if not gone and len(added) == 1 else gone[0] if not added and len(gone) == 1 else "Features"
    known = dict(zip(old, now.nodes[0][now.model.columns :], strict=True))
    fresh = (_next_node(now) + n for n in range(len(added)))
    inputs = (*now.nodes[0][: now.model.columns], *(known.get(f) or next(fresh) for f in model.features))
    line = f"model = model.with_features({[feature.name(names) for feature in model.features]!r})"
    return _reshaped(now, label, model, (inputs, *now.nodes[1:]), line)


def add_node(now: Moment, l: int, product: bool) -> Moment:
    model = with_node(now.model, l, product=product)
    at = model.width[l].count - 1 if product else now.model.width[l].sums
    layer = (*now.nodes[l][:at], _next_node(now), *now.nodes[l][at:])
    line = f"model = model.with_node({l}{', product=True' if product else ''})"
    return _reshaped(now, "Add node", model, (*now.nodes[:l], layer, *now.nodes[l + 1 :]), line)


def take_node(now: Moment, l: int, i: int | None) -> Moment:
    if i is None and 0 < l < now.model.depth:
        i = int(attribute(now.model).nodes[l].argmin())
    model = without_node(now.model, l, 0 if i is None else i)
    layer = tuple(node for n, node in enumerate(now.nodes[l]) if n != i)
    nodes = (*now.nodes[:l], layer, *now.nodes[l + 1 :])
    return _reshaped(now, "Take node", model, nodes, f"model = model.without_node({l}, {i})")


def add_layer(now: Moment, l: int) -> Moment:
    model, first = with_layer(now.model, l), _next_node(now)
    layer = tuple(range(first, first + model.width[l].count))
    return _reshaped(now, "Add layer", model, (*now.nodes[:l], layer, *now.nodes[l:]), f"model = model.with_layer({l})")


def take_layer(now: Moment, l: int) -> Moment:
    model = without_layer(now.model, l)
    nodes = (*now.nodes[:l], *now.nodes[l + 1 :])
    return _reshaped(now, "Take layer", model, nodes, f"model = model.without_layer({l})")


# ---------------------------------------------------------------------- other data, another network


def use_example(now: Moment, source: Source, data: Dataset) -> Moment:
    """The same network where it is the same example, drawn again, otherwise a new one of the example's width."""
    if now.source is None or now.source.name != source.name:
        model, line = fresh(now.model, data, width=list(source.width))
        return _anew(now, f"Data {source.name}", model, data, source, *source.lines, line)
    model = now.model.copy()
    adopt(model, data)
    lines = (*source.lines, reference_line(data))
    return replace(_after(now, f"Draw {source.name}", model, *lines, mark="data"), dataset=data, source=source)


def rebuild(now: Moment, /, **config: Any) -> Moment:
    width = [now.model.columns, *(nodes.written for nodes in now.model.width[1:])]
    model, line = fresh(now.model, now.dataset, **({"width": width} | config))
    check_columns(model, now.dataset)
    return _with_inputs(_anew(now, "New network", model, now.dataset, now.source, line), now.model.features)


# ---------------------------------------------------------------------- the next moment


def _after(
    now: Moment, label: str, model: Network, *lines: str, mark: str | None = None, nodes: Nodes | None = None
) -> Moment:
    """With another network in the place of the present one; ``nodes`` where they are not the same."""
    marks = (*now.marks, (now.step, mark)) if mark else now.marks
    code, nodes = (*now.code, *lines), now.nodes if nodes is None else nodes
    return replace(now, label=label, model=model, code=code, marks=marks, nodes=nodes)


def _edited(now: Moment, label: str, line: str, change: Callable[[Network], Any], mark: str | None = None) -> Moment:
    """With a copy of the network that ``change`` has worked on."""
    model = now.model.copy()
    change(model)
    return _after(now, label, model, line, mark=mark)


def _reshaped(now: Moment, label: str, model: Network, nodes: Nodes, *lines: str) -> Moment:
    """With a network of another shape."""
    return _after(now, label, model, *lines, mark=label.lower(), nodes=nodes)


def _anew(now: Moment, label: str, model: Network, data: Dataset, source: Source | None, *lines: str) -> Moment:
    """Begun again with a new network: nothing that another one has learnt leads here."""
    adopt(model, data)
    code = (*now.code, *lines, reference_line(data))
    return Moment(label, model, data, source, code=code, trail=(), nodes=_numbered(model, _next_node(now)))


def _with_inputs(moment: Moment, features: Any) -> Moment:
    """The same moment with inputs made of columns from the start."""
    if not features and isinstance(features, list | tuple):
        return moment
    wider = use_features(moment, features)
    return replace(wider, label=moment.label, marks=moment.marks)


def _numbered(model: Network, first: int) -> Nodes:
    """New numbers for all nodes, from ``first`` on in every layer."""
    return tuple(tuple(range(first, first + layer.count)) for layer in model.width)


def _next_node(moment: Moment) -> int:
    """A number that none of the nodes has."""
    return 1 + max(max(layer) for layer in moment.nodes)
