"""All promises of SECURITY.md that can be counted, in order."""

from __future__ import annotations

from . import (
    cells,
    cycles,
    damage,
    disk,
    faults,
    finite,
    interrupts,
    memory,
    messages,
    pages,
    repeats,
    strings,
    tables,
    walks,
)
from .promise import Promise

__all__ = ["PROMISES"]

PROMISES = [
    Promise(
        "messages",
        "whatever a page sends is understood or refused with a reason; page and kernel agree after every message",
        messages.messages,
        small=300,
        full=20_000,
        seconds=190,
    ),
    Promise(
        "walks",
        "after any acts in any order, saved and loaded, page and kernel agree, and the formula is the network",
        walks.walks,
        small=4,
        full=200,
        seconds=150,
    ),
    Promise(
        "cells",
        "what a cell does to the live network or the session is seen, shown and undone, or refused with a reason",
        cells.cells,
        small=40,
        full=2_000,
        seconds=130,
    ),
    Promise("strings", "a text is shown as text and never run", strings.strings, small=60, full=10_000, seconds=40),
    Promise(
        "tables", "a table is trained on, or refused by a DataError", tables.tables, small=60, full=10_000, seconds=380
    ),
    Promise(
        "pages",
        "a text in a real browser is shown as text, and nothing of it happens",
        pages.pages,
        small=0,
        full=291,
        seconds=100,
    ),
    Promise(
        "not a number",
        "a loss that is no longer finite ends training at the last finite state",
        finite.not_a_number,
        small=6,
        full=300,
        seconds=110,
    ),
    Promise(
        "borders",
        "where the loss is finite, so is every gradient, also at the border of a function's domain",
        finite.borders,
        small=60,
        full=1_000,
        seconds=70,
    ),
    Promise(
        "faults", "what fails inside is said, and the session goes on", faults.faults, small=30, full=1_000, seconds=260
    ),
    Promise(
        "memory",
        "an act that needs more memory than there is is refused by an error of ours, and the session goes on",
        memory.memory,
        small=12,
        full=400,
        seconds=95,
    ),
    Promise(
        "interrupts",
        "an interrupt leaves the model of before or after, never one between, and a page is answered",
        interrupts.interrupts,
        small=20,
        full=2_000,
        seconds=300,
    ),
    Promise(
        "cycles",
        "a widget that is closed leaves no object, comm, thread or memory",
        cycles.cycles,
        small=4,
        full=100,
        seconds=45,
    ),
    Promise("repeats", "the same seed and acts give the same bits", repeats.repeats, small=8, full=50, seconds=60),
    Promise(
        "damaged files",
        "a damaged file is refused by one error, or is identical",
        damage.damaged_files,
        small=2_000,
        full=100_000,
        seconds=30,
    ),
    Promise(
        "hostile files",
        "a file written by hand is refused by one error, or holds a whole network",
        damage.hostile_files,
        small=150,
        full=10_000,
        seconds=30,
    ),
    Promise(
        "killed saves",
        "a save that is killed leaves a whole file",
        disk.killed_saves,
        small=20,
        full=1_000,
        seconds=70,
    ),
    Promise(
        "full disks",
        "a full disk leaves the old file and nothing else",
        disk.full_disks,
        small=10,
        full=300,
        seconds=30,
    ),
    Promise(
        "two writers",
        "of two writers one wins, and readers see whole files",
        disk.two_writers,
        small=20,
        full=300,
        seconds=20,
    ),
]
