"""The network: layers of edges between nodes that add or multiply."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Self, cast

import torch
from torch import Tensor, nn

from kanwidget.checks import is_whole, plain
from kanwidget.data import as_matrix, default_names
from kanwidget.derived import Feature, widened
from kanwidget.errors import DataError, OptionError, ShapeError, SymbolicError
from kanwidget.model import arguments
from kanwidget.model.designs import Design
from kanwidget.model.guard import full_precision, no_gradients, uninterrupted
from kanwidget.model.layer import BaseFunction, KANLayer
from kanwidget.model.nodes import Edge, Nodes, Trace
from kanwidget.model.shortage import shortage_told
from kanwidget.model.sums import edge_sums

__all__ = ["REFERENCE_ROWS", "Network", "without_edges"]

REFERENCE_ROWS = 1000


class Network(nn.Module):
    """A Kolmogorov-Arnold network (Liu et al. 2024, arXiv:2404.19756) with optional product nodes
    (MultKAN, Liu et al. 2024, arXiv:2408.10205).

    ``forward`` is pure: it keeps nothing, so the network trains in anyone's loop, copies and pickles. Acts that
    change the structure replace the layers, so make an optimiser of your own after them; :meth:`update_grid` keeps
    the parameters.

    Args:
        width: nodes per layer, inputs first: ``[2, 5, 1]``; a pair ``[sums, products]`` for product nodes.
        grid: number of spline intervals, for all layers or one per layer of edges.
        k: spline degree, for all layers or one per layer of edges; 0 is piecewise constant and has no gradient
            with respect to its input, so it is useful in the first layer only.
        seed: of the initial values; global random state is not touched.
        noise_scale: size of the random splines at the start.
        base_fun: residual function by name (silu, identity, zero, tanh, relu) or as a callable.
        grid_range: ``(low, high)`` for all inputs of all layers, or one pair per input node of the first layer.
        grid_eps: how :meth:`update_grid` places knots: 1 = equally spaced, 0 = by quantiles.
        dtype, device: as in torch; by default torch's default dtype on the CPU.

    Attributes:
        layers: one :class:`KANLayer` per layer of edges.
        input_names, output_names: used in pictures and formulas; of the inputs, those that are columns of the data.
        features: the other inputs, which follow them and are made of them; see :mod:`kanwidget.derived`.
        classes: what the outputs tell apart, by name; empty where they are values of their own. One output is the
            logit of the second of two classes; several are the logits of one class each.
    """

    @shortage_told()
    def __init__(
        self,
        width: Sequence[int | Sequence[int]],
        grid: int | Sequence[int] = 5,
        k: int | Sequence[int] = 3,
        seed: int = 0,
        *,
        noise_scale: float = 0.5,
        base_fun: BaseFunction = "silu",
        grid_range: Sequence[float] | Sequence[Sequence[float]] = (-1.0, 1.0),
        grid_eps: float = 1.0,
        dtype: torch.dtype | None = None,
        device: torch.device | str | None = None,
    ) -> None:
        super().__init__()
        self.width = arguments.widths(width)
        depth, inputs = len(self.width) - 1, self.width[0].count
        grids, degrees = arguments.per_layer(grid, depth, "grid", 1), arguments.per_layer(k, depth, "k", 0)
        base_fun = arguments.base_function(base_fun)
        ranges = arguments.grid_box(grid_range, inputs, arguments.dtype_of(dtype))
        ranges = ranges.to(torch.empty(0, device=device).device)
        generator = torch.Generator().manual_seed(arguments.seed_of(seed))
        self.grid_eps = arguments.share("grid_eps", grid_eps)
        self.config: dict[str, Any] = {
            "width": [nodes.written for nodes in self.width],
            "grid": plain(grid),
            "k": plain(k),
            "seed": plain(seed),
            "noise_scale": plain(noise_scale),
            "base_fun": base_fun,
            "grid_range": plain(grid_range),
            "grid_eps": self.grid_eps,
            "dtype": dtype,
            "device": None if device is None else str(device),
        }
        layers: list[KANLayer] = []
        for below, above, g, degree in zip(self.width, self.width[1:], grids, degrees, strict=False):
            box = ranges if not layers else ranges.new_tensor([ranges.min(), ranges.max()]).expand(below.count, 2)
            layers.append(
                KANLayer.initial(
                    below.count,
                    above.subnodes,
                    grid=g,
                    k=degree,
                    base_fun=base_fun,
                    low=box[:, 0],
                    high=box[:, 1],
                    noise_scale=arguments.noise(noise_scale),
                    generator=generator,
                )
            )
        self._put_together(layers)
        self.input_names = default_names(self.width[0].count, "x")
        self.output_names = default_names(self.width[-1].count, "f")
        self.classes: tuple[str, ...] = ()
        self.features: tuple[Feature, ...] = ()

    reference: Tensor | None
    reference_labels: Tensor | None

    def _put_together(
        self, layers: Sequence[KANLayer], reference: Tensor | None = None, reference_labels: Tensor | None = None
    ) -> None:
        self.layers = nn.ModuleList(layers)
        self.register_buffer("reference", reference, persistent=False)
        self.register_buffer("reference_labels", reference_labels, persistent=False)

    @classmethod
    def restored(
        cls,
        layers: Sequence[KANLayer],
        *,
        width: Sequence[Nodes],
        grid_eps: float,
        config: dict[str, Any],
        input_names: tuple[str, ...],
        output_names: tuple[str, ...],
        features: tuple[Feature, ...],
        reference: Tensor | None,
        reference_labels: Tensor | None,
    ) -> Self:
        """A network of parts that belong together, as another one had them; nothing is drawn and nothing is run of
        what a subclass does when it is made."""
        self = cls.__new__(cls)
        nn.Module.__init__(self)
        self.width, self.grid_eps, self.config = tuple(width), grid_eps, config
        self.input_names, self.output_names, self.features = input_names, output_names, features
        self._put_together(layers, reference, reference_labels)
        return self

    # ------------------------------------------------------------------ evaluation

    @full_precision
    def forward(self, x: Tensor) -> Tensor:
        """``(rows, columns)`` → ``(rows, outputs)``."""
        x = self.input_values(x)
        if self.is_plain:
            return self.plain_sums(x)
        for layer, nodes in self.stack():
            x = nodes.join(layer(x))
        return x

    @property
    def is_plain(self) -> bool:
        """Whether it is sums of splines from the first layer to the last."""
        return all(layer.is_plain and not nodes.products for layer, nodes in self.stack())

    def plain_sums(self, x: Tensor, known: Design | None = None) -> Tensor:
        """As :meth:`forward` from the values of the input nodes, in one go; ``known`` is the first layer's
        :meth:`KANLayer.prepared` of ``x``."""
        layers = [layer for layer, _ in self.stack()]
        return edge_sums([layer.splines for layer in layers], x, [layer.of_splines for layer in layers], known)

    @full_precision
    def trace(self, x: Tensor) -> list[Trace]:
        """Every edge and node on the way up from rows of the data, ``(rows, columns)``, layer by layer."""
        return self.trace_from(self.input_values(x))

    @full_precision
    def trace_from(self, x: Tensor) -> list[Trace]:
        """As :meth:`trace`, from the values of the input nodes, ``(rows, inputs)``."""
        traces = []
        for layer, nodes in self.stack():
            edges = layer.edges(x)
            traces.append(Trace(x, edges, nodes.join(edges.sum(1))))
            x = traces[-1].nodes
        return traces

    def stack(self) -> Iterator[tuple[KANLayer, Nodes]]:
        """Layers of edges with the nodes above them."""
        return zip(cast("Iterable[KANLayer]", self.layers), self.width[1:], strict=True)

    def layer(self, l: int) -> KANLayer:
        layer = self.layers[l]
        assert isinstance(layer, KANLayer)
        return layer

    @property
    def dtype(self) -> torch.dtype:
        return self.layer(0).coef.dtype

    @property
    def device(self) -> torch.device:
        return self.layer(0).coef.device

    @property
    def depth(self) -> int:
        return len(self.layers)

    @property
    def grid(self) -> list[int]:
        """Number of grid intervals of each layer."""
        return [layer.grid for layer, _ in self.stack()]

    @property
    def k(self) -> list[int]:
        """Spline degree of each layer."""
        return [layer.k for layer, _ in self.stack()]

    @property
    def columns(self) -> int:
        """Number of columns of the data: the inputs that are not made of others."""
        return self.width[0].count - len(self.features)

    def input_values(self, x: Tensor) -> Tensor:
        """Values of the input nodes, the columns and what is made of them: ``(rows, columns)`` → ``(rows, inputs)``.

        Raises:
            ShapeError: ``x`` is no real tensor of this shape.
        """
        if not isinstance(x, Tensor) or x.is_complex():
            kind = "complex" if isinstance(x, Tensor) else type(x).__name__
            raise ShapeError(f"x is {kind}: a real tensor of shape (rows, {self.columns}) is accepted")
        if x.ndim != 2 or x.shape[1] != self.columns:
            made = f", {len(self.features)} inputs of which are made of the others" if self.features else ""
            raise ShapeError(
                f"x has shape {tuple(x.shape)}: (rows, {self.columns}) is accepted by width "
                f"{[nodes.written for nodes in self.width]}{made}"
            )
        return widened(x.to(self.dtype), self.features)

    # ------------------------------------------------------------------ the rows on which curves are judged

    def set_reference(self, inputs: Any, labels: Any = None) -> Self:
        """Remember up to 1,000 rows on which curves, importance, pruning and suggestions are computed.

        Args:
            inputs: shape ``(rows, columns)``.
            labels: shape ``(rows, outputs)``: the truth that whole formulas are judged by, if there is one.
        """
        x = self.rows(inputs, "inputs")
        step = -(-len(x) // REFERENCE_ROWS)
        y = None if labels is None else as_matrix(labels, "labels", self.output_names)
        if y is not None and y.shape != (len(x), self.width[-1].count):
            raise DataError(f"labels has shape {tuple(y.shape)}: ({len(x)}, {self.width[-1].count}) is accepted")
        self.reference = x[::step].to(self.device)
        self.reference_labels = None if y is None else y[::step].to(self.device)
        return self

    def rows(self, values: Any, what: str) -> Tensor:
        """A table of inputs, checked: finite, at least one row, as many columns as the network takes."""
        x = as_matrix(values, what, self.input_names)
        if not len(x):
            raise DataError(f"{what} has no rows: at least one is needed")
        self.input_values(x)
        return x

    def reference_rows(self) -> Tensor:
        """The remembered rows, otherwise rows spread evenly over the grid ranges (a Sobol sequence)."""
        if self.reference is not None:
            return self.reference.to(self.dtype)
        layer = self.layer(0)
        ends = layer.knots[: self.columns]
        low, high = ends[:, layer.k], ends[:, layer.k + layer.grid]
        unit = torch.quasirandom.SobolEngine(self.columns).draw(REFERENCE_ROWS).to(low)
        return low + (high - low) * unit

    # ------------------------------------------------------------------ edges

    def edges(self) -> Iterator[Edge]:
        """Every edge that was not removed."""
        for l, (layer, _) in enumerate(self.stack()):
            for i, j in layer.mask.nonzero().tolist():
                yield Edge(l, i, j)

    def symbolic_edges(self) -> dict[Edge, str]:
        """The named edges that were not removed, with their functions."""
        return {
            Edge(l, e.i, e.j): e.name
            for l, (layer, _) in enumerate(self.stack())
            for e in layer.symbolic
            if layer.mask[e.i, e.j]
        }

    def pinned_edges(self) -> list[Edge]:
        """The edges that were pinned and not removed since."""
        return [
            Edge(l, i, j)
            for l, (layer, _) in enumerate(self.stack())
            for i, j in sorted(layer.pinned)
            if layer.mask[i, j]
        ]

    def pin_edge(self, l: int, i: int, j: int, pinned: bool = True) -> None:
        """Let pruning and automatic naming leave an edge alone, or no longer so. Training moves it all the same.

        Raises:
            ShapeError: there is no such edge.
            SymbolicError: the edge was removed.
        """
        edge = self.edge(l, i, j)
        layer = self.layer(edge.l)
        if not layer.mask[edge.i, edge.j]:
            raise SymbolicError(f"edge {tuple(edge)} was removed")
        pins = layer.pinned | {edge[1:]} if pinned else layer.pinned - {edge[1:]}
        layers = [layer for layer, _ in self.stack()]
        layers[edge.l] = layer.replaced(pinned=pins)
        self.put_layers(layers)

    def edge(self, l: int, i: int, j: int) -> Edge:
        """A checked edge index; negative indices count from the end as in Python.

        Raises:
            ShapeError: there is no such edge.
        """
        if not all(is_whole(v) for v in (l, i, j)):
            raise ShapeError(f"edge ({l!r}, {i!r}, {j!r}): three integers layer, input node, output node are accepted")
        if not -self.depth <= l < self.depth:
            raise ShapeError(
                f"edge ({l}, {i}, {j}): layer {l} does not exist, there are {self.depth} (0 … {self.depth - 1})"
            )
        layer = self.layer(l)
        for what, value, size in (("input node", i, layer.in_dim), ("output node", j, layer.out_dim)):
            if not -size <= value < size:
                raise ShapeError(f"edge ({l}, {i}, {j}): {what} {value} does not exist, layer {l} has 0 … {size - 1}")
        return Edge(l % self.depth, i % layer.in_dim, j % layer.out_dim)

    @property
    def has_default_names(self) -> bool:
        """Whether nobody has named the inputs and outputs yet."""
        inputs, outputs = default_names(self.columns, "x"), default_names(self.width[-1].count, "f")
        return self.input_names == inputs and self.output_names == outputs

    def node_name(self, l: int, i: int) -> str:
        """How node ``i`` of layer of nodes ``l`` (0 = inputs) is called in pictures and messages."""
        if l == 0:
            return self.input_names[i] if i < self.columns else self.features[i - self.columns].name(self.input_names)
        return self.output_names[i] if l == self.depth else f"h_{i + 1}"

    # ------------------------------------------------------------------ structure

    def copy(self) -> Self:
        """An independent copy."""
        return copy.deepcopy(self)

    def with_layers(self, layers: Sequence[KANLayer], width: Sequence[Nodes] | None = None) -> Self:
        """A copy on other layers; what was handed in is not shared with this network."""
        memo = {id(self.layers): nn.ModuleList(layers)}
        new = copy.deepcopy(self, memo)
        if width is not None:
            new.width = tuple(width)
        return new

    def put_layers(self, layers: Sequence[KANLayer]) -> None:
        """Swap all layers in one assignment: whoever interrupts finds the old ones or the new ones."""
        self.layers = nn.ModuleList(layers)

    @shortage_told()
    def refine(self, grid: int | Sequence[int]) -> Self:
        """A new network with the same function on a finer or coarser grid.

        A multiple of the old number of intervals changes nothing; any other is a least-squares fit of every
        spline.
        """
        grids = arguments.per_layer(grid, self.depth, "grid", 1)
        return self.with_layers([layer.refined(g) for (layer, _), g in zip(self.stack(), grids, strict=True)])

    @no_gradients
    def update_grid(self, x: Any) -> Self:
        """Place the knots of every layer where the values of its input nodes are; the function stays.

        The parameters stay the same objects, so an optimiser that trains them goes on.

        Args:
            x: input rows, shape ``(rows, columns)``.
        """
        return self.update_grid_from(self.input_values(self.rows(x, "x").to(self.device)))

    @no_gradients
    def update_grid_from(self, x: Tensor) -> Self:
        """As :meth:`update_grid`, from the values of the input nodes, ``(rows, inputs)``."""
        moves = []
        for layer, nodes in self.stack():
            moves.append((layer, *layer.grid_for(x, self.grid_eps)))
            x = nodes.join(layer(x))
        with uninterrupted():
            for layer, knots, coef in moves:
                layer.move_grid(knots, coef)
        return self

    def remove_edge(self, l: int, i: int, j: int) -> None:
        """Cut one edge; its mean over the reference rows stays in its target, as far as another edge can carry it."""
        edge = self.edge(l, i, j)
        layer = self.layer(edge.l)
        means = self.trace(self.reference_rows())[edge.l].edges.mean(0)
        layers = [layer for layer, _ in self.stack()]
        layers[edge.l] = without_edges(layer, [(edge.i, edge.j)], means)
        self.put_layers(layers)

    def move_coef(self, l: int, i: int, j: int, m: int, by: float) -> None:
        """Add ``by`` to spline coefficient ``m`` of one edge, as when a control point is dragged.

        Args:
            m: 0 … grid + k - 1; the coefficient acts on the cells around the mean of the knots m + 1 … m + k.
            by: any finite number.

        Raises:
            ShapeError: there is no such edge or coefficient.
            OptionError: ``by`` is not a finite number.
            SymbolicError: the edge is a function, or was removed.
        """
        edge = self.edge(l, i, j)
        layer = self.layer(edge.l)
        count = layer.coef.shape[2]
        if not is_whole(m) or not 0 <= m < count:
            raise ShapeError(f"m={m!r}: edge {tuple(edge)} has the coefficients 0 … {count - 1}")
        if not isinstance(by, int | float) or isinstance(by, bool) or not math.isfinite(by):
            raise OptionError(f"by={by!r}: a finite number is accepted")
        if not layer.numeric[edge.i, edge.j]:
            what = layer.name_of(edge.i, edge.j) if layer.mask[edge.i, edge.j] else None
            why = f"is {what!r}: turn it back into a spline first" if what else "was removed"
            raise SymbolicError(f"edge {tuple(edge)} {why}")
        coef = layer.coef.detach().clone()
        coef[edge.i, edge.j, m] += by
        if not bool(coef[edge.i, edge.j, m].isfinite()):
            raise OptionError(f"by={by!r}: the coefficient would not be finite")
        layers = [layer for layer, _ in self.stack()]
        layers[edge.l] = layer.replaced(coef=coef)
        self.put_layers(layers)

    def remove_node(self, l: int, i: int) -> None:
        """Cut all edges from and to hidden node ``i`` of layer of nodes ``l`` (1 … depth - 1)."""
        whole = is_whole(l) and is_whole(i)
        if not whole or not 1 <= l < self.depth or not 0 <= i < self.width[l].count:
            raise ShapeError(f"node ({l!r}, {i!r}): a hidden node is accepted, layers 1 … {self.depth - 1}")
        traces = self.trace(self.reference_rows())
        above, below = self.layer(l), self.layer(l - 1)
        layers = [layer for layer, _ in self.stack()]
        layers[l] = without_edges(above, [(i, j) for j in range(above.out_dim)], traces[l].edges.mean(0))
        into = [(s, j) for s in range(below.in_dim) for j in self.width[l].parts(i)]
        layers[l - 1] = without_edges(below, into, traces[l - 1].edges.mean(0))
        self.put_layers(layers)

    def load_state_dict(self, state_dict: Any, strict: bool = True, assign: bool = False) -> Any:
        """As in torch, but all or nothing; grids and named edges are taken over, width and degrees must agree."""
        super(Network, self.copy()).load_state_dict(state_dict, strict, assign)
        return super().load_state_dict(state_dict, strict, assign)

    def get_extra_state(self) -> dict[str, Any]:
        return {
            "input_names": self.input_names,
            "output_names": self.output_names,
            "classes": self.classes,
            "features": [(feature.kind, feature.columns) for feature in self.features],
        }

    def set_extra_state(self, state: dict[str, Any]) -> None:
        self.input_names, self.output_names = tuple(state["input_names"]), tuple(state["output_names"])
        self.classes = tuple(state.get("classes", ()))
        self.features = tuple(Feature(kind, columns) for kind, columns in state.get("features", ()))

    def extra_repr(self) -> str:
        made = [feature.name(self.input_names) for feature in self.features]
        shape = f"width={[nodes.written for nodes in self.width]}, grid={self.grid}, k={self.k}"
        return f"{shape}, features={made}" if made else shape


@torch.no_grad()
def without_edges(layer: KANLayer, cut: Sequence[tuple[int, int]], means: Tensor) -> KANLayer:
    """A layer without some edges; the mean of each goes into another edge with the same target.

    An edge that is nearly constant is unimportant however large its value is; cutting it must not shift its
    target. A spline carries a constant exactly (its basis sums to one), a symbolic edge in its ``d``. Pinned edges
    carry it only where there are no others.

    Args:
        means: mean value of every edge, shape ``(in, out)``.
    """
    mask, coef, affine = layer.mask.clone(), layer.coef.detach().clone(), layer.affine.detach().clone()
    for i, j in cut:
        mask[i, j] = 0
    rows = {(e.i, e.j): row for row, e in enumerate(layer.symbolic)}
    for j in {j for _, j in cut}:
        lost = sum(float(means[i, j]) for i, t in cut if t == j and layer.mask[i, j])
        left = mask[:, j].nonzero().flatten().tolist()
        left = [i for i in left if (i, j) not in layer.pinned] or left
        named = [i for i in left if (i, j) in rows]
        splines = [i for i in left if (i, j) not in rows and abs(float(layer.scale_sp[i, j])) > 1e-6]
        if named:
            affine[rows[named[0], j], 3] += lost
        elif splines:
            i = max(splines, key=lambda i: abs(float(layer.scale_sp[i, j])))
            coef[i, j] += lost / layer.scale_sp[i, j]
    return layer.replaced(mask=mask, coef=coef, affine=affine)
