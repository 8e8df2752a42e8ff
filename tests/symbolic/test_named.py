"""A network made from a formula."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from kanwidget import KAN, ShapeError, SymbolicError

SINE: Any = {
    (0, 0, 0): ("sin", [2.0, 0.5, 3.0, -1.0]),
    (0, 1, 0): ("x^2", [1, 0, 1, 0]),
    (1, 0, 0): ("exp", (1, 0, 1, 0)),
}


def test_it_is_the_formula() -> None:
    model = KAN.from_edges([2, 1, 1], SINE, dtype=torch.float64)
    x = torch.rand(20, 2, dtype=torch.float64)
    assert torch.allclose(model(x), torch.exp(3 * torch.sin(2 * x[:, [0]] + 0.5) - 1 + x[:, [1]] ** 2), rtol=1e-13)
    assert {tuple(edge): name for edge, name in model.symbolic_edges().items()} == {e: n for e, (n, _) in SINE.items()}


def test_edges_that_are_not_named_are_not_there() -> None:
    model = KAN.from_edges([2, 3, 1], {(0, 1, 2): ("x", [1, 0, 1, 0]), (1, 2, 0): ("x", [1, 0, 1, 0])})
    assert [tuple(edge) for edge in model.edges()] == [(0, 1, 2), (1, 2, 0)]


@pytest.mark.parametrize(
    ("edges", "said"),
    [
        ({}, "edges={}"),
        ([], "edges="),
        ({(0, 0): ("sin", [1, 0, 1, 0])}, "no edge"),
        ({(0, 0, 0): "sin"}, "a pair"),
        ({(0, 0, 0): ("sin", [1, 0])}, "four"),
        ({(0, 0, 0): ("sin", [1, 0, float("nan"), 0])}, "finite"),
        ({(0, 0, 0): ("sine", [1, 0, 1, 0])}, "sine"),
    ],
)
def test_what_is_no_formula_is_refused(edges: Any, said: str) -> None:
    with pytest.raises(SymbolicError, match=said):
        KAN.from_edges([2, 1], edges)


def test_an_edge_must_be_in_the_network() -> None:
    with pytest.raises(ShapeError, match="does not exist"):
        KAN.from_edges([2, 1], {(0, 2, 0): ("sin", [1, 0, 1, 0])})
