"""Training on classes: every way to the same numbers, and what is said where it cannot be."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from kanwidget import KAN, DataError, Dataset, OptionError
from kanwidget.train.descent import backward
from kanwidget.train.losses import accuracy, cross_entropy
from kanwidget.train.objective import Objective
from kanwidget.train.penalty import Penalty
from kanwidget.train.stack import Stack

from ..support import networks, rows

FEW = {"progress": False, "steps": 8}


def ring(classes: int = 2, count: int = 200) -> Dataset:
    """Rings around the origin, one per class."""
    x = rows(count, 2)
    radius = x.square().sum(1).sqrt()
    edges = radius.quantile(torch.linspace(0, 1, classes + 1, dtype=x.dtype)[1:-1])
    return Dataset.from_arrays(x, torch.bucketize(radius, edges), task="classification")


def plain_cross_entropy(prediction: Tensor, label: Tensor) -> Tensor:
    """By definition: the logarithm of the softmax, written out."""
    logits = torch.cat([torch.zeros_like(prediction), prediction], 1) if prediction.shape[1] == 1 else prediction
    probability = logits.exp() / logits.exp().sum(1, keepdim=True)
    rows = [-probability[n, int(number)].log() for n, number in enumerate(label[:, 0].tolist())]
    return torch.stack(rows).mean()


@given(st.integers(1, 4), st.integers(0, 1000))
def test_the_loss_is_the_negative_logarithm_of_the_labels_probability(outputs: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    prediction = 3 * torch.randn(20, outputs, generator=generator, dtype=torch.float64)
    label = torch.randint(max(2, outputs), (20, 1), generator=generator).double()
    assert float(cross_entropy(prediction, label)) == pytest.approx(float(plain_cross_entropy(prediction, label)))


def test_it_stays_finite_where_the_probability_is_zero() -> None:
    assert float(cross_entropy(torch.tensor([[-1e4]]), torch.tensor([[1.0]]))) == pytest.approx(1e4)
    assert float(cross_entropy(torch.tensor([[1e4, -1e4]]), torch.tensor([[1.0]]))) == pytest.approx(2e4)


@settings(max_examples=30)
@given(networks(degrees=(1, 4)), st.sampled_from([0.0, 1e-2]), st.integers(0, 100))
def test_the_gradient_is_that_of_the_loss_written_out(model: KAN, lamb: float, seed: int) -> None:
    outputs = model.width[-1].count
    x = rows(30, model.width[0].count)
    y = torch.randint(max(2, outputs), (30, 1), generator=torch.Generator().manual_seed(seed)).double()
    found, plain = model.copy(), model.copy()
    value = backward(found, Objective(x, y, lamb, Penalty(), cross_entropy))
    total = Objective(x, y, lamb, Penalty(), plain_cross_entropy)(plain).total
    total.backward()
    assert float(value) == pytest.approx(float(total.detach()), rel=1e-9)
    for mine, theirs in zip(found.parameters(), plain.parameters(), strict=True):
        wanted = torch.zeros_like(theirs) if theirs.grad is None else theirs.grad
        given_ = torch.zeros_like(mine) if mine.grad is None else mine.grad
        assert torch.allclose(given_, wanted, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("width", [[2, 3, 1], [2, 3, 2]])
def test_networks_side_by_side_have_the_losses_of_each(width: list[int]) -> None:
    data = ring()
    models = [KAN(width, grid=3, seed=seed, dtype=torch.float64) for seed in range(3)]
    objective = Objective(data.train_input, data.train_label, 0.01, Penalty(), cross_entropy)
    together = Stack(models).totals(objective).loss.tolist()
    assert together == pytest.approx([objective(model).loss.item() for model in models])


@pytest.mark.parametrize("opt", ["auto", "LBFGS", "Adam", "AdamW"])
@pytest.mark.parametrize(("width", "classes"), [([2, 2, 1], 2), ([2, 2, 2], 2), ([2, 2, 3], 3)])
def test_rings_are_told_apart(opt: str, width: list[int], classes: int) -> None:
    data, model = ring(classes, 600), KAN(width, grid=5, seed=0)
    steps = 300 if opt.startswith("Adam") else 30
    result = model.fit(data, opt=opt, steps=steps, lr=0.05 if opt.startswith("Adam") else None, progress=False)
    assert result.opt == ("LBFGS" if opt == "auto" else opt)
    assert result.train_accuracy[-1] > 0.95 and result.test_accuracy[-1] > 0.9
    truth = data.test_label[:, 0]
    assert float((model.predict(data.test_input) == truth).double().mean()) == pytest.approx(result.test_accuracy[-1])
    assert cross_entropy(model(data.test_input), data.test_label).item() == pytest.approx(
        result.test_loss[-1], rel=1e-4
    )


def test_batches_starts_and_schedules_of_grids_serve_classes_too() -> None:
    data = ring()
    assert KAN([2, 2, 1], seed=0).fit(data, batch=32, lr=0.05, **FEW).opt == "Adam"
    assert KAN([2, 2, 1], seed=0).fit(data, starts=3, **FEW).train_accuracy[-1] > 0.9
    assert KAN([2, 2, 1], grid=3, seed=0).fit(data, refine=[3, 6], **FEW).grids[-1].grid == [6, 6]
    assert KAN([2, 2, 1], grid=2, seed=0).fit(data, refine="auto", **FEW).train_accuracy[-1] > 0.9


def test_the_result_has_accuracies_only_where_there_are_classes() -> None:
    classes = KAN([2, 1], seed=0).fit(ring(), **FEW)
    assert list(classes) == ["train_loss", "test_loss", "reg", "train_accuracy", "test_accuracy"]
    assert len(classes["test_accuracy"]) == 8 and "test accuracy" in repr(classes)
    values = KAN([2, 1], seed=0).fit((rows(50, 2), rows(50, 1)), **FEW)
    assert list(values) == ["train_loss", "test_loss", "reg"]


def test_probabilities_are_those_of_the_logits() -> None:
    data = ring()
    for width in ([2, 2, 1], [2, 2, 2]):
        model = KAN(width, seed=0, dtype=torch.float64)
        model.fit(data, **FEW)
        found = model.predict_proba(data.test_input)
        logits = model(data.test_input).detach()
        second = torch.sigmoid(logits[:, 0]) if width[-1] == 1 else logits.softmax(1)[:, 1]
        assert torch.allclose(found[:, 1], second)
        assert torch.allclose(found.sum(1), torch.ones(len(found), dtype=found.dtype))
        assert torch.equal(model.predict(data.test_input), found.argmax(1))


def test_classes_stay_with_the_network() -> None:
    data = Dataset.from_arrays(rows(60, 2), ["cat", "dog"] * 30)
    model = KAN([2, 2, 2], seed=0)
    model.fit(data, **FEW)
    assert model.classes == ("cat", "dog") == model.output_names
    again = KAN([2, 2, 2], seed=1)
    again.load_state_dict(model.state_dict())
    assert again.classes == model.copy().classes == model.refine(10).classes == ("cat", "dog")
    one = KAN([2, 1], seed=0)
    one.fit(data, **FEW)
    assert one.output_names == ("logit",)


def test_values_are_predicted_as_they_are() -> None:
    model = KAN([2, 1], seed=0)
    x = rows(5, 2)
    assert torch.equal(model.predict(x), model(x)) and not model.predict(x).requires_grad
    with pytest.raises(OptionError, match="predict_proba is for classes"):
        model.predict_proba(x)


@pytest.mark.parametrize(
    ("labels", "options", "said"),
    [
        ("classes", {"opt": "LM"}, r"opt='LM' fits squared errors, not classes.*LBFGS"),
        ("classes", {"loss_fn": "mse"}, r"loss_fn='mse' is for measured values"),
        ("values", {"loss_fn": "cross_entropy"}, r"loss_fn='cross_entropy' needs classes.*task='classification'"),
        ("values", {"loss_fn": "hinge"}, r"loss_fn='hinge': 'mse' and 'cross_entropy' and callables"),
        ("values", {"loss_fn": ["mse"]}, r"loss_fn=\['mse'\]"),
        ("values", {"opt": "LM", "loss_fn": "cross_entropy"}, r"opt='LM'"),
    ],
)
def test_a_loss_that_does_not_go_with_the_labels_is_refused(labels: str, options: Any, said: str) -> None:
    data: Any = ring() if labels == "classes" else (rows(50, 2), rows(50, 1))
    model = KAN([2, 1], seed=0)
    before = [p.clone() for p in model.parameters()]
    with pytest.raises(OptionError, match=said):
        model.fit(data, **FEW, **options)
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))


@pytest.mark.parametrize(("classes", "outputs", "accepted"), [(2, 3, "1 or 2"), (3, 1, "3"), (3, 2, "3")])
def test_a_width_that_does_not_go_with_the_classes_is_refused(classes: int, outputs: int, accepted: str) -> None:
    with pytest.raises(DataError, match=rf"{classes} classes, the network has {outputs} output\(s\): {accepted} is"):
        KAN([2, outputs], seed=0).fit(ring(classes), **FEW)


def test_one_loss_by_name_is_the_one_by_default() -> None:
    by_name, by_default = KAN([2, 2, 1], seed=0), KAN([2, 2, 1], seed=0)
    by_name.fit(ring(), loss_fn="cross_entropy", **FEW)
    by_default.fit(ring(), **FEW)
    assert torch.equal(by_name(rows(9, 2)), by_default(rows(9, 2)))


def test_a_formula_of_logits_tells_the_classes_apart() -> None:
    data = ring(count=400)
    model = KAN([2, 1], grid=5, seed=0, dtype=torch.float64)
    model.fit(data, lamb=1e-2, **FEW)
    model.auto_symbolic(data, lib=["x", "x^2"], verbose=False)
    assert [*model.symbolic_edges().values()] == ["x^2", "x^2"]
    model.fit(data, steps=5, progress=False)
    assert accuracy(model(data.test_input), data.test_label) > 0.95
