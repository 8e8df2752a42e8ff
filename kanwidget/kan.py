"""The network as people use it: everything one can do with it, as its methods, under the names that pykan's users
know. Each method is one call into the room where the work is done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

import torch
from torch import Tensor

from kanwidget.model.functions import function
from kanwidget.model.guard import one_thread
from kanwidget.model.network import Network
from kanwidget.model.shape import with_features, with_layer, with_node, without_layer, without_node
from kanwidget.train.attribute import Attribution, attribute
from kanwidget.train.fit import Callback, FitResult, fit
from kanwidget.train.options import FitOptions
from kanwidget.train.predict import predict, predict_proba
from kanwidget.train.prune import prune, prune_input

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from matplotlib.figure import Figure
    from sympy import Expr, Symbol

    from kanwidget.discovery.result import Discovery
    from kanwidget.symbolic.closed import ClosedForm
    from kanwidget.widget.widget import KANWidget

__all__ = ["KAN", "discover"]


class KAN(Network):
    """A Kolmogorov-Arnold network that can be trained, thinned out, read as a formula, drawn and explored.

    See :class:`kanwidget.model.network.Network` for the arguments.

    Example:
        >>> model = KAN(width=[2, 5, 1], grid=5, k=3, seed=0)
        >>> dataset = create_dataset(lambda x: torch.sin(x[:, [0]]) + x[:, [1]] ** 2, n_var=2)
        >>> result = model.fit(dataset, steps=20, lamb=0.01)
        >>> model = model.prune()
        >>> model.auto_symbolic(dataset)
        >>> formula, variables = model.symbolic_formula()
    """

    def fit(
        self,
        dataset: Any,
        opt: str = "auto",
        steps: int = 20,
        *,
        metrics: Sequence[Callable[[Network], float]] = (),
        callbacks: Sequence[Callback] = (),
        patience: int | None = None,
        progress: bool = True,
        **options: Any,
    ) -> FitResult:
        """Train on a data set; the network changes once, at the end or when interrupted, by whole steps.

        Args:
            dataset: a :class:`Dataset`, pykan's dictionary of tensors, or a pair ``(inputs, labels)``; without test
                rows a fifth is held back. Labels that are classes are fitted by cross-entropy.
            opt, steps, **options: see :class:`kanwidget.train.options.FitOptions`: ``lr, lamb, lamb_l1,
                lamb_entropy, lamb_coef, lamb_coefdiff, update_grid, batch, loss_fn, seed, starts, refine``.
                ``starts=3`` trains three initialisations side by side for a short race and goes on with the best;
                ``refine="auto"`` finds the grid that predicts rows held back from training best, ``refine=[10, 20]``
                goes on to these grids, ``steps`` on each.
            metrics: functions of the network, evaluated after every step; their ``__name__`` is a key of the
                result.
            callbacks: called with every :class:`kanwidget.train.trainer.Step`; return True to stop.
            patience: stop when the test loss has not improved for so many steps.
            progress: show a bar.

        Returns:
            the course of the fit: losses, penalty and metrics by step, and the grids that were trained on.

        Raises:
            OptionError, DataError: an argument is not accepted; nothing has changed.
        """
        checked = FitOptions.of(opt=opt, steps=steps, **options)
        return fit(self, dataset, checked, metrics=metrics, callbacks=callbacks, patience=patience, progress=progress)

    def train(self, dataset: Any = True, *args: Any, **options: Any) -> Any:  # type: ignore[override]  # fit, and torch's mode
        """With a data set: the same as :meth:`fit`. With a boolean, or without argument: torch's training mode."""
        mode = options.pop("mode", dataset)
        if isinstance(mode, bool):
            return super().train(mode)
        return self.fit(dataset, *args, **options)

    def predict(self, x: Any) -> Tensor:
        """Classes or values of new rows; see :func:`kanwidget.train.predict.predict`."""
        return predict(self, x)

    def predict_proba(self, x: Any) -> Tensor:
        """Probabilities of the classes, ``(rows, C)``; see :func:`kanwidget.train.predict.predict_proba`."""
        return predict_proba(self, x)

    def prune(self, node_th: float = 1e-2, edge_th: float = 3e-2) -> Self:
        """A new network without unimportant edges and hidden nodes; see :func:`kanwidget.train.prune.prune`."""
        return prune(self, node_th, edge_th)

    def prune_input(self, threshold: float = 1e-2, active_inputs: Sequence[int] | None = None) -> Self:
        """A new network without unimportant inputs; see :func:`kanwidget.train.prune.prune_input`."""
        return prune_input(self, threshold, active_inputs)

    def with_node(self, l: int, *, product: bool = False) -> Self:
        """A new network with one hidden node more in layer ``l`` of nodes and the same function; see
        :func:`kanwidget.model.shape.with_node`."""
        return with_node(self, l, product=product)

    def without_node(self, l: int, i: int) -> Self:
        """A new network without one hidden node; see :func:`kanwidget.model.shape.without_node`."""
        return without_node(self, l, i)

    def with_layer(self, l: int) -> Self:
        """A new network with one hidden layer more and the same function; see
        :func:`kanwidget.model.shape.with_layer`."""
        return with_layer(self, l)

    def without_layer(self, l: int) -> Self:
        """A new network without a hidden layer, as near to the same function as it can be; see
        :func:`kanwidget.model.shape.without_layer`."""
        return without_layer(self, l)

    def with_features(self, features: Sequence[Any]) -> Self:
        """A new network that keeps what it has learnt, with inputs made of the columns, such as ``["x^2", "x*y",
        "sin(x)"]``; the rows that it is given have the columns only. See
        :func:`kanwidget.model.shape.with_features`."""
        return with_features(self, features)

    def attribute(self, x: Any = None) -> Attribution:
        """Scores of edges, nodes and inputs; see :mod:`kanwidget.train.attribute`."""
        return attribute(self, x)

    def suggest_symbolic(
        self, l: int, i: int, j: int, topk: int = 5, lib: Sequence[str] | None = None
    ) -> tuple[str, tuple[Callable[[Tensor], Tensor], Callable[[Expr], Expr]], float]:
        """Print the ``topk`` functions that fit edge (l, i, j) best; the network is not changed.

        Args:
            lib: names of functions to choose from, by default all.

        Returns:
            name, (torch function, sympy function) and r² of the best.
        """
        from kanwidget.symbolic.edges import suggest
        from kanwidget.symbolic.library import sympy_function

        found = suggest(self, l, i, j, topk, lib)
        _say("function , r2", *(f"{c.name} , {c.r2}" for c in found))
        best = found[0]
        return best.name, (function(best.name).torch, sympy_function(best.name)), best.r2

    def fix_symbolic(
        self, l: int, i: int, j: int, fun_name: str, affine: Sequence[float] | None = None, *, verbose: bool = True
    ) -> Tensor:
        """Turn edge (l, i, j) into ``c f(a x + b) + d`` with constants fitted to it (or given as ``affine``).

        Returns:
            r² between the function and what the edge was before, printed when ``verbose``.
        """
        from kanwidget.symbolic.edges import fix

        r2 = fix(self, l, i, j, fun_name, affine)
        if verbose:
            _say(f"r2 is {r2}")
        return torch.tensor(r2)

    def unfix_symbolic(self, l: int, i: int, j: int) -> None:
        """Turn edge (l, i, j) back into the spline that it was."""
        from kanwidget.symbolic.edges import unfix

        unfix(self, l, i, j)

    def auto_symbolic(self, dataset: Any = None, lib: Sequence[str] | None = None, *, verbose: bool = True) -> None:
        """Name every edge that is still a spline, judged by the whole formula; prints what was chosen.

        Args:
            dataset: the rows to judge by, by default those of the last fit.
            lib: names of functions to choose from, by default all.
        """
        from kanwidget.data import as_dataset
        from kanwidget.symbolic.auto import auto_symbolic

        choices = auto_symbolic(self, None if dataset is None else as_dataset(dataset), lib)
        if verbose:
            _say(*(_choice(*c.edge, c.name, c.r2) for c in choices))

    def symbolic_formula(self, var: Sequence[Any] | None = None) -> tuple[list[Expr], list[Symbol]]:
        """The outputs as sympy expressions; see :func:`kanwidget.symbolic.formula.symbolic_formula`."""
        from kanwidget.symbolic.formula import symbolic_formula

        return symbolic_formula(self, var)

    def formula(self, var: Sequence[Any] | None = None, *, simplify: bool = False) -> ClosedForm:
        """The closed form, to be read, copied as LaTeX or Python, called with rows and compared with the data; see
        :func:`kanwidget.symbolic.closed.closed_form`."""
        from kanwidget.symbolic.closed import closed_form

        return closed_form(self, var, simplify=simplify)

    def save(self, path: str | Path) -> None:
        """Write the network into one file, all or nothing: an old file stays until the new one is complete.

        The file is safetensors with a description as JSON and a checksum over everything; it holds no code and no
        pickle. See docs/file-format.md.

        Raises:
            CheckpointError: the network cannot be saved, because a number of it is not finite or a subclass has
                tensors of its own; nothing was written.
            OSError: the file cannot be written.
        """
        from kanwidget.io.network import save_network

        save_network(self, path)

    @classmethod
    def load(cls, path: str | Path, *, base_fun: Callable[[Tensor], Tensor] | None = None) -> Self:
        """Read a network from a file that :meth:`save` wrote: the same, bit by bit, on the CPU.

        Args:
            base_fun: the residual function, if the network was made with one of your own; functions that were added
                by :func:`kanwidget.add_symbolic` must be added before.

        Raises:
            CheckpointError: the file is damaged, hostile, of another kind or of a later version, or needs a function
                that is not known here; nothing was built.
            OSError: the file cannot be opened.
        """
        from kanwidget.io.network import load_network

        return load_network(path, cls, base_fun)

    @classmethod
    def from_edges(
        cls,
        width: Sequence[int | Sequence[int]],
        edges: Mapping[Sequence[int], tuple[str, Sequence[float]]],
        **options: Any,
    ) -> Self:
        """A network that is a formula: the edges ``{(l, i, j): (name, [a, b, c, d])}`` are ``c f(a x + b) + d``, and
        there is no other.

        Args:
            width, **options: see :class:`kanwidget.model.network.Network`.

        Raises:
            ShapeError, SymbolicError: an edge, a function or a constant is not accepted.
        """
        from kanwidget.symbolic.named import become

        model = cls(width=width, **options)
        become(model, edges)
        return model

    def plot(self, **options: Any) -> Figure:
        """A matplotlib figure of the network; see :func:`kanwidget.plot.figure.plot`."""
        from kanwidget.plot.figure import plot

        return plot(self, **options)

    def explore(self, dataset: Any, **options: Any) -> KANWidget:
        """The live widget on a copy of this network; see :class:`kanwidget.widget.widget.KANWidget`."""
        from kanwidget.widget.widget import KANWidget

        return KANWidget(self, dataset, **options)


