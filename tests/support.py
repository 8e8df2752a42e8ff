"""Random networks for property tests, and what is compared before and after a call."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np
import sympy as sp
import torch
from hypothesis import strategies as st
from torch import Tensor

from kanwidget import KAN
from kanwidget.model.functions import functions

# Where each function of the library is real, finite and not too steep; (-2, 2) for those not listed.
DOMAINS = {
    **dict.fromkeys(("1/x", "1/x^2", "1/x^3", "1/x^4", "1/x^5"), (0.4, 3.0)),
    **dict.fromkeys(("sqrt", "1/sqrt(x)", "x^1.5", "log"), (0.1, 4.0)),
    **dict.fromkeys(("arcsin", "arccos", "arctanh"), (-0.95, 0.95)),
    "tan": (-1.3, 1.3),
}
NAMES = tuple(f.name for f in functions())


def domain(name: str) -> tuple[float, float]:
    return DOMAINS.get(name, (-2.0, 2.0))


def rows(count: int, columns: int, seed: int = 0, low: float = -1.0, high: float = 1.0) -> Tensor:
    """Uniform float64 rows from a generator of their own."""
    unit = torch.rand(count, columns, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return low + (high - low) * unit


def by_numpy(formulas: Sequence[sp.Expr], symbols: Sequence[sp.Symbol], x: Tensor) -> Tensor:
    """The formulas, evaluated by NumPy, not by torch: ``(rows, outputs)``."""
    modules = [{"amax": _largest}, "numpy"]
    columns = [sp.lambdify(symbols, formula, modules, cse=True)(*x.T.numpy()) for formula in formulas]
    return torch.stack([torch.as_tensor(column, dtype=torch.float64).expand(len(x)) for column in columns], dim=1)


def _largest(of: Sequence[Any], axis: int) -> Any:
    """What sympy before 1.14 asks of NumPy, which takes numbers and columns only one by one."""
    return reduce(np.maximum, of)


def plain(model: KAN) -> list[Any]:
    """The width as it is given to the constructor."""
    return [[nodes.sums, nodes.products] if nodes.products else nodes.sums for nodes in model.width]


def state(model: KAN) -> dict[str, Any]:
    """Everything that a call may not change behind its user's back, in comparable form."""
    values: dict[str, Any] = {key: _frozen(value) for key, value in model.state_dict().items()}
    return values | {
        "reference": _frozen(model.reference),
        "reference_labels": _frozen(model.reference_labels),
        "width": plain(model),
        "grid": tuple(model.grid),
        "dtype": model.dtype,
        "training": model.training,
    }


def _frozen(value: Any) -> Any:
    return (tuple(value.shape), value.dtype, value.numpy().tobytes()) if isinstance(value, Tensor) else value


def global_random_state() -> tuple[bytes, str, str]:
    """Of torch, NumPy and the standard library."""
    return torch.get_rng_state().numpy().tobytes(), repr(np.random.get_state()), repr(random.getstate())


def widths(*, products: bool = True, depth: int = 3) -> st.SearchStrategy[list[Any]]:
    """Widths such as [2, [1, 1], 1]."""
    hidden = st.tuples(st.integers(0, 2), st.integers(0, 1 if products else 0)).filter(any).map(list)
    return st.builds(
        lambda first, between, last: [first, *between, last],
        st.integers(1, 3),
        st.lists(hidden, min_size=0, max_size=depth - 1),
        st.one_of(st.integers(1, 2), st.just([0, 1]) if products else st.nothing()),
    )


@st.composite
def networks(draw: Callable[..., Any], *, products: bool = True, degrees: tuple[int, int] = (1, 4)) -> KAN:
    """Small float64 networks of splines; some edges are removed, some are named."""
    width = draw(widths(products=products))
    model = KAN(
        width=width,
        grid=draw(st.integers(1, 6)),
        k=draw(st.integers(*degrees)),
        seed=draw(st.integers(0, 1000)),
        base_fun=draw(st.sampled_from(["silu", "identity", "tanh"])),
        dtype=torch.float64,
    )
    if draw(st.booleans()):
        model.grid_eps = 0.1
        model.update_grid(rows(80, model.width[0].count, seed=1) ** 3)
    edges = list(model.edges())
    for edge in draw(st.lists(st.sampled_from(edges), max_size=min(3, len(edges) - 1), unique=True)):
        model.remove_edge(*edge)
    for edge in draw(st.lists(st.sampled_from(edges), max_size=3, unique=True)):
        name = draw(st.sampled_from(["x", "x^2", "sin", "exp", "tanh", "gaussian", "0"]))
        model.fix_symbolic(*edge, name, affine=[0.7, 0.2, -0.6, 0.1], verbose=False)
    return model


@st.composite
def formulas(draw: Callable[..., Any], names: tuple[str, ...] = NAMES) -> KAN:
    """Small float64 networks whose every edge is named, each function inside its domain on ``rows(200, …)``."""
    model = KAN(width=draw(widths(depth=2)), grid=2, seed=0, dtype=torch.float64)
    x = rows(200, model.width[0].count)
    for l in range(model.depth):
        inputs = model.trace(x)[l].inputs.detach()
        for edge in [e for e in model.edges() if e.l == l]:
            name = draw(st.sampled_from(names))
            affine = inside(draw, name, inputs[:, edge.i])
            model.fix_symbolic(*edge, name, affine=affine, verbose=False)
    return model


def inside(draw: Callable[..., Any], name: str, x: Tensor) -> list[float]:
    """Constants a, b, c, d that put ``a x + b`` into the domain of a function."""
    low, high = domain(name)
    share = st.floats(0.0, 1.0, allow_subnormal=False)
    start = low + 0.5 * (high - low) * draw(share)
    end = start + (high - start) * (0.3 + 0.7 * draw(share))
    least, most = float(x.min()), float(x.max())
    a = (end - start) / max(most - least, 1e-3)
    if draw(st.booleans()):
        a, least = -a, most
    c, d = 0.3 + 1.2 * draw(share), 2 * draw(share) - 1
    return [a, start - a * least, c, d]
