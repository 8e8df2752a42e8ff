"""Labels that are classes: recognised, numbered, named, and refused in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from kanwidget import DataError, Dataset

from .support import rows

X = rows(6, 2)


def learnt(labels: Any, **options: Any) -> tuple[tuple[str, ...], list[float]]:
    data = Dataset.from_arrays(X, labels, test_size=0.0, **options)
    return data.classes, data.train_label[:, 0].tolist()


@pytest.mark.parametrize(
    ("labels", "names", "numbers"),
    [
        ([0, 1, 0, 1, 1, 0], ("0", "1"), [0, 1, 0, 1, 1, 0]),
        (torch.tensor([2, 1, 0, 1, 2, 0]), ("0", "1", "2"), [2, 1, 0, 1, 2, 0]),
        (np.array([[True], [False], [True], [True], [False], [False]]), ("0", "1"), [1, 0, 1, 1, 0, 0]),
        (["b", "a", "b", "c", "c", "a"], ("a", "b", "c"), [1, 0, 1, 2, 2, 0]),
        (np.array(["b", "a", "b", "a", "b", "a"], dtype=object), ("a", "b"), [1, 0, 1, 0, 1, 0]),
        (pd.Series(["b", "a", "b", "a", "b", "a"], dtype="category"), ("a", "b"), [1, 0, 1, 0, 1, 0]),
        (pd.Series([True, False, True, False, True, False], dtype="boolean"), ("0", "1"), [1, 0, 1, 0, 1, 0]),
    ],
)
def test_labels_that_look_like_classes_are_numbered(labels: Any, names: tuple[str, ...], numbers: list[int]) -> None:
    assert learnt(labels) == (names, numbers)


@pytest.mark.parametrize(
    "labels",
    [
        [0.0, 1.0, 0.0, 1.0, 1.0, 0.0],
        [1, 2, 1, 2, 1, 2],
        [0, 2, 0, 2, 2, 0],
        [0, 1, 2, 3, 4, 5],
        [[0, 1], [1, 0], [0, 1], [1, 0], [1, 0], [0, 1]],
        [0, 0, 0, 0, 0, 0],
    ],
)
def test_everything_else_is_measured(labels: Any) -> None:
    data = Dataset.from_arrays(X, labels)
    assert (data.task, data.classes) == ("regression", ())


def test_the_task_can_be_said() -> None:
    assert learnt([1.0, -1.0, 1.0, 1.0, -1.0, -1.0], task="classification") == (("-1", "1"), [1, 0, 1, 1, 0, 0])
    assert learnt([0, 1, 0, 1, 1, 0], task="regression") == ((), [0, 1, 0, 1, 1, 0])


def test_classes_can_be_named_and_ordered() -> None:
    assert learnt([0, 1, 0, 1, 1, 0], classes=["no", "yes"]) == (("no", "yes"), [0, 1, 0, 1, 1, 0])
    assert learnt(["yes", "no"] * 3, classes=["yes", "no"]) == (("yes", "no"), [0, 1, 0, 1, 0, 1])
    assert learnt([0, 1, 0, 1, 1, 0], classes=["no", "yes", "never seen"])[0] == ("no", "yes", "never seen")


@pytest.mark.parametrize(
    ("labels", "options", "said"),
    [
        ([1.5, 2, 1, 2, 1, 2], {"task": "classification"}, r"labels holds 1\.5.*whole numbers.*task='regression'"),
        (["a", None, "b", "a", "b", "a"], {"task": "classification"}, r"labels: row 1 has no class"),
        ([1, float("nan"), 2, 1, 2, 1], {"task": "classification"}, r"labels: row 1 has no class"),
        ([1, float("inf"), 2, 1, 2, 1], {"task": "classification"}, r"not finite"),
        (["a", 1, "b", "a", "b", "a"], {"task": "classification"}, r"holds .* all texts or all whole numbers"),
        (["a"] * 6, {}, r"one class only, 'a'"),
        ([[0, 1]] * 6, {"task": "classification"}, r"classes come as one column"),
        ([0, 1, 2, 0, 1, 2], {"classes": ["no", "yes"]}, r"labels holds 2: the classes are 0, 1"),
        (["a", "b", "c"] * 2, {"classes": ["a", "b"]}, r"labels holds 'c': the classes are a, b"),
        ([0, 1] * 3, {"classes": ["a", "a"]}, r"classes=.*different names"),
        ([0, 1] * 3, {"task": "sorting"}, r"task='sorting': 'regression', 'classification' or None"),
        (pd.Series(["a", pd.NA, "b", "a", "b", "a"]), {"task": "classification"}, r"row 1 has no class"),
        (np.array([1 + 1j] * 6), {"task": "classification"}, r"complex128"),
    ],
)
def test_what_is_no_class_is_said(labels: Any, options: Any, said: str) -> None:
    with pytest.raises(DataError, match=said):
        Dataset.from_arrays(X, labels, **options)


def test_a_measured_column_is_not_sorted_into_kinds() -> None:
    with pytest.raises(DataError, match=r"101 different values.*up to 100 classes"):
        Dataset.from_arrays(rows(101, 1), list(range(101)), task="classification")


def test_a_class_that_was_never_trained_on_is_refused() -> None:
    with pytest.raises(DataError, match=r"test_label holds 'c': the classes are a, b"):
        Dataset(X, X[:1], ["a", "b"] * 3, ["c"])


def test_every_class_is_known_also_where_the_split_put_it_among_the_test_rows() -> None:
    labels = ["rare", *["often"] * 5]
    for seed in range(6):
        data = Dataset.from_arrays(X, labels, seed=seed)
        assert data.classes == ("often", "rare")


def test_another_precision_keeps_classes_and_numbers() -> None:
    data = Dataset.from_arrays(X, ["b", "a"] * 3, test_size=0.0)
    single = data.to(dtype=torch.float32)
    assert single.train_label.dtype == torch.float32
    assert (single.classes, single.task, single.train_label.tolist()) == (
        data.classes,
        "classification",
        data.train_label.tolist(),
    )


def test_a_table_names_the_column() -> None:
    frame = pd.DataFrame({"size": [1.0, 2.0, 3.0, 4.0], "kind": pd.Categorical(["b", "a", "b", "a"])})
    data = Dataset.from_pandas(frame, "kind")
    assert (data.classes, data.input_names, data.output_names) == (("a", "b"), ("size",), ("kind",))
    assert "kind (a, b)" in repr(data)
