"""What comes in through the door: any table people have, checked once, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kanwidget import KAN, DataError, Dataset, KanwidgetError, create_dataset
from kanwidget.data import as_dataset

from .conftest import truth
from .support import rows

NAN, INF = float("nan"), float("inf")


class TestCreate:
    def test_it_answers_as_an_object_and_as_the_dictionary(self) -> None:
        data = create_dataset(truth, n_var=2)
        assert list(data.keys()) == ["train_input", "test_input", "train_label", "test_label"]
        assert data["train_input"].shape == data.test_input.shape == (1000, 2)
        assert data["train_label"].shape == (1000, 1)
        assert data["test_label"] is data.test_label
        assert isinstance(data, Mapping) and len(data) == 4 and "train_input" in data
        assert {key: value.shape for key, value in data.items()}["test_label"] == (1000, 1)
        with pytest.raises(KeyError):
            data["train"]

    def test_labels_are_the_function(self) -> None:
        data = create_dataset(truth, n_var=2, train_num=50, test_num=20)
        assert torch.equal(data.train_label, truth(data.train_input))
        assert torch.equal(data.test_label, truth(data.test_input))

    def test_the_seed_alone_decides_the_rows(self) -> None:
        torch.manual_seed(0)
        first = create_dataset(truth, seed=4)
        torch.manual_seed(1)
        assert torch.equal(first.train_input, create_dataset(truth, seed=4).train_input)
        assert not torch.equal(first.train_input, create_dataset(truth, seed=5).train_input)

    def test_training_and_test_rows_differ(self) -> None:
        data = create_dataset(truth, train_num=100, test_num=100)
        both = torch.cat([data.train_input, data.test_input])
        assert len(both.unique(dim=0)) == 200

    @pytest.mark.parametrize(("ranges", "box"), [((2, 5), [(2, 5), (2, 5)]), ([[0, 1], [-9, -7]], [(0, 1), (-9, -7)])])
    def test_rows_fill_their_ranges(self, ranges: Any, box: list[tuple[float, float]]) -> None:
        x = create_dataset(truth, ranges=ranges).train_input
        for column, (low, high) in zip(x.T, box, strict=True):
            assert low <= column.min() < low + 0.05 * (high - low)
            assert high - 0.05 * (high - low) < column.max() <= high

    def test_noise_is_relative_and_in_the_training_labels_only(self) -> None:
        clean, noisy = (create_dataset(truth, noise=noise, train_num=5000) for noise in (0.0, 0.1))
        assert torch.equal(clean.train_input, noisy.train_input)
        assert torch.equal(clean.test_label, noisy.test_label)
        error = (noisy.train_label - clean.train_label).std() / clean.train_label.std()
        assert error == pytest.approx(0.1, rel=0.05)

    def test_several_outputs_and_flat_labels(self) -> None:
        assert create_dataset(lambda x: x[:, 0]).train_label.shape == (1000, 1)
        data = create_dataset(lambda x: x * 2)
        assert data.train_label.shape == (1000, 2)
        assert data.output_names == ("f_1", "f_2")

    def test_without_test_rows_it_tests_on_the_training_rows(self) -> None:
        data = create_dataset(truth, test_num=0, train_num=30)
        assert torch.equal(data.test_input, data.train_input)

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"n_var": 0}, "n_var=0"),
            ({"n_var": -2}, "n_var=-2"),
            ({"ranges": (1, 0)}, "low < high"),
            ({"ranges": (1, 1)}, "low < high"),
            ({"ranges": (0, INF)}, "finite"),
            ({"ranges": (NAN, 1)}, "finite"),
            ({"ranges": (0, 1, 2)}, "ranges"),
            ({"ranges": [[0, 1]]}, "ranges"),
            ({"ranges": None}, "ranges"),
            ({"train_num": 0}, "train_num=0"),
            ({"test_num": -1}, "test_num=-1"),
            ({"noise": -0.1}, "noise=-0.1"),
            ({"noise": NAN}, "noise=nan"),
        ],
    )
    def test_arguments_that_make_no_sense_are_named(self, options: dict[str, Any], said: str) -> None:
        with pytest.raises(DataError, match=said):
            create_dataset(truth, **options)

    @pytest.mark.parametrize(
        ("f", "said"),
        [
            (lambda x: torch.log(x[:, [0]]), "not finite"),
            (lambda x: torch.tensor(3.0), "shape"),
            (lambda x: x[:10], "10 rows"),
            (lambda x: x[:, :, None], "shape"),
        ],
    )
    def test_labels_that_cannot_be_learnt_are_an_error(self, f: Any, said: str) -> None:
        with pytest.raises(DataError, match=said):
            create_dataset(f)


SHAPES: dict[str, Any] = {
    "list": lambda x, y: (x.tolist(), y.tolist()),
    "tuple": lambda x, y: (tuple(map(tuple, x.tolist())), tuple(y.tolist())),
    "numpy": lambda x, y: (x.numpy(), y.numpy()),
    "numpy column": lambda x, y: (x.numpy(), y.numpy()[:, None]),
    "numpy reversed": lambda x, y: (x.numpy()[:, ::-1][:, ::-1], y.numpy()),
    "tensor": lambda x, y: (x, y),
    "tensor with gradient": lambda x, y: (x.clone().requires_grad_(), y.clone().requires_grad_()),
    "pandas": lambda x, y: (pd.DataFrame(x.numpy(), columns=["a", "b"]), pd.Series(y.numpy(), name="c")),
    "mixed": lambda x, y: (pd.DataFrame(x.numpy()), y.tolist()),
}


class TestFromArrays:
    @pytest.mark.parametrize("way", SHAPES)
    def test_any_table_gives_the_same_rows(self, way: str) -> None:
        x, y = rows(40, 2), rows(40, 1, seed=1)[:, 0]
        data = Dataset.from_arrays(*SHAPES[way](x, y), seed=3)
        plain = Dataset.from_arrays(x, y, seed=3)
        for part in plain:
            assert torch.equal(data[part], plain[part])
            assert data[part].dtype == torch.float64 and not data[part].requires_grad
        assert (data.train_input.shape, data.test_input.shape) == ((32, 2), (8, 2))

    @pytest.mark.parametrize("way", SHAPES)
    def test_what_comes_in_is_neither_changed_nor_shared(self, way: str) -> None:
        x, y = SHAPES[way](rows(10, 2), rows(10, 1, seed=1)[:, 0])
        before = repr(x), repr(y)
        data = Dataset.from_arrays(x, y, test_size=0.0)
        data.train_input.mul_(7)
        data.train_label.mul_(7)
        assert (repr(x), repr(y)) == before

    def test_every_row_goes_to_one_side_and_keeps_its_label(self) -> None:
        x = torch.arange(50.0, dtype=torch.float64)[:, None]
        data = Dataset.from_arrays(x, 2 * x, test_size=0.3)
        assert len(data.test_input) == 15
        assert sorted(torch.cat([data.train_input, data.test_input])[:, 0].tolist()) == list(range(50))
        assert torch.equal(data.train_label, 2 * data.train_input)
        assert torch.equal(data.test_label, 2 * data.test_input)

    def test_the_split_is_shuffled_and_depends_on_the_seed_alone(self) -> None:
        x = torch.arange(50.0)[:, None]
        torch.manual_seed(0)
        first = Dataset.from_arrays(x, x, seed=1).test_input
        torch.manual_seed(1)
        assert torch.equal(first, Dataset.from_arrays(x, x, seed=1).test_input)
        assert not torch.equal(first, Dataset.from_arrays(x, x, seed=2).test_input)
        assert not torch.equal(first.sort(0).values, first)

    @pytest.mark.parametrize(
        ("count", "share", "held"), [(1, 0.2, 1), (2, 0.2, 1), (2, 0.99, 1), (10, 0.0, 10), (10, 1e-9, 1)]
    )
    def test_there_is_always_something_to_train_and_to_test_on(self, count: int, share: float, held: int) -> None:
        data = Dataset.from_arrays(rows(count, 1), rows(count, 1), test_size=share)
        assert len(data.test_input) == held
        assert len(data.train_input) >= 1

    def test_without_held_back_rows_the_order_is_kept(self) -> None:
        x = rows(10, 2)
        data = Dataset.from_arrays(x, x, test_size=0.0)
        assert torch.equal(data.train_input, x) and torch.equal(data.test_input, x)

    @pytest.mark.parametrize(
        "dtype", [np.int8, np.int64, np.uint16, np.float16, np.float32, np.float64, np.longdouble, np.bool_]
    )
    def test_any_kind_of_number_is_accepted(self, dtype: Any) -> None:
        data = Dataset.from_arrays(np.array([[1, 0], [0, 1], [1, 1]], dtype=dtype), [1, 2, 3], test_size=0.0)
        assert data.train_input.tolist() == [[1, 0], [0, 1], [1, 1]]
        assert data.train_input.dtype == (torch.float32 if dtype is np.float32 else torch.float64)

    def test_float32_tensors_lose_nothing(self) -> None:
        x = rows(20, 2).float()
        data = Dataset.from_arrays(x, x[:, 0], test_size=0.0)
        assert torch.equal(data.train_input.float(), x)

    @pytest.mark.parametrize(
        ("x", "y", "said"),
        [
            ([[1, 2], [3, 4]], [1, 2, 3], "3 rows.*2"),
            ([["a"], ["b"]], [1, 2], "numbers"),
            ([[None], [1.0]], [1, 2], "numbers"),
            ([[1j], [1.0]], [1, 2], "numbers|complex"),
            (torch.zeros(2, 1, dtype=torch.complex64), [1, 2], "complex"),
            (np.array(["2020-01-01", "2020-01-02"], dtype="datetime64[D]"), [1, 2], "numbers"),
            (np.zeros((2, 2, 2)), [1, 2], r"\(2, 2, 2\)"),
            (3.0, 4.0, "shape"),
            ([], [], "no rows"),
            (np.zeros((0, 2)), np.zeros(0), "no rows"),
            ([[1, 2], [3, NAN]], [1, 2], "column 1 'x_2'.*row 1"),
            ([[1, 2], [INF, 4]], [1, 2], "column 0 'x_1'.*row 1"),
            ([[1, 2], [3, 4]], [1, -INF], "labels.*column 0 'f'.*row 1"),
            ([[10**400], [1]], [1, 2], "numbers"),
        ],
    )
    def test_what_is_no_table_of_numbers_is_an_error_that_says_where(self, x: Any, y: Any, said: str) -> None:
        with pytest.raises(DataError, match=said):
            Dataset.from_arrays(x, y)

    @pytest.mark.parametrize("share", [1, 1.5, -0.1, NAN, INF])
    def test_a_share_outside_its_range_is_named(self, share: float) -> None:
        with pytest.raises(DataError, match="test_size"):
            Dataset.from_arrays([[1], [2]], [1, 2], test_size=share)

    @given(
        hnp.arrays(
            st.sampled_from(["float32", "float64", "int32"]),
            hnp.array_shapes(min_dims=0, max_dims=3, max_side=4, min_side=0),
        ),
        hnp.arrays("float64", hnp.array_shapes(min_dims=1, max_dims=2, max_side=4, min_side=0)),
    )
    def test_any_arrays_give_a_finite_table_or_a_data_error(self, x: Any, y: Any) -> None:
        try:
            data = Dataset.from_arrays(x, y)
        except DataError as error:
            assert str(error)
        else:
            assert all(bool(torch.isfinite(part).all()) for part in data.values())
            assert len(data.train_input) == len(data.train_label) >= 1


class TestNames:
    def test_numbered_by_default(self) -> None:
        data = Dataset.from_arrays(rows(5, 3), rows(5, 1))
        assert (data.input_names, data.output_names) == (("x_1", "x_2", "x_3"), ("f",))

    def test_given(self) -> None:
        data = Dataset.from_arrays(rows(5, 2), rows(5, 2), input_names=["a", "b"], output_names=("u", "v"))
        assert (data.input_names, data.output_names) == (("a", "b"), ("u", "v"))

    def test_of_frames_and_series(self) -> None:
        data = Dataset.from_arrays(pd.DataFrame({"m": [1, 2], "v": [3, 4]}), pd.Series([1, 2], name="E"))
        assert (data.input_names, data.output_names) == (("m", "v"), ("E",))

    def test_of_a_dictionary_of_frames(self) -> None:
        frame, series = pd.DataFrame({"m": [1, 2], "v": [3, 4]}), pd.Series([1, 2], name="E")
        data = as_dataset({"train_input": frame, "train_label": series, "test_input": frame, "test_label": series})
        assert (data.input_names, data.output_names) == (("m", "v"), ("E",))

    def test_columns_in_errors_have_their_names(self) -> None:
        with pytest.raises(DataError, match="'speed'"):
            Dataset.from_arrays(pd.DataFrame({"mass": [1, 2], "speed": [3, NAN]}), [1, 2])
        with pytest.raises(DataError, match="'colour'"):
            Dataset.from_arrays(pd.DataFrame({"mass": [1, 2], "colour": ["red", "blue"]}), [1, 2])

    @pytest.mark.parametrize("names", [["a"], ["a", "b", "c"]])
    def test_too_few_or_too_many_are_an_error(self, names: list[str]) -> None:
        with pytest.raises(DataError, match=r"input_names.*2 columns"):
            Dataset.from_arrays(rows(5, 2), rows(5, 1), input_names=names)

    @pytest.mark.parametrize("where", ["input_names", "output_names", "classes"])
    def test_half_a_letter_is_an_error(self, where: str) -> None:
        """As a file's name or column has it whose bytes are no UTF-8: a page could not be told."""
        labels = ["in", "out"] * 3 if where == "classes" else [1.0, 2.0] * 3
        count = 2 if where == "classes" else 1
        with pytest.raises(DataError, match="half a letter"):
            Dataset.from_arrays(rows(6, 1), labels, **{where: ["in\udce9", "out"][:count]})
        with pytest.raises(DataError, match="half a letter"):
            Dataset.from_arrays(rows(6, 1), ["in\udce9", "out"] * 3)

    def test_they_survive_another_precision(self) -> None:
        data = Dataset.from_arrays(rows(5, 1), rows(5, 1), input_names=["a"]).to(dtype=torch.float32)
        assert data.input_names == ("a",) and data.train_input.dtype == torch.float32


