"""What a search has found: formulas from the simplest to the most accurate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any

import sympy as sp
import torch
from torch import Tensor

from kanwidget.data import Dataset
from kanwidget.discovery.fitting import Trees
from kanwidget.discovery.lowered import lowered
from kanwidget.discovery.numbers import as_sympy
from kanwidget.model.network import Network
from kanwidget.model.nodes import Edge
from kanwidget.symbolic.auto import with_formula
from kanwidget.symbolic.formula import symbolic_formula
from kanwidget.symbolic.present import Formula, present

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["Candidate", "Discovery"]

Build = Callable[..., Network]


@dataclass(frozen=True, eq=False)
class Candidate:
    """One formula, for all outputs.

    Attributes:
        complexity: what its functions and products cost together.
        rmse: root mean squared error on the held-back rows, in units of the labels.
        relative_rmse: the same relative to the deviation of the labels.
        certified: whether it is beyond reasonable doubt the law behind the data;
            see :func:`kanwidget.discovery.judgement.is_certain`.
        deviations: standard errors of the fitted constants, largest first; a constant that was recognised as a known
            number has none.
    """

    complexity: int
    rmse: float
    relative_rmse: float
    certified: bool
    deviations: tuple[float, ...]
    _trees: Trees = field(repr=False)
    _dataset: Dataset = field(repr=False)
    _build: Build = field(repr=False)

    @property
    def model(self) -> Any:
        """The formula as a KAN with all edges named, in float64; a new one every time."""
        data = self._dataset
        place = lowered(self._trees, data.train_input.shape[1])
        model = self._build(width=[nodes.written for nodes in place.graph.width], grid=3, k=3, dtype=torch.float64)
        rows = [(a, b, c, d) for a, b, c, d in place.affine.tolist()]
        named = dict(zip(map(Edge._make, place.graph.edges), zip(place.names, rows, strict=True), strict=True))
        model.put_layers(with_formula(model, named))
        model.input_names, model.output_names = data.input_names, data.output_names
        return model.set_reference(data.train_input.double(), data.train_label.double())

    @property
    def formula(self) -> list[sp.Expr]:
        """One sympy expression per output; constants that are known numbers are written as such."""
        formulas, _ = symbolic_formula(self.model)
        return [_with_known_numbers(formula) for formula in formulas]

    @property
    def forms(self) -> Formula:
        """The formula as MathML, LaTeX, sympy text and a NumPy function; see
        :class:`kanwidget.symbolic.present.Formula`."""
        symbols = [sp.Symbol(name) for name in self._dataset.input_names]
        return present(self.formula, symbols, self._dataset.output_names)

    def __repr__(self) -> str:
        seal = ", certified" if self.certified else ""
        text = "; ".join(map(str, self.formula))
        return f"Candidate({text}, complexity {self.complexity}, RMSE {self.rmse:.3g}{seal})"


@dataclass(frozen=True, eq=False)
class Discovery:
    """The outcome of a search.

    Attributes:
        candidates: a Pareto list: every formula is more accurate than all simpler ones; simplest first.
        best: a certified formula if there is one, otherwise the one that an information criterion prefers.
        columns: names of the inputs that matter, per output.
        seconds: that the search took.
        complete: whether it came to its end within the budget.
    """

    candidates: list[Candidate]
    best: Candidate
    columns: tuple[tuple[str, ...], ...]
    seconds: float
    complete: bool

    @property
    def certified(self) -> bool:
        """Whether the best formula is certified."""
        return self.best.certified

    @property
    def message(self) -> str:
        """What came out, in a sentence."""
        if self.certified:
            return "Certified: the formula holds to nine digits on rows that were never fitted to."
        end = "" if self.complete else " The time was over before the search was."
        return "No exact formula was found; the best candidates follow." + end

    def to_dataframe(self) -> DataFrame:
        """One row per candidate: formula, complexity, rmse, relative_rmse, certified, best.

        Raises:
            ImportError: pandas is not installed.
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "formula": ["; ".join(map(str, c.formula)) for c in self.candidates],
                "complexity": [c.complexity for c in self.candidates],
                "rmse": [c.rmse for c in self.candidates],
                "relative_rmse": [c.relative_rmse for c in self.candidates],
                "certified": [c.certified for c in self.candidates],
                "best": [c is self.best for c in self.candidates],
            }
        )

    def __repr__(self) -> str:
        lines = [self.message, *(("* " if c is self.best else "  ") + repr(c) for c in self.candidates)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = "<tr><th></th><th>formula</th><th>complexity</th><th>RMSE, held back</th></tr>"
        rows = "".join(map(self._row, self.candidates))
        return f"<p>{self.message}</p><table>{head}{rows}</table>"

    def _row(self, candidate: Candidate) -> str:
        mark = "✓ certified" if candidate.certified else "best" if candidate is self.best else ""
        formula = f'<math xmlns="http://www.w3.org/1998/Math/MathML">{candidate.forms.mathml}</math>'
        cells = (mark, formula, str(candidate.complexity), f"{candidate.rmse:.3g}")
        return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _with_known_numbers(formula: sp.Expr) -> sp.Expr:
    found = {number: as_sympy(float(number)) for number in formula.atoms(sp.Float)}
    return formula.xreplace({number: known for number, known in found.items() if known is not None})


def rmse(guess: Tensor, truth: Tensor) -> float:
    return float((guess - truth).square().mean().sqrt())


def joined(parts: Sequence[Trees]) -> Trees:
    """The formulas of single outputs as one formula of all."""
    return reduce(lambda left, right: left + right, parts)
