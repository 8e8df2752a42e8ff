"""A formula is one thing: as a tree, in a network, and as sympy writes it."""

from __future__ import annotations

import sympy as sp
import torch
from hypothesis import given
from torch import Tensor

from kanwidget import KAN, Dataset
from kanwidget.discovery.fitting import Trees, values
from kanwidget.discovery.lowered import lowered
from kanwidget.discovery.result import Candidate
from kanwidget.discovery.terms import Input, Link, Sum, Times, complexity, product

from ..support import by_numpy, rows
from .trees import COLUMNS, direct, linear, trees

X = rows(60, COLUMNS)


def candidate(formula: Trees) -> Candidate:
    data = Dataset.from_arrays(X, torch.stack([direct(tree, X) for tree in formula], dim=1))
    return Candidate(0, 0.0, 0.0, False, (), formula, data, KAN)


def by_sympy(found: Candidate, x: Tensor) -> Tensor:
    return by_numpy(found.formula, sp.symbols(f"x_1:{COLUMNS + 1}"), x)


def close(one: Tensor, other: Tensor) -> bool:
    return bool((one - other).abs().max() <= 1e-10 * (1 + other.abs().max()))


class TestOneFormula:
    @given(trees(outputs=2))
    def test_in_layers_it_has_the_values_of_the_tree(self, formula: Trees) -> None:
        assert close(values(formula, X), torch.stack([direct(tree, X) for tree in formula], dim=1))

    @given(trees(outputs=2))
    def test_as_a_network_too(self, formula: Trees) -> None:
        model = candidate(formula).model
        assert model.dtype == torch.float64
        assert close(model(X).detach(), torch.stack([direct(tree, X) for tree in formula], dim=1))

    @given(trees(outputs=2))
    def test_and_as_sympy_writes_it(self, formula: Trees) -> None:
        assert close(by_sympy(candidate(formula), X), torch.stack([direct(tree, X) for tree in formula], dim=1))

    @given(trees())
    def test_it_is_read_back_with_other_constants(self, formula: Trees) -> None:
        place = lowered(formula, COLUMNS)
        moved = place.affine.clone()
        moved[:, 3] += 0.25
        again = place.trees(moved)
        assert close(values(again, X)[:, 0], direct(again[0], X))
        assert close(values(place.trees(place.affine), X), values(formula, X))


class TestPlaces:
    def test_a_column_that_is_used_late_is_passed_on(self) -> None:
        inner = Sum((Link("sin", Input(0)),))
        late = Sum((Link("exp", inner), Link("x", Input(1))))
        place = lowered((late,), 2)
        assert [nodes.count for nodes in place.graph.width] == [2, 2, 1]
        assert close(values((late,), X[:, :2])[:, 0], X[:, 0].sin().exp() + X[:, 1])

    def test_a_shared_node_stands_in_the_network_once(self) -> None:
        inner = Sum((Link("sin", Input(0)),))
        both = Sum((Link("exp", inner), Link("x", Sum((Link("tanh", inner),)))))
        assert lowered((both,), 1).names.count("sin") == 1

    def test_two_links_from_one_column_stay_two(self) -> None:
        twice = Sum((Link("sin", Input(0)), Link("x^2", Input(0))))
        assert close(values((twice,), X)[:, 0], X[:, 0].sin() + X[:, 0] ** 2)

    def test_a_product_of_three_is_a_product(self) -> None:
        three = product([linear(1.0), linear(0.0, 1.0), linear(0.0, 0.0, 1.0)])
        assert close(values((three,), X)[:, 0], X.prod(1))

    def test_outputs_keep_their_order(self) -> None:
        deep = Sum((Link("exp", Sum((Link("sin", Input(1)),))),))
        for formula in ((linear(1.0), deep), (deep, linear(1.0))):
            assert close(values(formula, X), torch.stack([direct(tree, X) for tree in formula], dim=1))


class TestFreedom:
    """Constants that count are those that change the function, each in one place."""

    def count(self, tree: Sum) -> int:
        return int(lowered((tree,), COLUMNS).free.sum())

    def test_of_a_line(self) -> None:
        assert self.count(linear(2.0, offset=1.0)) == 2
        assert self.count(linear(2.0, 3.0, offset=1.0)) == 3

    def test_of_a_wave(self) -> None:
        assert self.count(Sum((Link("sin", Input(0)),))) == 4

    def test_of_a_product_of_lines(self) -> None:
        """(x + p)(y + q) times a factor, plus an offset."""
        tree = Sum((Link("x", Times(linear(1.0, offset=0.5), linear(0.0, 1.0, offset=0.5))),))
        both = Sum((Link("x", Times(linear(1.0), Sum((Link("x", Input(1)),)))),))
        assert self.count(both) == 4
        assert self.count(tree) == 5  # a factor of two columns has one ratio more

    def test_what_may_not_move_does_not_count(self) -> None:
        assert self.count(Sum((Link("sin", Input(0), moves=False),))) == 2


class TestComplexity:
    def test_it_is_what_the_functions_cost_and_one_per_product(self) -> None:
        assert complexity(linear(1.0)) == 1
        assert complexity(Sum((Link("sin", Input(0)), Link("exp", Input(1))))) == 4
        assert complexity(product([linear(1.0), linear(0.0, 1.0)])) == 1 + 1 + 1 + 2

    def test_a_node_that_is_used_twice_costs_once(self) -> None:
        inner = Sum((Link("sin", Input(0)),))
        assert complexity(Sum((Link("exp", inner), Link("tanh", inner)))) == 2 + 2 + 3
