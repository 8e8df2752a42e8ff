"""Generated tables, from harmless to absurd: a finite result, or a DataError that says what is wrong with them."""

from __future__ import annotations

import copy
import datetime
import pickle
import random
import warnings
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import torch

from kanwidget import KAN, DataError, Dataset

from .promise import Figures

__all__ = ["tables"]

ROWS = (0, 1, 1, 2, 2, 3, 5, 8, 12, 20, 30, 30)
COLUMNS = (0, 1, 1, 1, 2, 2, 2, 3, 3)
ODD = [float("nan"), float("inf"), -float("inf"), 1e300, -1e300, 1e-300, 5e-324, 1e200, 1e30, 0.0, -0.0, 2.0**63]
DTYPES = ["float64", "float32", "float16", "int64", "int8", "uint64", "bool", "complex64", "object", "str", "datetime"]


def tables(count: int) -> Figures:
    """Train on each as a user would."""
    random_, seen = random.Random(6), Counter[str]()
    for n in range(count):
        x, y = _table(random_)
        before = pickle.dumps((x, y))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pd.errors.PerformanceWarning)
            try:
                _train(x, y, n, random_)
                seen["trained"] += 1
            except DataError as error:
                assert str(error)
                seen["refused"] += 1
        assert pickle.dumps((x, y)) == before, "a table was changed"
    return {"tables": count, **seen, "other outcomes": 0}


def _train(x: Any, y: Any, n: int, random_: random.Random) -> None:
    data = Dataset.from_arrays(x, y, test_size=random_.choice([0.0, 0.2, 0.5]))
    width = [data.train_input.shape[1], random_.choice([1, [1, 1]]), data.train_label.shape[1]]
    dtype = random_.choice([torch.float64, torch.float32])
    model = KAN(width, grid=3, seed=n, dtype=dtype)
    opt = random_.choice(["auto", "LM", "LBFGS", "Adam"])
    result = model.fit(data, opt=opt, steps=2, lamb=random_.choice([0, 0.01]), progress=False)
    assert all(bool(torch.isfinite(t).all()) for t in (*model.parameters(), *model.buffers()))
    assert all(abs(loss) < float("inf") for loss in result.train_loss)
    assert torch.isfinite(model(data.train_input.to(dtype))).all()


def _table(random_: random.Random) -> tuple[Any, Any]:
    count = random_.choice(ROWS)
    labels = count if random_.random() < 0.95 else random_.choice(ROWS)
    x = _matrix(count, random_.choice(COLUMNS), random_)
    y = _matrix(labels, random_.choice((1, 1, 1, 2, 0)), random_)
    return _packed(x, random_), _packed(y[:, 0] if y.shape[1] == 1 and random_.random() < 0.5 else y, random_)


def _matrix(rows: int, columns: int, random_: random.Random) -> Any:
    draw = np.random.default_rng(random_.randrange(2**32))
    values = draw.uniform(-1, 1, (rows, columns)) * random_.choice([1, 1, 1, 1e-6, 1e3, 1e8])
    for column in range(columns if rows else 0):
        match random_.randrange(12):
            case 0:
                values[:, column] = random_.choice([0.0, 3.5, -1e6])
            case 1:
                values[random_.randrange(rows), column] = random_.choice(ODD)
            case 2:
                values[:, column] *= random_.choice([1e-300, 1e-30, 1e30, 1e150, 1e300])
            case 3:
                values[:, column] = values[:, column].round()
    return values


def _packed(values: Any, random_: random.Random) -> Any:
    """The table in one of the forms in which people have it."""
    if random_.random() < 0.7:
        return values
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        match random_.randrange(12):
            case 0:
                return torch.from_numpy(values.copy()).to(random_.choice([torch.float32, torch.float16, torch.int32]))
            case 1:
                return values.tolist()
            case 2:
                return pd.DataFrame(values, columns=None if values.ndim == 1 else _names(values.shape[1], random_))
            case 3:
                return np.ma.masked_array(values, mask=values > random_.choice([0.9, 2]))
            case 4:
                return _typed(values, random_)
            case 5:
                return values[::-1]
            case 6:
                return np.asfortranarray(values).view()
            case 7:
                return values.reshape(1, *values.shape)
            case 8:
                return random_.choice(
                    [None, 3, 2.5, "table", {}, {"a": [1]}, [], [[]], [[1], [2, 3]], [None], set(), b"1"]
                )
            case 9:
                entries: list[Any] = [
                    Decimal("1.5"),
                    Fraction(1, 3),
                    "x",
                    None,
                    datetime.date(2020, 1, 1),
                    10**400,
                    True,
                ]
                listed = copy.deepcopy(values.tolist())
                if listed and isinstance(listed[0], list) and listed[0]:
                    listed[-1][0] = random_.choice(entries)
                elif listed:
                    listed[-1] = random_.choice(entries)
                return listed
            case 10:
                return torch.from_numpy(values.copy()).requires_grad_()
            case _:
                return torch.from_numpy(values.copy()).to_sparse()


def _typed(values: Any, random_: random.Random) -> Any:
    kind = random_.choice(DTYPES)
    if kind == "datetime":
        return np.full(values.shape, np.datetime64("2020-01-01"))
    return np.nan_to_num(values).clip(-100, 100).astype(kind)


def _names(count: int, random_: random.Random) -> list[Any]:
    return [random_.choice(["a", "b", "c", "x", 0, 1, None, "", "a\nb", ("m", 1), 1.5]) for _ in range(count)]
