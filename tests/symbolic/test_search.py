"""The search for the best function of an edge, against a slow one that tries everything, and its parts."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import least_squares

from kanwidget import KAN, Dataset, create_dataset
from kanwidget.model.functions import Function, function, functions, with_slope
from kanwidget.symbolic.curves import TWINS, fit_curves
from kanwidget.symbolic.edges import candidates
from kanwidget.symbolic.samples import Samples
from kanwidget.symbolic.slopes import value_and_slope
from kanwidget.symbolic.starts import starts

from ..support import NAMES, domain, rows

TRIED = 3  # starts of the slow search per function


def residual(f: Function, pair: torch.Tensor, z: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """What ``c f(alpha z + beta) + d`` leaves of y, with the best c and d."""
    columns = torch.stack([f.torch(pair[0] * z + pair[1]), torch.ones_like(z)], dim=1)
    if not bool(columns.isfinite().all()):
        return torch.full_like(y, 1e6)
    q, _ = torch.linalg.qr(columns)
    return y - q @ (q.T @ y)


def exhaustive_r2(f: Function, x: torch.Tensor, y: torch.Tensor) -> float:
    """The best r², from the best starting points of the whole table, one after the other, on all points."""
    z = (2 * x - x.max() - x.min()) / (x.max() - x.min())
    y = (y - y.mean()) / (y - y.mean()).norm()
    pairs = starts(f.name).flatten(0, 1)
    values = f.torch(pairs[:, :1] * z + pairs[:, 1:])
    values = values - values.mean(1, keepdim=True)
    match = ((values @ y).square() / values.square().sum(1)).nan_to_num(-1.0)
    least = 1.0
    for pair in pairs[match.topk(min(TRIED, len(pairs))).indices]:
        found = least_squares(lambda p: residual(f, torch.as_tensor(p), z, y).numpy(), pair.numpy(), method="lm")
        least = min(least, 2 * float(found.cost))
    return 1 - least


def waves(x: torch.Tensor) -> torch.Tensor:
    """sin(4 x_1) x_2 + |x_3|"""
    return torch.sin(4 * x[:, [0]]) * x[:, [1]] + x[:, [2]].abs()


@pytest.fixture(scope="module", params=["smooth", "products", "sparse"])
def model(request: pytest.FixtureRequest, dataset: Dataset) -> KAN:
    """Trained networks of different shapes, with edges of every kind."""
    width, data, options = {
        "smooth": ([2, 3, 1], dataset, {}),
        "products": ([3, [1, 1], 1], create_dataset(waves, n_var=3, train_num=300, test_num=100), {}),
        "sparse": ([2, 4, 1], dataset, {"lamb": 0.01, "lamb_entropy": 10.0}),
    }[request.param]
    model = KAN(width, grid=5, k=3, seed=2, dtype=torch.float64)
    model.fit(data, steps=20, progress=False, **options)
    return model


def test_no_function_fits_an_edge_better_than_the_one_that_is_found(model: KAN) -> None:
    traces = model.trace(model.reference_rows())
    for edge, found in candidates(model, model.edges()).items():
        x, y = traces[edge.l].inputs[:, edge.i].detach(), traces[edge.l].edges[:, edge.i, edge.j].detach()
        assert max(exhaustive_r2(f, x, y) for f in functions() if f.name not in TWINS) < found[0].r2 + 1e-9, edge


@pytest.mark.parametrize("name", NAMES)
def test_a_slope_is_the_derivative(name: str) -> None:
    low, high = domain(name)
    x = torch.linspace(low + 0.03, high - 0.05, 50, dtype=torch.float64)
    value, slope = value_and_slope(function(name), x)
    expected, derivative = with_slope(function(name).torch, x)
    assert torch.equal(value, expected)
    assert torch.allclose(slope, derivative, rtol=1e-12, atol=1e-14)


def test_a_slope_of_a_function_of_ones_own_is_found_too() -> None:
    x = torch.linspace(-1, 1, 9, dtype=torch.float64)
    _, slope = value_and_slope(Function("cubic", lambda u: u**3, 3), x)
    assert torch.allclose(slope, 3 * x**2)


@pytest.mark.parametrize(("name", "twin"), [(name, twin) for name, (twin, _) in TWINS.items()])
def test_a_twin_is_as_good_as_the_other_and_as_if_it_were_searched_by_itself(name: str, twin: str) -> None:
    x = rows(300, 1, seed=3, low=-2.0, high=3.0)[:, 0]
    y = torch.tanh(2 * x - 1) + 0.1 * torch.sin(3 * x)
    both = {c.name: c for c in fit_curves(x[None], y[None], [function(name), function(twin)])[0]}
    (alone,) = fit_curves(x[None], y[None], [function(name)])[0]
    assert both[name].r2 == pytest.approx(both[twin].r2, abs=1e-12)
    assert both[name].r2 == pytest.approx(alone.r2, abs=1e-8)


class TestPooling:
    @given(st.integers(1, 400), st.integers(4, 64), st.integers(0, 5))
    def test_weights_and_means_are_kept_and_the_ends_too(self, points: int, count: int, seed: int) -> None:
        z = rows(points, 1, seed).sort(0).values.T
        samples = Samples.even(z, torch.sin(3 * z))
        pooled = samples.pooled(count)
        assert pooled.z.shape[1] == min(points, count)
        assert float(pooled.weight.sum()) == pytest.approx(1)
        for before, after in ((samples.z, pooled.z), (samples.y, pooled.y)):
            assert float((pooled.weight * after).sum()) == pytest.approx(float(before.mean()), abs=1e-12)
        for end in (0, -1):
            assert float(pooled.z[0, end]) == pytest.approx(float(z[0, end]), rel=1e-12)

    def test_a_peak_is_not_lost_among_many_flat_points(self) -> None:
        z = torch.linspace(-1, 1, 1000, dtype=torch.float64)[None]
        y = torch.exp(-((200 * (z - 0.3)) ** 2))
        pooled = Samples.even(z, y).pooled(40)
        near = (pooled.z - 0.3).abs() < 0.02
        assert int(near.sum()) > 5, "evenly there would be one"
        assert float(pooled.y.max()) > 0.9


def test_numbers_that_are_not_finite_are_nobodys_best_fit() -> None:
    x = rows(200, 2, seed=1).T.clone()
    y = torch.stack([torch.sin(x[0]), x[1] ** 2])
    x[0, 5] = y[0, 9] = torch.nan
    broken, whole = fit_curves(x, y, list(functions()))
    assert all(c.r2 == -torch.inf for c in broken)
    assert (whole[0].name, whole[0].r2) == ("x^2", pytest.approx(1))
