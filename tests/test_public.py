"""The names that people import and the calls that they make."""

from __future__ import annotations

import inspect
import re

import pytest
import torch

import kanwidget
from kanwidget import KAN, Dataset, create_dataset

from .support import rows, state


def test_every_public_name_exists_and_is_listed() -> None:
    assert sorted(kanwidget.__all__) == sorted(set(kanwidget.__all__))
    for name in kanwidget.__all__:
        assert getattr(kanwidget, name) is not None
    assert set(kanwidget.__all__) <= set(dir(kanwidget))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        kanwidget.nonsense  # noqa: B018


def test_star_import_brings_torch_and_no_more_than_is_promised() -> None:
    assert {"KAN", "create_dataset", "torch"} <= set(kanwidget.__all__)
    assert not {"os", "sympy", "np"} & set(kanwidget.__all__)


METHODS = re.findall(
    r"\w+",
    """
    fit train prune prune_input suggest_symbolic fix_symbolic unfix_symbolic auto_symbolic symbolic_formula refine
    update_grid attribute plot explore move_coef pin_edge remove_edge remove_node set_reference
    """,
)


@pytest.mark.parametrize("name", METHODS)
def test_every_promised_method_exists_and_is_described(name: str) -> None:
    method = getattr(KAN, name)
    assert callable(method)
    assert inspect.getdoc(method)


def test_the_public_classes_and_functions_are_described() -> None:
    for name in set(kanwidget.__all__) - {"torch"}:
        assert inspect.getdoc(getattr(kanwidget, name)), name


def test_a_version_is_given() -> None:
    assert kanwidget.__version__[0].isdigit()


def test_a_network_says_what_it_is() -> None:
    assert "width=[2, [3, 1], 1], grid=[5, 5], k=[3, 3]" in repr(KAN([2, [3, 1], 1]))


def test_methods_that_return_a_new_network_keep_the_class() -> None:
    class Mine(KAN):
        def twice(self, x: torch.Tensor) -> torch.Tensor:
            y: torch.Tensor = 2 * self(x)
            return y

    x = rows(50, 2)
    model = Mine([2, 2, 1], dtype=torch.float64)
    model.fit((x, x[:, 0]), steps=3, progress=False)
    for new in (
        model.prune(edge_th=0.0, node_th=0.0),
        model.refine(8),
        model.copy(),
        model.prune_input(active_inputs=[0, 1]),
    ):
        assert type(new) is Mine
        assert new.twice(x).shape == (50, 1)


class TestReference:
    def test_at_most_a_thousand_rows_spread_over_the_table(self) -> None:
        model = KAN([1, 1], dtype=torch.float64)
        x = torch.arange(4321.0, dtype=torch.float64)[:, None]
        model.set_reference(x)
        kept = model.reference_rows()[:, 0]
        assert 800 < len(kept) <= 1000
        assert kept[0] == 0 and kept[-1] > 4300

    def test_without_one_the_grid_ranges_are_sampled_evenly_and_always_alike(self) -> None:
        model = KAN([2, 1], grid_range=[[0, 1], [5, 9]], dtype=torch.float64)
        x = model.reference_rows()
        assert x.shape == (1000, 2)
        assert x.mean(0).tolist() == pytest.approx([0.5, 7], abs=0.05)
        assert torch.equal(x, model.reference_rows())
        assert (x.amin(0) >= torch.tensor([0, 5])).all() and (x.amax(0) <= torch.tensor([1, 9])).all()

    def test_it_is_copied_from_the_table(self) -> None:
        model = KAN([2, 1], dtype=torch.float64)
        x = rows(10, 2)
        model.set_reference(x)
        kept = x.clone()
        x.zero_()
        assert torch.equal(model.reference_rows(), kept)

    def test_the_next_fit_replaces_it(self, trained: KAN) -> None:
        x = rows(20, 2, seed=9)
        trained.fit((x, x[:, 0]), steps=1, progress=False)
        assert len(trained.reference_rows()) == 16


def test_names_a_user_gave_stay() -> None:
    model = KAN([2, 1])
    model.input_names = ("mass", "speed")
    data = Dataset.from_arrays(rows(20, 2), rows(20, 1), input_names=("a", "b"))
    model.fit(data, steps=1, progress=False)
    assert model.input_names == ("mass", "speed")


def test_the_walk_never_touches_the_network_it_started_from(dataset: Dataset) -> None:
    model = KAN([2, 3, 1], dtype=torch.float64)
    model.fit(dataset, steps=5, lamb=0.01, progress=False)
    before = state(model)
    small = model.prune(edge_th=0.0)
    small.fit(dataset, steps=3, progress=False)
    small.auto_symbolic(verbose=False)
    small.symbolic_formula()
    model.refine(20).fit(dataset, steps=2, progress=False)
    assert state(model) == before


def test_a_table_of_the_library_can_be_reused_by_many_networks(dataset: Dataset) -> None:
    results = [KAN([2, 2, 1], dtype=torch.float64).fit(dataset, steps=3, progress=False) for _ in range(2)]
    assert results[0].steps == results[1].steps


def test_create_dataset_is_what_a_fit_accepts() -> None:
    data = create_dataset(lambda x: x[:, 0] * x[:, 1], train_num=50, test_num=10)
    assert KAN([2, 1]).fit(data, steps=1, progress=False).train_loss
