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
NEAR = ("wave", "moons")  # drawn again and again
ODD: list[Any] = [
    None, True, False, 0, -1, 1, 2, 3, 1.5, -0.0, 5, 7, 1e9, 1e308, float("nan"), float("inf"), -float("inf"),
    2**53, 2**64, 10**400, "", " ", "0", "sin", "x^2", "eval", "__class__", "constructor", "x" * 81, "x" * 10_000,
    "\0", "\ud800", "٣", [], [0], [0, 0, 0], [0, 0, 9], [-1, 0, 0], [0.0, 0.0, 0.0], [0.5, 0, 0],
    ["0", 0, 0], [10**6] * 3, [[0, 0, 0]],
    [None] * 3, {}, {"edge": [0, 0, 0]}, {"": None}, {"__proto__": 1}, [[[[[[]]]]]], list(range(1000)), b"bytes",
]  # fmt: skip


def messages(count: int) -> Figures:
    """Messages and trait writes, right ones and mutated ones; page and kernel are compared after every one."""
    random_, seen, accepted = random.Random(5), Counter[str](), Counter[str](dict.fromkeys(schema._ARGUMENTS, 0))
    done = 0
    while done < count:
        page = Mirror(_widget(done))
        try:
            for _ in range(min(PER_WIDGET, count - done)):
                seen[_one(page, random_, accepted)] += 1
                done += 1
        finally:
            page.widget.close()
    rarest = min(accepted, key=lambda name: accepted[name])
    assert accepted[rarest] or count < 10_000, f"no {rarest} was ever accepted: it has not been tried"
    commands = {"commands": len(accepted), "rarest accepted command": f"{rarest} {accepted[rarest]}"}
    return {"messages": done, **seen, **commands, "exceptions": 0, "corrupt states": 0, "differences": 0}


def _widget(seed: int) -> KANWidget:
    """In turn: sums, products, single precision, classes."""
    kind = seed // PER_WIDGET % 4
    data = examples.load("moons", rows=60) if kind == 3 else table()
    width: list[Any] = [2, [1, 1], 1] if kind == 1 else [2, 2, data.widths[0]]
    dtype = torch.float32 if kind == 2 else torch.float64
    return KANWidget(KAN(width, grid=3, seed=seed, dtype=dtype), data)


def _one(page: Mirror, random_: random.Random, accepted: Counter[str]) -> str:
    """One message; how it ended."""
    widget = page.widget
    if random_.random() < 0.25:
        page.write(**dict(_trait(widget, random_) for _ in range(random_.choice([1, 1, 1, 3]))))
        how = "trait writes"
    elif page.last and random_.random() < 0.05:
        how = _again(page)
    else:
        number = page.number()
        client = f"{random_.choice('ab')}{number // 25}"  # one that has sent a huge id is never heard again
        message = _request(widget, random_) | {"id": number, "client": client}
        changed = _mutated(message, random_) if random_.random() < 0.5 else message
        before = _essence(widget)
        answer = page.say(changed)
        how = "accepted" if answer["ok"] else "refused"
        if answer["ok"]:
            accepted[changed["name"]] += 1
        else:
            assert answer["error"]["message"], "a refusal says why"
            _same_but_stopped(before, _essence(widget), changed)
    whole(widget)
    page.check()
    return how


def _again(page: Mirror) -> str:
    """The last message once more, as after a silence: it is answered, and not applied."""
    before = _essence(page.widget)
    page.say(page.last)
    _same_but_stopped(before, _essence(page.widget), page.last)
    return "repeated"


def _same_but_stopped(before: dict[str, Any], after: dict[str, Any], message: Any) -> None:
    """Nothing has changed but that training may have ended, which makes what was trained a moment of the history."""
    assert before["playing"] or not after["playing"], f"{message!r} was refused and has begun training"
    stopped = {"training", "playing", *(["history"] if before["training"] else [])}
    changed = [name for name in before if name not in stopped and before[name] != after[name]]
    assert not changed, f"{message!r} was refused or repeated and changed {changed}"


