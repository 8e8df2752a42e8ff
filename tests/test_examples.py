"""Named examples: there, alike every time, as noisy as asked for, and learnable."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from kanwidget import KAN, DataError, Dataset, examples

ALL = examples.names()


@pytest.mark.parametrize("name", ALL)
def test_an_example_is_what_it_says(name: str) -> None:
    about, data = examples.example(name), examples.load(name, rows=100)
    assert (data.input_names, data.output_names) == (about.inputs, (about.output,))
    assert data.classes == about.classes
    assert (len(data.train_input), len(data.test_input)) == (80, 20)
    assert about.width[0] == len(about.inputs) and about.width[-1] in data.widths
    assert about.title


@pytest.mark.parametrize("name", ALL)
def test_the_seed_decides(name: str) -> None:
    state = torch.get_rng_state()
    first, again, other = (examples.load(name, rows=50, noise=0.1, seed=seed) for seed in (3, 3, 4))
    assert all(torch.equal(first[part], again[part]) for part in first)
    assert not torch.equal(first.train_input, other.train_input)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("name", [*examples.names("function"), *examples.names("physics")])
def test_noise_is_on_the_labels_that_are_trained_on(name: str) -> None:
    clean, noisy = (examples.load(name, rows=2000, noise=noise) for noise in (0.0, 0.3))
    assert torch.equal(clean.train_input, noisy.train_input) and torch.equal(clean.test_label, noisy.test_label)
    spread = (noisy.train_label - clean.train_label).std() / clean.train_label.std()
    assert float(spread) == pytest.approx(0.3, rel=0.1)


@pytest.mark.parametrize("name", examples.names("classes"))
def test_noise_of_classes_is_on_the_points(name: str) -> None:
    clean, noisy = (examples.load(name, rows=2000, noise=noise) for noise in (0.0, 0.2))
    assert torch.equal(clean.train_label, noisy.train_label)
    assert float((noisy.train_input - clean.train_input).std()) == pytest.approx(0.2, rel=0.1)


@pytest.mark.parametrize("name", examples.names("classes"))
def test_classes_are_even_and_fill_the_picture(name: str) -> None:
    data = examples.load(name, rows=1200, test_size=0.0)
    counts = torch.bincount(data.train_label[:, 0].long())
    assert counts.max() - counts.min() <= 1
    assert 0.8 < float(data.train_input.abs().max()) < 2


@pytest.mark.parametrize("name", examples.names("classes"))
def test_the_width_that_is_named_tells_the_classes_apart(name: str) -> None:
    data = examples.load(name, rows=400)
    model = KAN(list(examples.example(name).width), seed=0, dtype=torch.float64)
    result = model.fit(data, steps=25, lamb=1e-3, progress=False)
    assert result.test_accuracy[-1] > 0.9


def test_the_labels_are_the_formula() -> None:
    data = examples.load("coulomb", rows=50)
    p, q, r = data.test_input.T
    assert torch.allclose(data.test_label[:, 0], p * q / (4 * torch.pi * r**2))


def test_precision_and_share_are_as_asked_for() -> None:
    data = examples.load("moons", rows=40, test_size=0.5, dtype=torch.float32)
    assert data.train_input.dtype == data.train_label.dtype == torch.float32
    assert (len(data.train_input), len(data.test_input)) == (20, 20)


def test_there_is_a_list() -> None:
    assert {"circle", "xor", "gauss", "spiral", "moons"} <= set(examples.names("classes"))
    assert set(ALL) == {name for kind in ("function", "physics", "classes") for name in examples.names(kind)}
    assert isinstance(examples.load(ALL[0]), Dataset)


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("spirals", {}, r"name='spirals': no such example; there are .*spiral"),
        (["moons"], {}, r"name=\['moons'\]: no such example"),
        ("moons", {"noise": -1}, r"noise=-1: a number of 0 or more"),
        ("moons", {"noise": float("nan")}, r"noise=nan"),
        ("moons", {"rows": 1}, r"rows=1: a number of rows from 2"),
        ("moons", {"rows": 10.5}, r"rows=10\.5"),
        ("moons", {"test_size": 1}, r"test_size=1: a share in \[0, 1\)"),
        ("moons", {"seed": "a"}, r"seed='a': an integer"),
        ("moons", {"dtype": torch.int64}, r"dtype=torch\.int64"),
    ],
)
def test_what_is_not_accepted_is_said(name: Any, options: Any, said: str) -> None:
    with pytest.raises(DataError, match=said):
        examples.load(name, **options)


def test_an_unknown_kind_is_said() -> None:
    with pytest.raises(DataError, match=r"kind='maths': 'function', 'physics', 'classes' or None"):
        examples.names("maths")
