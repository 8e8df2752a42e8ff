"""From data to formulas: the search over all outputs, in steps that can be watched and left."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from kanwidget.checks import is_number, is_seed
from kanwidget.data import Dataset
from kanwidget.discovery.clock import Clock
from kanwidget.discovery.columns import unit, used
from kanwidget.discovery.fitting import values
from kanwidget.discovery.judgement import Rows
from kanwidget.discovery.quest import Found, Quest, best_of
from kanwidget.discovery.result import Build, Candidate, Discovery
from kanwidget.discovery.shapes import KINDS
from kanwidget.discovery.terms import Input, Link, Node, Sum, plain, rebuilt
from kanwidget.errors import DataError, OptionError
from kanwidget.model.functions import function, functions
from kanwidget.model.network import Network

__all__ = ["Options", "Search"]

FEWEST_ROWS = 8
HELD = 0.2  # share of the rows that are held back where the data set has no test rows
LARGEST = 1e290  # label that leaves room for the constants in front of it
LATE = 0.75  # share of the budget that is searched; the rest is for the final form


@dataclass(frozen=True, slots=True)
class Options:
    """How to search.

    Attributes:
        budget_s: seconds.
        shapes: kinds of shapes that are tried, of :data:`kanwidget.discovery.shapes.KINDS`, or "auto" for all.
        library: names of the functions that formulas may have, None for all.
        executor: where the pieces of work are done, None for here.
        seed: of the rows that are held back where the data set has no test rows.
    """

    budget_s: float = 10.0
    shapes: str | Sequence[str] = "auto"
    library: tuple[str, ...] | None = None
    executor: Executor | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if not is_number(self.budget_s) or not 0 < self.budget_s <= 86_400:
            raise OptionError(f"budget_s={self.budget_s!r}: seconds, more than 0 and at most a day, are accepted")
        given = self.shapes
        some = given if isinstance(given, list | tuple) else []
        if given != "auto" and not (some and all(kind in KINDS for kind in some)):
            raise OptionError(f"shapes={given!r}: 'auto' or a list of some of {', '.join(KINDS)} is accepted")
        if self.executor is not None and not callable(getattr(self.executor, "submit", None)):
            kind = type(self.executor).__name__
            raise OptionError(f"executor is a {kind}: a concurrent.futures.Executor is accepted")
        if not is_seed(self.seed):
            raise OptionError(f"seed={self.seed!r}: an integer of 64 bits is accepted")
        if self.library is not None:
            if isinstance(self.library, str) or not self.library:
                raise OptionError(f"library={self.library!r}: a list of function names is accepted")
            object.__setattr__(self, "library", tuple(function(name).name for name in self.library))

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(self.shapes) if isinstance(self.shapes, list | tuple) else KINDS

    @property
    def names(self) -> tuple[str, ...]:
        return self.library or tuple(f.name for f in functions())


class Search:
    """A search that goes on step by step; :meth:`result` is the outcome so far.

    Args:
        build: makes the networks of the candidates, called like :class:`Network`.

    Raises:
        DataError: fewer than eight rows, or labels beyond 1e290.
    """

    def __init__(self, dataset: Dataset, options: Options, build: Build = Network) -> None:
        if len(dataset.train_input) < FEWEST_ROWS:
            raise DataError(f"train_input has {len(dataset.train_input)} rows: at least {FEWEST_ROWS} are needed")
        largest = float(dataset.train_label.abs().max())
        if largest > LARGEST:
            raise DataError(f"train_label is as large as {largest:.3g}: at most {LARGEST:g} is accepted")
        self.dataset, self.build, self.begun = dataset, build, time.monotonic()
        self.clock, self.last = Clock(LATE * options.budget_s), Clock(options.budget_s)
        rows = _rows(dataset, options.seed)
        self.x_unit, self.y_unit = unit(rows.x), unit(rows.y)
        self.rows = Rows(*(v / u for v, u in zip(_parts(rows), (self.x_unit, self.y_unit) * 2, strict=True)))
        outputs = range(rows.y.shape[1])
        self.quests = [
            Quest(self.rows.output(n), options.names, self.clock, options.executor, options.kinds) for n in outputs
        ]
        self.complete = False
        self._made: dict[tuple[int, ...], Candidate] = {}

    def steps(self) -> Iterator[None]:
        """Go on; every item is a moment at which the search can be watched or left."""
        for n, quest in enumerate(self.quests):
            quest.clock = Clock(self.clock.left / (len(self.quests) - n))
            for _ in quest.steps():
                yield
        self.complete = not self.clock.over

    def rest(self, seconds: float) -> None:
        """Nothing was done for so long: this time is not counted."""
        self.begun += seconds
        for clock in {self.clock, self.last, *(quest.clock for quest in self.quests)}:
            clock.end += seconds

    def result(self) -> Discovery:
        """The outcome so far; a formula that was in an earlier one is the same object."""
        fronts = [quest.front(self.last) for quest in self.quests]
        best = tuple(best_of(front) for front in fronts)
        choices = _merged(fronts)
        if best not in choices:
            choices.append(best)
        candidates = [self._candidate(choice) for choice in choices]
        chosen = candidates[choices.index(best)]
        candidates.sort(key=lambda c: (c.complexity, c.rmse))
        return Discovery(
            candidates,
            chosen,
            tuple(self._columns(quest, found) for quest, found in zip(self.quests, best, strict=True)),
            time.monotonic() - self.begun,
            self.complete,
        )

    def _columns(self, quest: Quest, best: Found) -> tuple[str, ...]:
        """Those of a certified formula; without one those that a smooth fit needs."""
        columns = used(best.trees) if best.certified else quest.columns
        return tuple(self.dataset.input_names[c] for c in columns)

    def _candidate(self, choice: Sequence[Found]) -> Candidate:
        key = tuple(map(id, choice))
        if key not in self._made:
            self._made[key] = self._make(choice)
        return self._made[key]

    def _make(self, choice: Sequence[Found]) -> Candidate:
        trees = tuple(
            self._in_units(tree, scale)
            for found, scale in zip(choice, self.y_unit.tolist(), strict=True)
            for tree in found.trees
        )
        guess = torch.cat([values(found.trees, self.rows.held_x) for found in choice], dim=1)
        deviations = [float(v) for found in choice for v in found.formula.deviation.flatten() if v > 0]
        return Candidate(
            complexity=sum(found.complexity for found in choice),
            rmse=self._rmse(guess),
            relative_rmse=max(found.error for found in choice),
            certified=all(found.certified for found in choice),
            deviations=tuple(sorted(deviations, reverse=True)),
            _trees=trees,
            _dataset=self.dataset,
            _build=self.build,
        )

    def _rmse(self, guess: Tensor) -> float:
        """In units of the labels, which may be so large that their squares are not finite."""
        largest = self.y_unit.max()
        residuals = (guess - self.rows.held_y) * (self.y_unit / largest)
        return float(residuals.square().mean().sqrt() * largest)

    def _in_units(self, tree: Sum, scale: float) -> Sum:
        """The formula for the columns as they came."""

        def change(link: Link, source: Node) -> Sequence[Link]:
            if isinstance(source, Input) and float(self.x_unit[source.index]) != 1:
                source = Sum((Link("x", source, (1.0, 0.0, 1 / float(self.x_unit[source.index]), 0.0)),))
            return (replace(link, source=source),)

        inside = rebuilt(tree, change)
        return inside if scale == 1 else plain(inside, scale)


def _parts(rows: Rows) -> tuple[Tensor, ...]:
    return rows.x, rows.y, rows.held_x, rows.held_y


def _rows(dataset: Dataset, seed: int) -> Rows:
    """Training rows to fit to, test rows to judge by; without test rows a share of the training rows."""
    x, y, held_x, held_y = (
        dataset[part].double().cpu() for part in ("train_input", "train_label", "test_input", "test_label")
    )
    if not (torch.equal(x, held_x) and torch.equal(y, held_y)):
        return Rows(x, y, held_x, held_y)
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))
    count = max(1, round(HELD * len(x)))
    held, fitted = order[:count], order[count:]
    return Rows(x[fitted], y[fitted], x[held], y[held])


def _merged(fronts: Sequence[Sequence[Found]]) -> list[tuple[Found, ...]]:
    """Formulas of all outputs: from the simplest of each, one output at a time to the next better one."""
    at = [0] * len(fronts)
    found = [tuple(front[0] for front in fronts)]
    while True:
        open_ones = [n for n, front in enumerate(fronts) if at[n] + 1 < len(front)]
        if not open_ones:
            return found
        worst = max(open_ones, key=lambda n: fronts[n][at[n]].error)
        at[worst] += 1
        found.append(tuple(front[k] for front, k in zip(fronts, at, strict=True)))
