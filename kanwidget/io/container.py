"""The file: tensors and one JSON document, as safetensors, sealed by a checksum over every byte.

The format is described in docs/file-format.md. Nothing of a file is believed before its checksum is right, and nothing
that it says is acted on before it was checked: a right checksum proves that the file is whole, not who wrote it.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save

from kanwidget.errors import CheckpointError
from kanwidget.io.fields import Fields, shown, whole
from kanwidget.io.shelf import MOST_BYTES, Shelf
from kanwidget.model.shortage import shortage

__all__ = ["FORMAT", "decode", "encode", "migrated", "read"]

FORMAT = 1
MOST_HEADER = 2**24  # bytes of the description: names, document, checksum

Document = dict[str, Any]
Migration = Callable[[Document], Document]

MIGRATIONS: Mapping[int, Migration] = {}
"""From format n to n + 1, by n."""

_OPENING = b'{"__metadata__":{"kanwidget":"{\\"sha256\\":\\"'
_BEGIN = 8 + len(_OPENING)  # of the checksum, after the length of the description
_END = _BEGIN + 64
_BLANK = b"0" * 64


def encode(holds: str, content: Document, shelf: Shelf) -> bytes:
    """The file of a document and its tensors; the same for the same content, byte by byte.

    Args:
        holds: what it is, ``"model"`` or ``"session"``.
    """
    document = {"sha256": _BLANK.decode(), "format": FORMAT, "holds": holds, holds: content}
    written = json.dumps(document, separators=(",", ":"), allow_nan=False)
    data = save(shelf.tensors, metadata={"kanwidget": written})
    return data[:_BEGIN] + _checksum(data) + data[_END:]


def decode(data: bytes, holds: str) -> tuple[Fields, Shelf]:
    """Document and tensors of a file.

    Raises:
        CheckpointError: it is damaged, holds something else, or was written by a later version.
    """
    written = _description(data)
    _check_seal(data)
    document = migrated(_document(written))
    fields = Fields("file", document)
    fields.take("sha256", lambda where, value: value)
    fields.take("format", whole(FORMAT, FORMAT))
    fields.take("holds", _holding(holds))
    content = Fields(holds, fields.take(holds, lambda where, value: value))
    fields.end()
    return content, Shelf(_tensors(data))


def read(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a file, if it is one and not larger than it may be.

    Raises:
        CheckpointError: it is no file, or too large.
        OSError: it cannot be opened.
    """
    place = Path(path)
    found = place.stat()
    if not stat.S_ISREG(found.st_mode):
        raise CheckpointError(f"{place} is not a file")
    _check_size(found.st_size)
    with place.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    _check_size(len(data))
    return data


def migrated(document: Document, migrations: Mapping[int, Migration] = MIGRATIONS, newest: int = FORMAT) -> Document:
    """A document of any earlier format as this version writes it."""
    version = document.get("format")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise CheckpointError(f"the file says format={shown(version)}: an integer from 1 to {newest} is accepted")
    if version > newest:
        raise CheckpointError(
            f"the file has format {version}, this version of kanwidget reads up to {newest}: install a later one"
        )
    for number in range(version, newest):
        document = migrations[number](document) | {"format": number + 1}
    return document


def _description(data: bytes) -> bytes:
    """The safetensors header, which begins as only our files do."""
    length = int.from_bytes(data[:8], "little")
    if data[8:_BEGIN] != _OPENING:
        raise CheckpointError("this is not a file that kanwidget saved, or its beginning is damaged")
    if length > MOST_HEADER or 8 + length > len(data) or 8 + length < _END:
        raise CheckpointError(f"the file is cut off or damaged: its description is said to have {length} bytes")
    return data[8 : 8 + length]


def _check_seal(data: bytes) -> None:
    if data[_BEGIN:_END] != _checksum(data):
        raise CheckpointError("the file is damaged: its checksum is not that of its content")


def _checksum(data: bytes) -> bytes:
    """SHA-256 of everything, with zeros in its own place."""
    digest = hashlib.sha256(data[:_BEGIN])
    digest.update(_BLANK)
    digest.update(memoryview(data)[_END:])
    return digest.hexdigest().encode()


def _check_size(size: int) -> None:
    if size > MOST_BYTES:
        raise CheckpointError(f"the file has {size} bytes: up to {MOST_BYTES} are accepted")


def _document(header: bytes) -> Document:
    try:
        document = json.loads(json.loads(header)["__metadata__"]["kanwidget"], parse_constant=_refuse_constant)
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise CheckpointError(f"the description in the file cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise CheckpointError(f"the description in the file is {shown(document)}: an object is accepted")
    return document


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number")


def _tensors(data: bytes) -> dict[str, Any]:
    try:
        return load(data)
    except (SafetensorError, ValueError, TypeError, KeyError, RuntimeError, AssertionError, OverflowError) as error:
        if told := shortage(error):
            raise told from error
        raise CheckpointError(f"the tensors in the file cannot be read: {error}") from error


def _holding(wanted: str) -> Callable[[str, Any], None]:
    readers = {"model": "KAN.load", "session": "Session.load or KANWidget.load"}

    def check(where: str, value: Any) -> None:
        if value == wanted:
            return
        known = isinstance(value, str) and value in readers
        hint = f"{readers[value]} reads it" if known else f"a {wanted} is accepted"
        raise CheckpointError(f"the file holds a {shown(value)}, not a {wanted}: {hint}")

    return check
