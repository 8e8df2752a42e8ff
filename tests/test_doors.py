"""Bad input at every door: an error of kanwidget that names the argument and what came, and nothing has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from kanwidget import (
    KAN,
    DataError,
    Dataset,
    GridError,
    KanwidgetError,
    OptionError,
    PruneError,
    ShapeError,
    SymbolicError,
)

from .support import rows, state

NAN, INF = float("nan"), float("inf")


def in_words(options: dict[str, Any]) -> str:
    """A test's name, the same in every process: a function has no address in it."""
    return " ".join(f"{name}={getattr(value, '__name__', value)!r}" for name, value in options.items())[:40]


@pytest.mark.parametrize("error", [DataError, GridError, OptionError, PruneError, ShapeError, SymbolicError])
def test_every_error_is_one_of_kanwidgets_and_a_value_error(error: type[Exception]) -> None:
    assert issubclass(error, KanwidgetError) and issubclass(error, ValueError)


class TestConstructor:
    @pytest.mark.parametrize(
        "width",
        [
            [2],
            [],
            "251",
            None,
            5,
            {2, 5, 1},
            [2, 0, 1],
            [2, -1, 1],
            [0, 1],
            [2, 5, 1.0],
            [2, "5", 1],
            [True, 1],
            [2, None, 1],
            [2, [0, 0], 1],
            [2, [1, 2, 3], 1],
            [2, [1], 1],
            [2, [1, -1], 1],
            [[2, 1], 1],
        ],
    )
    def test_width(self, width: Any) -> None:
        with pytest.raises(ShapeError, match="width") as caught:
            KAN(width=width)
        assert repr(width) in str(caught.value)
        assert "accepted" in str(caught.value) or "cannot" in str(caught.value)

    @pytest.mark.parametrize("grid", [0, -1, 2.5, "5", None, True, [], [5], [5, 5, 5], [5, 0], [5, "5"], 5.0])
    def test_grid(self, grid: Any) -> None:
        with pytest.raises(GridError, match=r"grid=.*1 or more is accepted") as caught:
            KAN(width=[2, 5, 1], grid=grid)
        assert repr(grid) in str(caught.value)

    @pytest.mark.parametrize("k", [-1, 2.5, "3", None, True, [3], [3, 3, 3], [3, -1]])
    def test_k(self, k: Any) -> None:
        with pytest.raises(GridError, match=r"k=.*0 or more is accepted") as caught:
            KAN(width=[2, 5, 1], k=k)
        assert repr(k) in str(caught.value)

    def test_degree_zero_works(self) -> None:
        model = KAN(width=[2, 3, 1], k=0, dtype=torch.float64)
        x = rows(200, 2)
        result = model.fit((x, x.sum(1)), steps=10, progress=False)
        assert result.train_loss[-1] < result.train_loss[0]
        assert model.prune(node_th=0.0, edge_th=0.0).k == [0, 0]
        assert model.refine(10).grid == [10, 10]
        model.auto_symbolic(verbose=False)
        assert model.symbolic_formula()[0]

    def test_base_fun(self) -> None:
        with pytest.raises(OptionError, match=r"base_fun='gelu'.*silu"):
            KAN([2, 1], base_fun="gelu")

    @pytest.mark.parametrize("box", [(1, 0), (1, 1), (NAN, 1), (0, INF), (1,), (0, 1, 2), "ab", None, [[0, 1]]])
    def test_grid_range(self, box: Any) -> None:
        with pytest.raises(GridError, match="grid_range"):
            KAN([2, 1], grid_range=box)

    @pytest.mark.parametrize("eps", [-0.1, 1.1, NAN, INF])
    def test_grid_eps(self, eps: float) -> None:
        with pytest.raises(GridError, match="grid_eps"):
            KAN([2, 1], grid_eps=eps)


