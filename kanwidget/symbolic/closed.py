"""The closed form of a network, with all that people do with it: read, copy, call, compare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp
from torch import Tensor

from kanwidget.data import Dataset, as_matrix
from kanwidget.errors import DataError
from kanwidget.model.guard import no_gradients
from kanwidget.model.network import Network
from kanwidget.symbolic.compose import composed
from kanwidget.symbolic.formula import symbolic_formula
from kanwidget.symbolic.present import Formula, present

__all__ = ["ClosedForm", "FormulaErrors", "closed_form"]

MOST_OPERATIONS = 60  # beyond, sympy takes too long to simplify


@dataclass(frozen=True, slots=True)
class FormulaErrors:
    """How far a formula is off.

    Attributes:
        network: root mean squared difference from the network, rounding where nothing was simplified.
        data: root mean squared error on the labels, None where there are none.
        rows: on how many.
    """

    network: float
    data: float | None
    rows: int


@dataclass(frozen=True, eq=False)
class ClosedForm:
    """Formulas of all outputs. Called with rows, ``(rows, inputs)``, it is their values, ``(rows, outputs)``: a tensor
    of a tensor, differentiable, and a NumPy array of anything else.

    Attributes:
        expressions: one per output.
        symbols: one per input.
        outputs: names.
    """

    expressions: tuple[sp.Expr, ...]
    symbols: tuple[sp.Symbol, ...]
    outputs: tuple[str, ...]
    _model: Network = field(repr=False)

    @cached_property
    def forms(self) -> Formula:
        """MathML, LaTeX, sympy text and a NumPy function; see :class:`kanwidget.symbolic.present.Formula`."""
        return present(self.expressions, self.symbols, self.outputs)

    @property
    def latex(self) -> str:
        """One equation per output, constants rounded to four digits."""
        return self.forms.latex

    @property
    def python(self) -> str:
        """The source of a NumPy function, full precision."""
        return self.forms.python

    @cached_property
    def _function(self) -> Callable[[Tensor], Tensor]:
        return composed(self.expressions, self.symbols)

    def __call__(self, x: Any) -> Any:
        if isinstance(x, Tensor):
            return self._function(_columns(x, len(self.symbols)))
        rows = as_matrix(x, "x")
        values: np.ndarray[Any, Any] = self._function(_columns(rows, len(self.symbols))).numpy()
        return values

    @no_gradients
    def errors(self, dataset: Dataset | None = None) -> FormulaErrors:
        """How far the formula is off the network and the data.

        Args:
            dataset: its test rows are taken; by default the rows that the network remembers of its last fit.
        """
        x, y = (
            (self._model.reference_rows(), self._model.reference_labels)
            if dataset is None
            else (dataset.test_input, dataset.test_label)
        )
        guess = self(x.double())
        at_work = self._model(x.to(dtype=self._model.dtype, device=self._model.device)).double().to(guess.device)
        labels = None if y is None or y.shape != guess.shape else y.double().to(guess.device)
        return FormulaErrors(_rmse(guess, at_work), None if labels is None else _rmse(guess, labels), len(x))

    def __repr__(self) -> str:
        return self.forms.sympy

    def _repr_latex_(self) -> str:
        return f"$$\\begin{{array}}{{l}}{self.latex}\\end{{array}}$$"


def closed_form(model: Network, var: Sequence[Any] | None = None, *, simplify: bool = False) -> ClosedForm:
    """The closed form of a network whose edges are all named.

    Args:
        var: names or sympy symbols of the inputs, by default the network's own names.
        simplify: let sympy look for a shorter form. Long formulas stay as they are; so does one that gets no shorter.

    Raises:
        SymbolicError: as :func:`kanwidget.symbolic.formula.symbolic_formula`.
    """
    expressions, symbols = symbolic_formula(model, var)
    if simplify:
        expressions = [_shorter(expression) for expression in expressions]
    return ClosedForm(tuple(expressions), tuple(symbols), tuple(model.output_names), model.copy())


def _shorter(expression: sp.Expr) -> sp.Expr:
    if sp.count_ops(expression) > MOST_OPERATIONS:
        return expression
    return min(expression, sp.simplify(expression), key=sp.count_ops)


def _columns(x: Tensor, count: int) -> Tensor:
    if x.ndim != 2 or x.shape[1] != count:
        raise DataError(f"x has shape {tuple(x.shape)}: (rows, {count}) is accepted")
    return x


def _rmse(one: Tensor, other: Tensor) -> float:
    return float((one - other).square().mean().sqrt())
