"""The notebook that users of pykan have, call by call, on one changed import."""

from __future__ import annotations

import re

import pytest
import torch
from matplotlib.figure import Figure
from sympy import diff

from kanwidget import *  # noqa: F403
from kanwidget import KAN, create_dataset

BAR = re.compile(
    r"train loss: \d\.\d\de[+-]\d\d \| test loss: \d\.\d\de[+-]\d\d \| reg: \d\.\d\de[+-]\d\d :"
    r" 100%\|[^|]+\| 20/20 \[\d\d:\d\d<00:00, +\d+\.\d+(it/s|s/it)\]"
)
LINE = re.compile(r"(\S+) , (-?\d\.\d+(?:e-\d+)?)")


class Screen:
    """What the notebook shows under a cell."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def read(self) -> list[str]:
        return self._capsys.readouterr().out.splitlines()

    def bar(self) -> str:
        return self._capsys.readouterr().err.rsplit("\r", maxsplit=1)[-1].strip()


def assert_table(lines: list[str], best: tuple[str, tuple[object, object], float], rows: int) -> None:
    assert lines[0] == "function , r2"
    found = [LINE.fullmatch(line) for line in lines[1:]]
    assert all(found) and len(found) == rows
    r2 = [float(match[2]) for match in found if match]
    assert r2 == sorted(r2, reverse=True) and r2[0] <= 1
    name, functions, value = best
    assert lines[1] == f"{name} , {value}"
    assert len(functions) == 2 and all(callable(function) for function in functions)


@pytest.mark.filterwarnings("default")  # as users have them
def test_the_whole_notebook(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(capsys)

    model = KAN(width=[2, 5, 1], grid=5, k=3, seed=0)
    f = lambda x: torch.exp(torch.sin(torch.pi * x[:, [0]]) + x[:, [1]] ** 2)  # noqa: E731
    dataset = create_dataset(f, n_var=2)
    assert screen.read() == []
    assert str(dataset.keys()) == "dict_keys(['train_input', 'test_input', 'train_label', 'test_label'])"
    assert (dataset["train_input"].shape, dataset["test_input"].shape) == (torch.Size([1000, 2]), torch.Size([1000, 2]))

    result = model.train(dataset, opt="LBFGS", steps=20, lamb=0.01, lamb_entropy=10.0)
    assert BAR.fullmatch(screen.bar())
    assert set(result) == {"train_loss", "test_loss", "reg"}
    assert isinstance(model.plot(), Figure)

    model = model.prune()
    assert model(dataset["train_input"]).shape == (1000, 1)
    assert isinstance(model.plot(), Figure)
    screen.read()

    for edge in ((0, 0, 0), (1, 0, 0), (0, 1, 0)):
        best = model.suggest_symbolic(*edge)
        assert_table(screen.read(), best, rows=5)
    best = model.suggest_symbolic(1, 0, 0, topk=15)
    assert_table(screen.read(), best, rows=15)

    result = model.train(dataset, opt="LBFGS", steps=20)
    assert BAR.fullmatch(screen.bar())
    before = result["test_loss"][-1]
    model.plot()

    edges = list(model.edges())
    model.auto_symbolic()
    said = screen.read()
    assert len(said) == len(edges)
    for line in said:
        assert re.fullmatch(r"fixing \(\d,\d,\d\) with \S+, r2=-?\d\.\d+(e-\d+)?|removing \(\d,\d,\d\): .+", line)

    result = model.train(dataset, opt="LBFGS", steps=20)
    assert result["test_loss"][-1] < before
    model.plot()

    formula, variables = model.symbolic_formula()
    assert [str(v) for v in variables] == ["x_1", "x_2"]
    assert formula[0].free_symbols == set(variables)
    formula, variables = model.symbolic_formula(var=["\\alpha", "y"])
    assert [str(v) for v in variables] == ["\\alpha", "y"]
    assert formula[0].free_symbols == set(variables)

    slope = diff(formula[0], variables[0])
    at = torch.tensor([[0.3, -0.4]], dtype=torch.float64, requires_grad=True)
    (expected,) = torch.autograd.grad(model.to(torch.float64)(at).sum(), at)
    assert float(slope.subs(dict(zip(variables, (0.3, -0.4), strict=True)))) == pytest.approx(
        float(expected[0, 0]), rel=1e-6
    )
    screen.read()

    r2 = model.fix_symbolic(0, 1, 0, "cosh")
    assert re.fullmatch(r"r2 is \d\.\d+", screen.read()[0])
    assert isinstance(r2, torch.Tensor) and re.fullmatch(r"tensor\(\d\.\d*\)|tensor\(1\.\)", str(r2))

    model.train(dataset, opt="LBFGS", steps=20)
    assert isinstance(model.plot(), Figure)


def test_training_mode_keeps_torchs_meaning() -> None:
    model = KAN([2, 1])
    assert model.train(False) is model and not model.training
    assert model.train() is model and model.training
    assert model.train(True) is model and model.training
    assert model.eval() is model and not model.training


class TestTorchKeywords:
    def test_torchs_own_keyword_sets_the_mode(self) -> None:
        model = KAN([2, 1])
        model.train(mode=False)
        assert not model.training
