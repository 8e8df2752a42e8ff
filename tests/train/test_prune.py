"""Pruning: what goes, what stays, and that the function stays with it."""

from __future__ import annotations

from typing import ClassVar

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kanwidget import KAN, DataError, Dataset, PruneError, create_dataset
from kanwidget.errors import ShapeError

from ..support import networks, plain, rows, state


def named(width: list[object], edges: dict[tuple[int, int, int], tuple[str, list[float]]]) -> KAN:
    """A network of named edges; edges that are not listed are removed."""
    model = KAN(width, dtype=torch.float64)
    for edge in list(model.edges()):
        if edge not in edges:
            model.remove_edge(*edge)
    for edge, (name, affine) in edges.items():
        model.fix_symbolic(*edge, name, affine=affine, verbose=False)
    return model


LINE = ("x", [1.0, 0.0, 1.0, 0.0])


@given(networks(), st.floats(0, 0.05))
def test_it_keeps_a_working_network_or_says_why_not(model: KAN, threshold: float) -> None:
    before = state(model)
    x = rows(50, model.width[0].count)
    try:
        small = model.prune(node_th=threshold, edge_th=threshold)
    except PruneError as error:
        assert "edge_th" in str(error) and "output" not in str(error)
    else:
        assert torch.isfinite(small(x)).all() and small(x).shape == model(x).shape
        assert len(list(small.edges())) <= len(list(model.edges()))
        assert [small.width[0], small.width[-1]] == [model.width[0], model.width[-1]]
        assert (small.input_names, small.output_names) == (model.input_names, model.output_names)
    assert state(model) == before


def test_pinned_edges_stay_and_keep_their_pins_in_the_smaller_network() -> None:
    faint = ("x", [1.0, 0.0, 1e-4, 0.0])
    model = named([2, 3, 1], {(0, 0, 0): faint, (0, 1, 2): LINE, (1, 0, 0): LINE, (1, 2, 0): LINE})
    assert len(list(model.copy().prune().edges())) == 2
    model.pin_edge(0, 0, 0)
    model.pin_edge(1, 0, 0)
    model.pin_edge(0, 1, 2)
    small = model.prune()
    assert set(small.edges()) == {(0, 0, 0), (0, 1, 1), (1, 0, 0), (1, 1, 0)}
    assert small.pinned_edges() == [(0, 0, 0), (0, 1, 1), (1, 0, 0)]


@pytest.mark.parametrize("width", [[2, 3, 1], [2, [2, 1], 1], [3, 2, [1, 2], 1]])
def test_a_pinned_edge_stays_with_a_way_through_it_whatever_the_threshold(width: list[object]) -> None:
    whole = KAN(width, dtype=torch.float64)
    for edge in whole.edges():
        model = whole.copy()
        model.pin_edge(*edge)
        small = model.prune(node_th=2.0, edge_th=2.0)
        assert len(small.pinned_edges()) == 1
        assert len(list(small.edges())) < len(list(whole.edges()))
        assert torch.isfinite(small(rows(9, width[0]))).all()


@given(networks(products=False))
def test_without_thresholds_the_function_stays(model: KAN) -> None:
    x = model.reference_rows()
    before = model(x)
    try:
        small = model.prune(node_th=0.0, edge_th=0.0)
    except PruneError:
        return
    assert (small(x) - before).abs().max() < 1e-6 * (1 + before.abs().max())


def test_the_tutorials_network_loses_what_it_does_not_need(dataset: Dataset) -> None:
    model = KAN([2, 5, 1], seed=0, dtype=torch.float64)
    model.fit(dataset, steps=20, lamb=0.01, lamb_entropy=10.0, progress=False)
    small = model.prune()
    assert plain(small) == [2, 1, 1]
    x = dataset.train_input
    assert (small(x) - model(x)).std() < 0.1 * model(x).std()
    assert (small(x) - model(x)).mean().abs() < 0.1 * model(x).std()