def _essence(widget: KANWidget) -> dict[str, Any]:
    """What a refused message must leave as it is."""
    session, edge = widget.session, widget.selected_edge
    return {
        "model": bits(session.model),
        "options": session.options,
        "losses": [point.step for point in session.losses],
        "data": id(session.dataset),
        "history": ([moment.key for moment in session.history.moments], session.history.position),
        "selected": edge if edge and list(session.model.edge(*edge)) in map(list, session.model.edges()) else None,
        "found": [candidate["key"] for candidate in widget.front.get("candidates", ())],
        "training": session.training,
        "playing": widget.playing,
    }


def _request(widget: KANWidget, random_: random.Random) -> dict[str, Any]:
    """A message that follows the protocol; half of the time about an edge, a moment or a formula that there is."""
    name = random_.choice(sorted(schema._ARGUMENTS))
    edge = [random_.randrange(2), random_.randrange(2), random_.randrange(2)]
    edges = list(widget.session.model.edges())
    keys = [moment.key for moment in widget.session.history.moments]
    if name == "use_formula":
        keys = [candidate["key"] for candidate in widget.front.get("candidates", ())]
    example = random_.choice(examples.names() if random_.random() < 0.5 else NEAR)
    values: dict[str, Any] = {
        "binary": random_.random() < 0.7,
        "budget_ms": 5,
        "budget_s": random_.choice([0.1, 0.2]),
        "frames": random_.randrange(1, 51),
        "grid": random_.choice([1, 2, 3, 4, 5, 8]),
        "edge_th": random_.choice([0, 1e-3, 0.03, 0.3]),
        "edge": list(random_.choice(edges)) if edges and random_.random() < 0.5 else edge,
        "key": random_.choice(keys) if keys and random_.random() < 0.8 else random_.randrange(12),
        "name": example if name == "use_example" else random_.choice(NAMES),
        "affine": [random_.choice([1.0, 0.5, -2.0, 0.0, 1e20]) for _ in range(4)],
        "m": random_.randrange(8),
        "by": random_.choice([0.1, -0.5, 1e3]),
        "pinned": random_.random() < 0.5,
        "what": random_.choice(["code", "html", "svg", "png"]),
        "looks": {
            "theme": random_.choice(["light", "dark"]),
            "y_scale": random_.choice(["common", "own"]),
            "threshold": random_.choice([0, 0.03, 1]),
        },
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
    if name == "set_option":
        option = random_.choice(sorted(schema._OPTIONS))
        values |= {"name": option, "value": _option(option, random_)}
    args = {key: values[key] for key in schema._ARGUMENTS[name]}
    return {"v": 1, "name": name, "args": args}


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
        case 4 if isinstance(holder[key], dict) and holder[key]:
            holder[key][random_.choice(sorted(holder[key]))] = random_.choice(ODD)
        case 5 if isinstance(holder[key], int | float):
            holder[key] = holder[key] * random_.choice([-1, 1e3, 1e-3, 1e300, 0])
        case _:
            holder[key] = random_.choice(ODD)
    return changed


def _trait(widget: KANWidget, random_: random.Random) -> tuple[str, Any]:
    """A trait, its own or not, and a value, right or wrong."""
    own = [name for name in widget.trait_names(sync=True) if not name.startswith("_") and name != "layout"]
    name = random_.choice(own)
    if name == "selected_edge" and random_.random() < 0.5:
        return name, [0, random_.randrange(2), 0]
    if name in schema._OPTIONS and random_.random() < 0.5:
        return name, _option(name, random_)
    if name == "grid" and random_.random() < 0.5:
        return name, random_.choice([2, 3, 4, 6])
    if name in ("tooltip", "tabbable", "layout"):
        return name, random_.choice([None, True, "text", 3, []])
    return name, copy.deepcopy(random_.choice(ODD))
