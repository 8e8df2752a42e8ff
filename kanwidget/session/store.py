"""A session in a file: model, options, what was done, and by which rows; the rows themselves stay where they are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from kanwidget.data import Dataset
from kanwidget.errors import CheckpointError, KanwidgetError
from kanwidget.io import atomic
from kanwidget.io.container import decode, encode, read
from kanwidget.io.fields import Fields, many, number, one_of, optional, text, whole
from kanwidget.io.own import name_of
from kanwidget.io.pack import base_of, pack
from kanwidget.io.shelf import Shelf, contents
from kanwidget.io.unpack import unpack
from kanwidget.model.network import Network
from kanwidget.session.history import MOST_MOMENTS, History, Loss, Moment
from kanwidget.session.lines import is_written_here
from kanwidget.session.source import Source
from kanwidget.train.losses import LOSSES, mean_squared_error
from kanwidget.train.options import FitOptions
from kanwidget.train.trainer import check_columns, check_finite

__all__ = ["Kept", "Own", "load", "save"]

MOST_ROWS = 2**25  # of all loss charts together
MOST_LINES = 10**6


@dataclass(frozen=True, slots=True)
class Kept:
    """What a file holds of a session.

    Attributes:
        options: how the next slice trains.
        start: where a reset goes back to.
        history: what was done.
    """

    options: FitOptions
    start: Moment
    history: History


@dataclass(frozen=True, slots=True)
class Own:
    """Functions of the user's own, which a file cannot hold."""

    base_fun: Callable[[Tensor], Tensor] | None = None
    loss_fn: Callable[[Tensor, Tensor], Tensor] | None = None


def save(kept: Kept, path: str | Path) -> None:
    """Write a session into a file, all or nothing."""
    shelf, dataset = Shelf(), kept.start.dataset
    moments = (kept.start, *kept.history.moments)
    content = {
        "dataset": _described(dataset),
        "options": _packed_options(kept.options),
        "position": kept.history.position,
        "left": kept.history.left,
        "moments": [
            _packed_moment(before, moment, shelf, f"moments.{n}.")
            for n, (before, moment) in enumerate(zip((None, *moments), moments, strict=False))
        ],
    }
    data = encode("session", content, shelf)
    own = Own(base_of(kept.start.model), kept.options.loss_fn if callable(kept.options.loss_fn) else None)
    _unpacked(data, dataset, own)  # what could not be read again is not written
    atomic.write(path, data)


def load(path: str | Path, dataset: Dataset, own: Own) -> Kept:
    """Read a session from a file.

    Raises:
        CheckpointError: the file is damaged, hostile, of another kind or of a later version, belongs to other rows,
            or needs a function that is not known here; nothing was built.
    """
    return _unpacked(read(path), dataset, own)


def _unpacked(data: bytes, dataset: Dataset, own: Own) -> Kept:
    found, shelf = decode(data, "session")
    found.take("dataset", _same_rows(dataset))
    options = found.take("options", _options(own))
    described = found.take("moments", many(Fields, MOST_MOMENTS + 1))
    place = whole(0, max(0, len(described) - 2))
    position, left = found.take("position", place), found.take("left", optional(place))
    found.end()
    if len(described) < 2:
        raise CheckpointError("the file has no moments: a start and at least one moment are needed")
    moments: list[Moment] = []
    drawn: dict[Source, Dataset] = {}
    for fields_ in described:
        moments.append(_moment(fields_, shelf, moments[-1] if moments else None, own, dataset, drawn))
        if sum(len(m.losses) for m in moments) > MOST_ROWS:
            raise CheckpointError(f"the file has more than {MOST_ROWS} points in its loss charts")
    shelf.end()
    _check_keys(moments)
    return Kept(options, moments[0], History(tuple(moments[1:]), position, left))


# ---------------------------------------------------------------------- rows


def _described(dataset: Dataset) -> dict[str, Any]:
    """Which rows: names, shapes, and a hash of the numbers."""
    return {
        "inputs": list(dataset.input_names),
        "outputs": list(dataset.output_names),
        "shapes": [list(part.shape) for part in dataset.values()],
        "sha256": _hash(dataset),
        **({"classes": list(dataset.classes)} if dataset.classes else {}),
    }


def _hash(dataset: Dataset) -> str:
    digest = hashlib.sha256()
    for name, part in dataset.items():
        own = part.detach().cpu().contiguous()
        digest.update(f"{name} {own.dtype} {tuple(own.shape)} ".encode() + contents(own))
    return digest.hexdigest()


