"""The search for the formula of one output."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import TypeVar

from kanwidget.discovery.bases import Bases
from kanwidget.discovery.clock import Clock
from kanwidget.discovery.columns import relevant
from kanwidget.discovery.fitting import Fitted, Trees
from kanwidget.discovery.judgement import Rows, is_certain, relative_error
from kanwidget.discovery.measures import constants, description, functions
from kanwidget.discovery.polish import Measure, Polished, polished
from kanwidget.discovery.shapes import Shape, shapes
from kanwidget.discovery.tasks import Naming, Summing, Task, done
from kanwidget.discovery.terms import Input, constant
from kanwidget.discovery.words import MOST_COLUMNS

__all__ = ["Found", "Quest"]

T = TypeVar("T")

FIRST, WIDE, DEEP = 4, 12, 4  # shapes that are named first, named at all, and searched thoroughly
EXACT = 1e-9  # relative error from which on a formula is taken as exact
LOOKING = 0.2  # share of the time for finding the columns that matter
ANATOMY = 0.55  # share of the time for shapes
THOROUGH = 0.4  # share of the time for one shape that is searched thoroughly
AFTER = 3  # shapes that are tried after an exact formula, for a simpler one
KEPT = 8  # formulas of a front
SHORTEST = 10  # formulas, equal within the noise, that are brought to their final form


@dataclass(frozen=True, slots=True)
class Found:
    """A formula of one output.

    Attributes:
        formula: in its final form.
        error: relative, on held-back rows.
        information: see :func:`kanwidget.discovery.measures.description`.
        certified: see :func:`kanwidget.discovery.judgement.is_certain`.
    """

    formula: Polished
    error: float
    information: float
    certified: bool

    @property
    def trees(self) -> Trees:
        return self.formula.trees

    @property
    def complexity(self) -> int:
        """What its functions cost, and one for every constant that is no known number."""
        return functions(self.trees) + self.formula.unknown


class Quest:
    """Looks for formulas of one output, task by task.

    Attributes:
        columns: the inputs that matter.
        rough: formulas as they are found, with their relative error on held-back rows.
    """

    def __init__(
        self, rows: Rows, names: Sequence[str], clock: Clock, executor: Executor | None, kinds: Sequence[str]
    ) -> None:
        self.rows, self.names, self.clock, self.executor = rows, tuple(names), clock, executor
        self.kinds = tuple(kinds)
        self.columns: list[int] = []
        self.rough: list[tuple[float, Fitted]] = []
        self._final: dict[int, Found] = {}
        y = rows.y[:, 0]
        self._note([Fitted((constant(float(y.mean()), Input(0)),), float(y.var(correction=0)))])

    def steps(self) -> Iterator[None]:
        """Go on; every item is a moment at which the search can be left."""
        y = self.rows.y[:, 0]
        if float(y.max() - y.min()) <= 1e-12 * float(y.abs().max()):
            return
        self.columns = relevant(self.rows.x, y, Clock(LOOKING * self.clock.left))
        yield
        if not self.columns:
            return
        found = shapes(
            Bases(self.rows.x), y, self.columns, set(self.names), Clock(ANATOMY * self.clock.left), self.kinds
        )
        yield
        summing = Summing(self.rows.x, self.rows.y, self.names, tuple(self.columns))
        waves: list[tuple[list[Task], int]] = [
            ([self._naming(shape, thorough=False) for shape in found[:FIRST]], AFTER),
            ([summing] if len(self.columns) <= MOST_COLUMNS else [], 0),
            ([self._naming(shape, thorough=False) for shape in found[FIRST:WIDE]], 0),
        ]
        for tasks, more in waves:
            if not self._is_exact():
                yield from self._wave(tasks, more)
        if not self._is_exact():
            yield from self._wave([self._naming(shape, thorough=True) for shape in found[:DEEP]], 0)

    def _naming(self, shape: Shape, *, thorough: bool) -> Naming:
        seconds = THOROUGH * self.clock.left if thorough else 0.0
        return Naming(shape, self.rows.x, self.rows.y, self.names, seconds)

    def _wave(self, tasks: Sequence[Task], more: int) -> Iterator[None]:
        """The tasks one after the other; ``more`` of them once there is an exact formula."""
        after = 0
        for results in _carried_out(tasks, self.executor, self.clock):
            self._note(results)
            yield
            after += self._is_exact()
            if after > more:
                return

    def _note(self, results: Sequence[Fitted]) -> None:
        for fitted in results:
            self.rough.append((relative_error(fitted.trees, self.rows.held_x, self.rows.held_y), fitted))

    def _is_exact(self) -> bool:
        return any(error <= EXACT for error, _ in self.rough)

    def front(self, clock: Clock) -> list[Found]:
        """The final formulas, every one more accurate than those that are simpler; simplest first.

        Args:
            clock: when it is over, formulas that have no final form yet are left out.
        """
        chosen = _front(self.rough, lambda item: (self._size(item[1].trees), item[0]))
        kept = {id(fitted): fitted for _, fitted in chosen[-KEPT:]}
        if not self._is_exact():  # of formulas that the noise makes equal one can be written down more plainly
            shortest = sorted((fitted for _, fitted in self.rough), key=self._description)
            kept |= {id(fitted): fitted for fitted in shortest[:SHORTEST]}
        found: list[Found] = []
        for fitted in sorted(kept.values(), key=self._description):
            if not found or id(fitted) in self._final or not clock.over:
                found.append(self._finished(fitted, clock))
        return _front(found, lambda f: (f.complexity, f.error))

    def _size(self, trees: Trees) -> int:
        return functions(trees) + constants(trees, self.rows.x.shape[1])

    def _description(self, fitted: Fitted) -> float:
        unknown = constants(fitted.trees, self.rows.x.shape[1])
        return description(fitted.trees, fitted.error, len(self.rows.x), unknown)

    def _finished(self, fitted: Fitted, clock: Clock) -> Found:
        if id(fitted) not in self._final:
            rows = self.rows
            error = relative_error(fitted.trees, rows.x, rows.y)
            final = polished(fitted, Measure(rows.x, rows.y, error <= EXACT, clock))
            held = relative_error(final.trees, rows.held_x, rows.held_y)
            certain = is_certain(final, rows)
            self._final[id(fitted)] = Found(
                final, held, description(final.trees, final.error, len(rows.x), final.unknown), certain
            )
        return self._final[id(fitted)]


def best_of(front: Sequence[Found]) -> Found:
    """The simplest exact formula, otherwise the one that takes least to write down with its residuals."""
    exact = [f for f in front if f.error <= EXACT]
    if exact:
        return min(exact, key=lambda f: (not f.certified, f.complexity))
    return min(front, key=lambda f: f.information)


def _front(items: Sequence[T], key: Callable[[T], tuple[int, float]]) -> list[T]:
    """Items by the first key, every one better in the second than all before it."""
    found: list[T] = []
    least = float("inf")
    for item in sorted(items, key=key):
        error = max(key(item)[1], 1e-15)
        if error < least:
            found.append(item)
            least = error
    return found


def _carried_out(tasks: Sequence[Task], executor: Executor | None, clock: Clock) -> Iterator[list[Fitted]]:
    """The results of the tasks in their order, as long as there is time; what a lost worker left is done here."""
    futures = [_sent(task, executor) for task in tasks] if executor else []
    try:
        for n, task in enumerate(tasks):
            if clock.over:
                return
            future = futures[n] if futures else None
            if future:
                try:
                    yield future.result(timeout=max(0.0, clock.left))
                    continue
                except TimeoutError:
                    return
                except Exception:  # noqa: BLE001 - whatever an executor says of a worker that is gone
                    pass
            yield done(task)
    finally:
        for future in filter(None, futures):
            future.cancel()


def _sent(task: Task, executor: Executor) -> Future[list[Fitted]] | None:
    """The work under way, None if the executor takes none any more."""
    try:
        return executor.submit(done, task)
    except Exception:  # noqa: BLE001 - a pool that is broken or shut down says so in many ways
        return None
