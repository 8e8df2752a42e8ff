"""What the page may say: names, types and limits of its messages. Anything else is refused before it is acted on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kanwidget.derived import KINDS
from kanwidget.errors import KanwidgetError
from kanwidget.train.options import OPTIMISERS

__all__ = ["GRID", "LAMB", "Request", "SchemaError", "parse"]

GRID = (1, 200)
LAMB = (1e-5, 1e-1)  # of the slider; the option itself takes any number of 0 or more
MOST_TEXT = 80


class SchemaError(KanwidgetError, ValueError):
    """A message that does not follow the protocol."""


Check = Callable[[str, Any], Any]


@dataclass(frozen=True, slots=True)
class Request:
    """A message that follows the protocol.

    Attributes:
        id: rises per client; a repeated one is not applied again.
        client: which page asks.
        name, args: what it wants.
    """

    id: int
    client: str
    name: str
    args: dict[str, Any]


def parse(content: Any) -> Request:
    """Check a message from the page.

    Raises:
        SchemaError: it does not follow the protocol; the text says where.
    """
    message = _mapping("message", content)
    if message.get("v") != 1:
        raise SchemaError(f"v={_shown(message.get('v'))}: version 1 is accepted")
    number, client = _integer(1, 2**53)("id", message.get("id")), _text("client", message.get("client"))
    name = _text("name", message.get("name"))
    if name not in _ARGUMENTS:
        raise SchemaError(f"name={name!r}: one of {', '.join(_ARGUMENTS)} is accepted")
    given, wanted = _mapping("args", message.get("args")), _ARGUMENTS[name]
    unknown = [key for key in given if key not in wanted]
    missing = [key for key in wanted if key not in given]
    if unknown or missing:
        raise SchemaError(
            f"args of {name}: exactly {', '.join(wanted) or 'none'} are accepted, got {_shown(list(given))}"
        )
    return Request(number, client, name, {key: check(key, given[key]) for key, check in wanted.items()})


def _mapping(what: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise SchemaError(f"{what}={_shown(value)}: an object is accepted")
    return value


def _text(what: str, value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MOST_TEXT:
        raise SchemaError(f"{what}={_shown(value)}: a text of 1 to {MOST_TEXT} characters is accepted")
    return value


def _boolean(what: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise SchemaError(f"{what}={_shown(value)}: true or false is accepted")
    return value


def _integer(least: int, most: int) -> Check:
    def check(what: str, value: Any) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # JSON knows one kind of number
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise SchemaError(f"{what}={_shown(value)}: an integer from {least} to {most} is accepted")
        return value

    return check


def _number(least: float, most: float) -> Check:
    def check(what: str, value: Any) -> float:
        good = isinstance(value, int | float) and not isinstance(value, bool)
        if not good or not least <= value <= most:
            raise SchemaError(f"{what}={_shown(value)}: a number from {least:g} to {most:g} is accepted")
        return float(value)

    return check


def edge(what: str, value: Any) -> tuple[int, int, int]:
    """``[l, i, j]``; whether there is such an edge is the network's to say."""
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise SchemaError(f"{what}={_shown(value)}: three integers [l, i, j] are accepted")
    index = _integer(0, 10**6)
    return index(what, value[0]), index(what, value[1]), index(what, value[2])


def _affine(what: str, value: Any) -> list[float]:
    """``[a, b, c, d]``."""
    if not isinstance(value, list | tuple) or len(value) != 4:
        raise SchemaError(f"{what}={_shown(value)}: four numbers [a, b, c, d] are accepted")
    number = _number(-1e30, 1e30)
    return [number(what, part) for part in value]


def _columns(what: str, value: Any) -> tuple[int, ...]:
    """One column of the data, or two."""
    if not isinstance(value, list | tuple) or len(value) not in (1, 2):
        raise SchemaError(f"{what}={_shown(value)}: one or two columns [i] or [i, j] are accepted")
    return tuple(_integer(0, 10**6)(what, column) for column in value)


def _edge_or_none(what: str, value: Any) -> tuple[int, int, int] | None:
    return None if value is None else edge(what, value)


def _range_or_none(what: str, value: Any) -> list[float] | None:
    """``[low, high]`` of every grid; None goes by the data."""
    if value is None:
        return None
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise SchemaError(f"{what}={_shown(value)}: two numbers [low, high] or null are accepted")
    number = _number(-1e12, 1e12)
    return [number(what, value[0]), number(what, value[1])]


