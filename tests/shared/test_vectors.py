"""The vectors that the page is tested with are what torch computes today."""

from __future__ import annotations

import json
import math

import pytest

from tests.shared.vectors import FILE, vectors


def test_the_vectors_are_up_to_date() -> None:
    stored, now = json.loads(FILE.read_text(encoding="utf-8")), vectors()
    assert stored["functions"].keys() == now["functions"].keys()
    for name, values in now["functions"].items():
        before, after = ([math.nan if v is None else v for v in v["y"]] for v in (stored["functions"][name], values))
        assert before == pytest.approx(after, rel=1e-9, nan_ok=True), name
    assert [n["name"] for n in stored["networks"]] == [n["name"] for n in now["networks"]]
    for before, after in zip(stored["networks"], now["networks"], strict=True):
        for a, b in zip(before["outputs"], after["outputs"], strict=True):
            assert a == pytest.approx(b, rel=1e-9, abs=1e-12), before["name"]
