"""The front desk: who asks, whether it was asked before, whose turn it is.

Every request gets exactly one answer. A repeated id is answered again and not applied again. While one page trains,
others follow.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Client", "Desk"]

MOST_CLIENTS = 16
MOST_ANSWERS = 8  # remembered per client, for repeats
LEASE = 2.0  # seconds for which the page that trains keeps its turn


@dataclass
class Client:
    """A page.

    Attributes:
        name: what it calls itself.
        binary: whether binary buffers reach it.
        last: the highest id that was applied.
        answers: the latest answers by id, without frames.
    """

    name: str = ""
    binary: bool = True
    last: int = 0
    answers: OrderedDict[int, dict[str, Any]] = field(default_factory=OrderedDict)

    def remember(self, id_: int, answer: dict[str, Any]) -> None:
        self.last = max(self.last, id_)
        self.answers[id_] = answer
        while len(self.answers) > MOST_ANSWERS:
            self.answers.popitem(last=False)


class Desk:
    """All pages that have asked lately."""

    def __init__(self) -> None:
        self._clients: OrderedDict[str, Client] = OrderedDict()
        self._leader, self._until = "", 0.0

    def client(self, name: str) -> Client:
        client = self._clients.setdefault(name, Client(name))
        self._clients.move_to_end(name)
        while len(self._clients) > MOST_CLIENTS:
            self._clients.popitem(last=False)
        return client

    @property
    def is_visited(self) -> bool:
        """Whether a page has ever asked."""
        return bool(self._clients)

    @property
    def all_binary(self) -> bool:
        return all(client.binary for client in self._clients.values())

    def may_train(self, name: str) -> bool:
        """Whether it is this page's turn; if so, it keeps its turn for the length of the lease."""
        now = time.monotonic()
        if self._leader not in ("", name) and now < self._until:
            return False
        self._leader, self._until = name, now + LEASE
        return True

    def free(self) -> None:
        """Nobody trains any more."""
        self._leader = ""
