"""Files that are the old one or the new one, never half of either."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path

__all__ = ["write"]

ABANDONED = 3600.0  # seconds after which a part that nobody finished is swept away; no save takes as long


def write(path: str | os.PathLike[str], data: bytes) -> None:
    """Put ``data`` into a file, all or nothing: killed, interrupted or out of space, the old file stays.

    The bytes go into a part beside the file, reach the disk, and take the file's name in one step. Of several
    writers the last one wins. A writer that was killed leaves its part; a later save of the same file takes it away.

    Raises:
        OSError: no such folder, no space, no permission; the old file is as it was and no part is left.
    """
    target = Path(os.path.realpath(path))
    part = target.with_name(f"{_stem(target)}{secrets.token_hex(8)}.part")
    try:
        _put(part, data)
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    _settle(target.parent)
    _sweep(target)


def _stem(target: Path) -> str:
    """How the parts of a file are called; a long name is cut, because a folder takes 255 bytes."""
    return f".{target.name[:50]}."


def _put(part: Path, data: bytes) -> None:
    with part.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Let the new name reach the disk too, where folders can be opened."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sweep(target: Path) -> None:
    stem = _stem(target)
    with suppress(OSError):
        for part in target.parent.iterdir():
            ours = part.name.startswith(stem) and part.suffix == ".part" and len(part.name) == len(stem) + 21
            if ours and time.time() - part.stat().st_mtime > ABANDONED:
                part.unlink(missing_ok=True)
