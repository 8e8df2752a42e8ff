"""Copies, pickles, saved states, other precisions."""

from __future__ import annotations

import copy
import io
import pickle
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings

from kanwidget import KAN

from ..support import networks, plain, rows, state


def saved_and_loaded(model: KAN) -> KAN:
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    file.seek(0)
    new = KAN(
        width=plain(model),
        k=model.k,
        base_fun=model.layer(0).base_fun,
        seed=99,
        dtype=model.dtype,
    )
    new.load_state_dict(torch.load(file, weights_only=True))
    return new


COPIES: dict[str, Callable[[KAN], KAN]] = {
    "copy": KAN.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),
    "state": saved_and_loaded,
}


@pytest.mark.parametrize("way", COPIES)
@settings(max_examples=25)
@given(model=networks())
def test_a_copy_is_the_same_function_with_the_same_structure(way: str, model: KAN) -> None:
    model.input_names = tuple(f"in {i}" for i in range(model.width[0].count))
    new = COPIES[way](model)
    x = rows(30, model.width[0].count, low=-2, high=2)
    assert torch.equal(new(x), model(x))
    assert list(new.edges()) == list(model.edges())
    assert new.symbolic_edges() == model.symbolic_edges()
    assert (new.grid, new.k, new.input_names) == (model.grid, model.k, model.input_names)
    assert plain(new) == plain(model)
    for edge in model.symbolic_edges():
        model.unfix_symbolic(*edge)
        new.unfix_symbolic(*edge)
    assert torch.equal(new(x), model(x))


@pytest.mark.parametrize("way", COPIES)
def test_a_copy_shares_nothing(way: str, trained: KAN) -> None:
    new = COPIES[way](trained)
    before = state(trained)
    with torch.no_grad():
        for tensor in (*new.parameters(), *new.buffers()):
            tensor.mul_(2)
    new.input_names = ("a", "b")
    assert state(trained) == before


@pytest.mark.parametrize("way", ["copy", "deepcopy", "pickle"])
def test_a_copy_keeps_the_reference_rows(way: str, trained: KAN) -> None:
    new = COPIES[way](trained)
    assert torch.equal(new.reference_rows(), trained.reference_rows())
    assert state(new) == state(trained)


@given(networks())
def test_another_precision_is_the_same_function_to_its_rounding(model: KAN) -> None:
    x = rows(30, model.width[0].count)
    y = model(x).detach()
    single = model.copy().to(torch.float32)
    assert single.dtype == torch.float32 and single(x).dtype == torch.float32
    assert torch.allclose(single(x).double(), y, atol=1e-3 * (1 + float(y.abs().max())))
    twice = single.to(torch.float64)
    assert twice(x).dtype == torch.float64
    assert torch.allclose(twice(x), single.copy()(x).double(), atol=1e-6)


def test_a_float32_state_goes_into_a_float64_network_and_back() -> None:
    low, high = KAN([2, 3, 1], seed=1), KAN([2, 3, 1], seed=2, dtype=torch.float64)
    high.load_state_dict(low.state_dict())
    x = rows(30, 2)
    assert high.dtype == torch.float64
    assert torch.allclose(high(x), low(x).double(), atol=1e-5)


def test_a_loaded_network_can_be_trained_refined_pruned_and_named(trained: KAN) -> None:
    trained.fix_symbolic(0, 1, 0, "x^2", verbose=False)
    new = saved_and_loaded(trained.refine(8))
    x = rows(80, 2)
    result = new.fit((x, x[:, 0]), steps=5, progress=False)
    assert result.train_loss[-1] < result.train_loss[0]
    assert new.refine(16).grid == [16, 16]
    new.prune(edge_th=0.0, node_th=0.0)
    new.fix_symbolic(0, 0, 0, "x", verbose=False)


def test_moving_to_the_device_it_is_on_changes_nothing(trained: KAN) -> None:
    before = state(trained)
    assert trained.to("cpu") is trained
    assert state(trained) == before


class TestForeignState:
    def test_another_width_is_refused_and_the_network_still_works(self, trained: KAN) -> None:
        before = state(trained)
        with pytest.raises((RuntimeError, ValueError)):
            trained.load_state_dict(KAN([2, 4, 1], grid=9, dtype=torch.float64).state_dict())
        trained(rows(5, 2))
        assert state(trained) == before

    @pytest.mark.parametrize(("k", "grid"), [(2, 6), (2, 5), (4, 4), (1, 5)])
    def test_another_degree_is_refused(self, trained: KAN, k: int, grid: int) -> None:
        with pytest.raises((RuntimeError, ValueError)):
            trained.load_state_dict(KAN([2, 3, 1], k=k, grid=grid, dtype=torch.float64).state_dict())
