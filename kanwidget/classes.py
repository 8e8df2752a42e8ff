"""Labels that are classes: told from measured values, and turned into the numbers 0 … C - 1 with a name each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from kanwidget.checks import is_readable
from kanwidget.errors import DataError

__all__ = ["CLASSIFICATION", "REGRESSION", "Classes", "task_of"]

REGRESSION, CLASSIFICATION = "regression", "classification"
MOST = 100  # classes; beyond, a column is measured rather than sorted into kinds

Array = np.ndarray[Any, Any]


def task_of(labels: Any, task: Any, classes: Sequence[Any]) -> str:
    """What is to be learnt from a column of labels: ``task`` itself, or what the labels look like.

    Texts, truth values and ``classes`` given by name mean classification; so do integers that are exactly 0 … C - 1,
    with at least two rows for every class on average. Everything else is measured.
    """
    if task is not None:
        if task not in (REGRESSION, CLASSIFICATION):
            raise DataError(f"task={task!r}: {REGRESSION!r}, {CLASSIFICATION!r} or None (go by the labels) is accepted")
        return str(task)
    return CLASSIFICATION if len(classes) or _look_like_classes(labels) else REGRESSION


def _look_like_classes(labels: Any) -> bool:
    column = _single_column(labels)
    if column is None or not len(column):
        return False
    if column.dtype.kind == "O":
        return all(isinstance(v, str | bool | np.bool_) for v in column)
    if column.dtype.kind in "bU":
        return True
    if column.dtype.kind not in "iu" or column.min() != 0 or not 0 < column.max() < MOST:
        return False
    count = int(column.max()) + 1
    return 2 * count <= len(column) and bool(np.bincount(column.astype(np.int64), minlength=count).all())


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of one column.

    Attributes:
        values: what stands in the column for each class, in the order of their numbers.
        names: one text per class.
    """

    values: tuple[int | str, ...]
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        torn = [name for name in self.names if not is_readable(name)]
        if torn:
            raise DataError(f"class {torn[0]!r} holds half a letter: a text that UTF-8 can hold is accepted")

    @classmethod
    def of(cls, labels: Any, what: str, names: Sequence[Any] = ()) -> Classes:
        """Those that occur in ``labels``, sorted, or those of ``names``.

        Args:
            names: of all classes, if they are known: what stands in the column, or, where that is 0 … C - 1, what
                these numbers mean.

        Raises:
            DataError: there are not at least two, there are too many, or the labels are no classes.
        """
        found, _ = _coded(labels, what)
        if len(names):
            given = _checked_names(names)
            is_text = any(isinstance(v, str) for v in found)
            classes = cls(given if is_text else tuple(range(len(given))), given)
            classes.numbers(labels, what)
            return classes
        if len(found) < 2:
            raise DataError(f"{what} holds one class only, {found[0]!r}: at least two are needed to tell them apart")
        if len(found) > MOST:
            raise DataError(
                f"{what} holds {len(found)} different values: up to {MOST} classes are accepted; "
                f"task={REGRESSION!r} is for measured values"
            )
        return cls(found, tuple(str(value) for value in found))

    def numbers(self, labels: Any, what: str) -> Tensor:
        """The numbers 0 … C - 1 of the labels, shape ``(rows, 1)``, as floats on the labels' device.

        Raises:
            DataError: a label is none of the classes.
        """
        found, place = _coded(labels, what)
        at = {value: number for number, value in enumerate(self.values)}
        unknown = [value for value in found if value not in at]
        if unknown:
            raise DataError(f"{what} holds {unknown[0]!r}: the classes are {_listed(self.values)}")
        numbers = torch.from_numpy(np.array([at[value] for value in found], dtype=np.float64)[place])[:, None]
        if isinstance(labels, Tensor):
            return numbers.to(labels.device, labels.dtype if labels.is_floating_point() else None)
        return numbers


def _checked_names(names: Any) -> tuple[str, ...]:
    listed = () if isinstance(names, str) else tuple(str(name) for name in names)
    if not 2 <= len(set(listed)) == len(listed) <= MOST:
        raise DataError(f"classes={names!r}: a list of 2 to {MOST} different names is accepted")
    return listed


def _coded(labels: Any, what: str) -> tuple[tuple[int | str, ...], Array]:
    """The different values of a column, sorted, and for every row which of them it holds."""
    column = _single_column(labels)
    if column is None:
        raise DataError(f"{what}: classes come as one column, one class per row")
    if column.dtype.kind == "O":
        column = _of_one_kind(column, what)
    if column.dtype.kind not in "biufU":
        raise DataError(f"{what} holds values of type {column.dtype}: texts or whole numbers are accepted as classes")
    if column.dtype.kind == "f":
        _check_whole(column, what)
    values, place = np.unique(column, return_inverse=True)
    return tuple(str(v) if column.dtype.kind == "U" else int(v) for v in values), place


def _of_one_kind(column: Array, what: str) -> Array:
    """A column of Python objects as texts or as numbers."""
    for row, value in enumerate(column):
        missing = value is None or type(value).__name__ in ("NAType", "NaTType")
        if missing or (isinstance(value, float) and value != value):
            raise DataError(f"{what}: row {row} has no class: remove or fill it")
    texts = [isinstance(value, str) for value in column]
    if all(texts):
        return column.astype(np.str_)
    strange = next((v for v in column if not isinstance(v, str | bool | int | float | np.number | np.bool_)), None)
    if strange is not None or any(texts):
        other = strange if strange is not None else next(v for v in column if isinstance(v, str))
        raise DataError(f"{what} holds {other!r} among others: all texts or all whole numbers are accepted as classes")
    return column.astype(np.float64)


def _check_whole(column: Array, what: str) -> None:
    for row in np.flatnonzero(column != np.round(column))[:1]:
        if np.isnan(column[row]):
            raise DataError(f"{what}: row {row} has no class: remove or fill it")
        raise DataError(
            f"{what} holds {column[row]}: texts or whole numbers are accepted as classes; "
            f"task={REGRESSION!r} is for measured values"
        )
    if not np.isfinite(column).all():
        raise DataError(f"{what} holds values that are not finite: texts or whole numbers are accepted as classes")


def _single_column(labels: Any) -> Array | None:
    """Labels as one vector; None where there are several columns."""
    if isinstance(labels, Tensor):
        dense = (labels if labels.layout is torch.strided else labels.to_dense()).detach().cpu()
        labels = (dense.float() if dense.dtype is torch.bfloat16 else dense).numpy()  # NumPy has no such numbers
    elif hasattr(labels, "astype") and hasattr(labels, "index"):
        labels = labels.astype(object)  # a pandas series or frame: its own kinds of columns as plain objects
    try:
        array = np.asarray(labels)
    except ValueError:
        return None  # rows of different lengths
    if array.dtype.kind == "U" and isinstance(labels, list | tuple):
        array = np.asarray(labels, dtype=object)  # numbers among texts stay numbers, to be told
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    return array if array.ndim == 1 else None


def _listed(values: Sequence[Any]) -> str:
    shown = ", ".join(str(value) for value in values[:8])
    return f"{shown} …" if len(values) > 8 else shown
