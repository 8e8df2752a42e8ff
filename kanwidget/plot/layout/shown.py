"""What is shown at all, and in which order the nodes of a layer stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kanwidget.plot.layout.graph import Graph, Link, strongest_first

__all__ = ["Shown", "choose", "without"]

FEW_INPUTS = 6  # so many inputs keep their names even when nothing leads away from them


@dataclass(frozen=True, slots=True)
class Shown:
    """Attributes:
    links: per level, the links that may be drawn, most important first.
    orders: per layer of nodes, those that stand in it, from top to bottom.
    folded: per layer of nodes, how many have nothing to show.
    crowded: per layer, whether some of the folded ones would have something to show but found no room.
    fixed: layers whose nodes are never folded for having nothing to show.
    """

    links: list[list[Link]]
    orders: list[list[int]]
    folded: list[int]
    crowded: list[bool]
    fixed: frozenset[int]


def choose(graph: Graph, threshold: float, capacity: int) -> Shown:
    """Hide what is unimportant in large networks, and fold the nodes that are left with nothing.

    Args:
        threshold: links below it are hidden in networks that are not small.
        capacity: how many nodes fit into a column; the most important ones stay.
    """
    links = [[k for k in level.links if graph.small or k.importance >= threshold] for level in graph.levels]
    nodes = [list(range(count)) for count in graph.counts]
    keeps = _kept_anyway(graph)
    return _settled(Shown(links, nodes, [0] * len(nodes), [False] * len(nodes), keeps), capacity)


def without(shown: Shown, links: Sequence[Sequence[Link]]) -> Shown:
    """Only some of the shown links; nodes that are left with nothing fold away for want of room."""
    new = _settled(replace(shown, links=[list(row) for row in links]), capacity=10**9)
    more = [a or len(n) < len(o) for a, n, o in zip(new.crowded, new.orders, shown.orders, strict=True)]
    return replace(new, crowded=more)


def _settled(shown: Shown, capacity: int) -> Shown:
    """Fold nodes and drop their links until nothing changes any more."""
    links, live = [list(row) for row in shown.links], [sorted(nodes) for nodes in shown.orders]
    counts = [len(nodes) + folded for nodes, folded in zip(shown.orders, shown.folded, strict=True)]
    crowded = list(shown.crowded)
    while True:
        weights = _weights(links, len(live))
        kept = [nodes if n in shown.fixed else _used(nodes, weights[n]) for n, nodes in enumerate(live)]
        crowded = [full or len(nodes) > capacity for full, nodes in zip(crowded, kept, strict=True)]
        kept = [_heaviest(nodes, weights[n], capacity) for n, nodes in enumerate(kept)]
        if kept == live:
            break
        live = kept
        links = [[k for k in row if k.source in live[n] and k.target in live[n + 1]] for n, row in enumerate(links)]
    folded = [count - len(nodes) for count, nodes in zip(counts, live, strict=True)]
    return Shown([strongest_first(row) for row in links], _ordered(links, live), folded, crowded, shown.fixed)


def _kept_anyway(graph: Graph) -> frozenset[int]:
    """Outputs always stay, and inputs where there are few."""
    few = graph.small and graph.counts[0] <= FEW_INPUTS
    return frozenset({len(graph.levels)} | ({0} if few else set()))


def _used(nodes: list[int], weights: dict[int, float]) -> list[int]:
    """Nodes with a link; all of them if there is none at all."""
    return [node for node in nodes if node in weights] or nodes


def _heaviest(nodes: list[int], weights: dict[int, float], most: int) -> list[int]:
    return sorted(sorted(nodes, key=lambda node: -weights.get(node, 0.0))[:most])


def _weights(links: Sequence[Sequence[Link]], layers: int) -> list[dict[int, float]]:
    """Per layer, the summed importance of the links at every node that has one."""
    weights: list[dict[int, float]] = [{} for _ in range(layers)]
    for n, row in enumerate(links):
        for link in row:
            for layer, node in ((n, link.source), (n + 1, link.target)):
                weights[layer][node] = weights[layer].get(node, 0.0) + link.importance
    return weights


def _ordered(links: Sequence[Sequence[Link]], live: Sequence[list[int]]) -> list[list[int]]:
    """Inputs and outputs as the user has them; hidden nodes where their important links come from and lead to."""
    orders = [live[0]]
    for n in range(1, len(live) - 1):
        leads_to_outputs = n + 2 == len(live) and len(live[-1]) > 1
        away = links[n] if leads_to_outputs else []
        orders.append(_between(live[n], links[n - 1], orders[-1], away, live[-1]))
    return [*orders, live[-1]]


def _between(
    nodes: list[int], into: Sequence[Link], below: list[int], away: Sequence[Link], above: list[int]
) -> list[int]:
    came = {node: k / max(1, len(below) - 1) for k, node in enumerate(below)}
    goes = {node: k / max(1, len(above) - 1) for k, node in enumerate(above)}

    def place(node: int) -> float:
        means = [
            _mean((came[k.source], k.importance) for k in into if k.target == node),
            _mean((goes[k.target], k.importance) for k in away if k.source == node),
        ]
        known = [mean for mean in means if mean is not None]
        return sum(known) / len(known) if known else 0.5

    return sorted(nodes, key=lambda node: (place(node), node))


def _mean(weighted: Iterable[tuple[float, float]]) -> float | None:
    pairs = list(weighted)
    total = sum(weight for _, weight in pairs)
    return sum(value * weight for value, weight in pairs) / total if total > 0 else None
