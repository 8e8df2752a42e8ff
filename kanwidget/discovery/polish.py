"""Make a fitted formula as plain as the data allow: parts left out, constants that are known numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from kanwidget.discovery.clock import Clock
from kanwidget.discovery.fitting import Fitted, Trees, refitted, values
from kanwidget.discovery.gauge import canonical
from kanwidget.discovery.lowered import Lowered, lowered
from kanwidget.discovery.numbers import recognised
from kanwidget.discovery.terms import Link, Node, Sum, Times, constant, filled, links, plain, rebuilt
from kanwidget.symbolic.refit import deviations, refit

__all__ = ["Measure", "Polished", "polished"]

ROUNDS = 12  # of leaving parts out
LAST, SHORT = 80, 25  # iterations
SLIGHT = 1e-6  # relative squared error of an exact formula without a part that it does not need
TIERS = (0.9, 1.6, 9.0)  # digits of the numbers that constants are compared with
SURE = 1e-9  # relative distance of a constant of an exact formula from a known number
WITHIN = 2.0  # standard errors, of one fitted to noisy data


@dataclass(frozen=True, slots=True)
class Measure:
    """Rows, and how formulas on them are compared.

    Attributes:
        x: shape ``(rows, inputs)``. y: shape ``(rows, outputs)``.
        exact: whether the formula is to hold to rounding; otherwise it is judged by an information criterion.
        clock: when it is over, formulas stay as they are.
    """

    x: Tensor
    y: Tensor
    exact: bool
    clock: Clock = field(default_factory=lambda: Clock(math.inf))

    def holds(self, before: float, after: float, saved: int) -> bool:
        """Whether a formula with ``saved`` constants less is as good: mean squared errors before and after.

        With noise by the Bayesian information criterion (Schwarz, *Ann. Stat.* 6, 1978).
        """
        if not math.isfinite(after) or not math.isfinite(before):
            return math.isfinite(after)
        if self.exact:
            return after <= max(30 * before, 1e-28 * float(self.y.square().mean()))
        rows = self.y.numel()
        return rows * math.log(max(after, 1e-300) / max(before, 1e-300)) < math.log(rows) * max(0, saved)

    def refitted(self, trees: Sequence[Trees], iterations: int) -> list[Fitted]:
        return refitted(trees, self.x, self.y, iterations=iterations)


@dataclass(frozen=True, slots=True)
class Polished:
    """A formula in its final form.

    Attributes:
        place: its trees and their network.
        affine: the constants, shape ``(edges, 4)``.
        known: which of them are known numbers, same shape.
        deviation: standard errors of the others, same shape.
        error: mean squared, on the rows that it was fitted to.
    """

    place: Lowered
    affine: Tensor
    known: Tensor
    deviation: Tensor
    error: float

    @property
    def trees(self) -> Trees:
        return self.place.trees(self.affine)

    @property
    def unknown(self) -> int:
        """Constants that are no known number."""
        return int((self.place.free & ~self.known).sum())


def polished(fitted: Fitted, measure: Measure) -> Polished:
    """The plainest formula that is as good, with its constants in plain form."""
    (now,) = measure.refitted([_plain(fitted.trees)], LAST)
    for _ in range(ROUNDS):
        if measure.clock.over:
            break
        count = _constants(now.trees, measure)
        shorter = measure.refitted([_plain(trees) for trees in _shorter(now, measure)], SHORT)
        good = [f for f in shorter if measure.holds(now.error, f.error, count - _constants(f.trees, measure))]
        if not good:
            break
        now = min(good, key=lambda f: f.error)
    return _snapped(lowered(_plain(now.trees), measure.x.shape[1]), now.error, measure)


def _constants(trees: Trees, measure: Measure) -> int:
    return int(lowered(trees, measure.x.shape[1]).free.sum())


def _plain(trees: Trees) -> Trees:
    return tuple(canonical(filled(tree)) for tree in trees)


def _shorter(fitted: Fitted, measure: Measure) -> Iterator[Trees]:
    """Ways to leave one link of a sum out; of an exact formula those that change next to nothing."""
    trees = fitted.trees
    for n, tree in enumerate(trees):
        for link in list(links(tree)):

            def without(other: Link, source: Node, out: Link = link) -> Sequence[Link]:
                if other is not out:
                    return (replace(other, source=source),)
                return constant(other.affine[3], source).links

            short = None if link.name == "0" else _swept(rebuilt(tree, without))
            if short is not None:
                new = (*trees[:n], short, *trees[n + 1 :])
                if not measure.exact or _error(new, measure) <= SLIGHT * float(measure.y.square().mean()):
                    yield new


def _error(trees: Trees, measure: Measure) -> float:
    return float((values(trees, measure.x) - measure.y).square().mean().nan_to_num(torch.inf))


def _swept(tree: Sum) -> Sum | None:
    """Without links that are constant, where the sum has others; None where a sum would be nothing but constant."""

    def swept(node: Sum) -> Sum | None:
        kept = [link for link in node.links if link.name != "0"]
        offset = sum(link.affine[3] for link in node.links if link.name == "0")
        if not kept:
            return None
        own = []
        for link in kept:
            source = visit(link.source)
            if source is None:
                return None
            own.append(replace(link, source=source))
        a, b, c, d = own[0].affine
        own[0] = replace(own[0], affine=(a, b, c, d + offset))
        return Sum(tuple(own))

    known: dict[int, Node | None] = {}

    def visit(node: Node) -> Node | None:
        if not isinstance(node, Sum | Times):
            return node
        if id(node) not in known:
            if isinstance(node, Sum):
                known[id(node)] = swept(node)
            else:
                left, right = swept(node.left), swept(node.right)
                known[id(node)] = Times(left, right) if left and right else _one_factor(node, left, right)
        return known[id(node)]

    return swept(tree)


def _one_factor(node: Times, left: Sum | None, right: Sum | None) -> Sum | None:
    """A product of which one factor is constant: the other one, times the constant."""
    kept, gone = (right, node.left) if left is None else (left, node.right)
    if kept is None:
        return None
    return plain(kept, sum(link.affine[3] for link in gone.links if link.name == "0") or 1.0)


def _snapped(place: Lowered, error: float, measure: Measure) -> Polished:
    """Constants that are known numbers put in their place, the others fitted again."""
    affine, known = place.affine, torch.zeros_like(place.free)
    for dearest in TIERS:  # the plainest numbers first: then the others move to where they belong
        deviation = _deviation(place, affine, known, measure)
        wanted = _recognised(affine, deviation, place.free & ~known, dearest, measure)
        queue = [list(wanted)] if wanted else []
        while queue and not measure.clock.over:
            group = queue.pop()
            trial, held = affine.clone(), known.clone()
            for at in group:
                trial[at], held[at] = wanted[at], True
            new, left = refit(
                place.graph,
                [place.names],
                trial[None],
                measure.x,
                measure.y,
                iterations=SHORT,
                free=(place.free & ~held)[None],
            )
            if measure.holds(error, float(left[0]), len(group)):
                affine, known, error = new[0], held, float(left[0])
            elif len(group) > 1:
                queue += [group[: len(group) // 2], group[len(group) // 2 :]]
    return Polished(place, affine, known, _deviation(place, affine, known, measure), error)


def _deviation(place: Lowered, affine: Tensor, known: Tensor, measure: Measure) -> Tensor:
    return deviations(place.graph, place.names, affine, measure.x, measure.y, place.free & ~known)


def _recognised(
    affine: Tensor, deviation: Tensor, free: Tensor, dearest: float, measure: Measure
) -> dict[tuple[int, int], float]:
    """The known numbers near the constants that are free."""
    found = {}
    for n, k in free.nonzero().tolist():
        value = float(affine[n, k])
        tolerance = SURE * max(1.0, abs(value)) if measure.exact else WITHIN * float(deviation[n, k])
        number = recognised(value, tolerance)
        if number is not None and number.cost <= dearest:
            found[n, k] = number.value
    return found