class TestFromPandas:
    FRAME = pd.DataFrame({"mass": [1.0, 2, 3, 4], "speed": [5, 6, 7, 8], "energy": [2.0, 4, 6, 8]})

    def test_the_target_is_the_label_and_all_else_is_input(self) -> None:
        data = Dataset.from_pandas(self.FRAME, target="energy", test_size=0.0)
        assert (data.input_names, data.output_names) == (("mass", "speed"), ("energy",))
        assert data.train_input.tolist() == [[1, 5], [2, 6], [3, 7], [4, 8]]
        assert data.train_label.tolist() == [[2], [4], [6], [8]]

    def test_several_targets_in_their_order(self) -> None:
        data = Dataset.from_pandas(self.FRAME, target=["energy", "mass"])
        assert (data.input_names, data.output_names) == (("speed",), ("energy", "mass"))

    def test_an_index_of_any_kind_does_not_matter(self) -> None:
        frame = self.FRAME.set_index(pd.Index(["d", "c", "b", "a"]))
        data = Dataset.from_pandas(frame, target="energy", test_size=0.0)
        assert data.train_label[:, 0].tolist() == [2, 4, 6, 8]

    @pytest.mark.parametrize("kind", ["Int64", "Float64", "boolean", "category", "int8"])
    def test_columns_of_any_number_kind(self, kind: str) -> None:
        frame = pd.DataFrame({"a": pd.Series([1, 0, 1]).astype(kind), "b": [1, 2, 3]})
        assert Dataset.from_pandas(frame, target="b", test_size=0.0).train_input[:, 0].tolist() == [1, 0, 1]

    def test_a_missing_value_is_found_by_name(self) -> None:
        frame = pd.DataFrame({"a": pd.array([1, None, 3], dtype="Int64"), "b": [1, 2, 3]})
        with pytest.raises(DataError, match=r"'a'.*row 1"):
            Dataset.from_pandas(frame, target="b")

    @pytest.mark.parametrize("target", ["Energy", ["energy", "size"], [], ""])
    def test_a_target_that_does_not_exist_is_named_with_those_that_do(self, target: Any) -> None:
        with pytest.raises(DataError, match=r"target.*mass, speed, energy"):
            Dataset.from_pandas(self.FRAME, target=target)

    def test_without_inputs_left_it_is_an_error(self) -> None:
        with pytest.raises(DataError, match="target"):
            Dataset.from_pandas(self.FRAME[["energy"]], target="energy")

    def test_the_frame_is_not_changed(self) -> None:
        frame = self.FRAME.copy()
        Dataset.from_pandas(frame, target="energy")
        assert frame.equals(self.FRAME)


