"""Every promise, tried a few times; ``make stress`` tries them all the way."""

from __future__ import annotations

import pytest

from .promise import Promise
from .promises import PROMISES


@pytest.mark.parametrize("promise", [p for p in PROMISES if p.small], ids=lambda promise: promise.name)
def test_promise(promise: Promise) -> None:
    assert promise.check(promise.small)
