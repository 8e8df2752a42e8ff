"""A search for formulas beside a session: in slices, so that whoever asks for the next one can watch and leave it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from kanwidget.checks import is_whole
from kanwidget.data import Dataset
from kanwidget.discovery.result import Candidate, Discovery
from kanwidget.discovery.search import Options, Search
from kanwidget.errors import DataError, OptionError
from kanwidget.model.network import Network

__all__ = ["Seeking", "chosen"]

BETWEEN = 0.5  # seconds between two looks at what was found: formulas are then brought to their final form


class Seeking:
    """A search in progress; time between its slices is not counted.

    Args:
        dataset: what formulas are looked for.
        build: makes the networks of the candidates.
        **options: of :class:`kanwidget.discovery.search.Options`.

    Attributes:
        found: the outcome as it was last looked at; None before there is one.
        spent_s, budget_s: seconds of work.
        open: whether there is anything left to do.

    Raises:
        DataError: these data have no formula that could be found, or too few rows.
        OptionError: an option is not accepted.
    """

    def __init__(self, dataset: Dataset, build: type[Network], **options: Any) -> None:
        if dataset.is_classification:
            raise DataError("the labels are classes: a formula is found for measured values only")
        checked = Options(**options)
        self.dataset, self.open = dataset, True
        self.budget_s, self.spent_s = float(checked.budget_s), 0.0
        self._search = Search(dataset, checked, build)
        self._steps = self._search.steps()
        self._stood_since, self._looked_at = time.monotonic(), 0.0
        self.found: Discovery | None = None

    def advance(self, budget_ms: float) -> bool:
        """Search for about so long, at least one step; whether there is more to do."""
        start = time.monotonic()
        self._search.rest(start - self._stood_since)
        go_on, self.open = self.open, False  # so it is closed if something is raised
        while go_on and next(self._steps, self) is None:
            if 1000 * (time.monotonic() - start) >= budget_ms:
                self.open = True
                break
        if not self.open or time.monotonic() - self._looked_at > BETWEEN:
            self._look()
        self._stood_since = time.monotonic()
        self.spent_s += self._stood_since - start
        return self.open

    def end(self) -> None:
        """Leave it; what has been found stays."""
        if self.open:
            self.open = False
            self._steps = iter(())
            self._look()

    def _look(self) -> None:
        self.found = self._search.result()
        self._looked_at = time.monotonic()


def chosen(found: Discovery | None, which: Any) -> Candidate:
    """A candidate by its place in the list, or itself.

    Raises:
        OptionError: there is none.
    """
    if isinstance(which, Candidate):
        return which
    if found is None:
        raise OptionError("nothing has been discovered on these data yet: call discover() first")
    known: Sequence[Candidate] = found.candidates
    if not is_whole(which) or not -len(known) <= which < len(known):
        raise OptionError(f"candidate={which!r}: an integer from 0 to {len(known) - 1} is accepted")
    return known[int(which)]
