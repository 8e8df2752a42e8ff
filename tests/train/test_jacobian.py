"""The Jacobian against autograd, on networks of every kind."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from kanwidget import KAN
from kanwidget.train.jacobian import Columns, evaluated, jacobian

from ..support import formulas, networks, rows


def by_autograd(model: KAN, x: Tensor, columns: Columns) -> Tensor:
    """Row by row and output by output."""
    found = []
    for row in x:
        for output in model(row[None])[0]:
            triples = columns.parameters(model)
            flat = [t for triple in triples for t in triple]
            zero = sum(t.sum() for t in flat) * 0  # every parameter takes part, also in a network of constants
            got = torch.autograd.grad(output + zero, flat, retain_graph=True)
            found.append(columns.flat([got[3 * l : 3 * l + 3] for l in range(len(triples))]))
    return torch.stack(found).view(len(x), -1, columns.count)


@settings(max_examples=60)
@given(networks(degrees=(0, 5)), st.floats(0.5, 2.0))
def test_it_is_the_derivative_of_every_output_by_every_free_constant(model: KAN, reach: float) -> None:
    x = rows(6, model.width[0].count, low=-reach, high=reach)
    columns = Columns.of(model)
    levels = evaluated(model, x)
    derivatives = jacobian(levels, columns)
    assert torch.allclose(levels[-1].output, model(x))
    expected = by_autograd(model, x, columns)
    assert (derivatives - expected).abs().max() <= 1e-9 * (1 + expected.abs().max())


@given(formulas())
def test_it_is_right_for_every_function_of_the_library(model: KAN) -> None:
    x = rows(5, model.width[0].count)
    columns = Columns.of(model)
    derivatives = jacobian(evaluated(model, x), columns)
    expected = by_autograd(model, x, columns)
    assert (derivatives - expected).abs().max() <= 1e-9 * (1 + expected.abs().max())


@given(networks())
def test_constants_come_back_as_they_were_put(model: KAN) -> None:
    columns = Columns.of(model)
    values = torch.arange(columns.count, dtype=torch.float64)
    columns.put(model, values)
    assert torch.equal(columns.get(model), values)


def test_removed_edges_and_the_splines_of_named_ones_have_no_column(trained: KAN) -> None:
    per_edge = 1 + 8  # the base function and G + k coefficients
    assert Columns.of(trained).count == 9 * per_edge
    trained.remove_edge(0, 0, 0)
    assert Columns.of(trained).count == 8 * per_edge
    trained.fix_symbolic(0, 1, 0, "sin", verbose=False)
    assert Columns.of(trained).count == 7 * per_edge + 4
    trained.remove_edge(0, 1, 0)
    assert Columns.of(trained).count == 7 * per_edge
