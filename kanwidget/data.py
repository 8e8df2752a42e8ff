"""Tables to learn from: checked once at the door, never changed, and remembered by column name."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from kanwidget.checks import is_number, is_readable, is_seed, is_whole
from kanwidget.classes import CLASSIFICATION, Classes, task_of
from kanwidget.errors import DataError

__all__ = ["Dataset", "as_dataset", "as_matrix", "create_dataset", "default_names"]

_PARTS = ("train_input", "test_input", "train_label", "test_label")


@dataclass(frozen=True, eq=False)
class Dataset(Mapping[str, Tensor]):
    """Training and test rows with the names of their columns.

    It answers as an object (``dataset.train_input``) and as the dictionary that pykan's users know
    (``dataset["train_input"]``, ``dataset.keys()``).

    Attributes:
        train_input: shape ``(rows, inputs)``.
        train_label: shape ``(rows, outputs)``; a vector is accepted as one column.
        test_input, test_label: rows that no fit sees, same columns; without any, the training rows.
        input_names, output_names: one name per column.
        classes: the names of the classes; without any, labels are measured values. With them, ``train_label`` and
            ``test_label`` are one column of the numbers 0 … C - 1, whatever came in.
        task: ``"regression"`` or ``"classification"``; None goes by the labels, see
            :func:`kanwidget.classes.task_of`.
    """

    train_input: Tensor
    test_input: Tensor
    train_label: Tensor
    test_label: Tensor
    input_names: tuple[str, ...] = ()
    output_names: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    task: str | None = None

    def __post_init__(self) -> None:
        def put(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        put("task", task_of(self.train_label, self.task, self.classes))
        names_in = tuple(self.input_names) or column_names(self.train_input, "x")
        names_out = tuple(self.output_names) or _label_names(self.train_label, self.task)
        if self.task == CLASSIFICATION:
            classes = Classes.of(self.train_label, "train_label", self.classes)
            for part in ("train_label", "test_label"):
                put(part, classes.numbers(self[part], part))
            put("classes", classes.names)
        for part in _PARTS:
            put(part, as_matrix(getattr(self, part), part, names_in if part.endswith("input") else names_out))
        if not len(self.test_input) and not len(self.test_label):
            put("test_input", self.train_input)
            put("test_label", self.train_label)
        put("input_names", _fitting(names_in, self.train_input, "input_names"))
        put("output_names", _fitting(names_out, self.train_label, "output_names"))
        for kind in ("train", "test"):
            x, y = self[f"{kind}_input"], self[f"{kind}_label"]
            if len(x) != len(y):
                raise DataError(f"{kind}_label has {len(y)} rows, {kind}_input has {len(x)}: both need the same")
        if not len(self.train_input):
            raise DataError("train_input has no rows: at least one is needed")
        for what in ("input", "label"):
            train, test = self[f"train_{what}"], self[f"test_{what}"]
            if train.shape[1] != test.shape[1]:
                raise DataError(
                    f"test_{what} has {test.shape[1]} columns, train_{what} has {train.shape[1]}: both need the same"
                )

    @classmethod
    def from_arrays(
        cls,
        inputs: Any,
        labels: Any,
        *,
        test_size: float = 0.2,
        seed: int = 0,
        input_names: Sequence[str] = (),
        output_names: Sequence[str] = (),
        classes: Sequence[str] = (),
        task: str | None = None,
    ) -> Dataset:
        """Split arrays, tensors, lists or data frames into training and test rows.

        Args:
            inputs: ``(rows, inputs)``; a vector is one input.
            labels: ``(rows, outputs)``; a vector is one output.
            test_size: share of rows held back for testing, in [0, 1). With 0, or with a single row, the test
                loss is measured on the training rows.
            seed: of the shuffle; global random state is not touched.
            classes: names of the classes: texts that stand in ``labels``, or what the numbers 0 … C - 1 there mean.
            task: ``"regression"``, ``"classification"``, or None to go by the labels: texts, truth values and the
                integers 0 … C - 1 are classes.
        """
        if not is_number(test_size) or not 0 <= test_size < 1:
            raise DataError(f"test_size={test_size!r}: a share in [0, 1) is accepted")
        _check_seed(seed)
        names_in = tuple(input_names) or column_names(inputs, "x")
        task = task_of(labels, task, classes)
        names_out = tuple(output_names) or _label_names(labels, task)
        if task == CLASSIFICATION:
            known = Classes.of(labels, "labels", classes)
            labels, classes = known.numbers(labels, "labels"), known.names
        x, y = as_matrix(inputs, "inputs", names_in), as_matrix(labels, "labels", names_out)
        if len(x) != len(y):
            raise DataError(f"labels has {len(y)} rows, inputs has {len(x)}: both need the same")
        n = len(x)
        held = min(max(1, round(test_size * n)), n - 1) if test_size and n > 1 else 0
        order = torch.randperm(n, generator=torch.Generator().manual_seed(seed)) if held else torch.arange(n)
        train, test = order[held:], order[:held]
        return cls(x[train], x[test], y[train], y[test], names_in, names_out, tuple(classes), task)

    @classmethod
    def from_pandas(
        cls, frame: Any, target: Any, *, test_size: float = 0.2, seed: int = 0, task: str | None = None
    ) -> Dataset:
        """Split a pandas data frame; ``target`` names the column or columns to predict, all others are inputs.

        A target of texts, categories or truth values is a class; see :meth:`from_arrays` for ``task``.
        """
        if not hasattr(frame, "columns") or not hasattr(frame, "drop"):
            raise DataError(f"frame is a {type(frame).__name__}: a pandas data frame is accepted")
        targets = list(target) if isinstance(target, list | tuple) else [target]
        missing = [t for t in targets if t not in frame.columns]
        if missing or not targets:
            known = ", ".join(map(str, frame.columns))
            raise DataError(f"target={target!r}: no such column; the table has {known}")
        inputs = frame.drop(columns=targets)
        if not inputs.shape[1]:
            raise DataError(f"target={target!r}: no column is left as an input")
        return cls.from_arrays(inputs, frame[targets], test_size=test_size, seed=seed, task=task)

    @property
    def is_classification(self) -> bool:
        return self.task == CLASSIFICATION

    @property
    def widths(self) -> tuple[int, ...]:
        """How many outputs a network for these labels may have: one per column, or one per class; two classes can also
        share one, which is positive for the second."""
        if not self.is_classification:
            return (self.train_label.shape[1],)
        return (1, 2) if len(self.classes) == 2 else (len(self.classes),)

    def names_of(self, outputs: int) -> tuple[str, ...]:
        """What the outputs of a network of this width are called; of classes, they are their logits."""
        if not self.is_classification:
            return self.output_names
        return ("logit",) if outputs == 1 else tuple(n if n.isidentifier() else f"class_{n}" for n in self.classes)

    def to(self, *, dtype: torch.dtype | None = None, device: torch.device | str | None = None) -> Dataset:
        """The same rows in another precision or on another device."""
        moved: dict[str, Any] = {part: self[part].to(device=device, dtype=dtype) for part in _PARTS}
        return replace(self, **moved)

    def __getitem__(self, part: str) -> Tensor:
        if part not in _PARTS:
            raise KeyError(part)
        value: Tensor = getattr(self, part)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(_PARTS)

    def __len__(self) -> int:
        return len(_PARTS)

    def keys(self) -> KeysView[str]:
        return self._parts().keys()

    def items(self) -> ItemsView[str, Tensor]:
        return self._parts().items()

    def _parts(self) -> dict[str, Tensor]:
        return {part: self[part] for part in _PARTS}

    def __repr__(self) -> str:
        names = f"{', '.join(self.input_names)} → {', '.join(self.output_names)}"
        if self.is_classification:
            names += f" ({', '.join(self.classes)})"
        return f"Dataset({names}: {len(self.train_input)} training rows, {len(self.test_input)} test rows)"


def create_dataset(
    f: Callable[[Tensor], Tensor],
    n_var: int = 2,
    ranges: Sequence[float] | Sequence[Sequence[float]] = (-1.0, 1.0),
    train_num: int = 1000,
    test_num: int = 1000,
    noise: float = 0.0,
    seed: int = 0,
    *,
    dtype: torch.dtype = torch.float64,
) -> Dataset:
    """Rows drawn uniformly in a box, labelled by a function.

    Args:
        f: maps a tensor ``(rows, n_var)`` to labels ``(rows,)`` or ``(rows, outputs)``.
        n_var: number of inputs.
        ranges: ``(low, high)`` for all inputs or one pair per input.
        train_num, test_num: number of rows.
        noise: standard deviation of the Gaussian noise on the *training* labels, in units of their standard
            deviation; test labels stay exact, so that the test loss measures what was learnt.
        seed: of this data set; global random state is not touched.
        dtype: float64 by default: an exact formula needs exact labels.
    """
    box = _box(ranges, n_var)
    for name, value, least in (("train_num", train_num, 1), ("test_num", test_num, 0)):
        if not is_whole(value) or value < least:
            raise DataError(f"{name}={value!r}: a number of rows of {least} or more is accepted")
    if not is_number(noise) or noise < 0:
        raise DataError(f"noise={noise!r}: a number of 0 or more is accepted")
    if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:
        raise DataError(f"dtype={dtype!r}: a real floating-point type is accepted, such as torch.float64")
    _check_seed(seed)
    generator = torch.Generator().manual_seed(seed)

    def draw(rows: int) -> Tensor:
        return box[:, 0] + (box[:, 1] - box[:, 0]) * torch.rand(rows, n_var, generator=generator, dtype=dtype)

    train_input, test_input = draw(train_num), draw(test_num)
    train_label, test_label = (as_matrix(f(x.clone()), "f(inputs)", ()) for x in (train_input, test_input))
    if noise:
        spread = train_label.std(dim=0, correction=0)
        train_label = train_label + noise * spread * torch.randn(
            train_label.shape, generator=generator, dtype=train_label.dtype
        )
    return Dataset(train_input, test_input, train_label, test_label)


def as_dataset(data: Any) -> Dataset:
    """Accept what people have: a ``Dataset``, pykan's dictionary, or a pair ``(inputs, labels)``.

    Without test rows a fifth of the rows is held back (see :meth:`Dataset.from_arrays`).
    """
    if isinstance(data, Dataset):
        return data
    if isinstance(data, Mapping):
        missing = [part for part in ("train_input", "train_label") if part not in data]
        if missing:
            raise DataError(f"dataset lacks {' and '.join(missing)}: it has {', '.join(map(str, data)) or 'nothing'}")
        x, y = data["train_input"], data["train_label"]
        if data.get("test_input") is not None and data.get("test_label") is not None:
            return Dataset(x, data["test_input"], y, data["test_label"])
        return Dataset.from_arrays(x, y)
    if isinstance(data, tuple | list) and len(data) == 2:
        return Dataset.from_arrays(*data)
    raise DataError(
        f"dataset is a {type(data).__name__}: a Dataset, a dictionary with train_input and train_label, "
        "or a pair (inputs, labels) is accepted"
    )


def as_matrix(values: Any, what: str, names: Sequence[str] = ()) -> Tensor:
    """A finite float matrix ``(rows, columns)`` that shares no memory with ``values``.

    Integers and booleans become float64, a vector becomes one column; anything else that is not numeric, and any
    NaN or infinity, is an error that names the column.
    """
    matrix = _numeric(values, what)
    if matrix.ndim == 1:
        matrix = matrix[:, None]
    if matrix.ndim != 2:
        raise DataError(f"{what} has shape {tuple(matrix.shape)}: rows by columns is accepted")
    if not matrix.shape[1]:
        raise DataError(f"{what} has no columns: at least one is needed")
    bad = ~torch.isfinite(matrix)
    if bad.any():
        row, column = (int(v) for v in bad.nonzero()[0])
        name = f" {names[column]!r}" if column < len(names) else ""
        raise DataError(
            f"{what}: column {column}{name} has {int(bad[:, column].sum())} value(s) that are not finite, "
            f"the first in row {row} ({matrix[row, column].item()}): remove or fill them"
        )
    return matrix


def _numeric(values: Any, what: str) -> Tensor:
    if isinstance(values, Tensor):
        tensor = (values if values.layout is torch.strided else values.to_dense()).detach().clone()
    else:
        if hasattr(values, "columns"):
            values = _frame_to_numpy(values, what)
        tensor = torch.from_numpy(_array(values, what))
    if tensor.is_complex():
        raise DataError(f"{what} holds complex numbers: real ones are accepted")
    return tensor if tensor.dtype in (torch.float32, torch.float64) else tensor.to(torch.float64)


def _array(values: Any, what: str) -> np.ndarray[Any, Any]:
    try:
        if isinstance(values, np.ma.MaskedArray):
            values = np.ma.filled(values.astype(np.float64), np.nan)
        array = np.array(values)
    except ValueError as error:
        raise DataError(f"{what} is not a table: its rows have different lengths") from error
    if array.dtype.kind not in "biuf":
        raise DataError(f"{what} holds values of type {array.dtype}: numbers are accepted")
    if array.dtype == np.float32:
        return array
    with np.errstate(over="ignore"):
        return array.astype(np.float64)


def _frame_to_numpy(frame: Any, what: str) -> np.ndarray[Any, Any]:
    _check_names(f"{what}: column names", [str(name) for name in frame.columns])
    columns = []
    for name in frame.columns:
        column = frame[name].to_numpy()
        try:
            columns.append(column.astype(np.float64))
        except (TypeError, ValueError) as error:
            raise DataError(f"{what}: column {name!r} holds {column.dtype}: numbers are accepted") from error
    return np.stack(columns, axis=1) if columns else np.zeros((len(frame), 0))


def column_names(values: Any, letter: str) -> tuple[str, ...]:
    """Names of a data frame or series, otherwise numbered ones."""
    if hasattr(values, "columns"):
        return tuple(str(name) for name in values.columns)
    if getattr(values, "name", None) is not None and not isinstance(values, Tensor):
        return (str(values.name),)
    try:
        shape = np.shape(values)
    except ValueError:
        return ()  # rows of different lengths: as_matrix says so
    return default_names(shape[1] if len(shape) > 1 else 1, letter)


def _label_names(labels: Any, task: str | None) -> tuple[str, ...]:
    return column_names(labels, "class" if task == CLASSIFICATION else "f")


def default_names(count: int, letter: str) -> tuple[str, ...]:
    """``x_1 … x_n`` for inputs, ``f`` or ``f_1 … f_n`` for outputs, ``class`` for a column of classes."""
    if letter != "x" and count == 1:
        return (letter,)
    return tuple(f"{letter}_{i + 1}" for i in range(count))


def _fitting(names: tuple[str, ...], matrix: Tensor, what: str) -> tuple[str, ...]:
    if len(names) != matrix.shape[1]:
        raise DataError(f"{what} has {len(names)} names {names!r} for {matrix.shape[1]} columns")
    _check_names(what, names)
    return tuple(str(name) for name in names)


def _check_names(what: str, names: Sequence[str]) -> None:
    twice = [name for name in names if list(names).count(name) > 1]
    if twice:
        raise DataError(f"{what}: {twice[0]!r} stands there twice; every column needs a name of its own")
    torn = [name for name in names if not is_readable(str(name))]
    if torn:
        raise DataError(f"{what}: {torn[0]!r} holds half a letter: a text that UTF-8 can hold is accepted")


def _check_seed(seed: Any) -> None:
    if not is_seed(seed):
        raise DataError(f"seed={seed!r}: an integer of 64 bits is accepted")


def _box(ranges: Any, n_var: int) -> Tensor:
    if not is_whole(n_var) or n_var < 1:
        raise DataError(f"n_var={n_var!r}: a number of inputs of 1 or more is accepted")
    try:
        box = torch.as_tensor(np.array(ranges, dtype=np.float64))
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(f"ranges={ranges!r}: (low, high), or one such pair per input, is accepted") from error
    if box.shape == (2,):
        box = box.expand(n_var, 2)
    if box.shape != (n_var, 2):
        raise DataError(f"ranges has shape {tuple(box.shape)}: (2,) or ({n_var}, 2) is accepted")
    if not (torch.isfinite(box).all() and (box[:, 0] < box[:, 1]).all()):
        raise DataError(f"ranges={ranges!r}: finite pairs with low < high are accepted")
    return box
