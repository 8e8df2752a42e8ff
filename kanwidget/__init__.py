"""kanwidget: from data to formula, by hand, in one notebook cell.

Importing it loads torch and nothing of Jupyter, sympy or matplotlib; those come when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import torch as torch

from kanwidget.data import Dataset as Dataset
from kanwidget.data import create_dataset as create_dataset
from kanwidget.errors import CheckpointError as CheckpointError
from kanwidget.errors import DataError as DataError
from kanwidget.errors import GridError as GridError
from kanwidget.errors import KanwidgetError as KanwidgetError
from kanwidget.errors import OptionError as OptionError
from kanwidget.errors import OutOfMemoryError as OutOfMemoryError
from kanwidget.errors import PruneError as PruneError
from kanwidget.errors import ShapeError as ShapeError
from kanwidget.errors import SymbolicError as SymbolicError
from kanwidget.kan import KAN as KAN
from kanwidget.kan import discover as discover

if TYPE_CHECKING:
    from kanwidget import examples as examples
    from kanwidget.session import Session as Session
    from kanwidget.symbolic.library import add_symbolic as add_symbolic
    from kanwidget.widget.widget import KANWidget as KANWidget

__version__ = "0.1.0"

__all__ = [
    "KAN",
    "CheckpointError",
    "DataError",
    "Dataset",
    "GridError",
    "KANWidget",
    "KanwidgetError",
    "OptionError",
    "OutOfMemoryError",
    "PruneError",
    "Session",
    "ShapeError",
    "SymbolicError",
    "add_symbolic",
    "create_dataset",
    "discover",
    "examples",
    "torch",  # `from kanwidget import *` serves the lines that users of `from kan import *` have
]

_LAZY = {
    "KANWidget": "kanwidget.widget.widget",
    "Session": "kanwidget.session",
    "add_symbolic": "kanwidget.symbolic.library",
}


def __getattr__(name: str) -> Any:
    if name == "examples":
        return import_module("kanwidget.examples")
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'kanwidget' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
