"""One layer: a learnable function on every edge between two layers of nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from kanwidget.model.basis import Cells, basis
from kanwidget.model.designs import Dense, Design, design_of
from kanwidget.model.features import by_edge, columns, features, features_with_slopes
from kanwidget.model.functions import function, with_slope
from kanwidget.model.knots import adaptive_knots, grid_range, respaced, uniform_knots
from kanwidget.model.solve import solve_coef
from kanwidget.model.sums import Numeric, Parameters, edge_sums

__all__ = ["BASES", "BaseFunction", "KANLayer", "SymbolicEdge"]

# The grid hardly meets the outer basis functions of high degrees: their factors may be anything and have to stay small.
WELL_MET = 1e-4  # where grids move again and again
MET = 1e-6  # where the function has to stay the same

BaseFunction = str | Callable[[Tensor], Tensor]

BASES: dict[str, Callable[[Tensor], Tensor]] = {
    "silu": nn.functional.silu,
    "identity": lambda x: x,
    "zero": torch.zeros_like,
    "tanh": torch.tanh,
    "relu": torch.relu,
}


@dataclass(frozen=True, slots=True, order=True)
class SymbolicEdge:
    """An edge that is a named function: ``c * f(a * x + b) + d`` with the constants in ``KANLayer.affine``."""

    i: int
    j: int
    name: str


class KANLayer(nn.Module):
    """``in`` nodes, ``out`` (sub-)nodes, one function per edge.

    A numeric edge is ``scale_base * base(x) + scale_sp * sum_m coef_m B_m(x)`` (Liu et al. 2024, arXiv:2404.19756,
    eq. 2.10 with the two scales of eq. 2.11), a symbolic edge is ``c * f(a * x + b) + d``, a removed edge is 0.

    A layer is built whole and not rebuilt in place: :meth:`refined`, :meth:`with_symbolic` and the like return a
    new layer, so that whoever interrupts has either the old one or the new one.

    Attributes:
        knots: buffer ``(in, G + 2 k + 1)``, strictly increasing.
        coef: parameter ``(in, out, G + k)``.
        scale_base, scale_sp: parameters ``(in, out)``.
        affine: parameter ``(symbolic edges, 4)``: a, b, c, d in the order of ``symbolic``.
        mask: buffer ``(in, out)``, 0 where an edge was removed.
        symbolic: the named edges, sorted.
        pinned: edges ``(i, j)`` that pruning and naming leave alone; training moves them all the same.
    """

    knots: Tensor
    mask: Tensor
    numeric: Tensor

    def __init__(
        self,
        *,
        k: int,
        base_fun: BaseFunction,
        knots: Tensor,
        coef: Tensor,
        scale_base: Tensor,
        scale_sp: Tensor,
        mask: Tensor | None = None,
        symbolic: tuple[SymbolicEdge, ...] = (),
        affine: Tensor | None = None,
        pinned: frozenset[tuple[int, int]] = frozenset(),
    ) -> None:
        super().__init__()
        self.pinned = pinned
        self.k = k
        self.base_fun = base_fun
        self.coef = nn.Parameter(coef)
        self.scale_base = nn.Parameter(scale_base)
        self.scale_sp = nn.Parameter(scale_sp)
        self.affine = nn.Parameter(coef.new_zeros(0, 4) if affine is None else affine)
        self.register_buffer("knots", knots)
        self.register_buffer("mask", torch.ones_like(scale_sp) if mask is None else mask)
        self.register_buffer("numeric", None, persistent=False)
        self._set_structure(symbolic)

    @classmethod
    def initial(
        cls,
        inputs: int,
        outputs: int,
        *,
        grid: int,
        k: int,
        base_fun: BaseFunction,
        low: Tensor,
        high: Tensor,
        noise_scale: float,
        generator: torch.Generator,
    ) -> KANLayer:
        """A layer of small random splines on a random multiple of the base function."""

        def draw(*shape: int) -> Tensor:
            return (2 * torch.rand(shape, generator=generator, dtype=torch.float64) - 1).to(low)

        width = inputs**-0.5
        return cls(
            k=k,
            base_fun=base_fun,
            knots=uniform_knots(low, high, grid, k),
            coef=noise_scale * draw(inputs, outputs, grid + k),
            scale_base=width * draw(inputs, outputs),
            scale_sp=low.new_full((inputs, outputs), width),
        )

    @property
    def in_dim(self) -> int:
        return self.coef.shape[0]

    @property
    def out_dim(self) -> int:
        return self.coef.shape[1]

    @property
    def grid(self) -> int:
        """Number of grid intervals G."""
        return self.coef.shape[2] - self.k

    def forward(self, x: Tensor) -> Tensor:
        """Sum over the edges of every target: ``(rows, in)`` → ``(rows, out)``."""
        return self.sums_of(None, x)

    def sums_of(self, known: Design | None, x: Tensor) -> Tensor:
        """As :meth:`forward`; ``known`` is :meth:`prepared` of ``x`` (the trainer keeps that of the first layer)."""
        return self._with_symbolic(self._numeric_sums(known, x) if self.has_numeric else None, x)

    def sums_from(self, features: Tensor | None, x: Tensor) -> Tensor:
        """As :meth:`forward`, with the :meth:`features` of ``x`` at hand."""
        if features is None:
            return self._with_symbolic(None, x)
        return self._with_symbolic((self.weight().flatten(0, 1).T @ columns(features).flatten(0, 1)).T, x)

    def _with_symbolic(self, y: Tensor | None, x: Tensor) -> Tensor:
        y = x.new_zeros(len(x), self.out_dim) if y is None else y
        for edges, values in self._symbolic_values(x):
            y = y.index_add(1, edges.target.to(x.device), values)
        return y

    def _numeric_sums(self, known: Design | None, x: Tensor) -> Tensor:
        return edge_sums([self.splines], x, [self.of_splines], known)

    @property
    def splines(self) -> Numeric:
        return Numeric(self.cells, self.base, None if self.all_numeric else self.numeric)

    @property
    def of_splines(self) -> Parameters:
        return Parameters(self.coef, self.scale_sp, self.scale_base)

    @property
    def is_plain(self) -> bool:
        """Whether it is splines alone, and nobody listens to this layer."""
        heard = self._forward_hooks or self._forward_pre_hooks or self._backward_hooks or self._backward_pre_hooks
        return self.has_numeric and not self._groups and not heard

    @torch.no_grad()
    def prepared(self, samples: Tensor) -> Design:
        """What stays while only parameters move: the design matrix of samples ``(in, rows)``, contiguous."""
        return design_of(self.cells, samples, self.base(samples), self.out_dim)

    @torch.no_grad()
    def prepared_by_edge(self, samples: Tensor) -> Dense:
        """The same in the form that knows single edges."""
        return Dense(self.cells, samples, self.base(samples), False)

    def edges(self, x: Tensor) -> Tensor:
        """The value of every edge: ``(rows, in)`` → ``(rows, in, out)``."""
        return self.edges_of(self.features(x) if self.has_numeric else None, x)

    def edges_of(self, features: Tensor | None, x: Tensor) -> Tensor:
        """As :meth:`edges`, with the features of ``x`` at hand."""
        y = self._no_edges(x) if features is None else by_edge(self.weight(), features)
        for edges, values in self._symbolic_values(x):
            y = y.index_put((torch.arange(len(x), device=x.device)[:, None], edges.source, edges.target), values)
        return y

    def features(self, x: Tensor) -> Tensor:
        """What every numeric edge is linear in, base function first: ``(rows, in)`` → ``(rows, in, 1 + G + k)``."""
        return features(x, self.base, self.cells)

    def features_with_slopes(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """:meth:`features` and their derivatives by ``x``, without history."""
        return features_with_slopes(x, self.base, self.cells)

    def slopes_of(self, feature_slopes: Tensor | None, x: Tensor) -> Tensor:
        """Derivative of every edge by its input, from those of the features: ``(rows, in)`` → ``(rows, in, out)``."""
        y = self._no_edges(x) if feature_slopes is None else by_edge(self.weight(), feature_slopes)
        for edges in self._groups:
            a, b, c, _ = self.affine[edges.rows].unbind(1)
            _, slope = with_slope(function(edges.name).torch, a * x[:, edges.source] + b)
            y[:, edges.source, edges.target] = a * c * slope
        return y

    def _no_edges(self, x: Tensor) -> Tensor:
        return x.new_zeros(len(x), self.in_dim, self.out_dim)

    def weight(self) -> Tensor:
        """The factors of :meth:`features`, 0 for removed and symbolic edges: ``(in, 1 + G + k, out)``."""
        spline = self.scale_sp[..., None] * self.coef
        both = torch.cat([self.scale_base[..., None], spline], dim=-1)
        return (self.numeric[..., None] * both).transpose(1, 2)

    @property
    def base(self) -> Callable[[Tensor], Tensor]:
        return BASES[self.base_fun] if isinstance(self.base_fun, str) else self.base_fun

    def _symbolic_values(self, x: Tensor) -> Iterator[tuple[_Group, Tensor]]:
        """Values of the live symbolic edges, function by function: ``(rows, edges of that function)``."""
        for group in self._groups:
            a, b, c, d = self.affine[group.rows].unbind(1)
            yield group, c * function(group.name).torch(a * x[:, group.source] + b) + d

    # ------------------------------------------------------------------ new layers from this one

    def replaced(self, **changes: Any) -> KANLayer:
        """A new layer with some of the constructor's arguments changed; nothing is shared."""
        state = {
            "k": self.k,
            "base_fun": self.base_fun,
            "knots": self.knots,
            "coef": self.coef,
            "scale_base": self.scale_base,
            "scale_sp": self.scale_sp,
            "mask": self.mask,
            "symbolic": self.symbolic,
            "affine": self.affine,
            "pinned": self.pinned,
        } | changes
        own: dict[str, Any] = {
            key: v.detach().clone(memory_format=torch.contiguous_format) if isinstance(v, Tensor) else v
            for key, v in state.items()
        }
        new = KANLayer(**own).train(self.training)
        for mine, theirs in zip(new.parameters(), self.parameters(), strict=True):
            mine.requires_grad_(theirs.requires_grad)
        return new

    def refined(self, grid: int) -> KANLayer:
        """The same functions on ``grid`` intervals over the same range.

        New knots are spaced like the old ones, so a multiple of the old number contains them all and nothing
        changes; any other number is a least-squares fit.
        """
        knots = respaced(self.knots, grid, self.k)
        return self.replaced(knots=knots, coef=self.coef_on(knots))

    def grid_for(self, x: Tensor, eps: float) -> tuple[Tensor, Tensor]:
        """Knots of as many intervals where the samples ``x`` of shape ``(rows, in)`` are, and coefficients on them."""
        knots = adaptive_knots(x, self.grid, self.k, eps)
        return knots, self.coef_on(knots, WELL_MET)

    @torch.no_grad()
    def coef_on(self, knots: Tensor, cutoff: float = MET) -> Tensor:
        """Coefficients of the same splines on other knots: least squares on evenly spread points."""
        low, high = grid_range(knots, self.k)
        count = 8 * (knots.shape[1] - self.k) + 1  # several points in every cell, whatever the data
        line = torch.linspace(0, 1, count, dtype=knots.dtype, device=knots.device)[:, None]
        at = low + (high - low) * line
        old = torch.einsum("nim,iom->ino", basis(at, self.knots, self.k), self.coef)
        new = basis(at, knots, self.k).transpose(0, 1)
        return solve_coef(new, old, cutoff=cutoff).transpose(1, 2).contiguous()

    def move_grid(self, knots: Tensor, coef: Tensor) -> None:
        """Take over knots and coefficients of the same shapes; the parameters stay the same objects, so that
        whoever trains them goes on."""
        self.coef.data = coef
        self.knots = knots
        self._set_structure(self.symbolic)

    def with_symbolic(self, edges: Mapping[tuple[int, int], tuple[str, Tensor] | None]) -> KANLayer:
        """Name edges (``(i, j): (name, [a, b, c, d])``) or make them numeric again (``(i, j): None``)."""
        table: dict[tuple[int, int], tuple[str, Tensor]] = {
            (e.i, e.j): (e.name, row) for e, row in zip(self.symbolic, self.affine.detach(), strict=True)
        }
        for edge, value in edges.items():
            table.pop(edge, None)
            if value is not None:
                table[edge] = value
        symbolic = tuple(SymbolicEdge(*edge, table[edge][0]) for edge in sorted(table))
        rows = [table[e.i, e.j][1].to(self.affine) for e in symbolic]
        return self.replaced(symbolic=symbolic, affine=torch.stack(rows) if rows else self.affine[:0])

    def subset(self, sources: list[int], targets: list[int]) -> KANLayer:
        """The layer between some of the nodes, in the given order."""
        at = torch.tensor(sources)[:, None], torch.tensor(targets)
        place = {(s, t): (i, j) for i, s in enumerate(sources) for j, t in enumerate(targets)}
        kept = sorted(
            (SymbolicEdge(*place[e.i, e.j], e.name), row) for row, e in enumerate(self.symbolic) if (e.i, e.j) in place
        )
        return self.replaced(
            knots=self.knots[sources],
            coef=self.coef[at],
            scale_base=self.scale_base[at],
            scale_sp=self.scale_sp[at],
            mask=self.mask[at],
            symbolic=tuple(e for e, _ in kept),
            affine=self.affine[[row for _, row in kept]],
            pinned=frozenset(place[edge] for edge in self.pinned if edge in place),
        )

    def name_of(self, i: int, j: int) -> str | None:
        """The function of a symbolic edge, None for a numeric one."""
        return next((e.name for e in self.symbolic if (e.i, e.j) == (i, j)), None)

    # ------------------------------------------------------------------ derived from the structure

    def _set_structure(self, symbolic: tuple[SymbolicEdge, ...]) -> None:
        self.symbolic = symbolic
        numeric = self.mask.clone()
        for e in symbolic:
            numeric[e.i, e.j] = 0
        self.numeric = numeric
        self.has_numeric, self.all_numeric = bool(numeric.any()), bool(numeric.all())
        alive = [(row, e) for row, e in enumerate(symbolic) if self.mask[e.i, e.j]]
        names = sorted({e.name for _, e in alive})
        self._groups = [_Group.of(name, [(row, e) for row, e in alive if e.name == name]) for name in names]
        self.cells = Cells.of(self.knots, self.k)

    def _apply(self, fn: Any, recurse: bool = True) -> KANLayer:
        """Moved or converted: what follows from the knots follows from the converted knots."""
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]  # torch has no types for it
        self._set_structure(self.symbolic)
        return self

    def get_extra_state(self) -> list[tuple[int, int, str]]:
        return [(e.i, e.j, e.name) for e in self.symbolic]

    def set_extra_state(self, state: list[tuple[int, int, str]]) -> None:
        self._set_structure(tuple(SymbolicEdge(*row) for row in state))

    def _load_from_state_dict(self, state_dict: Any, prefix: str, *rest: Any) -> None:
        """Take over another grid or other symbolic edges; width and degree must be the same."""
        knots, coef, affine = (state_dict.get(prefix + name) for name in ("knots", "coef", "affine"))
        if all(isinstance(t, Tensor) for t in (knots, coef, affine)) and self._fits(knots, coef):
            for own, new in ((self.knots, knots), (self.coef, coef), (self.affine, affine)):
                own.data = own.new_zeros(new.shape)
        super()._load_from_state_dict(state_dict, prefix, *rest)

    def _fits(self, knots: Tensor, coef: Tensor) -> bool:
        """Whether these belong to a layer of this width and degree, on whatever grid."""
        inputs, outputs, size = coef.shape
        return (inputs, outputs) == (self.in_dim, self.out_dim) and knots.shape == (inputs, size + self.k + 1)


@dataclass(frozen=True, slots=True)
class _Group:
    """The live symbolic edges that share a function, so that it is evaluated once for all of them."""

    name: str
    rows: Tensor
    source: Tensor
    target: Tensor

    @classmethod
    def of(cls, name: str, edges: list[tuple[int, SymbolicEdge]]) -> _Group:
        rows = torch.tensor([row for row, _ in edges])
        return cls(name, rows, torch.tensor([e.i for _, e in edges]), torch.tensor([e.j for _, e in edges]))
