"""What every function of the library promises, a user's own included."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import pytest
import sympy as sp
import torch

from kanwidget import KAN, SymbolicError, add_symbolic
from kanwidget.model import functions as table
from kanwidget.model.functions import function, functions
from kanwidget.symbolic.curves import fit_curves
from kanwidget.symbolic.library import sympy_function

from ..support import NAMES, domain, rows

OWN = "softplus"
POINTS = [n / 8 for n in range(-24, 25)]

PROMISED = re.findall(
    r"\S+",
    """
    x x^2 x^3 x^4 x^5 1/x 1/x^2 1/x^3 1/x^4 1/x^5 sqrt 1/sqrt(x) x^1.5 exp log abs sin cos tan tanh sigmoid sgn
    arcsin arccos arctan arctanh gaussian cosh relu 0
    """,
)


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A user's function, gone after the test."""
    monkeypatch.setattr(table, "_FUNCTIONS", dict(table._FUNCTIONS))
    add_symbolic(OWN, torch.nn.functional.softplus, lambda x: sp.log(1 + sp.exp(x)))
    yield OWN


@pytest.fixture(params=[*NAMES, OWN])
def name(request: pytest.FixtureRequest, own: str) -> str:
    """Every function of the library."""
    return str(request.param)


def by_sympy(name: str, x: float) -> sp.Expr:
    """Exactly, as sympy sees it: may be complex, infinite or undefined."""
    return sp.N(sympy_function(name)(sp.Rational(x)), 30)


def by_torch(name: str, x: float) -> float:
    return float(function(name).torch(torch.tensor([x], dtype=torch.float64)))


class TestEveryFunction:
    def test_torch_and_sympy_are_the_same_function(self, name: str) -> None:
        low, high = domain(name)
        for x in (p for p in POINTS if low <= p <= high):
            assert by_torch(name, x) == pytest.approx(float(by_sympy(name, x)), rel=1e-13, abs=1e-15)

    def test_where_sympy_has_no_real_value_torch_has_none_either(self, name: str) -> None:
        for x in POINTS:
            exact = by_sympy(name, x)
            if exact.is_extended_real and exact.is_finite:
                assert by_torch(name, x) == pytest.approx(float(exact), rel=1e-12, abs=1e-14)
            else:
                assert not math.isfinite(by_torch(name, x))

    def test_shape_and_precision_are_kept(self, name: str) -> None:
        for dtype in (torch.float32, torch.float64):
            for shape in ((), (3,), (2, 3), (0,)):
                y = function(name).torch(torch.full(shape, 0.5, dtype=dtype))
                assert (y.shape, y.dtype) == (shape, dtype)

    def test_it_does_not_write_to_its_input(self, name: str) -> None:
        x = torch.linspace(*domain(name), 20, dtype=torch.float64)
        before = x.clone()
        function(name).torch(x)
        assert torch.equal(x, before)

    def test_its_gradient_is_its_derivative(self, name: str) -> None:
        low, high = domain(name)
        x = torch.linspace(low + 0.03, high - 0.05, 9, dtype=torch.float64, requires_grad=True)
        assert torch.autograd.gradcheck(lambda x: function(name).torch(x) + 0 * x, (x,))

    def test_it_has_a_complexity_and_only_nothing_costs_nothing(self, name: str) -> None:
        complexity = function(name).complexity
        assert complexity == 0 if name == "0" else complexity > 0
        assert name in ("0", "x") or complexity > function("x").complexity

    def test_an_edge_of_it_is_the_formula(self, name: str) -> None:
        low, high = domain(name)
        model = KAN([1, 1], dtype=torch.float64)
        affine = [(high - low) / 2, (high + low) / 2, -1.3, 0.7]
        model.fix_symbolic(0, 0, 0, name, affine=affine, verbose=False)
        (formula,), (x,) = model.symbolic_formula()
        at = rows(9, 1)
        expected = [float(formula.subs(x, sp.Float(float(value), 30))) for value in at[:, 0]]
        assert model(at)[:, 0].tolist() == pytest.approx(expected, rel=1e-12, abs=1e-12)


class TestEveryCurve:
    """All but the constant and the step, which have tests of their own."""

    @pytest.fixture(params=[n for n in (*NAMES, OWN) if n not in ("0", "sgn")])
    def name(self, request: pytest.FixtureRequest, own: str) -> str:
        return str(request.param)

    @pytest.mark.parametrize("seed", [0, 1, 2])
    def test_samples_of_it_are_recognised(self, name: str, seed: int) -> None:
        x, y = samples(name, seed)
        found = {c.name: c for c in fit_curves(x[None], y[None], list(functions()))[0]}
        assert found[name].r2 > 1 - 1e-9
        assert found[name].r2 > max(c.r2 for c in found.values()) - 1e-9
        a, b, c, d = found[name].affine
        assert torch.allclose(c * function(name).torch(a * x + b) + d, y, atol=1e-4 * float(y.std()))

    def test_fixing_an_edge_of_it_keeps_the_network(self, name: str) -> None:
        low, high = domain(name)
        model = KAN([1, 1], dtype=torch.float64)
        model.fix_symbolic(0, 0, 0, name, affine=[0.4 * (high - low), low + 0.5 * (high - low), 2, -1], verbose=False)
        x = model.reference_rows()
        before = model(x).detach()
        r2 = model.fix_symbolic(0, 0, 0, name, verbose=False)
        assert float(r2) > 1 - 1e-9
        assert (model(x) - before).abs().max() < 1e-3 * before.std()


