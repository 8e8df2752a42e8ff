"""The formula is the network."""

from __future__ import annotations

import ast
import math
from typing import Any
from xml.etree import ElementTree

import pytest
import sympy as sp
import torch
from hypothesis import given, settings

from kanwidget import KAN, Dataset, SymbolicError
from kanwidget.model.functions import function
from kanwidget.symbolic.present import present, tidy

from ..support import NAMES, by_numpy, formulas, rows, state


def values(model: KAN, x: torch.Tensor) -> torch.Tensor:
    return by_numpy(*model.symbolic_formula(), x)


@settings(max_examples=80)
@given(formulas())
def test_it_equals_the_network(model: KAN) -> None:
    x = rows(200, model.width[0].count)  # those on which every function is inside its domain
    y = model(x).detach()
    assert torch.isfinite(y).all()
    assert (values(model, x) - y).abs().max() <= 1e-10 * (1 + y.abs().max())


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=4)
@given(model=formulas())
def test_it_equals_the_network_for_every_function(name: str, model: KAN) -> None:
    x = rows(200, model.width[0].count)
    edge = list(model.edges())[-1]
    at = model.trace(x)[edge.l].inputs[:, edge.i].detach()
    low, high = (0.4, 0.9) if name != "x" else (-1.0, 1.0)
    a = (high - low) / max(float(at.max() - at.min()), 1e-3)
    model.fix_symbolic(*edge, name, affine=[a, low - a * float(at.min()), 1.5, -0.5], verbose=False)
    y = model(x).detach()
    assert torch.isfinite(y).all()
    assert (values(model, x) - y).abs().max() <= 1e-10 * (1 + y.abs().max())


@given(formulas())
def test_it_also_equals_what_is_left_after_edges_were_removed(model: KAN) -> None:
    x = rows(200, model.width[0].count)
    for edge in list(model.edges())[::2]:
        model.remove_edge(*edge)
        y = model(x).detach()
        if torch.isfinite(y).all():
            assert (values(model, x) - y).abs().max() <= 1e-9 * (1 + y.abs().max())


@settings(max_examples=10)
@given(formulas())
def test_reading_it_changes_nothing(model: KAN) -> None:
    before = state(model)
    model.symbolic_formula()
    assert state(model) == before


@settings(max_examples=10)
@given(formulas(names=("x", "x^2", "sin", "exp", "tanh")))
def test_it_can_be_differentiated(model: KAN) -> None:
    (first, *_), symbols = model.symbolic_formula()
    x = rows(3, model.width[0].count).requires_grad_()
    (slopes,) = torch.autograd.grad(model(x)[:, 0].sum(), x)
    for row, slope in zip(x.detach().tolist(), slopes.tolist(), strict=True):
        at = dict(zip(symbols, row, strict=True))
        exact = [float(sp.diff(first, symbol).subs(at)) for symbol in symbols]
        assert slope == pytest.approx(exact, rel=1e-8, abs=1e-8)


def two_sines() -> KAN:
    model = KAN([2, 1], dtype=torch.float64)
    for i in range(2):
        model.fix_symbolic(0, i, 0, "sin", affine=[1.0, 0.0, 1.0, 0.0], verbose=False)
    return model


class TestVariables:
    def test_names_and_symbols_are_taken(self) -> None:
        alpha = sp.Symbol("alpha", real=True)
        (formula,), symbols = two_sines().symbolic_formula(var=[alpha, "y"])
        assert symbols == [alpha, sp.Symbol("y")]
        assert formula == sp.sin(alpha) + sp.sin(sp.Symbol("y"))

    def test_a_backslash_makes_a_greek_letter_in_latex(self) -> None:
        (formula,), _ = two_sines().symbolic_formula(var=["\\alpha", "y"])
        assert sp.latex(formula) == r"\sin{\left(\alpha \right)} + \sin{\left(y \right)}"

    def test_names_of_the_data_are_used(self) -> None:
        model = two_sines()
        data = Dataset.from_arrays(rows(20, 2), rows(20, 1, seed=1), input_names=("mass", "speed"))
        model.fit(data, steps=1, progress=False)
        assert [str(symbol) for symbol in model.symbolic_formula()[1]] == ["mass", "speed"]

    @pytest.mark.parametrize("text", ["__import__('os').getcwd()", "x y", "1", "lambda", "sin(x)", "a.b", "{}", "'"])
    def test_a_name_is_never_read_as_a_formula(self, text: str) -> None:
        (formula,), symbols = two_sines().symbolic_formula(var=[text, "b"])
        assert symbols[0] == sp.Symbol(text)
        assert formula.free_symbols == {sp.Symbol(text), sp.Symbol("b")}

    @pytest.mark.parametrize("var", [["a"], ["a", "b", "c"], [], "ab"])
    def test_as_many_as_there_are_inputs(self, var: object) -> None:
        with pytest.raises(SymbolicError, match=r"var=.*2 different names"):
            two_sines().symbolic_formula(var=var)


