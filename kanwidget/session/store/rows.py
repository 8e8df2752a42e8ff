"""Which rows a session belongs to: a file says their names and shapes and a hash of the numbers, never the rows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from kanwidget.data import Dataset
from kanwidget.errors import CheckpointError, KanwidgetError
from kanwidget.io.fields import MOST_ENTRIES, Fields, many, number, text, whole
from kanwidget.io.shelf import contents
from kanwidget.session.source import Source

__all__ = ["described", "drawn_again", "packed_source", "same_rows"]


def described(dataset: Dataset) -> dict[str, Any]:
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


def same_rows(dataset: Dataset) -> Callable[[str, Any], None]:
    """Whether a session belongs to these rows."""

    def check(where: str, value: Any) -> None:
        saved, given = Fields(where, value), described(dataset)
        names = many(text, MOST_ENTRIES)
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
        classes = saved.maybe("classes", many(text, MOST_ENTRIES)) or []
        if classes != list(dataset.classes):
            raise CheckpointError(f"the session belongs to other classes: {classes!r}, dataset has {dataset.classes!r}")
        saved.end()

    return check


def packed_source(source: Source | None, dataset: Dataset) -> dict[str, Any]:
    """How an example was drawn; nothing for the rows that were handed in."""
    return {} if source is None else {"source": asdict(source) | {"sha256": _hash(dataset)}}


def drawn_again(drawn: dict[Source, Dataset]) -> Callable[[str, Any], Source]:
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