class TestAsDataset:
    def test_a_dataset_is_taken_as_it_is(self, dataset: Dataset) -> None:
        assert as_dataset(dataset) is dataset

    def test_a_dictionary_with_test_rows_keeps_both_sides(self, dataset: Dataset) -> None:
        data = as_dataset(dict(dataset))
        assert all(torch.equal(data[part], dataset[part]) for part in dataset)

    def test_without_test_rows_a_fifth_is_held_back(self) -> None:
        x = rows(50, 2)
        for data in ((x, x), [x, x], {"train_input": x, "train_label": x}):
            assert len(as_dataset(data).test_input) == 10

    def test_more_entries_do_no_harm(self, dataset: Dataset) -> None:
        assert len(as_dataset({**dataset, "note": "mine"}).train_input) == 300

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({"train_input": [[1.0]]}, "train_label"),
            ({}, "train_input and train_label"),
            ({"x": 1, "y": 2}, "it has x, y"),
            (None, "NoneType"),
            (5, "int"),
            ("file.csv", "str"),
            (([1], [2], [3]), "tuple"),
            (np.zeros((3, 3)), "ndarray"),
            (pd.DataFrame({"a": [1]}), "DataFrame|dataset"),
        ],
    )
    def test_anything_else_is_an_error_that_says_what_is_accepted(self, data: Any, said: str) -> None:
        with pytest.raises(DataError, match=said):
            as_dataset(data)

    def test_sides_that_do_not_fit_are_named(self, dataset: Dataset) -> None:
        with pytest.raises(DataError, match="train_label has 10 rows, train_input has 300"):
            as_dataset({**dataset, "train_label": dataset.train_label[:10]})
        with pytest.raises(DataError, match="test_input has 1 columns, train_input has 2"):
            as_dataset({**dataset, "test_input": dataset.test_input[:, :1]})

    def test_a_table_cannot_be_changed_by_assignment(self, dataset: Dataset) -> None:
        with pytest.raises(AttributeError):
            dataset.train_input = rows(3, 2)

    def test_it_says_what_it_holds(self) -> None:
        data = Dataset.from_arrays(rows(10, 2), rows(10, 1), input_names=["mass", "speed"])
        assert repr(data) == "Dataset(mass, speed → f: 8 training rows, 2 test rows)"


