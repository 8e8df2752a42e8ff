"""Taking away what does not matter: edges, hidden nodes, inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

import torch
from torch import Tensor

from kanwidget.checks import is_number, is_whole
from kanwidget.errors import OptionError, PruneError, ShapeError
from kanwidget.model.layer import KANLayer
from kanwidget.model.network import Network, without_edges
from kanwidget.model.nodes import Edge, Nodes
from kanwidget.train.attribute import Attribution, attribute

__all__ = ["prune", "prune_input", "prune_nodes"]

N = TypeVar("N", bound=Network)


def prune(model: N, node_th: float = 1e-2, edge_th: float = 3e-2) -> N:
    """A new, smaller network without unimportant edges, hidden nodes and inputs made of columns; the given one stays as
    it is.

    Cut edges leave their mean behind in their target (see :func:`kanwidget.model.network.without_edges`), so the
    function changes by what the edges varied, not by their level. Pinned edges stay, and with them the largest edges
    that lead to them and away from them where no others do.

    Args:
        node_th: hidden nodes with a score below it go, with their edges.
        edge_th: edges with a score below it go. For the scores see :mod:`kanwidget.train.attribute`.

    Raises:
        PruneError: an output would be left without any input.
    """
    return prune_nodes(model, node_th, edge_th)[0]


def prune_nodes(model: N, node_th: float = 1e-2, edge_th: float = 3e-2) -> tuple[N, list[list[int]]]:
    """As :func:`prune`, with the nodes that the smaller network has kept: per layer of nodes, inputs first, their
    positions in the given one."""
    for name, value in (("node_th", node_th), ("edge_th", edge_th)):
        if not is_number(value) or value < 0:
            raise OptionError(f"{name}={value!r}: a score of 0 or more is accepted")
    scores = attribute(model)
    _check_finite(model, scores)
    keep = [(s >= edge_th) & layer.mask.bool() for s, (layer, _) in zip(scores.edges, model.stack(), strict=True)]
    for l in range(1, model.depth):
        for i in (scores.nodes[l] < node_th).nonzero().flatten().tolist():
            keep[l][i] = False
    live = [torch.where(layer.mask.bool(), s, -1.0) for s, (layer, _) in zip(scores.edges, model.stack(), strict=True)]
    for edge in model.pinned_edges():
        _keep_way(keep, live, edge, model.width)
    keep = [_with_factors(k, s, nodes) for k, s, nodes in zip(keep, live, model.width[1:], strict=True)]
    keep = _connected(keep, model.width)
    dead = [j for j in range(model.width[-1].count) if not keep[-1][:, model.width[-1].parts(j)].any()]
    if dead:
        names = ", ".join(model.output_names[j] for j in dead)
        most = max(float(s.max()) for s in scores.edges)
        raise PruneError(
            f"edge_th={edge_th:g}, node_th={node_th:g} would remove everything that leads to {names}: "
            f"the largest edge score is {most:.3g}; choose smaller thresholds"
        )
    return _compact(_cut(model, keep))


def _check_finite(model: Network, scores: Attribution) -> None:
    """Importance cannot be judged where a named function has left its domain."""
    if all(bool(s.isfinite().all()) for s in scores.edges):
        return
    for l, trace in enumerate(model.trace(model.reference_rows())):
        bad = (~trace.edges.isfinite()).any(0).nonzero().tolist()
        if bad:
            listed = ", ".join(str((l, i, j)) for i, j in bad[:12])
            raise PruneError(f"edge(s) {listed} are not finite on the reference rows: unfix them or choose other names")


def prune_input(model: N, threshold: float = 1e-2, active_inputs: Sequence[int] | None = None) -> N:
    """A new network without unimportant inputs; columns that another input is made of stay, without edges.

    Args:
        threshold: inputs with a smaller score go.
        active_inputs: the inputs to keep, instead of a threshold.
    """
    if not is_number(threshold) or threshold < 0:
        raise OptionError(f"threshold={threshold!r}: a score of 0 or more is accepted")
    if active_inputs is None:
        inputs = (attribute(model).features >= threshold).nonzero().flatten().tolist()
    else:
        inputs = list(active_inputs) if isinstance(active_inputs, Sequence) else []
        if not inputs and isinstance(active_inputs, Sequence):
            raise PruneError("active_inputs=[] would remove every input: name at least one")
        right = all(is_whole(i) and 0 <= i < model.width[0].count for i in inputs)
        if not inputs or not right or len(set(inputs)) != len(inputs):
            count = model.width[0].count
            raise ShapeError(
                f"active_inputs={active_inputs!r}: a list of different inputs, 0 … {count - 1}, is accepted"
            )
    if not inputs:
        raise PruneError(f"threshold={threshold:g} would remove every input: choose a smaller one")
    kept = torch.zeros_like(model.layer(0).mask, dtype=torch.bool)
    kept[inputs] = model.layer(0).mask[inputs].bool()
    whole = [layer.mask.bool() for layer, _ in model.stack()]
    new = _cut(model, [kept, *whole[1:]])
    features = [model.features[i - model.columns] for i in inputs if i >= model.columns]
    columns = [i for i in inputs if i < model.columns]
    columns += sorted({column for feature in features for column in feature.columns}.difference(columns))
    inputs = [*columns, *(i for i in inputs if i >= model.columns)]
    layers = [
        new.layer(0).subset(inputs, list(range(new.layer(0).out_dim))),
        *[new.layer(l) for l in range(1, new.depth)],
    ]
    width = [Nodes(len(inputs), 0), *new.width[1:]]
    small = new.with_layers(layers, width)
    small.input_names = tuple(model.input_names[i] for i in columns)
    small.features = tuple(replace(f, columns=_renumbered(f.columns, columns)) for f in features)
    small.reference = None if model.reference is None else model.reference[:, columns]
    return small


def _renumbered(old: Sequence[int], kept: Sequence[int]) -> tuple[int, ...]:
    """The places of columns among those that were kept."""
    return tuple(sorted(kept.index(column) for column in old))


def _keep_way(keep: list[Tensor], live: list[Tensor], edge: Edge, width: Sequence[Nodes]) -> None:
    """Keep an edge and a way through it, from the inputs to the outputs; changes ``keep``."""

    def strongest(l: int, index: tuple[Any, Any]) -> int:
        """Along a row or a column of a layer: the best kept edge, or else the best one, which is kept now."""
        kept, scores = keep[l][index], live[l][index]
        best = int(torch.where(kept, scores + 1, scores).argmax())
        kept[best] |= bool(scores[best] >= 0)
        return best

    keep[edge.l][edge.i, edge.j] = True
    node, unfed = width[edge.l + 1].owner(edge.j), [(edge.l, edge.i)]
    for l in range(edge.l + 1, len(keep)):
        unfed.append((l, node))
        node = width[l + 1].owner(strongest(l, (node, slice(None))))
    while unfed:
        l, node = unfed.pop()
        if l > 0:
            unfed += [(l - 1, strongest(l - 1, (slice(None), part))) for part in width[l].parts(node)]


def _with_factors(keep: Tensor, scores: Tensor, nodes: Nodes) -> Tensor:
    """A factor that hardly varies still multiplies: while its partner lives, its largest edge stays and carries it."""
    keep = keep.clone()
    for node in range(nodes.sums, nodes.count):
        first, second = nodes.parts(node)
        for own, other in ((first, second), (second, first)):
            if keep[:, other].any() and not keep[:, own].any() and bool((scores[:, own] >= 0).any()):
                keep[scores[:, own].argmax(), own] = True
    return keep


def _connected(keep: list[Tensor], width: Sequence[Nodes]) -> list[Tensor]:
    """Without edges that lead nowhere, and edges of nodes that nothing varying leads to.

    A product node lives while each of its two factors does: without one it is a constant.
    """
    keep = [k.clone() for k in keep]
    while True:
        before = [k.clone() for k in keep]
        for l in range(1, len(keep)):
            for node in range(width[l].count):
                parts = width[l].parts(node)
                fed = bool(keep[l - 1][:, parts].any(0).all())
                if not fed or not keep[l][node].any():
                    keep[l - 1][:, parts] = False
                    keep[l][node] = False
        if all(torch.equal(a, b) for a, b in zip(before, keep, strict=True)):
            return keep


@torch.no_grad()
def _cut(model: N, keep: list[Tensor]) -> N:
    """The network with the other edges masked, constants passed on."""
    traces = model.trace(model.reference_rows())
    layers: list[KANLayer] = []
    for (layer, _), kept, trace in zip(model.stack(), keep, traces, strict=True):
        gone = [(i, j) for i, j in (layer.mask.bool() & ~kept).nonzero().tolist()]
        layers.append(without_edges(layer, gone, trace.edges.mean(0)))
    return model.with_layers(layers)


def _compact(model: N) -> tuple[N, list[list[int]]]:
    """The network without hidden nodes, and inputs made of columns, that have no edge left, and the nodes that stay."""
    used = model.layer(0).mask.any(1).nonzero().flatten().tolist()
    nodes = [[*range(model.columns), *(i for i in used if i >= model.columns)]]
    for l in range(1, model.depth):
        nodes.append(model.layer(l).mask.any(1).nonzero().flatten().tolist())
    nodes.append(list(range(model.width[-1].count)))
    layers, width = [], [Nodes(len(nodes[0]), 0)]
    for l in range(model.depth):
        above = model.width[l + 1]
        targets = [part for node in nodes[l + 1] for part in above.parts(node)]
        layers.append(model.layer(l).subset(nodes[l], targets))
        sums = sum(node < above.sums for node in nodes[l + 1])
        width.append(Nodes(sums, len(nodes[l + 1]) - sums))
    small = model.with_layers(layers, width)
    small.features = tuple(model.features[i - model.columns] for i in nodes[0][model.columns :])
    return small, nodes