class TestOpenEdges:
    def test_they_are_listed_and_there_is_never_a_silent_zero(self, trained: KAN) -> None:
        for edge in list(trained.edges())[:-2]:
            trained.fix_symbolic(*edge, "x", verbose=False)
        with pytest.raises(SymbolicError, match=r"2 edge\(s\).*\(1, 1, 0\), \(1, 2, 0\)"):
            trained.symbolic_formula()

    def test_edges_that_lead_nowhere_do_not_count(self) -> None:
        model = KAN([1, 2, 1], dtype=torch.float64)
        model.remove_edge(1, 1, 0)
        model.fix_symbolic(0, 0, 0, "sin", affine=[1, 0, 1, 0], verbose=False)
        model.fix_symbolic(1, 0, 0, "exp", affine=[1, 0, 1, 0], verbose=False)
        assert model.symbolic_formula()[0] == [sp.exp(sp.sin(sp.Symbol("x_1")))]

    def test_one_open_edge_of_one_output_is_enough(self) -> None:
        model = KAN([1, 2], dtype=torch.float64)
        model.fix_symbolic(0, 0, 0, "sin", verbose=False)
        with pytest.raises(SymbolicError, match=r"\(0, 0, 1\)"):
            model.symbolic_formula()


class TestNumbers:
    def test_constants_come_at_full_precision(self) -> None:
        model = KAN([1, 1], dtype=torch.float64)
        third = 1 / 3
        model.fix_symbolic(0, 0, 0, "x", affine=[1, 0, third, 0], verbose=False)
        (formula,), (x,) = model.symbolic_formula()
        assert float(formula.subs(x, 1)) == third

    def test_products_are_products(self) -> None:
        model = KAN([2, [0, 1]], dtype=torch.float64)
        for i, j, slope in ((0, 0, 1.0), (1, 1, 1.0), (1, 0, 0.0), (0, 1, 0.0)):
            model.fix_symbolic(0, i, j, "x", affine=[1, 0, slope, 0], verbose=False)
        (formula,), (x, y) = model.symbolic_formula()
        assert formula == x * y

    def test_a_network_without_edges_is_zero(self) -> None:
        model = KAN([1, 1])
        model.remove_edge(0, 0, 0)
        assert model.symbolic_formula()[0] == [0]
        assert model(torch.ones(2, 1)).tolist() == [[0], [0]]

    @pytest.mark.parametrize("scale", [1e-300, 1e-12, 1e12, 1e300])
    def test_extreme_constants_are_written_as_they_are(self, scale: float) -> None:
        model = KAN([1, 1], dtype=torch.float64)
        model.fix_symbolic(0, 0, 0, "sin", affine=[1.0, 0.0, scale, 0.0], verbose=False)
        (formula,), (x,) = model.symbolic_formula()
        assert float(formula.subs(x, 1)) == pytest.approx(scale * float(function("sin").torch(torch.tensor(1.0))))


