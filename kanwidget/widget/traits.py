"""Trait types that hold their own rules: whoever writes the trait, page, link or cell, meets the same check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from kanwidget.errors import KanwidgetError
from kanwidget.widget import schema
from kanwidget.widget.parts import hidden

__all__ = ["EdgeTrait", "OptionTrait", "PartsTrait"]


if TYPE_CHECKING:
    _Trait = traitlets.TraitType[Any, Any]
else:
    _Trait = traitlets.TraitType  # not generic in the oldest version that is supported


class OptionTrait(_Trait):
    """An option of the trainer; refused values raise ``TraitError`` and leave the old one."""

    def __init__(self, option: str, default: Any) -> None:
        self.option = option
        super().__init__(default_value=default)

    def validate(self, obj: Any, value: Any) -> Any:
        del obj
        return _checked(schema.option, self.option, value)


class GridTrait(_Trait):
    """Number of grid intervals."""

    def validate(self, obj: Any, value: Any) -> int:
        del obj
        grid: int = _checked(schema.grid, "grid", value)
        return grid


class PartsTrait(_Trait):
    """Names of parts that are hidden."""

    default_value: Any = ()

    def validate(self, obj: Any, value: Any) -> list[str]:
        del obj
        names: list[str] = _checked(hidden, value)
        return names


class EdgeTrait(_Trait):
    """An edge ``[l, i, j]`` of the widget's network, or None."""

    def validate(self, obj: Any, value: Any) -> list[int] | None:
        if value is None:
            return None
        l, i, j = _checked(schema.edge, "selected_edge", value)
        controller = getattr(obj, "_controller", None)
        return list(_checked(controller.session.network().edge, l, i, j) if controller else (l, i, j))


def _checked(check: Any, *arguments: Any) -> Any:
    try:
        return check(*arguments)
    except (KanwidgetError, OverflowError) as error:
        raise traitlets.TraitError(str(error)) from error