class TestForward:
    @pytest.mark.parametrize("shape", [(2,), (4, 3), (4, 1), (4, 2, 1), ()])
    def test_wrong_shape(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(ShapeError, match=r"x has shape.*\(rows, 2\)") as caught:
            KAN([2, 3, 1])(torch.zeros(shape))
        assert str(tuple(shape)) in str(caught.value)

    def test_no_rows(self) -> None:
        assert KAN([2, 3, 1])(torch.zeros(0, 2)).shape == (0, 1)


def bad_tables(dataset: Dataset) -> dict[str, tuple[Any, type[KanwidgetError], str]]:
    x, y = dataset.train_input, dataset.train_label
    spoilt = x.clone()
    spoilt[3, 1] = NAN
    endless = y.clone()
    endless[5] = INF
    return {
        "too many inputs": ((torch.cat([x, x], 1), y), DataError, "train_input has 4 .*network has 2"),
        "too few inputs": ((x[:, :1], y), DataError, "train_input has 1 .*network has 2"),
        "too many outputs": ((x, torch.cat([y, y], 1)), DataError, "train_label has 2 .*network has 1"),
        "nan": ((spoilt, y), DataError, "column 1 'x_2'.*row 3"),
        "infinity": ((x, endless), DataError, "column 0 'f'.*row 5"),
        "nan in a named column": (
            (pd.DataFrame(spoilt.numpy(), columns=["mass", "speed"]), y),
            DataError,
            "'speed'",
        ),
        "nan in the test rows": ({**dataset, "test_input": spoilt[:200]}, DataError, "test_input.*column 1"),
        "other numbers of rows": ((x, y[:-1]), DataError, "299 rows.*300"),
        "no rows": ((x[:0], y[:0]), DataError, "no rows"),
        "no labels": ({"train_input": x}, DataError, "lacks train_label"),
        "inputs only": (x, DataError, "Tensor"),
        "nothing": (None, DataError, "NoneType"),
        "text": ((x, ["a"] * 300), DataError, "one class only"),
        "text among numbers": ((x, ["a", *[1.0] * 299]), DataError, "numbers"),
    }


BAD_OPTIONS: list[dict[str, Any]] = [
    {"opt": "SGD"},
    {"opt": "lbfgs"},
    {"opt": None},
    {"opt": ["LM"]},
    {"steps": -1},
    {"steps": 2.0},
    {"steps": "5"},
    {"steps": None},
    {"lamb": -1e-9},
    {"lamb": NAN},
    {"lamb": INF},
    {"lamb": "0.1"},
    {"lamb": None},
    {"lamb": True},
    {"lamb_l1": -1},
    {"lamb_entropy": NAN},
    {"lamb_coef": "x"},
    {"lamb_coefdiff": -1},
    {"lr": 0},
    {"lr": -1.0},
    {"lr": NAN},
    {"lr": "fast"},
    {"batch": 0},
    {"batch": -2},
    {"batch": 1.5},
    {"batch": 10, "opt": "LM"},
    {"batch": 10, "opt": "LBFGS"},
    {"loss_fn": 3},
    {"loss_fn": lambda p, y: (p - y).abs().mean(), "opt": "LM"},
    {"patience": 0},
    {"patience": 1.5},
    {"patience": "2"},
    {"epochs": 5},
    {"lambda_": 0.1},
]


class TestFit:
    @pytest.mark.parametrize(
        "way", list(bad_tables(Dataset([[0.0, 0.0]] * 300, [[0.0, 0.0]] * 200, [0.0] * 300, [0.0] * 200)))
    )
    def test_bad_tables_change_nothing(self, way: str, trained: KAN, dataset: Dataset) -> None:
        table, error, said = bad_tables(dataset)[way]
        before = state(trained)
        for call in (trained.fit, trained.train):
            with pytest.raises(error, match=said):
                call(table, steps=1, progress=False)
        assert state(trained) == before

    @pytest.mark.parametrize("options", BAD_OPTIONS, ids=in_words)
    def test_bad_options_change_nothing(self, options: dict[str, Any], trained: KAN, dataset: Dataset) -> None:
        before = state(trained)
        with pytest.raises(OptionError, match=next(iter(options))) as caught:
            trained.fit(dataset, **({"steps": 1, "progress": False} | options))
        assert "accepted" in str(caught.value) or "choose" in str(caught.value)
        assert state(trained) == before

    def test_an_unknown_optimiser_is_answered_with_those_that_exist(self, trained: KAN, dataset: Dataset) -> None:
        with pytest.raises(OptionError, match=r"opt='SGD'.*auto, LM, LBFGS, Adam, AdamW"):
            trained.fit(dataset, opt="SGD")

    @pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
    def test_flat_labels_other_precisions_arrays_and_frames_are_accepted(
        self, dataset: Dataset, dtype: torch.dtype
    ) -> None:
        x, y = dataset.train_input, dataset.train_label
        tables: list[Any] = [
            (x, y[:, 0]),
            (x.float(), y.double()),
            (x.numpy(), y.numpy()[:, 0]),
            (x.numpy().astype(np.float32), y.tolist()),
            (pd.DataFrame(x.numpy(), columns=["a", "b"]), pd.Series(y[:, 0].numpy(), name="c")),
            {**dataset, "test_label": dataset.test_label.float()[:, 0]},
        ]
        for table in tables:
            model = KAN([2, 2, 1], dtype=dtype)
            assert len(model.fit(table, steps=1, progress=False).steps) == 1

    def test_labels_too_large_for_the_networks_precision_are_a_data_error(self) -> None:
        x = rows(20, 2)
        with pytest.raises(DataError, match="not finite"):
            KAN([2, 1]).fit((x, 1e200 * x[:, 0]), steps=1, progress=False)


class TestStructure:
    @pytest.mark.parametrize("grid", [0, -3, 2.5, None, "7", [7], [7, 7, 7], True])
    def test_refine(self, trained: KAN, grid: Any) -> None:
        before = state(trained)
        with pytest.raises(GridError, match="grid"):
            trained.refine(grid)
        assert state(trained) == before

    @pytest.mark.parametrize(
        ("x", "error", "said"),
        [
            (torch.zeros(3, 3), ShapeError, r"\(3, 3\)"),
            (torch.zeros(3), ShapeError, "shape"),
            (torch.full((3, 2), NAN), DataError, "column 0"),
            ("rows", DataError, "x"),
            (None, DataError, "x"),
        ],
    )
    def test_update_grid_and_reference(self, trained: KAN, x: Any, error: type[Exception], said: str) -> None:
        before = state(trained)
        with pytest.raises(error, match=said):
            trained.update_grid(x)
        with pytest.raises(error):
            trained.set_reference(x)
        assert state(trained) == before

    @pytest.mark.parametrize("node", [(0, 0), (2, 0), (1, 3), (1, -1), (-1, 0)])
    def test_remove_node(self, trained: KAN, node: tuple[int, int]) -> None:
        before = state(trained)
        with pytest.raises(ShapeError, match=rf"node \({node[0]}, {node[1]}\)"):
            trained.remove_node(*node)
        assert state(trained) == before

    @pytest.mark.parametrize("name", ["node_th", "edge_th"])
    @pytest.mark.parametrize("value", [-0.1, NAN, INF, "0.1", None, True])
    def test_prune(self, trained: KAN, name: str, value: Any) -> None:
        before = state(trained)
        with pytest.raises(OptionError, match=name):
            trained.prune(**{name: value})
        assert state(trained) == before

    def test_prune_that_would_remove_everything(self, trained: KAN) -> None:
        before = state(trained)
        with pytest.raises(PruneError, match=r"edge_th=50.*largest.*choose smaller"):
            trained.prune(edge_th=50)
        assert state(trained) == before


Call = Callable[[KAN, Dataset], Any]


class TestOurErrors:
    """Where Python or torch would raise an error of their own, or none, kanwidget says what it accepts."""

    @pytest.mark.parametrize(
        "options",
        [
            {"seed": None},
            {"seed": 1.5},
            {"seed": "0"},
            {"seed": 2**70},
            {"noise_scale": "x"},
            {"noise_scale": NAN},
            {"base_fun": 3},
            {"base_fun": lambda x: x.sum()},
            {"grid_eps": "x"},
            {"dtype": torch.int32},
            {"dtype": torch.complex64},
            {"grid_range": (1.0, 1.0 + 1e-9)},
            {"grid_range": (-1e200, 1e200)},
        ],
        ids=in_words,
    )
    def test_constructor(self, options: dict[str, Any]) -> None:
        with pytest.raises(KanwidgetError, match=next(iter(options))):
            KAN([2, 1], **options)

    def test_numbers_of_numpy_are_numbers(self) -> None:
        model = KAN(np.array([2, 3, 1]), grid=np.int64(4), k=np.int32(2))
        assert (model.grid, model.k) == ([4, 4], [2, 2])

    @pytest.mark.parametrize("x", [[[0.0, 1.0]], np.zeros((3, 2)), None, "rows"], ids=["list", "numpy", "None", "text"])
    def test_forward_of_what_is_no_tensor(self, x: Any) -> None:
        with pytest.raises(KanwidgetError, match="tensor"):
            KAN([2, 1])(x)

    def test_forward_of_complex_numbers(self) -> None:
        with pytest.raises(KanwidgetError, match="complex"):
            KAN([2, 1])(torch.zeros(3, 2, dtype=torch.complex64))

    @pytest.mark.parametrize(
        "options",
        [
            {"seed": "x"},
            {"seed": None},
            {"lamb": 10**400},
            {"patience": True},
            {"update_grid": "no"},
            {"metrics": 3},
            {"metrics": [3]},
            {"callbacks": [3]},
            {"callbacks": print},
            {"loss_fn": lambda p, y: p - y},
            {"loss_fn": lambda p, y: "x"},
            {"loss_fn": lambda p, y: 3.0},
        ],
        ids=in_words,
    )
    def test_fit(self, options: dict[str, Any], trained: KAN, dataset: Dataset) -> None:
        before = state(trained)
        with pytest.raises(KanwidgetError, match=next(iter(options))):
            trained.fit(dataset, **({"steps": 1, "progress": False} | options))
        assert state(trained) == before

    @pytest.mark.parametrize(
        "call",
        [
            lambda model, x: model.update_grid(x[:0]),
            lambda model, x: model.set_reference(x[:0]),
            lambda model, x: model.attribute(x[:0]),
            lambda model, x: model.attribute("x"),
            lambda model, x: model.set_reference(x, x[:3, 0]),
            lambda model, x: model.set_reference(x, x),
            lambda model, x: model.remove_node("1", 0),
            lambda model, x: model.remove_node(1, 0.0),
            lambda model, x: model.prune_input(threshold="x"),
            lambda model, x: model.prune_input(threshold=-1.0),
            lambda model, x: model.prune_input(active_inputs=1),
            lambda model, x: model.prune_input(active_inputs=[0, 0]),
        ],
        ids=[
            "update_grid without rows",
            "set_reference without rows",
            "attribute without rows",
            "attribute of text",
            "labels of other rows",
            "labels of other columns",
            "remove_node of text",
            "remove_node of a fraction",
            "threshold of text",
            "negative threshold",
            "active_inputs of a number",
            "active_inputs twice the same",
        ],
    )
    def test_structure(self, call: Callable[[KAN, torch.Tensor], Any], trained: KAN) -> None:
        before = state(trained)
        with pytest.raises(KanwidgetError):
            call(trained, rows(20, 2))
        assert state(trained) == before

    @pytest.mark.parametrize("opt", ["LM", "LBFGS", "Adam"])
    def test_a_network_without_edges_cannot_be_trained_and_says_so(self, opt: str, dataset: Dataset) -> None:
        model = KAN([2, 1], dtype=torch.float64)
        model.remove_edge(0, 0, 0)
        model.remove_edge(0, 1, 0)
        result = model.fit(dataset, opt=opt, steps=2, progress=False)
        assert result.why == "converged"

    @pytest.mark.parametrize("opt", ["LM", "LBFGS", "Adam"])
    def test_training_under_no_grad_works(self, opt: str, dataset: Dataset) -> None:
        model = KAN([2, 1], dtype=torch.float64)
        with torch.no_grad():
            assert len(model.fit(dataset, opt=opt, lamb=0.01, steps=2, progress=False).steps) == 2
