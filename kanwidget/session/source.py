"""Other data and other networks for a session, each with the lines of Python that make them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kanwidget import examples
from kanwidget.data import Dataset
from kanwidget.errors import ShapeError
from kanwidget.model.network import Network
from kanwidget.session.script import constructor

__all__ = ["Source", "fresh"]


@dataclass(frozen=True, slots=True)
class Source:
    """A named example, and how it is drawn; see :func:`kanwidget.examples.load`."""

    name: str
    rows: int = 1000
    noise: float = 0.0
    test_size: float = 0.2
    seed: int = 0

    def load(self) -> Dataset:
        return examples.load(self.name, rows=self.rows, noise=self.noise, test_size=self.test_size, seed=self.seed)

    @property
    def width(self) -> tuple[int, ...]:
        """Of a network that can learn it."""
        return examples.example(self.name).width

    @property
    def lines(self) -> tuple[str, ...]:
        told = f"rows={self.rows}, noise={self.noise:g}, test_size={self.test_size:g}, seed={self.seed}"
        return "from kanwidget import examples", f"dataset = examples.load({self.name!r}, {told})"


def fresh(model: Network, dataset: Dataset, **config: Any) -> tuple[Network, str]:
    """A new network of ``model``'s kind for ``dataset``, and the line that makes it.

    Args:
        config: arguments of the constructor that differ from those of ``model``.

    Raises:
        KanwidgetError: an argument is not accepted.
    """
    ranges = config.pop("grid_range", None) or _ranges(dataset)
    wanted = {"grid": max(model.grid), "k": model.k[0], **config, "grid_range": ranges}
    made = type(model)(**(model.config | wanted)).to(model.device)
    line = constructor(made)
    if line is None:
        raise ShapeError("this network's base function cannot be written down: make another one in a cell")
    return made, f"model = {line}"


def _ranges(dataset: Dataset) -> Sequence[Sequence[float]]:
    """Low and high end of every input, to three digits outwards, so that a line of Python can say them."""
    low, high = dataset.train_input.amin(0).tolist(), dataset.train_input.amax(0).tolist()
    pairs = []
    for least, most in zip(low, high, strict=True):
        room = max(most - least, 1e-3 * max(abs(least), abs(most)), 1e-6) / 100
        pairs.append([float(f"{least - room:.4g}"), float(f"{most + room:.4g}")])
    return pairs