@pytest.mark.parametrize(("name", "border"), [("sqrt", 0), ("x^1.5", 0), ("arcsin", 1), ("arcsin", -1), ("arccos", -1)])
def test_a_row_at_the_border_of_the_domain_is_trained_on_like_any_other(name: str, border: float) -> None:
    f = function(name).torch
    x = torch.tensor([border, 0.5 * border + 0.25], dtype=torch.float64)
    inside = x[1:].clone().requires_grad_()
    at = x.clone().requires_grad_()
    assert torch.equal(f(at).detach(), f(x))
    assert torch.autograd.grad(f(at).sum(), at)[0].tolist() == [0, *torch.autograd.grad(f(inside).sum(), inside)[0]]


@pytest.mark.parametrize("name", ["sqrt", "x^1.5"])
@pytest.mark.parametrize("opt", ["LM", "Adam"])
def test_a_network_learns_from_rows_that_begin_at_the_border(name: str, opt: str) -> None:
    x = torch.linspace(0, 1, 21, dtype=torch.float64)[:, None]
    y = 2 * function(name).torch(x) + 1
    model = KAN([1, 1], dtype=torch.float64)
    model.fix_symbolic(0, 0, 0, name, affine=[1, 0, 1, 0], verbose=False)
    data = {"train_input": x, "train_label": y, "test_input": x, "test_label": y}
    result = model.fit(data, opt=opt, steps=30, lr=0.05, progress=False)
    assert result.train_loss[-1] < 0.3 * result.train_loss[0]


def samples(name: str, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """``c f(a x + b) + d`` at random x, inside the domain, both signs of a and c."""
    shares = rows(1, 6, seed + 100, 0, 1)[0].tolist()
    low, high = domain(name)
    start = low + 0.3 * shares[0] * (high - low)
    end = high - 0.3 * shares[1] * (high - low)
    left, width = 6 * shares[2] - 3, 0.2 + 3 * shares[3]
    a = (end - start) / width
    b = start - a * left
    if seed % 2:
        a, b = -a, end + a * left
    x = left + width * rows(300, 1, seed, 0, 1)[:, 0]
    c, d = (0.2 + 3 * shares[4]) * (-1) ** (seed // 2), 6 * shares[5] - 3
    return x, c * function(name).torch(a * x + b) + d


def test_the_library_is_the_one_that_was_promised() -> None:
    assert set(NAMES) == set(PROMISED)


def test_a_constant_edge_is_nothing() -> None:
    x = rows(100, 1)[:, 0]
    found = fit_curves(x[None], torch.full((1, 100), 4.2, dtype=torch.float64), list(functions()))[0]
    assert (found[0].name, found[0].r2) == ("0", 1.0)
    assert found[0].affine[3] == pytest.approx(4.2)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "0"])
def test_nothing_never_wins_over_a_good_fit(name: str) -> None:
    x, y = samples(name, 0)
    for scale in (1.0, 1e-6, 1e6):
        found = fit_curves(x[None], scale * y[None], list(functions()))[0]
        assert found[0].name != "0"
        assert next(c for c in found if c.name == "0").r2 < 0.5


def test_candidates_are_ordered_by_r2_and_then_by_complexity() -> None:
    x, y = samples("sin", 0)
    found = fit_curves(x[None], y[None] + 0.1 * rows(300, 1, seed=5).T, list(functions()))[0]
    keys = [(-c.r2, c.complexity) for c in found]
    assert keys == sorted(keys)
    assert len(found) == len(NAMES)


def test_edges_are_fitted_independently_of_each_other() -> None:
    (x, sine), (_, power) = samples("sin", 0), samples("x^3", 0)
    both = torch.stack([sine, power[:300]])
    together = fit_curves(torch.stack([x, x]), both, list(functions()))
    alone = [fit_curves(x[None], y[None], list(functions()))[0] for y in both]
    for many, one in zip(together, alone, strict=True):
        assert [c.r2 for c in many[:5]] == pytest.approx([c.r2 for c in one[:5]], abs=1e-6)


