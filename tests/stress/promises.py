"""All promises of SECURITY.md that can be counted, in order."""

from __future__ import annotations

from . import damage, disk
from .promise import Promise

__all__ = ["PROMISES"]

PROMISES = [
    Promise(
        "damaged files",
        "a damaged file is refused by one error, or is identical",
        damage.damaged_files,
        small=2_000,
        full=100_000,
    ),
    Promise(
        "hostile files",
        "a file written by hand is refused by one error, or holds a whole network",
        damage.hostile_files,
        small=200,
        full=10_000,
    ),
    Promise("killed saves", "a save that is killed leaves a whole file", disk.killed_saves, small=20, full=1_000),
    Promise("full disks", "a full disk leaves the old file and nothing else", disk.full_disks, small=10, full=300),
    Promise(
        "two writers", "of two writers one wins, and readers see whole files", disk.two_writers, small=20, full=300
    ),
]
