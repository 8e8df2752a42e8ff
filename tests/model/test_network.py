"""Networks as functions: shapes, products, refinement, moved grids, cut edges, gradients."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kanwidget import KAN
from kanwidget.errors import OptionError, ShapeError, SymbolicError
from kanwidget.model.basis import basis
from kanwidget.model.layer import BASES

from ..support import networks, rows, state, widths


def spread(y: torch.Tensor) -> float:
    return float(y.detach().abs().max()) + 1e-9


class TestForward:
    @given(widths(), st.integers(0, 7))
    def test_rows_come_in_and_go_out(self, width: list[Any], count: int) -> None:
        model = KAN(width=width, grid=2, dtype=torch.float64)
        assert model(rows(count, width[0])).shape == (count, model.width[-1].count)

    @given(networks())
    def test_it_is_the_sum_of_its_edges_joined_at_the_nodes(self, model: KAN) -> None:
        x = rows(20, model.width[0].count)
        last = model.trace(x)[-1]
        assert torch.allclose(last.nodes, model(x), atol=1e-12)
        assert torch.allclose(model.width[-1].join(last.edges.sum(1)), model(x), atol=1e-12)

    def test_a_product_node_multiplies_two_sums(self) -> None:
        model = KAN(width=[2, [0, 1], 1], dtype=torch.float64)
        for i, j, a in ((0, 0, 1.0), (1, 0, 0.0), (0, 1, 0.0), (1, 1, 1.0)):
            model.fix_symbolic(0, i, j, "x", affine=[a, 0, 1, 0], verbose=False)
        model.fix_symbolic(1, 0, 0, "x", affine=[1, 0, 1, 0], verbose=False)
        x = rows(50, 2)
        assert torch.allclose(model(x)[:, 0], x[:, 0] * x[:, 1])

    @given(networks())
    def test_it_keeps_nothing(self, model: KAN) -> None:
        before, attributes = state(model), set(vars(model))
        model(rows(20, model.width[0].count))
        assert state(model) == before
        assert set(vars(model)) == attributes

    def test_the_seed_alone_decides_the_weights(self) -> None:
        assert state(KAN([2, 3, 1], seed=5)) == state(KAN([2, 3, 1], seed=5))
        assert state(KAN([2, 3, 1], seed=5)) != state(KAN([2, 3, 1], seed=6))

    def test_a_row_does_not_depend_on_its_neighbours(self) -> None:
        model = KAN([2, [2, 1], 2], dtype=torch.float64)
        x = rows(10, 2)
        one_by_one = torch.cat([model(row[None]) for row in x])
        assert torch.allclose(model(x), one_by_one, atol=1e-14)

    @pytest.mark.parametrize("base_fun", [*(name for name in BASES if name != "zero"), torch.sin])
    def test_every_base_function_is_evaluated_and_trained(self, base_fun: Any) -> None:
        model = KAN([2, 2, 1], base_fun=base_fun, dtype=torch.float64)
        x = rows(60, 2)
        result = model.fit((x, x[:, 0] * x[:, 1]), opt="LM", steps=10, progress=False)
        assert result.train_loss[-1] < result.train_loss[0]

    def test_grid_and_degree_can_differ_from_layer_to_layer(self) -> None:
        model = KAN([2, 3, 1], grid=[3, 8], k=[2, 5])
        assert (model.grid, model.k) == ([3, 8], [2, 5])
        assert model(torch.zeros(4, 2)).shape == (4, 1)

    def test_far_outside_the_grid_a_spline_is_a_line(self) -> None:
        model = KAN([1, 1], base_fun="zero", dtype=torch.float64)
        y = model(torch.tensor([[3.0], [5.0], [7.0], [-3.0], [-5.0], [-7.0]], dtype=torch.float64))
        assert y[:3].diff(n=2, dim=0).abs().max() < 1e-12
        assert y[3:].diff(n=2, dim=0).abs().max() < 1e-12
        assert y.diff(dim=0).abs().max() > 1e-3


class TestRefine:
    @given(networks(degrees=(1, 5)), st.integers(2, 4))
    def test_a_multiple_keeps_the_function(self, model: KAN, times: int) -> None:
        fine = model.refine([times * g for g in model.grid])
        assert fine.grid == [times * g for g in model.grid]
        x = rows(200, model.width[0].count, low=-1.3, high=1.3)
        assert (fine(x) - model(x)).abs().max() < 1e-10 * spread(model(x))

    def test_a_multiple_keeps_a_step_function(self) -> None:
        model = KAN([2, 1], k=0, base_fun="zero", dtype=torch.float64)
        x = rows(200, 2)
        assert torch.allclose(model.refine(15)(x), model(x), atol=1e-12)

    @given(networks(), st.integers(1, 12))
    def test_the_given_network_stays_as_it_is(self, model: KAN, grid: int) -> None:
        before = state(model)
        model.refine(grid)
        assert state(model) == before

    @given(st.integers(0, 50))
    def test_there_and_back_keeps_the_function(self, seed: int) -> None:
        model = KAN([2, 2, 1], grid=4, seed=seed, dtype=torch.float64)
        x = rows(100, 2)
        assert (model.refine(12).refine(4)(x) - model(x)).abs().max() < 1e-9

    def test_a_finer_grid_follows_a_smooth_function_closely_and_a_coarser_one_roughly(self, trained: KAN) -> None:
        x = rows(200, 2)
        scale = trained(x).std()
        assert (trained.refine(23)(x) - trained(x)).std() < 0.01 * scale
        assert (trained.refine(4)(x) - trained(x)).std() < 0.3 * scale

    def test_names_masks_and_symbolic_edges_are_kept(self, trained: KAN) -> None:
        trained.remove_edge(0, 0, 1)
        trained.fix_symbolic(0, 1, 0, "x^2", verbose=False)
        trained.input_names = ("a", "b")
        fine = trained.refine(10)
        assert list(fine.edges()) == list(trained.edges())
        assert fine.symbolic_edges() == trained.symbolic_edges()
        assert fine.input_names == ("a", "b")


class TestUpdateGrid:
    @given(networks(degrees=(1, 5)), st.floats(0, 1))
    def test_the_function_stays_about_the_same_on_the_rows(self, model: KAN, eps: float) -> None:
        fine = model.refine(12)
        x = rows(200, model.width[0].count)
        before = fine(x).detach()
        fine.grid_eps = eps
        fine.update_grid(x)
        assert (fine(x) - before).square().mean().sqrt() < 0.15 * (before.std() + 0.1)

    def test_afterwards_the_grid_encloses_what_every_node_gets(self) -> None:
        model = KAN([2, 3, 1], dtype=torch.float64)
        x = rows(100, 2, low=5, high=9)
        model.update_grid(x)
        for trace, (layer, _) in zip(model.trace(x), model.stack(), strict=True):
            assert (layer.knots[:, layer.k] <= trace.inputs.amin(0) + 1e-9).all()
            assert (layer.knots[:, layer.k + layer.grid] >= trace.inputs.amax(0) - 1e-9).all()

    def test_it_takes_arrays_and_answers_with_the_network(self) -> None:
        model = KAN([2, 1])
        assert model.update_grid(rows(10, 2).numpy()) is model

    def test_symbolic_edges_are_not_touched(self, trained: KAN) -> None:
        trained.fix_symbolic(0, 0, 0, "sin", verbose=False)
        affine = trained.layer(0).affine.clone()
        trained.update_grid(rows(50, 2))
        assert torch.equal(trained.layer(0).affine, affine)

    @pytest.mark.parametrize("k", [6, 7, 8])
    def test_a_wider_grid_keeps_a_spline_of_high_degree_in_bounds(self, k: int) -> None:
        model = KAN([1, 1], grid=5, k=k, dtype=torch.float64)
        x = rows(200, 1, low=-1.5, high=1.5)
        before = model(x).detach()
        model.update_grid(x)
        assert (model(x) - before).abs().max() < before.abs().max()


class TestCut:
    @given(networks(products=False), st.data())
    def test_removing_an_edge_keeps_the_mean_of_its_target_as_long_as_another_edge_leads_there(
        self, model: KAN, data: st.DataObject
    ) -> None:
        edge = data.draw(st.sampled_from(list(model.edges())))
        before = model.trace(model.reference_rows())[edge.l]
        model.remove_edge(*edge)
        assert edge not in list(model.edges())
        if any(e.l == edge.l and e.j == edge.j for e in model.edges()):
            after = model.trace(model.reference_rows())[edge.l]
            moved = (after.nodes - before.nodes)[:, edge.j].mean().abs()
            assert moved < 1e-3 * (1 + before.edges.abs().max())

    def test_a_moved_coefficient_moves_its_edge_by_its_basis_function_and_no_other(self, trained: KAN) -> None:
        x = trained.reference_rows()
        before, layer = trained.trace(x)[0], trained.layer(0)
        bump = basis(x, layer.knots, layer.k)[:, 1, 4] * layer.scale_sp[1, 2].detach()
        trained.move_coef(0, 1, 2, 4, -0.25)
        moved = trained.trace(x)[0].edges - before.edges
        assert torch.allclose(moved[:, 1, 2], -0.25 * bump)
        moved[:, 1, 2] = 0
        assert not moved.any()

    @pytest.mark.parametrize(
        ("m", "by", "error"),
        [
            (8, 0.1, ShapeError),
            (-1, 0.1, ShapeError),
            (True, 0.1, ShapeError),
            (2, math.nan, OptionError),
            (2, math.inf, OptionError),
            (2, "1", OptionError),
            (2, None, OptionError),
        ],
    )
    def test_a_coefficient_that_cannot_be_moved_is_refused(
        self, trained: KAN, m: Any, by: Any, error: type[Exception]
    ) -> None:
        before = state(trained)
        with pytest.raises(error, match=f"{m}|by="):
            trained.move_coef(0, 0, 0, m, by)
        assert state(trained) == before

    def test_an_edge_without_a_spline_has_no_coefficient_to_move(self, trained: KAN) -> None:
        trained.fix_symbolic(0, 0, 0, "sin", verbose=False)
        trained.remove_edge(0, 0, 1)
        with pytest.raises(SymbolicError, match="is 'sin'"):
            trained.move_coef(0, 0, 0, 1, 0.1)
        with pytest.raises(SymbolicError, match="removed"):
            trained.move_coef(0, 0, 1, 1, 0.1)

    def test_a_pin_stays_through_what_builds_a_layer_anew(self, trained: KAN) -> None:
        trained.pin_edge(0, 1, 2)
        trained.fix_symbolic(0, 0, 0, "sin", verbose=False)
        assert trained.refine(7).copy().pinned_edges() == [(0, 1, 2)]
        trained.pin_edge(0, 1, 2, pinned=False)
        assert trained.pinned_edges() == []

    def test_a_removed_edge_cannot_be_pinned_and_loses_its_pin(self, trained: KAN) -> None:
        trained.pin_edge(0, 1, 2)
        trained.remove_edge(0, 1, 2)
        assert trained.pinned_edges() == []
        with pytest.raises(SymbolicError, match="removed"):
            trained.pin_edge(0, 1, 2)

    def test_the_mean_of_a_removed_edge_goes_past_a_pinned_one(self, trained: KAN) -> None:
        heir = int(trained.layer(1).scale_sp[:2, 0].abs().argmax())
        trained.pin_edge(1, heir, 0)
        before = trained.trace(trained.reference_rows())[1]
        trained.remove_edge(1, 2, 0)
        after = trained.trace(trained.reference_rows())[1]
        assert torch.equal(after.edges[:, heir, 0], before.edges[:, heir, 0])
        assert torch.isclose(after.nodes[:, 0].mean(), before.nodes[:, 0].mean(), atol=1e-9)

    def test_a_removed_edge_changes_its_target_by_what_it_varied(self, trained: KAN) -> None:
        x = trained.reference_rows()
        before = trained.trace(x)[0]
        trained.remove_edge(0, 0, 1)
        varied = before.edges[:, 0, 1] - before.edges[:, 0, 1].mean()
        now = trained.trace(x)[0].nodes
        assert torch.allclose(before.nodes[:, 1] - now[:, 1], varied, atol=1e-9)
        assert torch.allclose(now[:, [0, 2]], before.nodes[:, [0, 2]])

    @given(networks())
    def test_a_removed_edge_has_no_value(self, model: KAN) -> None:
        for edge in list(model.edges())[::2]:
            model.remove_edge(*edge)
        x = rows(20, model.width[0].count)
        left = set(model.edges())
        for l, trace in enumerate(model.trace(x)):
            for i, j in (trace.edges != 0).any(0).nonzero().tolist():
                assert (l, i, j) in left

    def test_removing_twice_is_removing_once(self, trained: KAN) -> None:
        trained.remove_edge(0, 0, 0)
        once = state(trained)
        trained.remove_edge(0, 0, 0)
        assert state(trained) == once

    def test_negative_indices_count_from_the_end(self, trained: KAN) -> None:
        trained.remove_edge(-1, -1, -1)
        assert (1, 2, 0) not in list(trained.edges())
        assert len(list(trained.edges())) == 8

    def test_a_node_goes_with_all_its_edges(self, trained: KAN) -> None:
        trained.remove_node(1, 1)
        assert not [e for e in trained.edges() if (e.l == 0 and e.j == 1) or (e.l == 1 and e.i == 1)]
        assert len(list(trained.edges())) == 6

    def test_a_product_node_goes_with_the_edges_of_both_factors(self) -> None:
        model = KAN([2, [1, 1], 1], dtype=torch.float64)
        model.remove_node(1, 1)
        assert list(model.edges()) == [(0, 0, 0), (0, 1, 0), (1, 0, 0)]

    def test_a_node_that_barely_varies_can_be_removed_without_harm(self, trained: KAN) -> None:
        for i in range(2):
            trained.fix_symbolic(0, i, 1, "x", affine=[1, 0, 1e-9, 3.0], verbose=False)
        x = rows(100, 2)
        before = trained(x)
        trained.remove_node(1, 1)
        assert torch.allclose(trained(x), before, atol=1e-6)


class TestGradients:
    @settings(max_examples=12)
    @given(networks(degrees=(2, 4)))
    def test_autograd_agrees_with_differences(self, model: KAN) -> None:
        x = rows(4, model.width[0].count).requires_grad_()
        named = dict(model.named_parameters())
        names = [name for name, p in named.items() if p.numel()]

        def run(x: torch.Tensor, *values: torch.Tensor) -> torch.Tensor:
            y: torch.Tensor = torch.func.functional_call(model, dict(zip(names, values, strict=True)), (x,))
            return y

        values = [named[name].detach().clone().requires_grad_() for name in names]
        assert torch.autograd.gradcheck(run, (x, *values), fast_mode=True, atol=1e-4)

    def test_it_trains_in_anyones_loop(self) -> None:
        model = KAN([2, 3, 1])
        optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
        x = rows(200, 2).float()
        y = (x[:, [0]] * x[:, [1]]).sin()
        losses = []
        for _ in range(60):
            optimiser.zero_grad()
            loss = (model(x) - y).square().mean()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        assert losses[-1] < 0.3 * losses[0]

    def test_removed_and_named_edges_get_no_gradient_for_their_splines(self, trained: KAN) -> None:
        trained.remove_edge(0, 0, 0)
        trained.fix_symbolic(0, 1, 1, "x^2", verbose=False)
        trained(rows(30, 2)).sum().backward()
        gradient = trained.layer(0).coef.grad
        assert gradient is not None
        assert (gradient[0, 0] == 0).all() and (gradient[1, 1] == 0).all()
        assert (gradient[0, 1] != 0).any()


class TestOrdinaryModule:
    """What people do with any ``torch.nn.Module``."""

    def test_functional_call_and_vmap(self, trained: KAN) -> None:
        trained.fix_symbolic(0, 0, 0, "sin", verbose=False)
        x = rows(8, 2)
        parameters = dict(trained.named_parameters())
        assert torch.equal(torch.func.functional_call(trained, parameters, (x,)), trained(x))
        single = torch.func.vmap(lambda row: trained(row[None])[0])(x)
        assert torch.allclose(single, trained(x))
        slope = torch.func.vmap(torch.func.grad(lambda row: trained(row[None])[0, 0]))(x)
        assert torch.isfinite(slope).all() and slope.shape == (8, 2)

    def test_under_autocast_it_answers_about_the_same(self) -> None:
        model = KAN([2, 3, 1])
        x = rows(20, 2).float()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            mixed = model(x)
        assert torch.allclose(mixed.float(), model(x), atol=0.05)

    def test_inputs_in_another_precision_are_converted(self) -> None:
        x = rows(5, 2)
        assert KAN([2, 1])(x).dtype == torch.float32
        assert KAN([2, 1], dtype=torch.float64)(x.float()).dtype == torch.float64
        assert KAN([2, 1])(torch.ones(3, 2, dtype=torch.long)).dtype == torch.float32

    def test_the_default_dtype_is_that_of_torch(self) -> None:
        torch.set_default_dtype(torch.float64)
        try:
            assert KAN([2, 1]).dtype == torch.float64
        finally:
            torch.set_default_dtype(torch.float32)


class TestUnusualNetworks:
    @pytest.mark.parametrize("bad", [float("nan"), float("inf")])
    @pytest.mark.parametrize("grid_eps", [1.0, 0.0])
    def test_a_row_that_is_not_finite_gives_nan_and_spoils_no_other(self, bad: float, grid_eps: float) -> None:
        model = KAN([2, 2, 1], grid_eps=grid_eps, dtype=torch.float64).update_grid(rows(50, 2) ** 3)
        x = rows(3, 2)
        whole = model(x)
        x[1, 0] = bad
        y = model(x)
        assert not torch.isfinite(y[1]).any()
        assert torch.allclose(y[[0, 2]], whole[[0, 2]])

    @pytest.mark.parametrize("opt", ["LM", "LBFGS", "Adam"])
    def test_a_network_without_a_base_function_is_trained(self, opt: str) -> None:
        model = KAN([2, 2, 1], base_fun="zero", dtype=torch.float64)
        x = rows(60, 2)
        result = model.fit((x, x[:, 0] * x[:, 1]), opt=opt, steps=10, progress=False)
        assert result.train_loss[-1] < result.train_loss[0]

    @pytest.mark.parametrize(
        "base_fun", [torch.ones_like, lambda x: x.detach().abs(), lambda x: torch.full_like(x, 2.0)]
    )
    def test_a_base_function_without_a_derivative_is_trained(self, base_fun: Any) -> None:
        model = KAN([2, 2, 1], base_fun=base_fun, dtype=torch.float64)
        x = rows(60, 2)
        result = model.fit((x, x[:, 0] * x[:, 1]), opt="LM", steps=10, progress=False)
        assert result.train_loss[-1] < result.train_loss[0]

    def test_frozen_parameters_stay_frozen_through_structural_changes(self, trained: KAN) -> None:
        trained.requires_grad_(False)
        trained.update_grid(rows(50, 2))
        trained.remove_edge(0, 0, 0)
        assert not any(p.requires_grad for p in trained.parameters())
        assert not any(p.requires_grad for p in trained.refine(7).parameters())

    def test_evaluation_mode_stays_through_structural_changes(self, trained: KAN) -> None:
        trained.eval()
        trained.update_grid(rows(50, 2))
        assert not any(module.training for module in trained.modules())

    def test_an_optimiser_made_before_the_grid_moved_goes_on_training(self) -> None:
        """Else a loop of the user's own that moves the grid now and then stops learning without a word."""
        model = KAN([1, 1], dtype=torch.float64)
        optimiser = torch.optim.Adam(model.parameters(), lr=0.05)
        x = rows(100, 1)
        y = torch.sin(3 * x)
        losses = []
        for step in range(60):
            if step == 10:
                model.update_grid(x)
            optimiser.zero_grad()
            loss = (model(x) - y).square().mean()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        assert losses[-1] < 0.5 * losses[12]