class TestDegenerateEdges:
    """What a fit does with too little, too much or too much of the same."""

    @pytest.mark.parametrize(
        ("x", "y"),
        [
            ([1.0], [2.0]),
            ([1.0, 1.0, 1.0], [2.0, 2.0, 2.0]),
            ([1.0, 1.0], [2.0, 3.0]),
            ([0.0, 1.0], [0.0, 1.0]),
            ([-1e150, 0.0, 1e150], [0.0, 1.0, 0.0]),
            ([0.0, 1.0, 2.0], [-1e150, 0.0, 1e150]),
            ([0.0, 1e-300, 2e-300], [0.0, 1e-300, 4e-300]),
        ],
    )
    def test_scores_are_never_nan_nor_above_one(self, x: list[float], y: list[float]) -> None:
        curve = torch.tensor([x, y], dtype=torch.float64)
        found = fit_curves(curve[:1], curve[1:], list(functions()))[0]
        assert len(found) == len(NAMES)
        for candidate in found:
            assert not math.isnan(candidate.r2) and candidate.r2 <= 1 + 1e-12
            assert candidate.r2 == -math.inf or all(math.isfinite(v) for v in candidate.affine)
        assert found[0].r2 > -math.inf


class TestUsersFunctions:
    def test_it_takes_part_in_suggestions_naming_and_formulas(
        self, own: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        x = rows(300, 1, low=-3, high=3)
        model = KAN([1, 1], dtype=torch.float64)
        model.fit((x, torch.nn.functional.softplus(2 * x + 1)), steps=40, progress=False)
        assert model.suggest_symbolic(0, 0, 0)[0] == own
        assert f"{own} , 0.999" in capsys.readouterr().out
        model.auto_symbolic(verbose=False)
        assert model.symbolic_edges() == {(0, 0, 0): own}
        (formula,), (symbol,) = model.symbolic_formula()
        assert float(formula.subs(symbol, 0.5)) == pytest.approx(math.log(1 + math.exp(2)), rel=1e-4)

    def test_a_sympy_function_without_a_definition_is_accepted(self, own: str) -> None:
        add_symbolic("mystery", torch.tanh, sp.Function("mystery"))
        model = KAN([1, 1])
        model.fix_symbolic(0, 0, 0, "mystery", affine=[1, 0, 1, 0], verbose=False)
        assert model.symbolic_formula()[0][0] == sp.Function("mystery")(sp.Symbol("x_1"))

    def test_a_second_definition_replaces_the_first(self, own: str) -> None:
        add_symbolic(own, torch.exp, sp.exp)
        assert by_torch(own, 1.0) == pytest.approx(math.e)

    @pytest.mark.parametrize(
        ("name", "torch_fn", "sympy_fn", "said"),
        [
            ("sin", torch.sin, sp.sin, "built in"),
            ("", torch.sin, sp.sin, "name"),
            ("caf\udce9", torch.sin, sp.sin, "name"),
            (" ", torch.sin, sp.sin, "name"),
            (3, torch.sin, sp.sin, "name"),
            ("new", "torch.sin", sp.sin, "torch_fn"),
            ("new", torch.sum, sp.sin, "torch_fn"),
            ("new", lambda x: x.float(), sp.sin, "torch_fn"),
            ("new", lambda x: x[1:], sp.sin, "torch_fn"),
            ("new", lambda x: 1 / 0, sp.sin, "torch_fn"),
            ("new", torch.sin, "sin(x)", "sympy_fn"),
            ("new", torch.sin, lambda x: "sin(x)", "sympy_fn"),
            ("new", torch.sin, lambda x: x.nonsense, "sympy_fn"),
        ],
    )
    def test_what_cannot_be_used_is_refused_and_nothing_is_added(
        self, own: str, name: str, torch_fn: object, sympy_fn: object, said: str
    ) -> None:
        before = [f.name for f in functions()]
        with pytest.raises(SymbolicError, match=said):
            add_symbolic(name, torch_fn, sympy_fn)
        assert [f.name for f in functions()] == before


class TestOwnFunctions:
    @pytest.mark.parametrize("seed", [0, 1, 2])
    def test_samples_of_a_step_are_recognised(self, seed: int) -> None:
        x, y = samples("sgn", seed)
        found = fit_curves(x[None], y[None], list(functions()))[0]
        assert next(c for c in found if c.name == "sgn").r2 > 1 - 1e-9

    def test_a_function_without_a_derivative_is_refused_when_it_is_added(self, own: str) -> None:
        with pytest.raises(SymbolicError, match="torch_fn"):
            add_symbolic("cut off", lambda x: x.detach() * 2, lambda x: 2 * x)

    def test_a_function_that_is_not_elementwise_is_refused_when_it_is_added(self, own: str) -> None:
        with pytest.raises(SymbolicError, match="torch_fn"):
            add_symbolic("centred", lambda x: x - x.mean(), lambda x: x)

    def test_two_sides_that_differ_are_refused_when_they_are_added(self, own: str) -> None:
        with pytest.raises(SymbolicError, match="sympy_fn"):
            add_symbolic("mixed up", torch.sin, sp.cos)

    @pytest.mark.parametrize("complexity", ["3", None, -1, float("nan")])
    def test_a_complexity_that_is_no_number_is_refused(self, own: str, complexity: object) -> None:
        with pytest.raises(SymbolicError, match="complexity"):
            add_symbolic("new", torch.sin, sp.sin, complexity=complexity)
