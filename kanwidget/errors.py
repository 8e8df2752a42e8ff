"""What can go wrong, by name. Every message says which argument, what came and what is accepted."""

from __future__ import annotations

__all__ = [
    "CheckpointError",
    "DataError",
    "GridError",
    "KanwidgetError",
    "OptionError",
    "OutOfMemoryError",
    "PruneError",
    "ShapeError",
    "SymbolicError",
]


class KanwidgetError(Exception):
    """Base of all errors that kanwidget raises on purpose."""


class DataError(KanwidgetError, ValueError):
    """Data that cannot be trained on: not finite, wrong number of columns, no rows."""


class ShapeError(KanwidgetError, ValueError):
    """A network, layer or edge that does not exist or cannot be built."""


class GridError(KanwidgetError, ValueError):
    """A spline grid or degree that cannot be built."""


class OptionError(KanwidgetError, ValueError):
    """An option with a name or value that is not accepted."""


class OutOfMemoryError(KanwidgetError, MemoryError):
    """Something needs more memory than there is; what was there before is kept."""


class PruneError(KanwidgetError, ValueError):
    """Pruning that would leave nothing."""


class SymbolicError(KanwidgetError, ValueError):
    """An unknown function, or a formula that does not exist yet."""


class CheckpointError(KanwidgetError, ValueError):
    """A file that is damaged, hostile, too large, of another kind or of a later version; nothing was built from it.
    Or something that cannot be saved; nothing was written."""
