"""A session in a file: model, options, what was done, and by which rows; the rows themselves stay where they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from kanwidget.data import Dataset
from kanwidget.errors import CheckpointError
from kanwidget.io import atomic
from kanwidget.io.container import decode, encode, read
from kanwidget.io.fields import Fields, many, optional, whole
from kanwidget.io.pack import base_of
from kanwidget.io.shelf import Shelf
from kanwidget.session.history import MOST_MOMENTS, History, Moment
from kanwidget.session.store.moments import packed_moments, unpacked_moments
from kanwidget.session.store.options import packed_options, unpacked_options
from kanwidget.session.store.rows import described, same_rows
from kanwidget.train.options import FitOptions

__all__ = ["Kept", "Own", "load", "save"]


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
    content = {
        "dataset": described(dataset),
        "options": packed_options(kept.options),
        "position": kept.history.position,
        "left": kept.history.left,
        "moments": packed_moments((kept.start, *kept.history.moments), shelf),
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
    found.take("dataset", same_rows(dataset))
    options = found.take("options", unpacked_options(own.loss_fn))
    packed = found.take("moments", many(Fields, MOST_MOMENTS + 1))
    place = whole(0, max(0, len(packed) - 2))
    position, left = found.take("position", place), found.take("left", optional(place))
    found.end()
    if len(packed) < 2:
        raise CheckpointError("the file has no moments: a start and at least one moment are needed")
    start, *moments = unpacked_moments(packed, shelf, dataset, own.base_fun)
    shelf.end()
    return Kept(options, start, History(tuple(moments), position, left))