def _same_rows(dataset: Dataset) -> Callable[[str, Any], None]:
    """Whether a session belongs to these rows."""

    def check(where: str, value: Any) -> None:
        saved, given = Fields(where, value), _described(dataset)
        names = many(text, MOST_LINES)
        shapes = many(many(whole(0, 2**62), 2, exactly=2), 4, exactly=4)
        checks: dict[str, Callable[[str, Any], Any]] = {
            "inputs": names,
            "outputs": names,
            "shapes": shapes,
            "sha256": text,
        }
        for name, known in checks.items():
            then = saved.take(name, known)
            if then != given[name]:
                said = f"{name} {then!r}, dataset has {given[name]!r}" if name != "sha256" else "other numbers"
                raise CheckpointError(f"the session belongs to other rows: {said}")
        classes = saved.maybe("classes", many(text, MOST_LINES)) or []
        if classes != list(dataset.classes):
            raise CheckpointError(f"the session belongs to other classes: {classes!r}, dataset has {dataset.classes!r}")
        saved.end()

    return check


def _packed_source(source: Source | None, dataset: Dataset) -> dict[str, Any]:
    """How an example was drawn; nothing for the rows that were handed in."""
    return {} if source is None else {"source": asdict(source) | {"sha256": _hash(dataset)}}


def _source(drawn: dict[Source, Dataset]) -> Callable[[str, Any], Source]:
    """The same example, drawn again into ``drawn``: it must have the same numbers."""

    def check(where: str, value: Any) -> Source:
        found = Fields(where, value)
        source = Source(
            name=found.take("name", text),
            rows=found.take("rows", whole(2, 10**6)),
            noise=found.take("noise", number(0)),
            test_size=found.take("test_size", number(0, 1)),
            seed=found.take("seed", whole(-(2**63), 2**63 - 1)),
        )
        then = found.take("sha256", text)
        found.end()
        try:
            data = drawn.setdefault(source, drawn.get(source) or source.load())
        except KanwidgetError as error:
            raise CheckpointError(f"the file says {where}: {error}") from error
        if _hash(data) != then:
            raise CheckpointError(f"the example {source.name!r} of {where} is drawn with other numbers here")
        return source

    return check


# ---------------------------------------------------------------------- options


def _packed_options(options: FitOptions) -> dict[str, Any]:
    values = {field.name: getattr(options, field.name) for field in fields(FitOptions)}
    loss = options.loss_fn
    if isinstance(loss, str):
        return values | {"loss_fn": [loss]}  # one of ours; a bare text is the name of a user's own
    return values | {"loss_fn": None if loss in (None, mean_squared_error) else name_of(loss)}


def _options(own: Own) -> Callable[[str, Any], FitOptions]:
    def check(where: str, value: Any) -> FitOptions:
        found = Fields(where, value)
        values = {field.name: found.take(field.name, lambda _, v: v) for field in fields(FitOptions)}
        found.end()
        known = values["loss_fn"] if isinstance(values["loss_fn"], list) else None
        ours = known and many(one_of(*LOSSES), 1, exactly=1)(f"{where}.loss_fn", known)[0]
        named = None if ours else optional(text)(f"{where}.loss_fn", values["loss_fn"])
        if named is not None and own.loss_fn is None:
            raise CheckpointError(f"the file needs the loss function {named!r}: hand it in as loss_fn")
        try:
            return FitOptions.of(**values | {"loss_fn": ours or (named and own.loss_fn)})
        except (KanwidgetError, TypeError) as error:
            raise CheckpointError(f"the file says {where}: {error}") from error

    return check


# ---------------------------------------------------------------------- moments


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
        **_packed_source(moment.source, moment.dataset),
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
    found: Fields, shelf: Shelf, before: Moment | None, own: Own, handed_in: Dataset, drawn: dict[Source, Dataset]
) -> Moment:
    source = found.maybe("source", _source(drawn))
    dataset = handed_in if source is None else drawn[source]
    network = found.take("model", Fields)
    model = unpack(network, shelf, Network, own.base_fun)
    moment = Moment(
        label=found.take("label", text),
        model=model,
        dataset=dataset,
        source=source,
        code=found.take("code", _continued(before.code if before else (), many(_line, MOST_LINES))),
        losses=found.take("losses", _continued(before.losses if before else (), _losses(shelf))),
        marks=found.take("marks", _continued(before.marks if before else (), many(_mark, MOST_LINES))),
        trail=found.take("trail", _continued(before.trail if before else (), many(whole(0, 2**53), MOST_LINES))),
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
        layers = many(lambda at, entry: many(index, MOST_LINES)(at, entry), MOST_LINES)(where, value)
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
