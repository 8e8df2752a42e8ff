"""A fuzzer that knows every command and every trait: whatever a page sends is understood or refused with a reason."""

from __future__ import annotations

import copy
import random
from collections import Counter
from typing import Any

import torch

from kanwidget import KAN, KANWidget, examples
from kanwidget.model.functions import BUILT_IN
from kanwidget.train.options import OPTIMISERS
from kanwidget.widget import schema

from .mirror import Mirror, whole
from .promise import Figures
from .samples import bits, table

__all__ = ["messages"]

PER_WIDGET = 250
NAMES = sorted(BUILT_IN)
ODD: list[Any] = [
    None, True, False, 0, -1, 1, 2, 3, 1.5, -0.0, 5, 7, 1e9, 1e308, float("nan"), float("inf"), -float("inf"),
    2**53, 2**64, 10**400, "", " ", "0", "sin", "x^2", "eval", "__class__", "constructor", "x" * 81, "x" * 10_000,
    "\0", "\ud800", "٣", [], [0], [0, 0, 0], [0, 0, 9], [-1, 0, 0], [0.0, 0.0, 0.0], [0.5, 0, 0],
    ["0", 0, 0], [10**6] * 3, [[0, 0, 0]],
    [None] * 3, {}, {"edge": [0, 0, 0]}, {"": None}, {"__proto__": 1}, [[[[[[]]]]]], list(range(1000)), b"bytes",
]  # fmt: skip


def messages(count: int) -> Figures:
    """Messages and trait writes, right ones and mutated ones; page and kernel are compared after every one."""
    random_, seen = random.Random(5), Counter[str]()
    done = 0
    while done < count:
        widget = KANWidget(KAN([2, 2, 1], grid=3, seed=done, dtype=torch.float64), table())
        try:
            for _ in range(min(PER_WIDGET, count - done)):
                seen[_one(widget, _mirror(widget), random_)] += 1
                done += 1
        finally:
            widget.close()
    return {"messages": done, **seen, "exceptions": 0, "corrupt states": 0, "differences": 0}


def _mirror(widget: KANWidget) -> Mirror:
    known = getattr(widget, "_mirror", None)
    if known is None:
        known = widget._mirror = Mirror(widget)
    return known


def _one(widget: KANWidget, mirror: Mirror, random_: random.Random) -> str:
    """One message; how it ended."""
    if random_.random() < 0.25:
        mirror.write(*_trait(widget, random_))
        how = "trait writes"
    else:
        message = _request(random_)
        message["id"] = widget.__dict__.setdefault("_ids", 0) + 1
        widget.__dict__["_ids"] += 1
        if random_.random() < 0.6:
            message = _mutated(message, random_)
        before, playing = _essence(widget), widget.playing
        answer = mirror.say(message)
        how = "accepted" if answer["ok"] else "refused"
        if not answer["ok"]:
            assert answer["error"]["message"], "a refusal says why"
            after = _essence(widget)
            changed = [name for name in before if before[name] != after[name]]
            assert not changed, f"{message!r} was refused and changed {changed}"
            assert playing or not widget.playing
    whole(widget)
    mirror.check()
    return how


def _essence(widget: KANWidget) -> dict[str, Any]:
    """What a refused message must leave as it is."""
    session = widget.session
    return {
        "model": bits(session.model),
        "options": session.options,
        "losses": [point.step for point in session.losses],
    }


def _request(random_: random.Random) -> dict[str, Any]:
    """A message that follows the protocol."""
    name = random_.choice(sorted(schema._ARGUMENTS))
    edge = [random_.randrange(2), random_.randrange(2), random_.randrange(2)]
    values: dict[str, Any] = {
        "binary": random_.random() < 0.7,
        "budget_ms": 5,
        "frames": random_.randrange(1, 51),
        "grid": random_.choice([1, 2, 3, 4, 5, 8]),
        "edge_th": random_.choice([0, 1e-3, 0.03, 0.3]),
        "edge": edge,
        "key": random_.randrange(12),
        "name": random_.choice(examples.names() if name == "use_example" else NAMES),
        "affine": [random_.choice([1.0, 0.5, -2.0, 0.0, 1e20]) for _ in range(4)],
        "m": random_.randrange(8),
        "by": random_.choice([0.1, -0.5, 1e3]),
        "pinned": random_.random() < 0.5,
        "what": "code",
        "looks": {},
        "rows": random_.choice([2, 20, 60]),
        "noise": random_.choice([0, 0.1]),
        "test_size": random_.choice([0, 0.2]),
        "seed": random_.randrange(5),
        "k": random_.randrange(4),
        "noise_scale": 0.3,
        "base_fun": random_.choice(["silu", "identity", "zero"]),
        "grid_range": random_.choice([None, [-1, 1]]),
        "layer": random_.randrange(3),
        "product": random_.random() < 0.5,
        "kind": random_.choice(["square", "product", "sine"]),
        "columns": random_.choice([[0], [1], [0, 1], [2]]),
    }
    args = {key: values[key] for key in schema._ARGUMENTS[name] if key in values}
    if name == "set_option":
        option = random_.choice(sorted(schema._OPTIONS))
        args = {"name": option, "value": _option(option, random_)}
    return {"v": 1, "id": 0, "client": random_.choice("ab"), "name": name, "args": args}


def _option(name: str, random_: random.Random) -> Any:
    if random_.random() < 0.2:
        return random_.choice(ODD)
    values = {
        "lamb": [0, 1e-4, 0.01, 1],
        "lamb_entropy": [0, 2, 10],
        "batch": [-1, 10, 20],
        "lr": [None, 0.01, 1],
        "opt": list(OPTIMISERS),
        "steps": [1, 20, 500],
        "update_grid": [True, False],
    }
    return random_.choice(values[name])


def _mutated(message: dict[str, Any], random_: random.Random) -> Any:
    """One thing of it is of another type, range or size, too much or missing."""
    changed = copy.deepcopy(message)
    holder: Any = changed if random_.random() < 0.4 or not changed["args"] else changed["args"]
    key = random_.choice(sorted(holder))
    match random_.randrange(8):
        case 0:
            del holder[key]
        case 1:
            holder[random_.choice(["x", "__proto__", "self", "edge"])] = random_.choice(ODD)
        case 2:
            return random_.choice(ODD)
        case 3 if isinstance(holder[key], list):
            holder[key][random_.randrange(len(holder[key]))] = random_.choice(ODD)
        case 4 if isinstance(holder[key], int | float):
            holder[key] = holder[key] * random_.choice([-1, 1e3, 1e-3, 1e300, 0])
        case _:
            holder[key] = random_.choice(ODD)
    return changed


def _trait(widget: KANWidget, random_: random.Random) -> tuple[str, Any]:
    """A trait, its own or not, and a value, right or wrong."""
    own = [name for name in widget.trait_names(sync=True) if not name.startswith("_") and name != "layout"]
    name = random_.choice(own)
    if name in schema._OPTIONS and random_.random() < 0.5:
        return name, _option(name, random_)
    if name == "grid" and random_.random() < 0.5:
        return name, random_.choice([2, 3, 4, 6])
    if name in ("tooltip", "tabbable", "layout"):
        return name, random_.choice([None, True, "text", 3, []])
    return name, copy.deepcopy(random_.choice(ODD))
