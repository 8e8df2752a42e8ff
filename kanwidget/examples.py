"""Named data sets to try things on: functions with a known formula, laws of physics, and points of several classes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from kanwidget.checks import is_number, is_seed, is_whole
from kanwidget.data import Dataset
from kanwidget.errors import DataError

__all__ = ["Example", "example", "load", "names"]

FUNCTION, PHYSICS, CLASSES = "function", "physics", "classes"

Labels = Callable[[Tensor], Tensor]
Points = Callable[[int, torch.Generator], tuple[Tensor, Tensor]]


@dataclass(frozen=True, slots=True)
class Example:
    """A data set that can be drawn again and again.

    Attributes:
        name: what :func:`load` calls it.
        kind: ``"function"``, ``"physics"`` (equations of the Feynman lectures, numbered as in Udrescu & Tegmark 2020,
            arXiv:1905.11481, table 4) or ``"classes"``.
        title: the formula, or what one sees.
        inputs: names of the inputs.
        output: name of the label's column.
        width: of a network that can learn it.
    """

    name: str
    kind: str
    title: str
    inputs: tuple[str, ...]
    output: str
    width: tuple[int, ...]
    draw: Points
    classes: tuple[str, ...] = ()


def names(kind: str | None = None) -> tuple[str, ...]:
    """All names, or those of one kind: ``"function"``, ``"physics"`` or ``"classes"``."""
    if kind not in (None, FUNCTION, PHYSICS, CLASSES):
        raise DataError(f"kind={kind!r}: {FUNCTION!r}, {PHYSICS!r}, {CLASSES!r} or None for all is accepted")
    return tuple(name for name, found in EXAMPLES.items() if kind in (None, found.kind))


def example(name: str) -> Example:
    """What is known about an example before any row is drawn.

    Raises:
        DataError: there is none of this name.
    """
    if not isinstance(name, str) or name not in EXAMPLES:
        raise DataError(f"name={name!r}: no such example; there are {', '.join(EXAMPLES)}")
    return EXAMPLES[name]


def load(
    name: str,
    *,
    rows: int = 1000,
    noise: float = 0.0,
    test_size: float = 0.2,
    seed: int = 0,
    dtype: torch.dtype = torch.float64,
) -> Dataset:
    """Draw the rows of an example.

    Args:
        name: one of :func:`names`.
        rows: training and test rows together.
        noise: standard deviation of Gaussian noise. Of numbers: on the labels of the training rows, in units of the
            labels' standard deviation; test labels stay exact. Of classes: on the points, in units of the picture,
            which is about 2 wide.
        test_size: share of the rows held back for testing, in [0, 1).
        seed: of the rows, the noise and the split; global random state is not touched.

    Raises:
        DataError: an argument is not accepted.
    """
    found = example(name)
    if not is_whole(rows) or not 2 <= rows <= 1_000_000:
        raise DataError(f"rows={rows!r}: a number of rows from 2 to 1,000,000 is accepted")
    if not is_number(noise) or noise < 0:
        raise DataError(f"noise={noise!r}: a number of 0 or more is accepted")
    if not is_seed(seed):
        raise DataError(f"seed={seed!r}: an integer of 64 bits is accepted")
    if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:
        raise DataError(f"dtype={dtype!r}: a real floating-point type is accepted, such as torch.float64")
    generator = torch.Generator().manual_seed(seed)
    x, y = found.draw(rows, generator)
    if noise and found.classes:
        x = x + noise * _normal(x.shape, generator)
    split = Dataset.from_arrays(
        x, y, test_size=test_size, seed=seed, input_names=found.inputs, output_names=(found.output,),
        classes=found.classes, task=None if found.classes else "regression",
    )  # fmt: skip
    if noise and not found.classes:
        split = _noisy(split, noise, generator)
    return split.to(dtype=dtype)


def _noisy(data: Dataset, noise: float, generator: torch.Generator) -> Dataset:
    label = data.train_label
    noisy = label + noise * label.std(dim=0, correction=0) * _normal(label.shape, generator)
    return Dataset(
        data.train_input, data.test_input, noisy, data.test_label, data.input_names, data.output_names, task=data.task
    )


def _normal(shape: Sequence[int], generator: torch.Generator) -> Tensor:
    return torch.randn(tuple(shape), generator=generator, dtype=torch.float64)


def _uniform(rows: int, columns: int, generator: torch.Generator) -> Tensor:
    return torch.rand(rows, columns, generator=generator, dtype=torch.float64)


# ---------------------------------------------------------------------- numbers


def _in_box(labels: Callable[..., Tensor], *box: tuple[float, float]) -> Points:
    """Rows drawn uniformly in a box, one pair ``(low, high)`` per input."""

    def draw(rows: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        low, high = torch.tensor(box, dtype=torch.float64).T
        x = low + (high - low) * _uniform(rows, len(box), generator)
        return x, labels(*x.T)

    return draw


UNIT = (-1.0, 1.0)


def _number(
    name: str, title: str, inputs: str, output: str, width: Sequence[int], labels: Callable[..., Tensor], *box: Any,
    kind: str = FUNCTION,
) -> Example:  # fmt: skip
    columns = tuple(inputs.split())
    ranges = box * (len(columns) if len(box) == 1 else 1)
    return Example(name, kind, title, columns, output, tuple(width), _in_box(labels, *ranges))


def _law(name: str, title: str, inputs: str, output: str, width: Sequence[int], labels: Any, *box: Any) -> Example:
    return _number(name, title, inputs, output, width, labels, *box, kind=PHYSICS)


NUMBERS = (
    _number("exp_sin", "exp(sin(πx) + y²)", "x y", "f", (2, 5, 1),
            lambda x, y: torch.exp(torch.sin(math.pi * x) + y**2), UNIT),
    _number("product", "x · y", "x y", "f", (2, 2, 1), lambda x, y: x * y, UNIT),
    _number("wave", "sin(3x)", "x", "f", (1, 2, 1), lambda x: torch.sin(3 * x), (-math.pi, math.pi)),
    _number("hill", "exp(−2(x² + y²))", "x y", "f", (2, 1, 1), lambda x, y: torch.exp(-2 * (x**2 + y**2)), UNIT),
    _number("ripple", "cos(2π √(x² + y²))", "x y", "f", (2, 2, 1),
            lambda x, y: torch.cos(2 * math.pi * torch.sqrt(x**2 + y**2)), UNIT),
    _number("quotient", "x / (1 + y²)", "x y", "f", (2, 3, 1), lambda x, y: x / (1 + y**2), (-2.0, 2.0)),
    _number("four", "exp((sin(π(x₁² + x₂²)) + sin(π(x₃² + x₄²))) / 2)", "x_1 x_2 x_3 x_4", "f", (4, 4, 2, 1),
            lambda a, b, c, d: torch.exp(
                (torch.sin(math.pi * (a**2 + b**2)) + torch.sin(math.pi * (c**2 + d**2))) / 2), UNIT),
)  # fmt: skip

LAWS = (
    _law("gaussian", "I.6.2: exp(−θ²/2σ²) / √(2πσ²)", "θ σ", "f", (2, 3, 1),
         lambda t, s: torch.exp(-((t / s) ** 2) / 2) / (math.sqrt(2 * math.pi) * s), (-3.0, 3.0), (1.0, 3.0)),
    _law("relativistic_mass", "I.10.7: m₀ / √(1 − v²/c²)", "m_0 v c", "m", (3, 3, 1),
         lambda m, v, c: m / torch.sqrt(1 - (v / c) ** 2), (1.0, 5.0), (1.0, 2.0), (3.0, 10.0)),
    _law("coulomb", "I.12.2: q₁q₂ / 4πεr²", "q_1 q_2 r", "F", (3, 3, 1),
         lambda p, q, r: p * q / (4 * math.pi * r**2), (1.0, 5.0), (1.0, 5.0), (1.0, 3.0)),
    _law("velocities", "I.16.6: (u + v) / (1 + uv)", "u v", "w", (2, 2, 1),
         lambda u, v: (u + v) / (1 + u * v), (-0.9, 0.9)),
    _law("snell", "I.26.2: arcsin(n sin θ)", "n θ", "φ", (2, 2, 1),
         lambda n, t: torch.arcsin(n * torch.sin(t)), (0.0, 0.99), (0.0, math.pi / 2)),
    _law("diffraction", "I.30.3: sin²(nθ/2) / sin²(θ/2)", "n θ", "I", (2, 3, 1),
         lambda n, t: (torch.sin(n * t / 2) / torch.sin(t / 2)) ** 2, (1.0, 4.0), (1.0, 3.0)),
    _law("pendulum", "T = 2π √(l/g)", "l g", "T", (2, 1, 1),
         lambda l, g: 2 * math.pi * torch.sqrt(l / g), (0.1, 2.0), (1.0, 15.0)),
    _law("planck", "I.41.16: ω³ / (exp(ω/T) − 1)", "ω T", "L", (2, 3, 1),
         lambda w, t: w**3 / torch.expm1(w / t), (0.5, 5.0), (0.5, 3.0)),
)  # fmt: skip


# ---------------------------------------------------------------------- classes


def _halves(rows: int) -> Tensor:
    """As many rows of either class, within one."""
    return torch.arange(rows) % 2


def _polar(radius: Tensor, angle: Tensor) -> Tensor:
    return torch.stack([radius * torch.cos(angle), radius * torch.sin(angle)], dim=1)


def _circle(rows: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    outside, u = _halves(rows), _uniform(rows, 2, generator)
    radius = torch.where(outside == 0, 0.5 * u[:, 0].sqrt(), 0.7 + 0.3 * u[:, 0])
    return _polar(radius, 2 * math.pi * u[:, 1]), outside


def _xor(rows: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    size, side = 0.05 + 0.95 * _uniform(rows, 2, generator), _uniform(rows, 1, generator) < 0.5
    kind = _halves(rows)
    first = torch.where(side[:, 0], 1.0, -1.0)
    second = torch.where(kind == 0, first, -first)
    return size * torch.stack([first, second], dim=1), kind


def _gauss(rows: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    kind = _halves(rows)
    centre = torch.where(kind == 0, -0.5, 0.5)[:, None].double()
    return centre + 0.2 * _normal((rows, 2), generator), kind


def _spiral(rows: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    arm, along = _halves(rows), (0.02 + 0.98 * _uniform(rows, 1, generator)[:, 0]).sqrt()
    return _polar(along, 3.5 * math.pi * along + math.pi * arm), arm


def _moons(rows: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    moon, angle = _halves(rows), math.pi * _uniform(rows, 1, generator)[:, 0]
    upper = _polar(torch.full_like(angle, 0.6), angle) + torch.tensor([-0.3, -0.15], dtype=torch.float64)
    return torch.where(moon[:, None] == 0, upper, -upper), moon


def _blobs(rows: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    kind = torch.arange(rows) % 3
    centre = _polar(torch.full((rows,), 0.6, dtype=torch.float64), 2 * math.pi * kind / 3 + math.pi / 2)
    return centre + 0.16 * _normal((rows, 2), generator), kind


def _kinds(name: str, title: str, width: Sequence[int], draw: Points, *classes: str) -> Example:
    return Example(name, CLASSES, title, ("x", "y"), "class", tuple(width), draw, classes)


POINTS = (
    _kinds("circle", "A disc inside a ring", (2, 1, 1), _circle, "inside", "outside"),
    _kinds("xor", "Opposite quarters are alike", (2, 2, 1), _xor, "same sign", "other sign"),
    _kinds("gauss", "Two round clouds", (2, 1), _gauss, "lower", "upper"),
    _kinds("spiral", "Two arms wound around each other", (2, 5, 1), _spiral, "first arm", "second arm"),
    _kinds("moons", "Two half moons", (2, 3, 1), _moons, "upper moon", "lower moon"),
    _kinds("blobs", "Three round clouds", (2, 3), _blobs, "top", "left", "right"),
)

EXAMPLES = {found.name: found for found in (*NUMBERS, *LAWS, *POINTS)}
