"""Sums over edges against the recursion of de Boor, written plainly, in all forms of the design matrix."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from kanwidget import KAN
from kanwidget.model import designs, sums
from kanwidget.model.basis import Cells
from kanwidget.model.knots import adaptive_knots, uniform_knots
from kanwidget.model.sums import Numeric, Parameters
from kanwidget.model.sums import edge_sums as sums_of_layers

from ..support import rows

# Up to how many entries, basis functions, outputs, coefficients and samples a way is taken.
ALL, NONE = 10**9, -1
DENSE = {"SMALL_ENTRIES": NONE, "DENSE_COUNT": ALL, "LARGE_WEIGHTS": ALL, "IN_CACHE": ALL}
SPARSE = {"SMALL_ENTRIES": NONE, "DENSE_COUNT": NONE, "DENSE_ENTRIES": NONE, "WIDE_ENTRIES": NONE}
FORMS = {
    "small": {"SMALL_ENTRIES": ALL},
    "dense": DENSE,
    "dense and large": DENSE | {"LARGE_WEIGHTS": NONE},
    "dense in parts": DENSE | {"IN_CACHE": NONE, "FEW": NONE},
    "gathered": SPARSE | {"FEW_OUTPUTS": ALL},
    "local": SPARSE | {"FEW_OUTPUTS": NONE},
}


@contextmanager
def form(name: str) -> Iterator[None]:
    """Sums take one form of the matrix whatever their size."""
    with pytest.MonkeyPatch.context() as patch:
        for limit, value in FORMS[name].items():
            patch.setattr(designs, limit, value)
        yield


def recursion(x: Tensor, knots: Tensor, k: int) -> Tensor:
    """Basis functions of one column inside the grid: ``(rows, G + k)``."""
    t = knots
    last = len(t) - k - 2  # the cell that has its right end
    cell = (torch.searchsorted(t, x.detach().contiguous(), right=True) - 1).clamp(k, last)
    b = torch.nn.functional.one_hot(cell, len(t) - 1).to(x)
    for p in range(1, k + 1):
        up = (x[:, None] - t[: -p - 1]) / (t[p:-1] - t[: -p - 1])
        down = (t[p + 1 :] - x[:, None]) / (t[p + 1 :] - t[1:-p])
        b = up * b[:, :-1] + down * b[:, 1:]
    return b


def slopes(x: Tensor, knots: Tensor, k: int) -> Tensor:
    """Derivatives of :func:`recursion`."""
    if k == 0:
        return torch.zeros(len(x), len(knots) - 1, dtype=x.dtype)
    t = knots
    last = len(t) - k - 2
    cell = (torch.searchsorted(t, x.detach().contiguous(), right=True) - 1).clamp(k, last)
    b = torch.nn.functional.one_hot(cell, len(t) - 1).to(x)
    for p in range(1, k):
        up = (x[:, None] - t[: -p - 1]) / (t[p:-1] - t[: -p - 1])
        down = (t[p + 1 :] - x[:, None]) / (t[p + 1 :] - t[1:-p])
        b = up * b[:, :-1] + down * b[:, 1:]
    return k * (b[:, :-1] / (t[k:-1] - t[: -k - 1]) - b[:, 1:] / (t[k + 1 :] - t[1:-k]))


def edge_sums(x: Tensor, coef: Tensor, scale_sp: Tensor, scale_base: Tensor, cells: Cells) -> Tensor:
    """Of one layer, of which the base function is the sine."""
    return sums_of_layers([Numeric(cells, torch.sin, None)], x, [Parameters(coef, scale_sp, scale_base)])


def plain(x: Tensor, coef: Tensor, scale_sp: Tensor, scale_base: Tensor, knots: Tensor, k: int) -> Tensor:
    """Edge by edge, with the tangent beyond the grid."""
    total = torch.zeros(len(x), coef.shape[1], dtype=x.dtype)
    for i, own in enumerate(knots):
        inside = x[:, i].clamp(own[k], own[-k - 1])
        beyond = (x[:, i] - inside)[:, None]
        basis = recursion(inside, own, k) + beyond * slopes(inside.detach(), own, k)
        total = total + basis @ (scale_sp[i, :, None] * coef[i]).T + torch.sin(x[:, i, None]) * scale_base[i]
    return total


Arguments = tuple[Tensor, Tensor, Tensor, Tensor]


def arguments(x: Tensor, inputs: int, outputs: int, count: int, seed: int = 0) -> Arguments:
    """Samples, coefficients and scales, of which some are 0 as for removed edges."""
    mask = rows(inputs, outputs, seed + 3) > -0.6
    coef = rows(inputs * outputs, count, seed + 2).view(inputs, outputs, count)
    scales = rows(inputs, outputs, seed + 4) * mask, rows(inputs, outputs, seed + 5) * mask
    return x, coef, *scales


@st.composite
def problems(draw: Callable[..., Any]) -> tuple[Arguments, Tensor, int]:
    """What is summed, knots and k."""
    count, inputs, outputs = draw(st.integers(1, 40)), draw(st.integers(1, 4)), draw(st.integers(1, 4))
    grid, k, seed = draw(st.integers(1, 30)), draw(st.integers(0, 5)), draw(st.integers(0, 999))
    if draw(st.booleans()):
        knots = uniform_knots(-torch.ones(inputs).double(), torch.ones(inputs).double(), grid, k)
    else:
        knots = adaptive_knots(rows(200, inputs, seed + 1) ** 3, grid, k, eps=draw(st.floats(0, 1)))
    return arguments(1.4 * rows(count, inputs, seed), inputs, outputs, grid + k, seed), knots, k


def even_knots(inputs: int, grid: int, k: int) -> Tensor:
    return uniform_knots(-torch.ones(inputs).double(), torch.ones(inputs).double(), grid, k)


@pytest.mark.parametrize("name", FORMS)
@given(problems())
def test_values_and_gradients_are_those_of_the_recursion(name: str, problem: tuple[Arguments, Tensor, int]) -> None:
    given, knots, k = problem
    inputs = [t.requires_grad_() for t in given]
    with form(name):
        y = edge_sums(*inputs, Cells.of(knots, k))
        upstream = rows(*y.shape, seed=7)
        found = torch.autograd.grad(y, inputs, upstream)
    wanted = plain(*inputs, knots, k)
    gradients = torch.autograd.grad(wanted, inputs, upstream, allow_unused=True, materialize_grads=True)
    torch.testing.assert_close(y, wanted, rtol=1e-12, atol=1e-12)
    for own, other in zip(found, gradients, strict=True):
        torch.testing.assert_close(own, other, rtol=1e-8, atol=1e-8)


def test_knots_that_are_equally_spaced_but_for_a_little_are_not_taken_for_equally_spaced() -> None:
    given, knots = arguments(rows(20, 2, low=-1.3, high=1.3), 2, 3, 7), even_knots(2, 4, 3)
    knots[:, 5] += 1e-6
    wanted = plain(*given, knots, 3)
    torch.testing.assert_close(edge_sums(*given, Cells.of(knots, 3)), wanted, rtol=1e-12, atol=1e-12)


def test_far_from_zero_rounded_knots_are_searched() -> None:
    """Their cells differ by rounding alone, but by a hundredth of a cell."""
    knots = uniform_knots(torch.tensor([2000.0]), torch.tensor([2001.0]), 40, 3)
    assert knots.dtype == torch.float32
    assert Cells.of(knots, 3).shared is None
    assert Cells.of(knots - 2000, 3).shared is None
    assert Cells.of(uniform_knots(torch.tensor([0.0]), torch.tensor([1.0]), 40, 3), 3).shared is not None


@pytest.mark.parametrize("lower", FORMS)
@pytest.mark.parametrize("upper", FORMS)
def test_layers_may_have_different_forms(lower: str, upper: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model, x, upstream = KAN([2, 3, 2], grid=6, dtype=torch.float64), rows(9, 2), rows(9, 2, seed=1)
    wanted = [model(x), *torch.autograd.grad(model(x), [p for p in model.parameters() if p.numel()], upstream)]
    names = iter((lower, upper))

    def design_of(*of: Any) -> Any:
        with form(next(names)):
            return designs.design_of(*of)

    monkeypatch.setattr(sums, "design_of", design_of)
    y = model(x)
    found = [y, *torch.autograd.grad(y, [p for p in model.parameters() if p.numel()], upstream)]
    torch.testing.assert_close(found, wanted, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("name", FORMS)
def test_a_gradient_can_be_differentiated_again(name: str) -> None:
    inputs = [t.detach().requires_grad_() for t in arguments(rows(6, 2), 2, 3, 7)]
    cells = Cells.of(even_knots(2, 4, 3), 3)
    with form(name):
        assert torch.autograd.gradgradcheck(lambda *of: edge_sums(*of, cells), inputs)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("wanted", [(0,), (1,), (2,), (3,), (0, 2)])
def test_frozen_arguments_get_no_gradient_and_disturb_no_other(name: str, wanted: tuple[int, ...]) -> None:
    inputs = arguments(rows(6, 2), 2, 3, 7)
    cells = Cells.of(even_knots(2, 4, 3), 3)
    full = [t.clone().requires_grad_() for t in inputs]
    some = [t.clone().requires_grad_(at in wanted) for at, t in enumerate(inputs)]
    with form(name):
        edge_sums(*full, cells).square().sum().backward()
        edge_sums(*some, cells).square().sum().backward()
    for at, (a, b) in enumerate(zip(full, some, strict=True)):
        assert b.grad is None if at not in wanted else torch.allclose(a.grad, b.grad, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", FORMS)
def test_a_row_that_is_no_number_spoils_itself_alone(name: str) -> None:
    x = rows(6, 2)
    x[2, 1] = torch.nan
    cells = Cells.of(even_knots(2, 4, 3), 3)
    with form(name):
        y = edge_sums(*arguments(x, 2, 3, 7), cells)
    assert y.isnan().all(1).tolist() == [at == 2 for at in range(6)]


@pytest.mark.parametrize("grid", [5, 60])
class TestWhole:
    """Networks with the dense and the local form, in the hands of torch."""

    def model(self, grid: int, dtype: torch.dtype = torch.float64) -> KAN:
        return KAN([3, 4, 2], grid=grid, seed=3, dtype=dtype)

    def x(self, dtype: torch.dtype = torch.float64) -> Tensor:
        return rows(600, 3).to(dtype)

    def test_per_sample_gradients_agree_with_the_gradient_of_the_sum(self, grid: int) -> None:
        model, x = self.model(grid), self.x()[:20]
        parameters = {name: p.detach() for name, p in model.named_parameters()}

        def value(of: dict[str, Tensor], row: Tensor) -> Tensor:
            y: Tensor = torch.func.functional_call(model, of, (row[None],))
            return y.sum()

        each = torch.func.vmap(torch.func.grad(value), (None, 0))(parameters, x)
        model(x).sum().backward()
        for name, p in model.named_parameters():
            if p.numel():
                torch.testing.assert_close(each[name].sum(0), p.grad, rtol=1e-8, atol=1e-10)

    def test_single_precision_agrees_with_double(self, grid: int) -> None:
        small, x = self.model(grid, torch.float32), self.x()
        large = self.model(grid)
        large.load_state_dict(small.state_dict())
        gradients = []
        for model in (small, large):
            y = model(x.to(model.dtype))
            y.square().mean().backward()
            gradients.append([y.double(), *(p.grad.double() for p in model.parameters() if p.grad is not None)])
        for a, b in zip(*gradients, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-5)

    def test_under_autocast_gradients_are_about_the_same(self, grid: int) -> None:
        model, x = self.model(grid, torch.float32), self.x(torch.float32)
        found = []
        for enabled in (False, True):
            model.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=enabled):
                loss = model(x).float().square().mean()
            loss.backward()
            found.append(torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None]))
        assert (found[0] - found[1]).norm() < 0.05 * found[0].norm()

    def test_compiled_it_is_the_same(self, grid: int) -> None:
        model, x = self.model(grid), self.x()
        compiled = torch.compile(model, backend="aot_eager")
        torch.testing.assert_close(compiled(x), model(x), rtol=1e-10, atol=1e-12)

    def test_on_the_gpu_it_is_the_same(self, grid: int) -> None:
        if not torch.cuda.is_available():
            pytest.skip("no CUDA device")
        model, x = self.model(grid), self.x()
        other = self.model(grid).cuda()
        for m, data in ((model, x), (other, x.cuda())):
            m(data).square().mean().backward()
        torch.testing.assert_close(other(x.cuda()).cpu(), model(x), rtol=1e-10, atol=1e-12)
        for a, b in zip(model.parameters(), other.parameters(), strict=True):
            if a.grad is not None:
                torch.testing.assert_close(b.grad.cpu(), a.grad, rtol=1e-8, atol=1e-10)


IN_PARALLEL = """
import os, sys
import torch
from kanwidget import KAN
from tests.support import rows

store = torch.distributed.FileStore(sys.argv[1], 1)
torch.distributed.init_process_group("gloo", store=store, rank=0, world_size=1)
alone, x = KAN([3, 4, 2], seed=3, dtype=torch.float64), rows(50, 3)
parallel = torch.nn.parallel.DistributedDataParallel(alone.copy(), find_unused_parameters=True)
for model in (alone, parallel):
    model(x).square().mean().backward()
for a, b in zip(alone.parameters(), parallel.parameters(), strict=True):
    if a.grad is not None and a.numel():
        torch.testing.assert_close(b.grad, a.grad, rtol=1e-10, atol=1e-12)
print("the same", flush=True)
os._exit(0)
"""


def test_in_parallel_over_processes_gradients_are_averaged(tmp_path: Path) -> None:
    """One process is enough to go through torch's hooks on parameters and buffers. It is one of its own, which leaves
    without cleaning up: now and then torch waits for ever for a thread of its process group to end."""
    run = [sys.executable, "-c", IN_PARALLEL, str(tmp_path / "store")]
    done = subprocess.run(run, capture_output=True, text=True, timeout=120)
    assert done.stdout == "the same\n", done.stderr