def test_cut_edges_leave_their_mean_behind() -> None:
    model = named([2, 1], {(0, 0, 0): LINE, (0, 1, 0): ("x", [1.0, 0.0, 1e-3, 50.0])})
    small = model.prune(edge_th=0.01)
    assert list(small.edges()) == [(0, 0, 0)]
    x = rows(100, 2)
    assert (small(x) - model(x)).abs().max() < 2e-3


def test_cut_nodes_leave_their_mean_behind() -> None:
    model = named(
        [1, 2, 1],
        {
            (0, 0, 0): LINE,
            (0, 0, 1): ("x", [1.0, 0.0, 1e-3, 2.0]),
            (1, 0, 0): LINE,
            (1, 1, 0): ("exp", [1.0, 0.0, 1.0, 0.0]),
        },
    )
    small = model.prune(node_th=0.05, edge_th=0.0)
    assert plain(small) == [1, 1, 1]
    x = rows(100, 1)
    assert (small(x) - model(x)).abs().max() < 0.02


def test_a_node_that_leads_nowhere_goes() -> None:
    model = named([1, 2, 1], {(0, 0, 0): LINE, (0, 0, 1): LINE, (1, 0, 0): LINE})
    assert plain(model.prune()) == [1, 1, 1]


def test_a_node_that_nothing_leads_to_goes_and_its_value_stays() -> None:
    model = named([1, 2, 1], {(0, 0, 0): LINE, (1, 0, 0): LINE, (1, 1, 0): ("cos", [1.0, 0.0, 3.0, 0.0])})
    small = model.prune()
    assert plain(small) == [1, 1, 1]
    x = rows(20, 1)
    assert torch.allclose(small(x), x + 3)


def test_a_product_that_is_needed_stays_with_both_factors() -> None:
    model = named(
        [2, [1, 1], 1],
        {(0, 0, 0): LINE, (0, 0, 1): LINE, (0, 1, 2): LINE, (1, 0, 0): LINE, (1, 1, 0): LINE},
    )
    small = model.prune()
    assert plain(small) == [2, [1, 1], 1]
    x = rows(50, 2)
    assert torch.allclose(small(x), model(x))


def test_a_product_that_is_not_needed_goes() -> None:
    model = named(
        [2, [1, 1], 1],
        {(0, 0, 0): LINE, (0, 0, 1): LINE, (0, 1, 2): LINE, (1, 0, 0): LINE, (1, 1, 0): ("x", [1, 0, 1e-4, 0])},
    )
    assert plain(model.prune()) == [2, 1, 1]


def test_names_of_nodes_and_edges_move_with_them() -> None:
    model = named(
        [2, 3, 1],
        {(0, 0, 1): ("sin", [1.0, 0.0, 1.0, 0.0]), (0, 1, 2): ("x^2", [1.0, 0.0, 1.0, 0.0])}
        | {(1, 1, 0): LINE, (1, 2, 0): ("exp", [1.0, 0.0, 1.0, 0.0])},
    )
    small = model.prune()
    assert small.symbolic_edges() == {(0, 0, 0): "sin", (0, 1, 1): "x^2", (1, 0, 0): "x", (1, 1, 0): "exp"}
    x = rows(50, 2)
    assert torch.allclose(small(x), model(x))


def test_everything_going_is_an_error_that_says_what_to_choose(trained: KAN) -> None:
    before = state(trained)
    with pytest.raises(PruneError, match=r"edge_th=100.*\bf\b.*largest edge score is [\d.]+"):
        trained.prune(edge_th=100)
    with pytest.raises(PruneError, match="node_th=1000"):
        trained.prune(node_th=1000)
    assert state(trained) == before


def test_one_of_two_outputs_going_is_an_error_that_names_it() -> None:
    model = named([1, 2], {(0, 0, 0): LINE, (0, 0, 1): ("x", [1.0, 0.0, 0.0, 4.0])})
    model.output_names = ("u", "v")
    with pytest.raises(PruneError, match="leads to v"):
        model.prune()


def test_the_reference_rows_are_kept(trained: KAN) -> None:
    assert torch.equal(trained.prune(edge_th=0.0).reference_rows(), trained.reference_rows())


