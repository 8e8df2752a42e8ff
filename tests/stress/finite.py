"""What is no longer finite: training ends at the last finite state and says so; at the border of a function's domain
gradients stay finite."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from kanwidget import KAN, KANWidget, SymbolicError
from kanwidget.model.functions import BUILT_IN, Function, add_function, function
from kanwidget.train.descent import backward
from kanwidget.train.objective import Objective
from kanwidget.train.penalty import Penalty

from .mirror import Mirror, whole
from .promise import Figures
from .samples import bits, table

__all__ = ["borders", "not_a_number"]

BAD = (float("nan"), float("inf"), -float("inf"))
MOST_STEPS = 80


class Spoilt:
    """A map that is spoilt after so many calls.

    Attributes:
        left: calls that are right still.
    """

    def __init__(self, real: Callable[..., Tensor], spoil: Callable[[Tensor], Tensor]) -> None:
        self._real, self._spoil, self.left = real, spoil, math.inf

    def __call__(self, *arguments: Tensor) -> Tensor:
        self.left -= 1
        value = self._real(*arguments)
        return self._spoil(value) if self.left < 0 else value


class _Gradient(torch.autograd.Function):
    """A value that is right, with a gradient that is not finite."""

    @staticmethod
    def forward(context: Any, value: Tensor, bad: float) -> Tensor:  # type: ignore[override]
        context.bad = bad
        return value.clone()

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> Any:  # type: ignore[override]
        return gradient * context.bad, None


def squares(prediction: Tensor, label: Tensor) -> Tensor:
    return (prediction - label).square().mean()


def not_a_number(count: int) -> Figures:
    """The loss, its gradient or a function on an edge is spoilt at some evaluation, while a page or a cell trains."""
    random_, seen = random.Random(9), Counter[str]()
    for n in range(count):
        kind = random_.choice(("loss", "gradient", "edge"))
        seen[f"{kind}, {_spoilt(n, kind, random_)}"] += 1
    return {"runs": count, **dict(sorted(seen.items()))}


def _spoilt(seed: int, kind: str, random_: random.Random) -> str:
    bad, after = random_.choice(BAD), random_.randrange(1, 60)
    spoil: Callable[[Tensor], Tensor] = lambda value: value * bad  # noqa: E731
    if kind == "gradient":
        spoil = lambda value: _Gradient.apply(value, bad)  # type: ignore[no-untyped-call, no-any-return] # noqa: E731
    model = KAN([2, 2, 1], grid=3, seed=seed, dtype=torch.float64)
    options: dict[str, Any] = {"opt": random_.choice(["LBFGS", "Adam", "AdamW"])}
    if kind == "edge":
        map_ = Spoilt(torch.sin, spoil)
        add_function(Function("spoilt", map_, 3))
        model.fix_symbolic(0, 0, 0, "spoilt", affine=[1, 0, 1, 0], verbose=False)
        options = {"opt": random_.choice(["LM", "LBFGS", "Adam"])}
    else:
        map_ = Spoilt(squares, spoil)
        options["loss_fn"] = map_
    widget = KANWidget(model, table(), **options)
    page, good = Mirror(widget), {bits(widget.session.model)}
    page.ask("play")
    map_.left = after
    answer: dict[str, Any] = {}
    while not answer.get("stopped") and widget.session.step_count < MOST_STEPS:
        answer = page.ask("advance", budget_ms=5)
        good.add(bits(widget.session.model))
    assert answer.get("stopped") or map_.left >= 0, f"training went on without a finite {kind}"
    assert bits(widget.session.model) in good
    assert all(abs(point.train) < math.inf for point in widget.session.losses)
    said = "not finite" if "no longer finite" in widget.status else "converged" if answer.get("stopped") else "not met"
    map_.left = math.inf
    page.ask("stop")
    whole(widget)
    page.check()
    assert page.ask("step")["ok"], "it goes on once the cause is gone"
    widget.close()
    return said


def borders(count: int) -> Figures:
    """Rows that lie exactly at the borders of a function's domain, or beside them: where the loss is finite, so is
    every gradient, in closed form and by autograd, and a step of training stays finite."""
    random_, seen, names = random.Random(11), Counter[str](), sorted(BUILT_IN)
    for n in range(count):
        seen[_at_border(names[n % len(names)], random_)] += 1
    return {"networks": count, "functions": len(names), **seen, "gradients not finite": 0}


def _at_border(name: str, random_: random.Random) -> str:
    dtype = random_.choice([torch.float64, torch.float32])
    near = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, math.pi / 2, 0.01, 1 - torch.finfo(dtype).eps]
    a, b = random_.choice([1.0, -1.0, 0.5, 2.0]), random_.choice([0.0, 1.0, -0.5])
    at = torch.tensor([random_.choice(near) for _ in range(6)], dtype=dtype)
    x = ((at - b) / a)[:, None].expand(6, 2).contiguous()
    model = KAN([2, random_.choice([1, [0, 1]]), 1], grid=3, seed=0, dtype=dtype).set_reference(x)
    try:
        model.fix_symbolic(0, 0, 0, name, affine=[a, b, random_.choice([1.0, -2.0]), 0.0], verbose=False)
    except SymbolicError:
        return "refused"
    objective = Objective(x, function("sin").torch(x[:, :1]), 0.01, Penalty())
    total = backward(model, objective)
    if not torch.isfinite(total):
        return "outside"
    closed = [p.grad for p in model.parameters() if p.grad is not None]
    model.zero_grad()
    objective(model).total.backward()  # type: ignore[no-untyped-call]
    found = [*closed, *(p.grad for p in model.parameters() if p.grad is not None)]
    assert all(bool(torch.isfinite(g).all()) for g in found), f"{name}({at.tolist()}) has a gradient that is not finite"
    y = torch.sin(x[:, :1])
    data = {"train_input": x, "train_label": y, "test_input": x, "test_label": y}
    model.fit(data, opt=random_.choice(["LM", "LBFGS", "Adam"]), steps=1, progress=False)
    assert all(bool(torch.isfinite(p).all()) for p in model.parameters()), f"{name} was trained to what is not finite"
    return "finite"