def _batch(what: str, value: Any) -> int:
    """Rows per step; -1 for all."""
    return -1 if value == -1 and not isinstance(value, bool) else int(_integer(1, 10**9)(what, value))


_OPTIONS: dict[str, Check] = {
    "lamb": _number(0, 1e6),
    "lamb_entropy": _number(0, 1e6),
    "batch": _batch,
    "lr": _number(1e-12, 1e6),
    "opt": _text,
    "steps": _integer(1, 10**6),
    "update_grid": _boolean,
}


def _option_name(what: str, value: Any) -> str:
    if value not in list(_OPTIONS):
        raise SchemaError(f"{what}={_shown(value)}: one of {', '.join(_OPTIONS)} is accepted")
    return str(value)


def option(name: str, value: Any) -> Any:
    """The checked value of an option.

    Raises:
        SchemaError: not accepted.
    """
    if name == "lr" and value is None:
        return None
    checked = _OPTIONS[name](name, value)
    if name == "opt" and checked not in OPTIMISERS:
        raise SchemaError(f"opt={checked!r}: one of {', '.join(OPTIMISERS)} is accepted")
    return checked


def grid(what: str, value: Any) -> int:
    """A number of grid intervals."""
    checked: int = _integer(*GRID)(what, value)
    return checked


def _one_of(*names: str) -> Check:
    def check(what: str, value: Any) -> str:
        if value not in list(names):
            raise SchemaError(f"{what}={_shown(value)}: one of {', '.join(names)} is accepted")
        return str(value)

    return check


def _looks(what: str, value: Any) -> dict[str, Any]:
    """How a page draws the network, for pictures like it."""
    given = _mapping(what, value)
    if set(given) != set(_LOOKS):
        raise SchemaError(f"{what}={_shown(value)}: exactly {', '.join(_LOOKS)} are accepted")
    return {name: check(name, given[name]) for name, check in _LOOKS.items()}


_LOOKS: dict[str, Check] = {
    "theme": _one_of("light", "dark"),
    "y_scale": _one_of("common", "own"),
    "threshold": _number(0, 1),
}


def _anything(_: str, value: Any) -> Any:
    return value


_FEATURE: dict[str, Check] = {"kind": _one_of(*KINDS), "columns": _columns}

_ARGUMENTS: dict[str, dict[str, Check]] = {
    "hello": {"binary": _boolean},
    "play": {},
    "stop": {},
    "advance": {"budget_ms": _number(5, 500)},
    "run": {"frames": _integer(1, 50), "budget_ms": _number(5, 500)},
    "step": {},
    "reset": {},
    "set_option": {"name": _option_name, "value": _anything},
    "refine": {"grid": grid},
    "discover": {"budget_s": _number(0.1, 3600)},
    "seek": {"budget_ms": _number(5, 500)},
    "end_seek": {},
    "use_formula": {"key": _integer(0, 2**53)},
    "prune": {"edge_th": _number(0, 1)},
    "suggest": {"edge": edge},
    "fix": {"edge": edge, "name": _text},
    "fix_affine": {"edge": edge, "name": _text, "affine": _affine},
    "move_coef": {"edge": edge, "m": _integer(0, 10**6), "by": _number(-1e30, 1e30)},
    "pin": {"edge": edge, "pinned": _boolean},
    "unfix": {"edge": edge},
    "remove_edge": {"edge": edge},
    "auto_symbolic": {},
    "undo": {},
    "redo": {},
    "jump": {"key": _integer(0, 2**53)},
    "look": {"key": _integer(0, 2**53)},
    "take": {"what": _one_of("code", "html", "svg", "png"), "looks": _looks},
    "select": {"edge": _edge_or_none},
    "gallery": {},
    "use_example": {
        "name": _text,
        "rows": _integer(2, 20_000),
        "noise": _number(0, 10),
        "test_size": _number(0, 0.9),
        "seed": _integer(0, 2**53),
    },
    "rebuild": {
        "grid": grid,
        "k": _integer(0, 10),
        "seed": _integer(0, 2**53),
        "noise_scale": _number(0, 100),
        "base_fun": _text,
        "grid_range": _range_or_none,
    },
    "add_feature": _FEATURE,
    "take_feature": _FEATURE,
    "add_node": {"layer": _integer(0, 10**6), "product": _boolean},
    "take_node": {"layer": _integer(0, 10**6)},
    "add_layer": {"layer": _integer(0, 10**6)},
    "take_layer": {"layer": _integer(0, 10**6)},
}


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"
