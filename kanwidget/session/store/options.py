"""How training goes on, in a file; a loss function of the user's own only by its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from torch import Tensor

from kanwidget.errors import CheckpointError, KanwidgetError
from kanwidget.io.fields import Fields, many, one_of, optional, text
from kanwidget.io.own import name_of
from kanwidget.train.losses import LOSSES, mean_squared_error
from kanwidget.train.options import FitOptions

__all__ = ["packed_options", "unpacked_options"]


def packed_options(options: FitOptions) -> dict[str, Any]:
    values = {field.name: getattr(options, field.name) for field in fields(FitOptions)}
    loss = options.loss_fn
    if isinstance(loss, str):
        return values | {"loss_fn": [loss]}  # one of ours; a bare text is the name of a user's own
    return values | {"loss_fn": None if loss in (None, mean_squared_error) else name_of(loss)}


def unpacked_options(loss_fn: Callable[[Tensor, Tensor], Tensor] | None) -> Callable[[str, Any], FitOptions]:
    """The options, with ``loss_fn`` where the file names a function of the user's own."""

    def check(where: str, value: Any) -> FitOptions:
        found = Fields(where, value)
        values = {field.name: found.take(field.name, lambda _, v: v) for field in fields(FitOptions)}
        found.end()
        known = values["loss_fn"] if isinstance(values["loss_fn"], list) else None
        ours = known and many(one_of(*LOSSES), 1, exactly=1)(f"{where}.loss_fn", known)[0]
        named = None if ours else optional(text)(f"{where}.loss_fn", values["loss_fn"])
        if named is not None and loss_fn is None:
            raise CheckpointError(f"the file needs the loss function {named!r}: hand it in as loss_fn")
        try:
            return FitOptions.of(**values | {"loss_fn": ours or (named and loss_fn)})
        except (KanwidgetError, TypeError) as error:
            raise CheckpointError(f"the file says {where}: {error}") from error

    return check
