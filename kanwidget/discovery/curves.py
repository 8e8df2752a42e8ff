"""Name a curve: formulas of one variable that have its values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from kanwidget.discovery.dictionary import PLACES, Scale, dictionary
from kanwidget.discovery.fitting import Fitted, refitted, values
from kanwidget.discovery.measures import constants
from kanwidget.discovery.terms import Input, Link, Node, Sum, Times, add, complexity, plain
from kanwidget.discovery.words import plain_sums
from kanwidget.model.functions import Function
from kanwidget.model.solve import solve_coef
from kanwidget.symbolic.curves import TWINS, Candidate, fit_curves

__all__ = ["Piece", "named", "searched"]

DEGREES = (2, 3, 4, 5, 7, 9)  # that polynomials are tried with
ROWS = 200
PAIRS, KEPT = 240, 6
FEW = 64
LONG = 150
FREE = 0.5  # complexity that a constant costs
DIGIT = 20.0  # complexity that a digit of accuracy is worth
FAINT = 1e-6  # relative error of a curve that is as good as none
BLUR = 1e-5  # relative error of a curve that was itself fitted


@dataclass(frozen=True, slots=True)
class Piece:
    """A formula of one input for a curve.

    Attributes:
        tree: of ``Input(0)``.
        error: relative to the curve's deviation.
    """

    tree: Sum
    error: float

    def score(self, blur: float = BLUR) -> float:
        """Low where it is accurate and simple."""
        return DIGIT * math.log10(self.error + blur) + complexity(self.tree) + FREE * constants((self.tree,), 1)


def named(x: Tensor, y: Tensor, library: Sequence[Function]) -> list[Piece]:
    """Formulas of the library's functions, of polynomials and of free powers for one curve, the most promising first.

    Args:
        x, y: shape ``(points,)``.
    """
    if float(y.std()) <= 1e-12 * float(y.abs().max()):
        return [Piece(Sum((Link("0", Input(0), (1.0, 0.0, 1.0, float(y.mean())), moves=False),)), 0.0)]
    step = max(1, len(x) // ROWS)
    x, y = x[::step], y[::step]
    (found,) = fit_curves(x[None], y[None], library)
    names = {c.name for c in found}
    pieces = [_single(c) for c in found if c.r2 > 0 and c.name != "0" and not _is_twin(c.name, names)]
    pieces += _polynomials(x, y, names) + _powers(x, y, names)
    return sorted(pieces, key=Piece.score)


def searched(x: Tensor, y: Tensor, names: set[str]) -> list[Piece]:
    """Functions of quadratics, and sums and products of two functions: what a longer search finds.

    Args:
        x, y: shape ``(points,)``.
    """
    step = max(1, len(x) // ROWS)
    x, y = x[::step], y[::step]
    scale = Scale(float(x.min() + x.max()) / 2, float(x.max() - x.min()) / 2)
    shape = _at_places(x, y)
    words = dictionary(frozenset(names))
    families = [
        [scale.tree(word) for word in words.best(shape, 4, bent=True)],
        [scale.total(*pair) for pair in words.sums(shape, PAIRS)],
        [scale.product(*pair) for pair in words.products(shape, PAIRS)],
        plain_sums(x[:, None], y, [0], names),
    ]
    step = max(1, len(x) // FEW)
    few = x[::step], y[::step]
    rough: list[Fitted] = []
    for trees in families:
        begun = refitted([(tree,) for tree in _regressed(trees, *few)], few[0][:, None], few[1][:, None], iterations=20)
        rough += sorted(begun, key=lambda f: f.error)[:KEPT]
    found = refitted([f.trees for f in rough], x[:, None], y[:, None], iterations=LONG)
    return sorted((Piece(f.trees[0], (f.error / float(y.var())) ** 0.5) for f in found), key=Piece.score)


def _at_places(x: Tensor, y: Tensor) -> Tensor:
    """The curve at evenly spread places, by linear interpolation."""
    x, order = x.sort()
    y = y[order]
    at = torch.linspace(float(x[0]), float(x[-1]), PLACES, dtype=x.dtype)
    right = torch.searchsorted(x, at).clamp(1, len(x) - 1)
    left = right - 1
    share = ((at - x[left]) / (x[right] - x[left]).clamp_min(1e-300)).clamp(0, 1)
    return y[left] + share * (y[right] - y[left])


def _regressed(trees: Sequence[Sum], x: Tensor, y: Tensor) -> list[Sum]:
    """The trees with the best factors of their links, and the best offset."""
    found = []
    for tree in trees:
        links = [replace(link, affine=(*link.affine[:3], 0.0)) for link in tree.links]
        columns = [values((Sum((link,)),), x[:, None])[:, 0] for link in links]
        design = torch.stack([torch.ones_like(x), *columns], dim=1)
        if bool(design.isfinite().all()):
            offset, *factors = solve_coef(design, y[:, None], cutoff=1e-13)[:, 0].tolist()
            scaled = [plain(Sum((link,)), c) for link, c in zip(links, factors, strict=True)]
            found.append(add(scaled, offset))
    return found


def _is_twin(name: str, names: set[str]) -> bool:
    """Whether it is another of the functions in disguise."""
    return name in TWINS and TWINS[name][0] in names


def _single(candidate: Candidate) -> Piece:
    return Piece(Sum((Link(candidate.name, Input(0), candidate.affine),)), max(0.0, 1 - candidate.r2) ** 0.5)


def _polynomials(x: Tensor, y: Tensor, names: set[str]) -> list[Piece]:
    """Sums of powers, each as short as it can be without loss."""
    return [piece for degree in DEGREES if (piece := _polynomial(x, y, degree, names))]


def _polynomial(x: Tensor, y: Tensor, degree: int, names: set[str]) -> Piece | None:
    powers = [n for n in range(1, degree + 1) if _names(n) <= names]
    if len(powers) < 2:
        return None
    spread = float(y.std())

    def fit(powers: Sequence[int]) -> tuple[Tensor, float]:
        scale = float(x.abs().max())
        design = torch.stack([torch.ones_like(x), *((x / scale) ** n for n in powers)], dim=1)
        coef = solve_coef(design, y[:, None])[:, 0]
        error = float((design @ coef - y).square().mean().sqrt()) / spread
        return coef / torch.tensor([1.0, *(scale**n for n in powers)], dtype=x.dtype), error

    coef, error = fit(powers)
    while len(powers) > 1:
        trials = [(fit([p for p in powers if p != out]), out) for out in powers]
        (shorter, worse), out = min(trials, key=lambda trial: trial[0][1])
        gained = math.log((worse**2 + FAINT**2) / (error**2 + FAINT**2))
        if len(x) * gained > math.log(len(x)):
            break
        powers = [p for p in powers if p != out]
        coef, error = shorter, worse
    if len(powers) < 2:
        return None
    offset, *factors = coef.tolist()
    terms = [plain(_power_of(n), c) for n, c in zip(powers, factors, strict=True)]
    return Piece(add(terms, offset), error)


def _names(n: int) -> set[str]:
    """The functions that the n-th power takes."""
    if n <= 5:
        return {_name(n)}
    return {_name(p) for p in _PARTS[n]}


def _name(n: int) -> str:
    return "x" if n == 1 else f"x^{n}"


_PARTS = {6: (3, 2), 7: (3, 4), 8: (4, 2), 9: (3, 3)}  # powers of powers, the seventh a product


def _power_of(n: int) -> Sum:
    """The n-th power of the input."""
    if n <= 5:
        return _monomial(_name(n), Input(0))
    inner, outer = _PARTS[n]
    if n == 7:
        return plain(Times(_power_of(inner), _power_of(outer)))
    return _monomial(_name(outer), _power_of(inner))


def _monomial(name: str, source: Node) -> Sum:
    return Sum((Link(name, source, moves=False),))


def _powers(x: Tensor, y: Tensor, names: set[str]) -> list[Piece]:
    """``c x^p + d`` with a free exponent, where all x are positive: ``exp(p log(x))``."""
    if not {"exp", "log"} <= names or float(x.min()) <= 0:
        return []
    starts = [_power(p, x, y) for p in (-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5)]
    best = min(refitted([(tree,) for tree in starts], x[:, None], y[:, None], iterations=25), key=lambda f: f.error)
    return [Piece(best.trees[0], (best.error / float(y.var())) ** 0.5)]


def _power(p: float, x: Tensor, y: Tensor) -> Sum:
    inner = Sum((Link("log", Input(0), moves=False),))
    tree = Sum((Link("exp", inner, (p, 0.0, 1.0, 0.0)),))
    curve = values((tree,), x[:, None])[:, 0]
    factor, offset = solve_coef(torch.stack([curve, torch.ones_like(curve)], dim=1), y[:, None])[:, 0].tolist()
    return Sum((Link("exp", inner, (p, 0.0, factor, offset)),))