def discover(
    dataset: Any,
    *,
    budget_s: float = 10.0,
    shapes: str | Sequence[str] = "auto",
    library: Sequence[str] | None = None,
    executor: Executor | None = None,
    seed: int = 0,
    callback: Callable[[Discovery], object] | None = None,
) -> Discovery:
    """Search for the formula behind data.

    Shapes of formulas are fitted without luck (linear and alternating least squares), their curves named, whole
    formulas refitted in float64 and compared on rows held back; constants become known numbers where the data allow.

    Args:
        dataset: a :class:`Dataset`, pykan's dictionary of tensors, or a pair ``(inputs, labels)``; without test rows a
            fifth is held back. Constant, repeated and idle columns are left out.
        budget_s: seconds, at most.
        shapes: which kinds of shapes are tried, some of "sum", "product", "mixed" (sums with one product), "outer"
            (functions of such) and "joined" (functions of two columns that act as one); "auto" is all of them.
        library: names of the functions that a formula may have, by default all.
        executor: a :class:`concurrent.futures.Executor` that does the pieces of work, by default this process.
        seed: of the rows that are held back where the data set has none.
        callback: called with the outcome so far after every piece of work; return True to stop.

    Returns:
        a Pareto list of formulas from the simplest to the most accurate, and the best of them. It is *certified* only
        if it is beyond reasonable doubt, see :func:`kanwidget.discovery.judgement.is_certain`.

    Raises:
        DataError, OptionError, SymbolicError: an argument is not accepted.
    """
    from kanwidget.data import as_dataset
    from kanwidget.discovery.search import Options, Search

    chosen = None if library is None else library if isinstance(library, str) else tuple(library)
    options = Options(budget_s=budget_s, shapes=shapes, library=cast(Any, chosen), executor=executor, seed=seed)
    search = Search(as_dataset(dataset), options, KAN)
    with one_thread():
        for _ in search.steps():
            if callback is not None and callback(search.result()) is True:
                break
        return search.result()


def _choice(l: int, i: int, j: int, name: str, r2: float) -> str:
    if name == "0":
        return f"removing ({l},{i},{j}): the formula is as good without it"
    return f"fixing ({l},{i},{j}) with {name}, r2={r2}"


def _say(*lines: str) -> None:
    """What was asked for, on standard output."""
    cast(Any, sys.stdout).write("".join(f"{line}\n" for line in lines))
