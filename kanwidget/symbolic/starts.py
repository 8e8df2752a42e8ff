"""Where the search for ``f(alpha z + beta)`` on z in [-1, 1] begins.

Factor and offset of ``c f(alpha z + beta) + d`` are found in closed form, and many functions absorb more than that:
a power or a logarithm its scale, an exponential its shift. Only what is left is searched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import torch
from torch import Tensor

from kanwidget.model.functions import Function
from kanwidget.symbolic.samples import Samples, centred

__all__ = ["beginnings", "moving", "starts"]

PLACES = 65  # on [-1, 1] where the table has its values
FLAT = 1e-6  # variance of a function over a curve's points, relative to that over [-1, 1], which is rounding
_SHIFT_ONLY = frozenset(("x^2", "x^3", "x^4", "x^5", "1/x", "1/x^2", "1/x^3", "1/x^4", "1/x^5", "sqrt", "1/sqrt(x)"))
_SHIFT_ONLY |= {"x^1.5", "log", "abs", "sgn", "relu"}
_BEYOND = torch.logspace(-6, 2.5, 30, dtype=torch.float64)  # distance of a pole or branch point from the data


def beginnings(functions: Sequence[Function], samples: Samples, count: int) -> Tensor:
    """The most promising pairs (alpha, beta) of every function for every curve: ``(functions, curves, count, 2)``.

    A table holds the values of the functions at all their pairs once and for all; how well each of them fits each
    curve is one product of matrices. The neighbours of a good pair lead where it leads: summits come first.
    """
    pairs, values, squares = _table(tuple(functions))
    weight, moment = _placed(samples)
    size = weight @ squares.T - (weight @ values.T).square()
    match = (moment @ values.T).square() / size
    match = torch.where((size > FLAT) & match.isfinite(), match, -9.0)
    parts = zip(pairs, torch.split(match, [p[..., 0].numel() for p in pairs], dim=1), strict=True)
    return torch.stack([_summits(p, part, count) for p, part in parts])


def _summits(pairs: Tensor, match: Tensor, count: int) -> Tensor:
    """The pairs at the highest summits of the table, if need be other high ones: ``(curves, count, 2)``."""
    grid = match.view(-1, *pairs.shape[:2])
    is_summit = torch.nn.functional.max_pool2d(grid, 3, stride=1, padding=1) == grid
    best = (grid + 2.0 * is_summit).flatten(1).topk(count, dim=1).indices
    return pairs.flatten(0, 1)[best]


@lru_cache(maxsize=64)
def _table(functions: tuple[Function, ...]) -> tuple[list[Tensor], Tensor, Tensor]:
    """The pairs of every function; its values at them, with mean 0 and variance 1, and their squares:
    ``(all pairs, PLACES)`` each."""
    with torch.inference_mode(False):
        z = torch.linspace(-1, 1, PLACES, dtype=torch.float64)
        pairs = [starts(f.name) for f in functions]
        values = [f.torch(p[..., :1] * z + p[..., 1:]).flatten(0, 1) for f, p in zip(functions, pairs, strict=True)]
        table = centred(torch.cat(values))
        table = (table / table.square().mean(1, keepdim=True).sqrt()).float()
        return pairs, table, table.square()


def _placed(samples: Samples) -> tuple[Tensor, Tensor]:
    """Weight, and weight times value, of the curves at the places of the table: ``(curves, PLACES)`` each."""
    at = ((samples.z + 1) * ((PLACES - 1) / 2)).round().long().clamp(0, PLACES - 1)
    y = samples.y - (samples.weight * samples.y).sum(1, keepdim=True)
    y = y / y.abs().amax(1, keepdim=True).clamp_min(1e-300)
    nothing = torch.zeros(len(at), PLACES, dtype=y.dtype)
    weight, moment = (nothing.scatter_add(1, at, v).float() for v in (samples.weight, samples.weight * y))
    return weight, moment


def starts(name: str) -> Tensor:
    """Pairs (alpha, beta) to begin from, all inside the function's domain, as a table of neighbours:
    ``(rows, columns, 2)``."""
    return _STARTS.get(name, _anywhere)()


def moving(name: str) -> tuple[float, float]:
    """1 or 0: whether alpha and beta are searched, or absorbed by factor and offset."""
    if name in ("0", "x"):
        return 0.0, 0.0
    return (0.0 if name in _SHIFT_ONLY else 1.0), (0.0 if name == "exp" else 1.0)


def _pairs(alpha: Tensor, beta: Tensor) -> Tensor:
    return torch.stack([alpha + 0 * beta, beta + 0 * alpha], dim=-1)


def _nothing() -> Tensor:
    return torch.tensor([[[1.0, 0.0]]], dtype=torch.float64)


def _centre() -> Tensor:
    """f(z + t): scale absorbed, any centre."""
    near = torch.linspace(-1.2, 1.2, 49, dtype=torch.float64)
    far = torch.logspace(0.1, 2, 12, dtype=torch.float64)
    return _pairs(torch.ones(1, 1).double(), torch.cat([-far.flip(0), near, far]))


def _hinge() -> Tensor:
    """f(z + t) and f(-z + t)."""
    right = _centre()
    return torch.cat([right, right * torch.tensor([-1.0, 1.0])])


def _branch() -> Tensor:
    """f(±z + t) with the branch point outside the data."""
    return _pairs(torch.tensor([[1.0], [-1.0]]).double(), 1 + _BEYOND)


def _pole() -> Tensor:
    """f(z ± t) with the pole outside the data."""
    return _pairs(torch.ones(1, 1).double(), torch.cat([1 + _BEYOND, -1 - _BEYOND]))


def _growth() -> Tensor:
    """f(alpha z): shift absorbed."""
    rate = torch.logspace(-2, 1.7, 30, dtype=torch.float64)
    return _pairs(torch.cat([-rate.flip(0), rate])[None], torch.zeros(()).double())


def _wave() -> Tensor:
    """Frequencies up to 20 periods over the data, eight phases each."""
    frequency = torch.cat([torch.logspace(-1.5, 0, 10), torch.arange(1.25, 62, 0.5)]).double()
    return _pairs(frequency[:, None], torch.pi / 8 * torch.arange(8).double())


def _bump() -> Tensor:
    """f(alpha (z - t)) for steps and bumps anywhere near the data, from flat to sharp."""
    rate = torch.logspace(-0.8, 1.5, 14, dtype=torch.float64)[:, None]
    return _pairs(rate, -rate * torch.linspace(-2, 2, 17, dtype=torch.float64))


def _inside(limit: float) -> Callable[[], Tensor]:
    """alpha z + beta within ±limit for all data."""

    def pairs() -> Tensor:
        beta = limit * torch.linspace(-0.95, 0.95, 13, dtype=torch.float64)
        share = torch.tensor([0.1, 0.3, 0.5, 0.7, 0.85, 0.95, 0.99, 1.0], dtype=torch.float64)[:, None]
        return _pairs(share * (limit - beta.abs()), beta)

    return pairs


def _anywhere() -> Tensor:
    """For functions we know nothing about."""
    rate = torch.logspace(-1, 1, 11, dtype=torch.float64)
    both = torch.cat([rate, -rate])[:, None]
    return _pairs(both, torch.linspace(-8, 8, 33, dtype=torch.float64))


_STARTS: dict[str, Callable[[], Tensor]] = (
    {"0": _nothing, "x": _nothing, "exp": _growth, "sin": _wave, "cos": _wave, "relu": _hinge}
    | dict.fromkeys(("x^2", "x^3", "x^4", "x^5", "abs", "sgn"), _centre)
    | dict.fromkeys(("sqrt", "1/sqrt(x)", "x^1.5", "log"), _branch)
    | dict.fromkeys(("1/x", "1/x^2", "1/x^3", "1/x^4", "1/x^5"), _pole)
    | dict.fromkeys(("tanh", "sigmoid", "arctan", "gaussian", "cosh"), _bump)
    | dict.fromkeys(("arcsin", "arccos", "arctanh"), _inside(1.0))
    | {"tan": _inside(torch.pi / 2 - 1e-3)}
)
