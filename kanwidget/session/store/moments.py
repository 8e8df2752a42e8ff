"""The moments of a session in a file, each as what is new in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from kanwidget.data import Dataset
from kanwidget.errors import CheckpointError, KanwidgetError
from kanwidget.io.fields import MOST_ENTRIES, Fields, many, text, whole
from kanwidget.io.pack import pack
from kanwidget.io.shelf import Shelf
from kanwidget.io.unpack import unpack
from kanwidget.model.network import Network
from kanwidget.session.history import Loss, Moment
from kanwidget.session.lines import is_written_here
from kanwidget.session.source import Source
from kanwidget.session.store.rows import drawn_again, packed_source
from kanwidget.train.trainer import check_columns, check_finite

__all__ = ["packed_moments", "unpacked_moments"]

MOST_POINTS = 2**25  # of all loss charts together


def packed_moments(moments: Sequence[Moment], shelf: Shelf) -> list[dict[str, Any]]:
    """The moments, oldest first; their tensors go on ``shelf``."""
    pairs = zip((None, *moments), moments, strict=False)
    return [_packed_moment(before, moment, shelf, f"moments.{n}.") for n, (before, moment) in enumerate(pairs)]


def unpacked_moments(
    packed: Sequence[Fields], shelf: Shelf, dataset: Dataset, base_fun: Callable[[Tensor], Tensor] | None
) -> list[Moment]:
    """The moments again.

    Args:
        dataset: the rows that were handed in; those of an example are drawn again.
        base_fun: a base function of the user's own, where there is one.

    Raises:
        CheckpointError: one is not as a session makes them, or does not fit its rows.
    """
    moments: list[Moment] = []
    drawn: dict[Source, Dataset] = {}
    for found in packed:
        moments.append(_moment(found, shelf, moments[-1] if moments else None, base_fun, dataset, drawn))
        if sum(len(m.losses) for m in moments) > MOST_POINTS:
            raise CheckpointError(f"the file has more than {MOST_POINTS} points in its loss charts")
    _check_keys(moments)
    return moments


def _packed_moment(before: Moment | None, moment: Moment, shelf: Shelf, prefix: str) -> dict[str, Any]:
    """A moment; of what grows from one to the next, only what is new."""
    code, losses, marks, trail = (_grown(before, moment, name) for name in ("code", "losses", "marks", "trail"))
    has_classes = any(p.train_accuracy is not None for p in moment.losses)
    points = [_row(p)[: 6 if has_classes else 4] for p in losses[1]]
    rows = torch.tensor(points, dtype=torch.float64).view(-1, 6 if has_classes else 4)
    return {
        "label": moment.label,
        "model": pack(moment.model, shelf, prefix),
        "code": [code[0], list(code[1])],
        "losses": [losses[0], shelf.put(f"{prefix}losses", rows)],
        "marks": [marks[0], [list(mark) for mark in marks[1]]],
        "trail": [trail[0], list(trail[1])],
        "nodes": [list(layer) for layer in moment.nodes],
        **packed_source(moment.source, moment.dataset),
    }


def _row(point: Loss) -> list[float]:
    right = [float("nan") if v is None else v for v in (point.train_accuracy, point.test_accuracy)]
    return [point.step, point.train, point.test, point.reg, *right]


def _grown(before: Moment | None, moment: Moment, name: str) -> tuple[int, Sequence[Any]]:
    """How much is as before, and what follows."""
    now: tuple[Any, ...] = getattr(moment, name)
    kept = 0 if before is None else len(_common(getattr(before, name), now))
    return kept, now[kept:]


def _common(a: tuple[Any, ...], b: tuple[Any, ...]) -> Sequence[Any]:
    if a == b[: len(a)]:
        return a  # the usual case, fast
    return next((b[:n] for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), b[: len(a)])


def _moment(
    found: Fields,
    shelf: Shelf,
    before: Moment | None,
    base_fun: Callable[[Tensor], Tensor] | None,
    handed_in: Dataset,
    drawn: dict[Source, Dataset],
) -> Moment:
    source = found.maybe("source", drawn_again(drawn))
    dataset = handed_in if source is None else drawn[source]
    network = found.take("model", Fields)
    model = unpack(network, shelf, Network, base_fun)
    moment = Moment(
        label=found.take("label", text),
        model=model,
        dataset=dataset,
        source=source,
        code=found.take("code", _continued(before.code if before else (), many(_line, MOST_ENTRIES))),
        losses=found.take("losses", _continued(before.losses if before else (), _losses(shelf))),
        marks=found.take("marks", _continued(before.marks if before else (), many(_mark, MOST_ENTRIES))),
        trail=found.take("trail", _continued(before.trail if before else (), many(whole(0, 2**53), MOST_ENTRIES))),
        nodes=found.take("nodes", _nodes(model)),
    )
    found.end()
    try:
        check_columns(model, dataset)
        check_finite(model, dataset)
    except KanwidgetError as error:
        raise CheckpointError(f"{found.where} of the file does not fit the dataset: {error}") from error
    return moment


def _check_keys(moments: Sequence[Moment]) -> None:
    """Keys rise along a trail and from one moment to the next: none means two moments."""
    for trail in (*(moment.trail for moment in moments), tuple(moment.key for moment in moments[1:] if moment.trail)):
        if not trail or list(trail) != sorted(set(trail)):
            raise CheckpointError(f"the file has moments whose keys do not rise: {list(trail[:12])}")


def _nodes(model: Network) -> Callable[[str, Any], tuple[tuple[int, ...], ...]]:
    """Which nodes of the first network these are: as many as there are, each its own."""

    def check(where: str, value: Any) -> tuple[tuple[int, ...], ...]:
        index = whole(0, 2**53)
        layers = many(lambda at, entry: many(index, MOST_ENTRIES)(at, entry), MOST_ENTRIES)(where, value)
        counts = [len(set(layer)) for layer in layers if len(set(layer)) == len(layer)]
        if counts != [nodes.count for nodes in model.width]:
            raise CheckpointError(f"{where} of the file does not name each node of its network once")
        return tuple(tuple(layer) for layer in layers)

    return check


def _continued(before: tuple[Any, ...], rest: Callable[[str, Any], Sequence[Any]]) -> Callable[[str, Any], Any]:
    """``[how many are as before, what follows]``."""

    def check(where: str, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != 2:
            raise CheckpointError(f"the file has {where} that is no pair [kept, new]")
        return (*before[: whole(0, len(before))(where, value[0])], *rest(where, value[1]))

    return check


def _line(where: str, value: Any) -> str:
    """A line of the script; a file brings no code but what a session writes."""
    line = text(where, value)
    if not is_written_here(line):
        raise CheckpointError(f"the file has a line of code in {where} that no session writes: {line[:80]!r}")
    return line


def _losses(shelf: Shelf) -> Callable[[str, Any], list[Loss]]:
    def check(where: str, value: Any) -> list[Loss]:
        rows = shelf.take(where, value)
        if rows.ndim != 2 or rows.shape[1] not in (4, 6) or rows.dtype != torch.float64:
            raise CheckpointError(f"{where} has shape {tuple(rows.shape)}: rows of 4 or 6 numbers are needed")
        step = whole(0, 2**53)
        return [
            Loss(step(where, int(s) if s == s // 1 else s), *numbers[:3], *(None if v != v else v for v in numbers[3:]))
            for s, *numbers in rows.tolist()
        ]

    return check


def _mark(where: str, value: Any) -> tuple[int, str]:
    if not isinstance(value, list) or len(value) != 2:
        raise CheckpointError(f"the file has {where} that is no pair [step, label]")
    return whole(0, 2**53)(where, value[0]), text(where, value[1])
