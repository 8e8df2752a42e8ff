"""Optimisers behind one protocol: an iterator that improves the network in place.

It yields after every iteration, True when the iteration completes a step, so that training can be watched and
stopped between any two of them. It ends when nothing improves any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module

import torch
from torch import Tensor, nn

from kanwidget.model.guard import uninterrupted
from kanwidget.model.network import Network
from kanwidget.train.descent import backward
from kanwidget.train.jacobian import Columns
from kanwidget.train.lm import levenberg_marquardt
from kanwidget.train.losses import mean_squared_error
from kanwidget.train.objective import Objective
from kanwidget.train.options import FitOptions

__all__ = ["LM_MOST_ENTRIES", "STOCHASTIC", "chosen", "iterations", "stochastic"]

LM_MOST_PARAMETERS = 1000  # the normal equations grow with the cube
LM_MOST_ENTRIES = 20_000_000  # of the Jacobian: 160 MB
LBFGS_ITERATIONS = 20  # per step
STOCHASTIC = ("Adam", "AdamW")


def chosen(model: Network, rows: int, options: FitOptions) -> str:
    """The optimiser that ``opt="auto"`` stands for.

    LM gives way to LBFGS where it would be too large, for losses that are not squares, and where parameters are
    frozen.
    """
    if options.opt not in ("auto", "LM"):
        return options.opt
    if options.batch != -1:
        return "Adam"
    count = Columns.of(model).count
    fits = count <= LM_MOST_PARAMETERS and count * rows * model.width[-1].count <= LM_MOST_ENTRIES
    frozen = not all(p.requires_grad for p in model.parameters())
    return "LM" if fits and not frozen and options.loss is mean_squared_error else "LBFGS"


def iterations(name: str, model: Network, objective: Objective, options: FitOptions) -> Iterator[bool]:
    """Run the named optimiser on ``model`` in place."""
    if not Columns.of(model).count or not any(p.requires_grad for p in model.parameters()):
        return
    if name == "LM":
        for _ in levenberg_marquardt(model, objective):
            yield True
    elif name == "LBFGS":
        yield from _lbfgs(model, objective, options.lr or 1.0)
    else:
        parameters, count = list(model.parameters()), len(objective.x)
        for _ in stochastic(name, parameters, lambda rows: backward(model, objective.on(rows)), count, options):
            yield True


def _load_dynamo() -> None:
    """Torch's optimisers import a large part of torch when the first one is made: about a second, and half an
    import, as an interrupt leaves it, would spoil all later ones."""
    with uninterrupted():
        import_module("torch._dynamo")


class _Evaluation:
    """Loss and gradient for torch's LBFGS, remembering the last points.

    Run one iteration at a time, LBFGS asks again for the point where its line search ended; it is one of the
    points seen last.
    """

    def __init__(self, model: Network, objective: Objective) -> None:
        self.model, self.objective = model, objective
        self.parameters = list(model.parameters())
        self.seen: list[tuple[Tensor, Tensor, list[Tensor | None]]] = []

    def __call__(self) -> Tensor:
        point = torch.cat([p.detach().flatten() for p in self.parameters])
        for known, total, gradients in self.seen:
            if torch.equal(known, point):
                for p, g in zip(self.parameters, gradients, strict=True):
                    p.grad = g
                return total
        self.model.zero_grad()
        total = backward(self.model, self.objective)
        self.seen = [*self.seen[-5:], (point, total, [p.grad for p in self.parameters])]
        return total


def _lbfgs(model: Network, objective: Objective, lr: float) -> Iterator[bool]:
    """Ends when a step from a fresh start, without memory of the curvature, changes nothing either: in single
    precision a line search may fail long before the minimum."""
    _load_dynamo()
    evaluation = _Evaluation(model, objective)
    optimiser, is_fresh, last = _fresh_lbfgs(model, lr), True, float("inf")
    while True:
        for iteration in range(LBFGS_ITERATIONS):
            optimiser.step(evaluation)
            yield iteration == LBFGS_ITERATIONS - 1
        value = float(evaluation())
        is_stuck = value == last
        if is_stuck and is_fresh:
            return
        if is_stuck:
            optimiser = _fresh_lbfgs(model, lr)
        is_fresh, last = is_stuck, value


def _fresh_lbfgs(model: Network, lr: float) -> torch.optim.LBFGS:
    return torch.optim.LBFGS(
        model.parameters(),
        lr=lr,
        max_iter=1,
        max_eval=26,  # of one line search; by default it would be cut off after the first point
        history_size=10,
        line_search_fn="strong_wolfe",
        tolerance_grad=1e-32,
        tolerance_change=1e-32,
    )


def stochastic(
    name: str,
    parameters: list[nn.Parameter],
    descend: Callable[[Tensor | None], object],
    count: int,
    options: FitOptions,
) -> Iterator[None]:
    """Steps of Adam or AdamW without end.

    Args:
        descend: leaves the gradient on some of ``count`` rows in the parameters; None = on all of them.
    """
    _load_dynamo()
    kind = torch.optim.Adam if name == "Adam" else torch.optim.AdamW
    optimiser = kind(parameters, lr=options.lr or 0.01)
    generator = torch.Generator().manual_seed(options.seed)
    while True:
        for rows in _batches(count, options.batch, generator):
            optimiser.zero_grad()
            descend(rows)
            optimiser.step()
            yield


def _batches(rows: int, batch: int, generator: torch.Generator) -> Iterator[Tensor | None]:
    """One pass over the rows in random order; a single None when a batch holds them all."""
    if batch == -1 or batch >= rows:
        yield None
        return
    yield from torch.randperm(rows, generator=generator)[: rows - rows % batch].view(-1, batch)