class TestNamesAndDomains:
    def test_two_inputs_of_one_name_stay_two_inputs(self) -> None:
        with pytest.raises(SymbolicError, match="var"):
            two_sines().symbolic_formula(var=["a", "a"])

    @pytest.mark.parametrize("var", [5, [None, "b"], [1, 2]])
    def test_what_is_no_name_is_refused(self, var: object) -> None:
        with pytest.raises(SymbolicError, match="var"):
            two_sines().symbolic_formula(var=var)

    @pytest.mark.parametrize(("inner", "outer"), [("log", "exp"), ("sqrt", "x^2"), ("1/x", "1/x"), ("arcsin", "sin")])
    def test_it_equals_the_network_where_that_has_a_value(self, inner: str, outer: str) -> None:
        """Sympy may widen the domain, exp(log(x)) is x, but never change a value."""
        model = KAN([1, 1, 1], grid_range=(0.2, 0.8), dtype=torch.float64)
        model.fix_symbolic(0, 0, 0, inner, affine=[1, 0, 1, 0], verbose=False)
        model.fix_symbolic(1, 0, 0, outer, affine=[1, 0, 1, 0], verbose=False)
        at = torch.linspace(-2, 2, 41, dtype=torch.float64)[:, None]
        network = model(at)
        real = torch.isfinite(network)
        assert real.any()
        assert torch.allclose(values(model, at)[real], network[real], rtol=1e-10)


HOSTILE = [
    "<script>alert(1)</script>",
    "&lt;b&gt;",
    "x\nimport os",
    r"\href{javascript:alert(1)}{x}",
    "__import__('os').system('x')",
    "\0",
    "\ud800",
    "100 %",
]


class TestNamesThatAreNoWords:
    """A table may come from anybody: its names are shown as text, and copied code runs nothing of them."""

    @pytest.mark.parametrize("name", HOSTILE)
    def test_are_text_in_every_form(self, name: str) -> None:
        x = sp.Symbol(name)
        shown = present([sp.sin(x) + x**2], [x], [name])
        root = ElementTree.fromstring(f"<math>{shown.mathml}</math>")
        assert {element.tag for element in root.iter()} <= {"math", "mrow", "mi", "mo", "mn", "mtext", "msup"}
        assert any((element.text or "").strip() for element in root.iter("mtext"))
        assert "\\href" not in shown.latex.replace("\\textbackslash{}href", "")
        for text in (shown.python, shown.sympy):
            called = [ast.unparse(node.func) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
            assert called and set(called) <= {"sin", "np.sin"}

    def test_are_shown_as_they_are(self) -> None:
        x, y = sp.Symbol("mass [kg] & <more>"), sp.Symbol("v_1")
        shown = present([x * y], [x, y], ["50% E"])
        assert "<mtext>mass [kg] &amp; &lt;more&gt;</mtext>" in shown.mathml
        assert shown.latex == r"\text{50\% E} = \text{mass [kg] \& <more>} v_{1}"
        assert shown.sympy == "f1 = masskgmore*v_1"


class TestNumbersBeyondThoseOfPython:
    """Sympy makes exp(u + k) to exp(k) exp(u), and its numbers reach further."""

    def test_an_exponential_is_put_together_again(self) -> None:
        x = sp.Symbol("x")
        shown = present([1 - 2.5 * sp.exp(3000.5 - 3000 * sp.exp(0.001 * x)), x * sp.exp(x - 900.0)], [x], ["f", "g"])
        space: dict[str, Any] = {}
        exec(shown.python, space)  # noqa: S102
        f, g = space["f"](0.5)
        assert f == pytest.approx(1 - 2.5 * math.exp(3000.5 - 3000 * math.exp(0.0005)), rel=1e-9)
        assert g == pytest.approx(0.5 * math.exp(-899.5))
        assert "exp(3001.4" in shown.sympy

    def test_other_numbers_are_infinite(self) -> None:
        x = sp.Symbol("x")
        space: dict[str, Any] = {}
        exec(present([sp.tanh(x * sp.Float("-1e400"))], [x], ["f"]).python, space)  # noqa: S102
        assert space["f"](0.5) == -1

    def test_no_term_beside_them_is_left_out(self) -> None:
        x = sp.Symbol("x")
        assert x in tidy(x + sp.exp(90 - 90.0 * x)).args
        assert tidy(1e-12 * x + x**2) == x**2
