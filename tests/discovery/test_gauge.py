"""Plain constants are another way to write the same function."""

from __future__ import annotations

from hypothesis import given

from kanwidget.discovery.fitting import Trees
from kanwidget.discovery.gauge import canonical
from kanwidget.discovery.terms import Input, Link, Sum, Times

from ..support import rows
from .trees import COLUMNS, direct, linear, trees

X = rows(60, COLUMNS)


@given(trees())
def test_the_values_stay(formula: Trees) -> None:
    (tree,) = formula
    before, after = direct(tree, X), direct(canonical(tree), X)
    assert (before - after).abs().max() <= 1e-9 * (1 + before.abs().max())


@given(trees())
def test_plain_stays_plain(formula: Trees) -> None:
    once = canonical(formula[0])
    twice = canonical(once)
    assert (direct(once, X) - direct(twice, X)).abs().max() <= 1e-9 * (1 + direct(once, X).abs().max())


def test_scales_of_factors_stand_before_the_product() -> None:
    tree = Sum((Link("x", Times(linear(2.0), Sum((Link("x", Input(1), (1.0, 0.0, 3.0, 0.0)),))), (1, 0, 0.5, 0)),))
    plain = canonical(tree)
    assert plain.links[0].affine[2] == 3.0
    inner = plain.links[0].source
    assert isinstance(inner, Times)
    assert inner.left.links[0].affine[2] == inner.right.links[0].affine[2] == 1.0


def test_the_offset_of_an_inner_sum_is_a_phase_of_the_function_above() -> None:
    tree = Sum((Link("sin", linear(2.0, offset=0.25)),))
    plain = canonical(tree)
    a, b, _, _ = plain.links[0].affine
    assert (a, b) == (2.0, 0.25)
    assert isinstance(plain.links[0].source, Sum)
    assert plain.links[0].source.links[0].affine == (1.0, 0.0, 1.0, 0.0)
