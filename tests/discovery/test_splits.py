"""Functions of several columns are taken apart, whatever their curves are."""

from __future__ import annotations

import torch
from torch import Tensor

from kanwidget.discovery.bases import Bases, partitions
from kanwidget.discovery.splits import split, under_one_function

from ..support import rows

X = rows(400, 3)
BASES = Bases(X)


def correlation(one: Tensor, other: Tensor) -> float:
    """1 where they are the same up to factor and offset."""
    return abs(float(torch.corrcoef(torch.stack([one, other]))[0, 1]))


def test_a_sum() -> None:
    found = split(BASES, X[:, 0].sin() + X[:, 1].exp(), [(0,), (1,)])
    assert found.error < 1e-9
    for (_, values), truth in zip(found.parts, (X[:, 0].sin(), X[:, 1].exp()), strict=True):
        assert correlation(values, truth) > 1 - 1e-12


def test_a_product() -> None:
    truth = [X[:, 0].exp(), 2 + X[:, 1], torch.cos(X[:, 2])]
    found = split(BASES, torch.stack(truth).prod(0), [], [(0,), (1,), (2,)])
    assert found.error < 1e-6
    for (_, values), factor in zip(found.factors, truth, strict=True):
        ratio = values / factor
        assert float(ratio.std() / ratio.mean().abs()) < 1e-5


def test_a_sum_with_a_product() -> None:
    z = X[:, 0].sin() + X[:, 1] ** 2 + 3 * X[:, 0].exp() * X[:, 1]
    found = split(BASES, z, [(0,), (1,)], [(0,), (1,)])
    assert found.error < 1e-6


def test_what_is_no_sum_is_not_called_one() -> None:
    assert split(BASES, X[:, 0] * X[:, 1], [(0,), (1,)]).error > 0.5


def test_groups_of_columns() -> None:
    z = torch.exp(X[:, 0] * X[:, 1]) + X[:, 2] ** 2
    assert split(BASES, z, [(0, 1), (2,)]).error < 1e-3
    assert split(BASES, z, [(0,), (1, 2)]).error > 0.1


def test_a_sum_under_an_unknown_function() -> None:
    total = X[:, 0] ** 2 + torch.sin(2 * X[:, 1])
    found = under_one_function(BASES, torch.exp(0.7 * total), [(0,), (1,)])
    assert found.error < 1e-2
    assert correlation(torch.stack([values for _, values in found.parts]).sum(0), total) > 0.9999


def test_all_ways_to_part_the_columns() -> None:
    assert {frozenset(pair) for pair in partitions([0, 1, 2])} == {
        frozenset({(0, 1), (2,)}),
        frozenset({(0, 2), (1,)}),
        frozenset({(0,), (1, 2)}),
    }
    assert len(partitions(range(5))) == 15


def test_two_of_three_rows_are_fitted_to_and_the_third_judges() -> None:
    assert not set(BASES.fitted.tolist()) & set(BASES.held.tolist())
    noise = torch.randn(400, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert split(BASES, noise, [(0,), (1,), (2,)]).error > 0.9  # the fitted rows alone would flatter
