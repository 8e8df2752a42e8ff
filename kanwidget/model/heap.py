"""Memory from one pass to the next.

What one pass over the rows frees, the next one needs again. Until it knows better, the C library of Linux hands the
end of its heap back to the system after every pass; pages that are then fetched anew take up to two thirds of the time
on fine grids. It knows better once a large block was freed (mallopt(3), M_MMAP_THRESHOLD): from then on, up to twice
as much stays with the process.
"""

from __future__ import annotations

from contextlib import suppress

import torch

__all__ = ["keep_freed"]

LARGEST = 32 * 2**20 - 2**16  # bytes; from larger blocks the library learns nothing


def keep_freed() -> None:
    """Free a block from which the C library learns. No page of it is ever touched; other libraries make nothing of it.

    Where there is no room for the block, there is none for what could be kept.
    """
    with suppress(RuntimeError):
        torch.empty(LARGEST, dtype=torch.uint8)