def test_a_pruned_network_shares_nothing_with_the_first(trained: KAN) -> None:
    small = trained.prune(node_th=0.0, edge_th=0.0)
    before = state(trained)
    with torch.no_grad():
        for tensor in (*small.parameters(), *small.buffers()):
            tensor.mul_(3)
    assert state(trained) == before


def test_pruning_again_changes_nothing(trained: KAN) -> None:
    once = trained.prune(edge_th=0.02)
    assert state(once.prune(edge_th=0.02)) == state(once)


class TestInputs:
    def test_an_unused_input_goes(self) -> None:
        data = create_dataset(lambda x: x[:, 1] ** 2 + x[:, 2], n_var=3, train_num=200)
        model = KAN([3, 2, 1], dtype=torch.float64)
        model.fit(data, steps=20, lamb=0.01, progress=False)
        small = model.prune_input()
        assert small.width[0].count == 2
        assert small.input_names == ("x_2", "x_3")
        x = data.train_input
        assert (small(x[:, 1:]) - model(x)).std() < 0.05 * model(x).std()

    def test_chosen_inputs_stay_whatever_they_score(self, trained: KAN) -> None:
        small = trained.prune_input(active_inputs=[1])
        assert small.width[0].count == 1 and small.input_names == ("x_2",)
        x = trained.reference_rows()
        assert (small(x[:, [1]]).mean() - trained(x).mean()).abs() < 0.5 * trained(x).std()
        assert small.reference_rows().shape == (len(x), 1)

    def test_a_smaller_network_can_be_fitted_to_fewer_columns(self, trained: KAN) -> None:
        small = trained.prune_input(active_inputs=[1])
        x = trained.reference_rows()
        result = small.fit((x[:, [1]], x[:, 1] ** 2), steps=5, progress=False)
        assert result.train_loss[-1] < result.train_loss[0]
        with pytest.raises(DataError):
            small.fit((x, x[:, 1]), steps=1)

    def test_all_inputs_in_their_order_change_nothing(self, trained: KAN) -> None:
        x = trained.reference_rows()
        assert torch.equal(trained.prune_input(active_inputs=[0, 1])(x), trained(x))

    @pytest.mark.parametrize("bad", [[2], [-1], [0, 7], ["x_1"], [0.0]])
    def test_an_input_that_does_not_exist_is_named(self, trained: KAN, bad: list[object]) -> None:
        with pytest.raises(ShapeError, match="active_inputs"):
            trained.prune_input(active_inputs=bad)

    def test_none_left_is_an_error(self, trained: KAN) -> None:
        with pytest.raises(PruneError, match="threshold"):
            trained.prune_input(threshold=1e9)
        with pytest.raises(PruneError):
            trained.prune_input(active_inputs=[])


class TestConstantFactors:
    """A factor that does not vary is still a factor."""

    EDGES: ClassVar = {
        (0, 0, 0): LINE,
        (0, 0, 1): LINE,
        (0, 1, 2): ("x", [1.0, 0.0, 0.0, 2.0]),
        (1, 0, 0): LINE,
        (1, 1, 0): LINE,
    }

    def test_a_constant_factor_of_a_product_is_not_lost(self) -> None:
        model = named([2, [1, 1], 1], self.EDGES)
        x = rows(100, 2)
        assert torch.allclose(model(x)[:, 0], 3 * x[:, 0])
        assert (model.prune()(x) - model(x)).abs().max() < 0.01

    def test_an_output_that_is_such_a_product_can_be_pruned(self) -> None:
        model = named([2, [0, 1]], {(0, 0, 0): LINE, (0, 1, 1): ("x", [1.0, 0.0, 1e-6, 2.0])})
        x = rows(100, 2)
        assert (model.prune()(x) - 2 * x[:, [0]]).abs().max() < 0.01

    def test_a_truth_value_is_no_input(self, trained: KAN) -> None:
        with pytest.raises(ShapeError, match="active_inputs"):
            trained.prune_input(active_inputs=[True])
