"""Positions that keep their order and their distance and move as little as possible."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

__all__ = ["spread"]


def spread(wanted: Sequence[float], gaps: Sequence[float], low: float, high: float) -> list[float]:
    """Positions nearest to ``wanted`` in the sense of least squares, in order, at least ``gaps`` apart.

    Args:
        wanted: where each would like to be.
        gaps: least distance of neighbours, one fewer than ``wanted``.
        low, high: the band to stay in; it is kept as long as the gaps fit into it.
    """
    offsets = list(accumulate(gaps, initial=0.0))
    levels = _rising([want - offset for want, offset in zip(wanted, offsets, strict=False)])
    # Without the gaps the positions only have to rise, and the band is one interval for all of them.
    top = high - offsets[len(levels) - 1] if levels else high
    return [min(max(level, low), max(low, top)) + offset for level, offset in zip(levels, offsets, strict=False)]


def _rising(values: Sequence[float]) -> list[float]:
    """The nearest sequence that never falls (pool adjacent violators)."""
    pools: list[tuple[float, int]] = []
    for value in values:
        total, size = value, 1
        while pools and pools[-1][0] / pools[-1][1] > total / size:
            before = pools.pop()
            total, size = total + before[0], size + before[1]
        pools.append((total, size))
    return [total / size for total, size in pools for _ in range(size)]
