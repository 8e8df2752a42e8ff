"""Where the search for ``f(alpha z + beta)`` on z in [-1, 1] begins.

Factor and offset of ``c f(alpha z + beta) + d`` are found in closed form, and many functions absorb more than that:
a power or a logarithm its scale, an exponential its shift. Only what is left is searched.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

__all__ = ["moving", "starts"]

_SHIFT_ONLY = frozenset(("x^2", "x^3", "x^4", "x^5", "1/x", "1/x^2", "1/x^3", "1/x^4", "1/x^5", "sqrt", "1/sqrt(x)"))
_SHIFT_ONLY |= {"x^1.5", "log", "abs", "sgn", "relu"}
_BEYOND = torch.logspace(-6, 2.5, 30, dtype=torch.float64)  # distance of a pole or branch point from the data


def starts(name: str) -> Tensor:
    """Pairs (alpha, beta) to begin from, shape ``(candidates, 2)``, all inside the function's domain."""
    return _STARTS.get(name, _anywhere)()


def moving(name: str) -> tuple[float, float]:
    """1 or 0: whether alpha and beta are searched, or absorbed by factor and offset."""
    if name in ("0", "x"):
        return 0.0, 0.0
    return (0.0 if name in _SHIFT_ONLY else 1.0), (0.0 if name == "exp" else 1.0)


def _pairs(alpha: Tensor, beta: Tensor) -> Tensor:
    return torch.stack([alpha + 0 * beta, beta + 0 * alpha], dim=-1).flatten(0, -2)


def _nothing() -> Tensor:
    return torch.tensor([[1.0, 0.0]], dtype=torch.float64)


def _centre() -> Tensor:
    """f(z + t): scale absorbed, any centre."""
    near = torch.linspace(-1.2, 1.2, 49, dtype=torch.float64)
    far = torch.logspace(0.1, 2, 12, dtype=torch.float64)
    return _pairs(torch.ones(()).double(), torch.cat([near, far, -far]))


def _hinge() -> Tensor:
    """f(z + t) and f(-z + t)."""
    right = _centre()
    return torch.cat([right, right * torch.tensor([-1.0, 1.0])])


def _branch() -> Tensor:
    """f(±z + t) with the branch point outside the data."""
    return _pairs(torch.tensor([[1.0], [-1.0]]).double(), 1 + _BEYOND)


def _pole() -> Tensor:
    """f(z ± t) with the pole outside the data."""
    return _pairs(torch.ones(()).double(), torch.cat([1 + _BEYOND, -1 - _BEYOND]))


def _growth() -> Tensor:
    """f(alpha z): shift absorbed."""
    rate = torch.logspace(-2, 1.7, 30, dtype=torch.float64)
    return _pairs(torch.cat([rate, -rate]), torch.zeros(()).double())


def _wave() -> Tensor:
    """Frequencies up to 20 periods over the data, four phases each."""
    frequency = torch.cat([torch.logspace(-1.5, 0, 10), torch.arange(1.25, 62, 0.5)]).double()
    return _pairs(frequency[:, None], torch.pi / 4 * torch.arange(4).double())


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
