"""Several initialisations trained side by side for a short race; the best goes on.

One initialisation in six or so leads into a wrong minimum whatever the optimiser, and after a few iterations its loss
tells: of two or three, one is good nearly always.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from itertools import islice

import torch
from torch import Tensor

from kanwidget.model.guard import no_gradients
from kanwidget.model.knots import grid_range
from kanwidget.model.layer import KANLayer
from kanwidget.model.network import Network
from kanwidget.train.jacobian import Columns
from kanwidget.train.lm import stack_levenberg_marquardt
from kanwidget.train.moving import GRID_EVERY, some
from kanwidget.train.objective import Objective
from kanwidget.train.optimisers import LM_MOST_ENTRIES, STOCHASTIC, chosen, stochastic
from kanwidget.train.options import FitOptions
from kanwidget.train.stack import Stack

__all__ = ["beginnings", "race"]

LM_ITERATIONS = 15
ADAM_ITERATIONS = 100
ADAM_LR = 0.02  # where the options have none that is meant for Adam
ROWS = 500  # at most so many take part, evenly chosen, or
ROWS_PER_PARAMETER = 4  # of one network, where that is more
MOST_ENTRIES = LM_MOST_ENTRIES  # of the largest matrix: more networks than fit run in turn


def race(model: Network, objective: Objective, options: FitOptions) -> Generator[None, None, Network]:
    """Race ``options.starts`` networks by Levenberg-Marquardt where it can be used, otherwise by Adam.

    Of many rows some run, evenly chosen: enough to tell good starts from bad ones. Yields between two iterations;
    neither ``model`` nor anything else of the caller's is changed.

    Returns:
        the network with the smallest objective after the race, the earlier one of two equals.
    """
    if not any(_free(layer) for layer, _ in model.stack()):
        return model
    networks = beginnings(model, options)
    by_lm = chosen(model, len(objective.x), options.changed(opt="auto")) == "LM"
    if by_lm:
        networks = [network.double() for network in networks]
        objective = replace(objective, x=objective.x.double(), y=objective.y.double())
    some_rows = objective.thinned(max(ROWS, ROWS_PER_PARAMETER * Columns.of(model).count))
    raced: list[Network] = []
    for group in _groups(networks, _entries(model, some_rows, options, by_lm)):
        stack = Stack(group)
        yield from _lm(stack, some_rows, options) if by_lm else _adam(stack, some_rows, options)
        raced += stack.networks()
    judge = objective if options.batch == -1 else some_rows
    return min(raced, key=lambda network: _value(network, judge)).to(model.dtype)


def beginnings(model: Network, options: FitOptions) -> list[Network]:
    """The network as it is, then copies whose numeric edges have fresh initial values.

    What start number s begins with follows from ``options.seed`` and s alone; global random state is not used.
    """
    seeds = torch.randint(2**62, (options.starts,), generator=torch.Generator().manual_seed(options.seed))
    return [model.copy(), *(_afresh(model, seed) for seed in seeds[1:].tolist())]


def _afresh(model: Network, seed: int) -> Network:
    generator = torch.Generator().manual_seed(seed)
    noise = float(model.config["noise_scale"])
    return model.with_layers([_drawn(layer, noise, generator) for layer, _ in model.stack()])


def _free(layer: KANLayer) -> bool:
    """Whether there is anything to draw anew."""
    return layer.has_numeric and any(p.requires_grad for p in (layer.coef, layer.scale_base, layer.scale_sp))


def _drawn(layer: KANLayer, noise: float, generator: torch.Generator) -> KANLayer:
    """The values that a new layer would have, on numeric edges and where nothing is frozen."""
    low, high = grid_range(layer.knots, layer.k)
    fresh = KANLayer.initial(
        layer.in_dim,
        layer.out_dim,
        grid=layer.grid,
        k=layer.k,
        base_fun=layer.base_fun,
        low=low,
        high=high,
        noise_scale=noise,
        generator=generator,
    )
    numeric = layer.numeric.bool()
    pairs = {
        "coef": (numeric[..., None], fresh.coef, layer.coef),
        "scale_base": (numeric, fresh.scale_base, layer.scale_base),
        "scale_sp": (numeric, fresh.scale_sp, layer.scale_sp),
    }
    free = {name: torch.where(*pair) for name, pair in pairs.items() if pair[2].requires_grad}
    return layer.replaced(**free)


def _lm(stack: Stack, objective: Objective, options: FitOptions) -> Iterator[None]:
    return islice(stack_levenberg_marquardt(stack, objective, update_grid=options.update_grid), LM_ITERATIONS)


def _adam(stack: Stack, objective: Objective, options: FitOptions) -> Iterator[None]:
    """The sum of independent objectives has the gradient of each: one optimiser takes all their steps."""
    name = options.opt if options.opt in STOCHASTIC else "Adam"
    lr = options.lr if options.lr and options.opt in STOCHASTIC else ADAM_LR

    def backward(rows: Tensor | None) -> None:
        with torch.enable_grad():
            totals = stack.totals(objective.on(rows))
            (totals.loss + objective.lamb * totals.reg).sum().backward()

    steps = stochastic(name, stack.parameters(), backward, len(objective.x), options.changed(lr=lr))
    may = torch.ones(stack.count, dtype=torch.bool, device=objective.x.device)
    for iteration in range(ADAM_ITERATIONS):
        if options.update_grid and iteration % GRID_EVERY == 0:
            stack.move_grids(stack.up(some(objective.x))[1], may)
        next(steps)
        yield


def _entries(model: Network, objective: Objective, options: FitOptions, by_lm: bool) -> int:
    """Numbers in the largest matrix that one network needs."""
    rows = len(objective.x) if options.batch == -1 else min(options.batch, len(objective.x))
    if by_lm:
        count = Columns.of(model).count
        return count * max(count, rows * model.width[-1].count)
    return rows * sum(layer.in_dim * (1 + layer.coef.shape[2] + layer.out_dim) for layer, _ in model.stack())


def _groups(networks: Sequence[Network], entries: int) -> Iterator[Sequence[Network]]:
    size = max(1, MOST_ENTRIES // entries)
    for first in range(0, len(networks), size):
        yield networks[first : first + size]


@no_gradients
def _value(network: Network, objective: Objective) -> float:
    value = float(objective(network).total)
    return value if value == value else float("inf")