class TestOddTables:
    def test_a_table_without_test_rows_can_be_trained_on(self) -> None:
        x = rows(30, 2)
        data = Dataset(x, torch.zeros(0, 2), x[:, 0], torch.zeros(0, 1))
        result = KAN([2, 1], dtype=torch.float64).fit(data, steps=3, progress=False)
        assert len(result.steps) == 3 and result.why == "finished"

    @pytest.mark.parametrize("x", [[[1.0], [1.0, 2.0]], [[1.0, 2.0], 3.0], [[], [1.0]]])
    def test_lists_of_different_lengths_are_a_data_error(self, x: Any) -> None:
        with pytest.raises(DataError, match="inputs"):
            Dataset.from_arrays(x, [1, 2])

    @pytest.mark.parametrize("shape", [((5, 0), (5, 1)), ((5, 1), (5, 0))])
    def test_a_table_without_columns_is_a_data_error(self, shape: tuple[tuple[int, int], tuple[int, int]]) -> None:
        with pytest.raises(DataError, match="column"):
            Dataset.from_arrays(np.zeros(shape[0]), np.zeros(shape[1]))

    def test_a_sparse_table_is_a_table(self) -> None:
        x = torch.eye(4, dtype=torch.float64)
        data = Dataset.from_arrays(x.to_sparse(), x[:, :1].to_sparse(), test_size=0.0)
        assert torch.equal(data.train_input, x) and torch.equal(data.train_label, x[:, :1])

    def test_numbers_of_half_precision_are_numbers(self) -> None:
        x = torch.linspace(-1, 1, 8)[:, None]
        for dtype in (torch.bfloat16, torch.float16):
            data = Dataset.from_arrays(x.to(dtype), x[:, 0].to(dtype), test_size=0.0)
            assert data.train_label.dtype == torch.float64

    def test_columns_of_one_name_are_named(self) -> None:
        frame = pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"])
        with pytest.raises(DataError, match="'a'"):
            Dataset.from_arrays(frame, [1, 2])
        with pytest.raises(DataError, match="'a'"):
            Dataset.from_arrays([[1, 2], [3, 4]], [1, 2], input_names=["a", "a"])

    def test_a_number_can_name_a_column(self) -> None:
        data = Dataset.from_pandas(pd.DataFrame([[1, 2], [3, 4]]), target=1)
        assert (data.input_names, data.output_names) == (("0",), ("1",))

    @pytest.mark.parametrize("frame", [[1, 2], {"a": [1]}, None, np.zeros((2, 2))])
    def test_what_is_no_frame_is_a_data_error(self, frame: Any) -> None:
        with pytest.raises(DataError, match="frame"):
            Dataset.from_pandas(frame, target="a")

    def test_masked_values_are_missing_values(self) -> None:
        x = np.ma.masked_array([[1.0], [2.0]], mask=[[True], [False]])
        with pytest.raises(DataError, match="column 0"):
            Dataset.from_arrays(x, [1, 2])

    def test_numbers_too_large_for_float64_are_not_finite(self) -> None:
        with pytest.raises(DataError, match="not finite"):
            Dataset.from_arrays(np.full((2, 1), np.longdouble("1e400")), [1, 2])

    def test_a_function_that_writes_to_its_input_does_not_spoil_the_rows(self) -> None:
        data = create_dataset(lambda x: x.mul_(2)[:, :1], train_num=100)
        assert data.train_input.abs().max() <= 1

    @pytest.mark.parametrize(
        "options",
        [
            {"n_var": 2.5},
            {"n_var": "2"},
            {"ranges": "ab"},
            {"ranges": [[0, 1], [[0], [2]]]},
            {"train_num": 1.5},
            {"noise": "x"},
            {"seed": "x"},
            {"seed": None},
            {"dtype": torch.int64},
        ],
    )
    def test_arguments_of_another_kind_are_named(self, options: dict[str, Any]) -> None:
        with pytest.raises(KanwidgetError, match=next(iter(options))):
            create_dataset(truth, **options)

    @pytest.mark.parametrize("options", [{"test_size": "x"}, {"test_size": None}, {"seed": "x"}])
    def test_options_of_a_split_of_another_kind_are_named(self, options: dict[str, Any]) -> None:
        with pytest.raises(KanwidgetError, match=next(iter(options))):
            Dataset.from_arrays([[1], [2]], [1, 2], **options)

    def test_test_rows_of_none_are_no_test_rows(self, dataset: Dataset) -> None:
        data = as_dataset({**dataset, "test_input": None, "test_label": None})
        assert len(data.test_input) == 60
