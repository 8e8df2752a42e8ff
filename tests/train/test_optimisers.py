"""What every optimiser promises, tested by one class that each of them inherits."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, ClassVar

import pytest
import torch
from torch import Tensor

from kanwidget import KAN, Dataset, OptionError, create_dataset
from kanwidget.train.fit import FitResult
from kanwidget.train.trainer import Step

from ..support import global_random_state, rows, state


def rmse(model: KAN, x: Tensor, y: Tensor) -> float:
    with torch.no_grad():
        return float((model(x).double() - y.double()).square().mean().sqrt())


class Contract:
    """Behaviour of ``fit(dataset, opt=self.opt)``."""

    opt: ClassVar[str]
    steps: ClassVar[int] = 12
    takes_loss_fn: ClassVar[bool] = True
    takes_batch: ClassVar[bool] = False

    def model(self, width: Any = (2, 3, 1), **options: Any) -> KAN:
        return KAN(**({"width": list(width), "seed": 3, "dtype": torch.float64} | options))

    def fit(self, model: KAN, dataset: Any, **options: Any) -> FitResult:
        return model.fit(dataset, **({"opt": self.opt, "steps": self.steps, "progress": False} | options))

    # ------------------------------------------------------------------ learning

    @pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
    def test_the_loss_goes_down_and_the_precision_stays(self, dataset: Dataset, dtype: torch.dtype) -> None:
        model = self.model(dtype=dtype)
        before = rmse(model, dataset.train_input, dataset.train_label)
        self.fit(model, dataset)
        assert rmse(model, dataset.train_input, dataset.train_label) < 0.95 * before
        assert rmse(model, dataset.test_input, dataset.test_label) < before
        assert model.dtype == dtype and all(p.dtype == dtype for p in model.parameters())

    def test_several_outputs_are_learnt(self) -> None:
        data = create_dataset(lambda x: torch.stack([x[:, 0].sin(), x[:, 0] * x[:, 1]], dim=1), train_num=200)
        model = self.model((2, 2, 2))
        before = rmse(model, data.train_input, data.train_label)
        self.fit(model, data)
        assert rmse(model, data.train_input, data.train_label) < before

    def test_products_are_learnt(self) -> None:
        data = create_dataset(lambda x: x[:, 0] * x[:, 1], train_num=200)
        model = self.model((2, [1, 1], [1, 1], 1))
        before = rmse(model, data.train_input, data.train_label)
        self.fit(model, data)
        assert rmse(model, data.train_input, data.train_label) < before

    def test_constants_of_named_edges_are_learnt_and_their_names_stay(self, dataset: Dataset) -> None:
        model = self.model()
        model.fix_symbolic(0, 0, 0, "sin", affine=[2.0, 0.0, 1.0, 0.0], verbose=False)
        before = model.layer(0).affine.clone()
        self.fit(model, dataset)
        assert model.symbolic_edges() == {(0, 0, 0): "sin"}
        assert not torch.equal(model.layer(0).affine, before)

    def test_removed_edges_stay_removed(self, dataset: Dataset) -> None:
        model = self.model()
        model.remove_edge(0, 1, 2)
        self.fit(model, dataset, lamb=0.01)
        assert (0, 1, 2) not in list(model.edges())
        assert (model.trace(dataset.train_input)[0].edges[:, 1, 2] == 0).all()

    def test_a_penalty_makes_the_network_sparser(self, dataset: Dataset) -> None:
        free, held = self.model(), self.model()
        steps = 2 * self.steps
        loose = self.fit(free, dataset, steps=steps, update_grid=False)
        tight = self.fit(held, dataset, steps=steps, lamb=0.3, update_grid=False)
        assert tight.reg[-1] < loose.reg[-1]

    @pytest.mark.parametrize("weight", ["lamb_l1", "lamb_entropy", "lamb_coef", "lamb_coefdiff"])
    def test_every_term_of_the_penalty_counts(self, dataset: Dataset, weight: str) -> None:
        only = dict.fromkeys(("lamb_l1", "lamb_entropy", "lamb_coef", "lamb_coefdiff"), 0.0) | {weight: 1.0}
        free = self.fit(self.model(), dataset, update_grid=False, **only)
        held = self.fit(self.model(), dataset, update_grid=False, lamb=3.0, **only)
        assert held.reg[-1] < 0.9 * free.reg[-1]

    def test_a_second_fit_goes_on_where_the_first_ended(self, dataset: Dataset) -> None:
        model = self.model()
        first = self.fit(model, dataset, update_grid=False)
        second = self.fit(model, dataset, update_grid=False)
        assert second.train_loss[-1] <= first.train_loss[-1]

    def test_inputs_far_outside_the_first_grid_are_learnt_too(self) -> None:
        data = create_dataset(lambda x: (x[:, 0] / 20).sin(), n_var=1, ranges=(40, 140), train_num=200)
        model = self.model((1, 1))
        before = rmse(model, data.train_input, data.train_label)
        self.fit(model, data)
        assert rmse(model, data.train_input, data.train_label) < before

    # ------------------------------------------------------------------ what comes back

    def test_the_result_answers_as_an_object_and_as_a_dictionary(self, dataset: Dataset) -> None:
        result = self.fit(self.model(), dataset, steps=4)
        assert list(result) == ["train_loss", "test_loss", "reg"]
        assert dict(result)["train_loss"] == result["train_loss"] == result.train_loss
        assert [len(values) for values in result.values()] == [4, 4, 4]
        assert [step.step for step in result.steps] == [1, 2, 3, 4]
        assert result.opt == (self.opt if self.opt != "auto" else "LM")
        assert result.why == "finished"

    def test_the_reported_losses_are_those_of_the_network_that_is_left(self, dataset: Dataset) -> None:
        model = self.model()
        result = self.fit(model, dataset, lamb=0.01)
        assert result.train_loss[-1] == pytest.approx(rmse(model, dataset.train_input, dataset.train_label), rel=1e-9)
        assert result.test_loss[-1] == pytest.approx(rmse(model, dataset.test_input, dataset.test_label), rel=1e-9)

    def test_metrics_are_measured_after_every_step(self, dataset: Dataset) -> None:
        def biggest(model: KAN) -> float:
            return float(model.layer(0).coef.detach().abs().max())

        model = self.model()
        result = self.fit(model, dataset, steps=3, metrics=[biggest])
        assert list(result) == ["train_loss", "test_loss", "reg", "biggest"]
        assert len(result["biggest"]) == 3
        assert result["biggest"][-1] == biggest(model)

    def test_no_steps_change_no_parameter(self, dataset: Dataset) -> None:
        model = self.model()
        before = [p.detach().clone() for p in model.parameters()]
        assert self.fit(model, dataset, steps=0)["train_loss"] == []
        assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))

    def test_the_training_rows_become_the_reference_and_their_names_the_networks(self, dataset: Dataset) -> None:
        data = Dataset.from_arrays(
            dataset.train_input, dataset.train_label, input_names=("a", "b"), output_names=("c",)
        )
        model = self.model()
        self.fit(model, data, steps=1)
        assert torch.equal(model.reference_rows(), data.train_input)
        assert (model.input_names, model.output_names) == (("a", "b"), ("c",))

    # ------------------------------------------------------------------ stopping

    def test_callbacks_see_every_step_in_order(self, dataset: Dataset) -> None:
        seen: list[Step] = []
        result = self.fit(self.model(), dataset, steps=5, callbacks=[seen.append])
        assert seen == result.steps

    def test_a_callback_that_returns_true_ends_the_fit_and_others_do_not(self, dataset: Dataset) -> None:
        said: list[int] = []

        def third(step: Step) -> bool:
            said.append(step.step)
            return step.step == 3

        model = self.model()
        result = self.fit(model, dataset, callbacks=[third, lambda step: 1, lambda step: "no"])
        assert (said, result.why) == ([1, 2, 3], "callback")
        assert rmse(model, dataset.train_input, dataset.train_label) == pytest.approx(result.train_loss[-1])

    def test_patience_ends_a_fit_whose_test_loss_does_not_improve(self, dataset: Dataset) -> None:
        upside_down = {**dataset, "test_label": -1e3 * dataset.test_label}
        result = self.fit(self.model(), upside_down, steps=40, patience=3)
        assert result.why == "patience"
        assert len(result.steps) < 40
        assert min(result.test_loss[-3:]) >= min(result.test_loss[:-3])

    def test_an_interrupt_leaves_the_last_complete_step(self, dataset: Dataset) -> None:
        def interrupt(step: Step) -> None:
            if step.step == 3:
                raise KeyboardInterrupt

        model, other = self.model(), self.model()
        with pytest.raises(KeyboardInterrupt):
            self.fit(model, dataset, lamb=0.01, callbacks=[interrupt])
        self.fit(other, dataset, lamb=0.01, steps=3)
        assert state(model) == state(other)

    def test_an_exception_in_a_callback_leaves_the_last_complete_step(self, dataset: Dataset) -> None:
        def broken(step: Step) -> None:
            if step.step == 2:
                raise ZeroDivisionError

        model, other = self.model(), self.model()
        with pytest.raises(ZeroDivisionError):
            self.fit(model, dataset, callbacks=[broken])
        self.fit(other, dataset, steps=2)
        assert state(model) == state(other)

    # ------------------------------------------------------------------ odd tables

    @pytest.mark.parametrize("count", [1, 2, 3])
    def test_very_few_rows_are_learnt(self, count: int) -> None:
        x = torch.tensor([[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]])[:count]
        model = self.model()
        before = rmse(model, x, x.sum(1, keepdim=True))
        self.fit(model, Dataset.from_arrays(x, x.sum(1), test_size=0.0), steps=2 * self.steps)
        assert rmse(model, x, x.sum(1, keepdim=True)) < before

    def test_equal_rows_and_constant_columns_are_learnt(self) -> None:
        x, y = torch.tensor([[1.0, 2.0]]).expand(30, 2), torch.full((30, 1), 3.0)
        model = self.model()
        before = rmse(model, x, y)
        self.fit(model, (x, y), steps=2 * self.steps)
        assert rmse(model, x, y) < before

    def test_many_columns_are_learnt(self) -> None:
        x = rows(120, 50)
        result = self.fit(self.model((50, 2, 1)), (x, x[:, :2].sum(1)), steps=4)
        assert result.train_loss[-1] < result.train_loss[0]

    @pytest.mark.parametrize("k", [0, 1, 7])
    def test_unusual_degrees_are_learnt(self, dataset: Dataset, k: int) -> None:
        model = self.model(k=k)
        before = rmse(model, dataset.train_input, dataset.train_label)
        self.fit(model, dataset)
        assert rmse(model, dataset.train_input, dataset.train_label) < before

    # ------------------------------------------------------------------ repeatable

    def test_the_same_seed_gives_the_same_bits(self, dataset: Dataset) -> None:
        first, second = self.model(), self.model()
        one, two = (self.fit(m, dataset, steps=4, lamb=0.01) for m in (first, second))
        assert state(first) == state(second)
        assert one.steps == two.steps

    def test_global_random_state_is_neither_used_nor_changed(self, dataset: Dataset) -> None:
        torch.manual_seed(11)
        first, second = self.model(), self.model()
        before = global_random_state()
        self.fit(first, dataset, steps=2)
        assert global_random_state() == before
        torch.manual_seed(12)
        self.fit(second, dataset, steps=2)
        assert state(first) == state(second)

    def test_the_table_is_not_changed(self, dataset: Dataset) -> None:
        x, y = dataset.train_input.clone(), dataset.train_label.clone()
        self.fit(self.model(), dataset, steps=2)
        assert torch.equal(dataset.train_input, x) and torch.equal(dataset.train_label, y)

    def test_nothing_is_printed_without_a_bar(self, dataset: Dataset, capfd: pytest.CaptureFixture[str]) -> None:
        self.fit(self.model(), dataset, steps=2)
        assert capfd.readouterr() == ("", "")

    # ------------------------------------------------------------------ open faults: numbers that run away

    def test_a_loss_that_overflows_keeps_the_last_finite_state_and_says_so(self) -> None:
        x = rows(50, 2)
        model = self.model()
        before = [p.detach().clone() for p in model.parameters()]
        result = self.fit(model, (x, 1e200 * x[:, 0]), steps=4)
        assert result.why == "not finite"
        assert result.steps == []
        assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))

    def test_huge_inputs_end_in_finite_parameters(self) -> None:
        x = rows(50, 2)
        model = self.model()
        self.fit(model, (1e200 * x, x[:, 0]), steps=4)
        assert all(bool(torch.isfinite(p).all()) for p in model.parameters())


class WithLoss(Contract):
    """Optimisers that take any loss."""

    def test_a_loss_of_the_users_own_goes_down_and_is_reported_as_it_is(self, dataset: Dataset) -> None:
        def absolute(prediction: Tensor, label: Tensor) -> Tensor:
            return (prediction - label).abs().mean()

        model = self.model()
        result = self.fit(model, dataset, loss_fn=absolute, update_grid=False)
        assert result.train_loss[-1] < result.train_loss[0]
        with torch.no_grad():
            assert result.train_loss[-1] == pytest.approx(
                float(absolute(model(dataset.train_input), dataset.train_label))
            )

    def test_an_interrupt_inside_a_step_leaves_the_last_complete_step(self, dataset: Dataset) -> None:
        calls = 0
        steps: list[Step] = []

        def interrupting(prediction: Tensor, label: Tensor) -> Tensor:
            nonlocal calls
            calls += 1
            if calls == 37:
                raise KeyboardInterrupt
            return (prediction - label).square().mean()

        model, other = self.model(), self.model()
        with pytest.raises(KeyboardInterrupt):
            self.fit(model, dataset, steps=40, loss_fn=interrupting, callbacks=[steps.append])
        calls = 1000
        self.fit(other, dataset, steps=len(steps), loss_fn=interrupting)
        assert state(model) == state(other)

    # ------------------------------------------------------------------ open faults: numbers that run away

    @pytest.mark.parametrize("bad", [float("nan"), float("inf")])
    @pytest.mark.parametrize("when", [1, 30])
    def test_a_loss_that_becomes_nan_ends_the_fit_at_the_last_finite_step(
        self, dataset: Dataset, bad: float, when: int
    ) -> None:
        calls = 0

        def turning(prediction: Tensor, label: Tensor) -> Tensor:
            nonlocal calls
            calls += 1
            return (prediction - label).square().mean() * (bad if calls >= when else 1.0)

        model = self.model()
        result = self.fit(model, dataset, steps=40, loss_fn=turning)
        assert result.why == "not finite"
        assert all(math.isfinite(loss) for loss in (*result.train_loss, *result.test_loss))
        assert all(bool(torch.isfinite(p).all()) for p in model.parameters())
        assert torch.isfinite(model(dataset.train_input)).all()

    def test_a_learning_rate_that_is_far_too_large_ends_finite(self, dataset: Dataset) -> None:
        model = self.model()
        self.fit(model, dataset, lr=1e300, steps=5)
        assert all(bool(torch.isfinite(p).all()) for p in model.parameters())


class WithBatches(WithLoss):
    """Optimisers that can take some of the rows at a time."""

    def test_batches_are_learnt(self, dataset: Dataset) -> None:
        model = self.model()
        before = rmse(model, dataset.train_input, dataset.train_label)
        self.fit(model, dataset, batch=32, steps=60)
        assert rmse(model, dataset.train_input, dataset.train_label) < before

    def test_the_seed_decides_the_order_of_the_rows(self, dataset: Dataset) -> None:
        def trained(seed: int) -> dict[str, Any]:
            model = self.model()
            self.fit(model, dataset, batch=32, steps=4, seed=seed)
            return state(model)

        assert trained(1) == trained(1)
        assert trained(1) != trained(2)

    @pytest.mark.parametrize("batch", [300, 1000])
    def test_a_batch_of_all_rows_is_no_batch(self, dataset: Dataset, batch: int) -> None:
        whole, batched = self.model(), self.model()
        self.fit(whole, dataset, steps=3)
        self.fit(batched, dataset, steps=3, batch=batch)
        assert state(whole) == state(batched)

    def test_the_step_length_is_that_of_lr(self, dataset: Dataset) -> None:
        def moved(lr: float) -> float:
            model = self.model()
            before = model.layer(0).coef.detach().clone()
            self.fit(model, dataset, steps=1, lr=lr, update_grid=False)
            return float((model.layer(0).coef.detach() - before).abs().max())

        assert moved(0.1) == pytest.approx(10 * moved(0.01), rel=0.05)


class TestAuto(Contract):
    opt = "auto"

    @pytest.mark.parametrize(
        ("options", "chosen"),
        [
            ({}, "LM"),
            ({"batch": 50}, "Adam"),
            ({"loss_fn": lambda p, y: (p - y).abs().mean()}, "LBFGS"),
        ],
    )
    def test_it_chooses_by_what_is_asked(self, dataset: Dataset, options: dict[str, Any], chosen: str) -> None:
        assert self.fit(self.model(), dataset, steps=1, **options).opt == chosen

    def test_it_does_not_choose_lm_for_large_networks(self) -> None:
        x = rows(50, 20)
        assert self.fit(self.model((20, 20, 1)), (x, x[:, 0]), steps=1).opt == "LBFGS"


class TestLM(Contract):
    opt = "LM"

    def test_no_step_of_it_raises_the_loss(self, dataset: Dataset) -> None:
        losses = self.fit(self.model(), dataset, steps=30, update_grid=False).train_loss
        roughness = 1.02  # a small part of what it minimises is not in the loss that it reports
        assert all(after <= roughness * before for before, after in pairwise(losses))
        assert losses[-1] < 0.05 * losses[0]

    def test_it_says_that_it_has_converged(self) -> None:
        x = rows(40, 1)
        model = self.model((1, 1))
        result = self.fit(model, (x, 2 * x[:, 0]), steps=500)
        assert result.why == "converged"
        assert len(result.steps) < 500
        assert result.train_loss[-1] < 1e-9

    def test_a_fit_that_has_nothing_left_to_improve_still_says_how_good_it_is(self) -> None:
        x = rows(50, 1)
        model = KAN([1, 1], dtype=torch.float64)
        model.fix_symbolic(0, 0, 0, "x", affine=[1.0, 0.0, 2.0, 0.0], verbose=False)
        for _ in range(3):
            result = model.fit((x, 2 * x[:, 0]), steps=20, progress=False)
            assert result.why == "converged"
            assert result["train_loss"][-1] < 1e-12


class TestLBFGS(WithLoss):
    opt = "LBFGS"
    steps = 4

    def test_it_fits_closely(self, dataset: Dataset) -> None:
        assert self.fit(self.model(), dataset, steps=10).train_loss[-1] < 0.1


class TestAdam(WithBatches):
    opt = "Adam"
    steps = 40


class TestAdamW(WithBatches):
    opt = "AdamW"
    steps = 40


def test_how_the_first_layers_features_are_kept_does_not_show(dataset: Dataset) -> None:
    """The trainer keeps them between steps; a grid that moves must not leave old ones behind."""
    model = KAN([2, 2, 1], dtype=torch.float64, grid_range=(-0.1, 0.1))
    result = model.fit(dataset, steps=6, opt="LBFGS", progress=False)
    assert result.train_loss[-1] == pytest.approx(rmse(model, dataset.train_input, dataset.train_label), rel=1e-9)


def test_the_grid_stays_where_it_is_on_request(dataset: Dataset) -> None:
    def moving(update_grid: bool) -> list[Tensor]:
        model = KAN([2, 2, 1], dtype=torch.float64, grid_range=(-0.1, 0.1))
        before = model.layer(0).knots
        model.fit(dataset, steps=2, update_grid=update_grid, progress=False)
        return [before, model.layer(0).knots]

    assert torch.equal(*moving(False))
    assert not torch.equal(*moving(True))


class TestLongRuns:
    @pytest.mark.parametrize("k", [8, 9])
    def test_moving_grids_do_not_blow_up_splines_of_high_degree(self, dataset: Dataset, k: int) -> None:
        result = KAN([2, 5, 1], k=k, dtype=torch.float64).fit(dataset, opt="LM", steps=20, progress=False)
        assert result.train_loss[-1] < 1

    def test_a_moving_grid_does_not_keep_adam_from_learning(self, dataset: Dataset) -> None:
        """Its moments have to outlive the moves: with large steps the grid moves all the time."""
        losses = []
        for update_grid in (False, True):
            model = KAN([2, 5, 1], seed=3, dtype=torch.float64)
            options: dict[str, Any] = {"opt": "Adam", "lr": 0.05, "steps": 200, "update_grid": update_grid}
            losses.append(model.fit(dataset, progress=False, **options).train_loss[-1])
        assert losses[1] < 3 * losses[0]

    def test_two_metrics_of_one_name_are_kept_apart_or_refused(self, dataset: Dataset) -> None:
        model = KAN([2, 1], dtype=torch.float64)
        metrics = [lambda network: 1.0, lambda network: 2.0]
        try:
            result = model.fit(dataset, steps=3, metrics=metrics, progress=False)
        except OptionError:
            return
        assert [len(values) for values in result.values()] == [3] * 5

    def test_with_batches_the_reported_losses_are_those_of_all_rows(self, dataset: Dataset) -> None:
        model = KAN([2, 2, 1], dtype=torch.float64)
        result = model.fit(dataset, batch=8, steps=20, progress=False)
        assert result.test_loss[-1] == pytest.approx(rmse(model, dataset.test_input, dataset.test_label), rel=1e-6)

    def test_reported_losses_are_those_of_the_network_also_in_single_precision(self) -> None:
        x = rows(100, 1, low=0).float()
        model = KAN([1, 1])
        result = model.fit(Dataset.from_arrays(x, 2 * x, test_size=0.0), opt="LM", steps=200, progress=False)
        assert result.train_loss[-1] == pytest.approx(rmse(model, x, 2 * x), rel=0.1)
