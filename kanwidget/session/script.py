"""The lines of Python that do what was clicked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from kanwidget.checks import plain
from kanwidget.data import Dataset
from kanwidget.model.network import Network
from kanwidget.train.options import FitOptions

__all__ = ["constructor", "fit_line", "formula_line", "opening", "reference_line", "written"]

FIT_OPTIONS = (
    "lr",
    "lamb",
    "lamb_l1",
    "lamb_entropy",
    "lamb_coef",
    "lamb_coefdiff",
    "update_grid",
    "batch",
    "seed",
    "starts",
)


def opening(model: Network, dataset: Dataset, drawn: Sequence[str] = ()) -> tuple[str, ...]:
    """How a script begins: imports, the data set by name, or the lines by which it is ``drawn``, and the network it
    starts from."""
    inputs, outputs = _listed(dataset.input_names), _listed(dataset.output_names)
    data = f"# dataset: {len(dataset.train_input)} training rows with the inputs {inputs} and the outputs {outputs}"
    if dataset.is_classification:
        data += f", which are the classes {_listed(dataset.classes)}"
    made = constructor(model)
    start = (
        [f"model = {made}"]
        if made
        else [
            "# start: the network that was handed in or left by a cell; it was no longer as the constructor makes it",
            "model = start.copy()",
        ]
    )
    return (
        "import torch",
        "from kanwidget import KAN",
        "",
        data,
        *drawn,
        *start,
        reference_line(dataset),
    )


def reference_line(dataset: Dataset) -> str:
    """The rows that curves and formulas are judged by; classes are no values that a formula could meet."""
    labels = "" if dataset.is_classification else ", dataset.train_label"
    return f"model.set_reference(dataset.train_input{labels})"


def fit_line(options: FitOptions, steps: int) -> str:
    """``model.fit(...)`` with the options that differ from the default; a schedule of grids, whose ``steps`` are
    those on each, stops where this one stopped."""
    extra = [part for part in (options.described(FIT_OPTIONS),) if part]
    if options.refine is not None:
        extra.append(f"refine={options.refine!r}, callbacks=[lambda step: step.step == {steps}]")
        steps = options.steps
    return f"model.fit({', '.join(['dataset', f'opt={options.opt!r}', f'steps={steps}', *extra])})"


def formula_line(model: Network) -> str:
    """The call that makes this network, all of whose edges are named, with every digit of its constants."""
    edges = {}
    for l, (layer, _) in enumerate(model.stack()):
        for edge, constants in zip(layer.symbolic, layer.affine.tolist(), strict=True):
            if layer.mask[edge.i, edge.j]:
                edges[l, edge.i, edge.j] = edge.name, constants
    width, dtype = [nodes.written for nodes in model.width], model.layer(0).coef.dtype
    options = f"grid={max(model.grid)}, k={max(model.k)}, dtype={dtype}"
    return f"model = KAN.from_edges(width={width!r}, edges={edges!r}, {options})"


def written(value: Any) -> str:
    """A number, a text or a list as Python writes it."""
    return repr(plain(value))


def constructor(model: Network) -> str | None:
    """The call that makes exactly this network, None if it was changed since or cannot be written down."""
    config = {key: value for key, value in model.config.items() if value is not None}
    if not isinstance(config["base_fun"], str):
        return None
    if not _has_its_shape(model):
        return None
    try:
        as_made = _same(type(model)(**model.config), model)
    except Exception:  # noqa: BLE001 - a subclass may construct differently: then there is no such line
        as_made = False
    if not as_made:
        return None
    arguments = [f"{key}={written(value)}" for key, value in config.items() if _told(key, value)]
    return f"KAN({', '.join(arguments)})"


def _has_its_shape(model: Network) -> bool:
    """Whether it still has the size that it was made with: another one need not be made to see the difference."""
    grid, k = (value if isinstance(value, list) else [value] * model.depth for value in _of(model, "grid", "k"))
    return (model.config["width"], grid, k) == ([nodes.written for nodes in model.width], model.grid, model.k)


def _of(model: Network, *names: str) -> list[Any]:
    return [model.config[name] for name in names]


def _same(a: Network, b: Network) -> bool:
    ours, theirs = a.state_dict(), b.state_dict()
    names = (a.input_names, a.output_names) == (b.input_names, b.output_names)
    return names and ours.keys() == theirs.keys() and all(_equal(ours[k], theirs[k]) for k in ours)


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, torch.Tensor):
        return isinstance(b, torch.Tensor) and a.dtype == b.dtype and torch.equal(a, b)
    return bool(a == b)


def _listed(names: Sequence[str]) -> str:
    """Names of columns in a comment, which none of them may end."""
    return ", ".join(name if name.isprintable() else repr(name) for name in names)


_DEFAULTS = {"noise_scale": 0.5, "base_fun": "silu", "grid_range": [-1.0, 1.0], "grid_eps": 1.0}


def _told(key: str, value: Any) -> bool:
    return key not in _DEFAULTS or value != _DEFAULTS[key]
