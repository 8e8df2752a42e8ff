"""The lines of Python that do what was clicked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from kanwidget.data import Dataset
from kanwidget.model.network import Network
from kanwidget.train.options import FitOptions

__all__ = ["fit_line", "opening"]

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


def opening(model: Network, dataset: Dataset) -> tuple[str, ...]:
    """How a script begins: imports, the data set by name, and the network it starts from."""
    inputs, outputs = ", ".join(dataset.input_names), ", ".join(dataset.output_names)
    data = f"# dataset: {len(dataset.train_input)} training rows with the inputs {inputs} and the outputs {outputs}"
    made = _constructor(model)
    start = (
        [f"model = {made}"]
        if made
        else [
            "# start: the network that was handed in; it was no longer as the constructor makes it",
            "model = start.copy()",
        ]
    )
    return (
        "import torch",
        "from kanwidget import KAN",
        "",
        data,
        *start,
        "model.set_reference(dataset.train_input, dataset.train_label)",
    )


def fit_line(options: FitOptions, steps: int) -> str:
    """``model.fit(...)`` with the options that differ from the default; a schedule of grids, whose ``steps`` are
    those on each, stops where this one stopped."""
    extra = [part for part in (options.described(FIT_OPTIONS),) if part]
    if options.refine is not None:
        extra.append(f"refine={options.refine!r}, callbacks=[lambda step: step.step == {steps}]")
        steps = options.steps
    return f"model.fit({', '.join(['dataset', f'opt={options.opt!r}', f'steps={steps}', *extra])})"


def _constructor(model: Network) -> str | None:
    """The call that makes exactly this network, None if it was changed since or cannot be written down."""
    config = {key: value for key, value in model.config.items() if value is not None}
    if not isinstance(config["base_fun"], str):
        return None
    try:
        fresh = type(model)(**model.config)
    except Exception:  # noqa: BLE001 - a subclass may construct differently: then there is no such line
        return None
    if not _same(fresh, model):
        return None
    arguments = [f"{key}={_written(value)}" for key, value in config.items() if _told(key, value)]
    return f"KAN({', '.join(arguments)})"


def _same(a: Network, b: Network) -> bool:
    ours, theirs = a.state_dict(), b.state_dict()
    names = (a.input_names, a.output_names) == (b.input_names, b.output_names)
    return names and ours.keys() == theirs.keys() and all(_equal(ours[k], theirs[k]) for k in ours)


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, torch.Tensor):
        return isinstance(b, torch.Tensor) and a.dtype == b.dtype and torch.equal(a, b)
    return bool(a == b)


_DEFAULTS = {"noise_scale": 0.5, "base_fun": "silu", "grid_range": (-1.0, 1.0), "grid_eps": 1.0}


def _told(key: str, value: Any) -> bool:
    return key not in _DEFAULTS or value != _DEFAULTS[key]


def _written(value: Any) -> str:
    if isinstance(value, torch.device):
        return repr(str(value))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return repr([list(v) if isinstance(v, Sequence) else v for v in value])
    return repr(value)
