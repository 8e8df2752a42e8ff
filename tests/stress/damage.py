"""Damaged and hostile files: each is refused by one error, or is the identical model."""

from __future__ import annotations

import json
import random
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load, save

from kanwidget import KAN, CheckpointError, Session
from kanwidget.io import container

from .promise import Figures
from .samples import bits, model_files, session_file, table

__all__ = ["damaged_files", "hostile_files", "reseal"]

VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 2, 3, 7, 2**31, 2**63, 10**30, -(10**9), 0.5, -0.5, 1e308, 1e-300, "", "x", "sin",
    "KAN", "Network", "eval", "__class__", "layers.0.coef", "../../etc", "\0", "\ud800", "x" * 5000, [], {}, [[]],
    [1], [0, 0, "sin"], [[0, 0, "sin"], [0, 0, "sin"]], [1, 2, 3], [2, 1], [10**6, 10**6], {"name": "f", "values": []},
    [[[[[[]]]]]], {"a": {"b": 1}},
]  # fmt: skip


def damaged(data: bytes, random_: random.Random) -> bytes:
    """One accident: bits, bytes, parts."""
    out = bytearray(data)
    a, b = sorted(random_.randrange(len(out) + 1) for _ in range(2))
    at = random_.randrange(len(out))
    match random_.randrange(9):
        case 0:
            out[at] ^= 1 << random_.randrange(8)
        case 1:
            out[at] = random_.randrange(256)
        case 2:
            del out[a:b]
        case 3:
            del out[a:]
        case 4:
            out[a:a] = random_.randbytes(random_.randrange(1, 64))
        case 5:
            out += random_.randbytes(random_.randrange(1, 64))
        case 6:
            out[a:b] = bytes(b - a)
        case 7:
            out[a:b] = out[a:b][::-1]
        case 8:
            c = random_.randrange(len(out))
            out[at], out[c] = out[c], out[at]
    return bytes(out)


def damaged_files(count: int) -> Figures:
    """Accidents on the way: the file of a model or of a session is the same one, or is refused."""
    random_, refused, same = random.Random(1), 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        models = model_files(folder)
        samples = [*((data, KAN.load) for data in models), (session_file(folder), _session)]
        path = folder / "file"
        for _ in range(count):
            data, read = random_.choice(samples)
            changed = damaged(data, random_)
            path.write_bytes(changed)
            try:
                read(path)
            except CheckpointError as error:
                assert str(error), "an error must say what is wrong"
                refused += 1
                continue
            assert changed == data, "a changed file was read as if nothing had happened"
            same += 1
    return {"files": count, "refused": refused, "identical": same, "silent changes": 0}


def hostile_files(count: int) -> Figures:
    """Files with a right checksum that somebody wrote by hand: refused, or a whole network that works."""
    random_, kinds, accepted = random.Random(2), Counter[str](), 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        models, session = model_files(folder), session_file(folder)
        path = folder / "file"
        for n in range(count):
            is_model = n % 8 > 0
            path.write_bytes(forged(random_.choice(models) if is_model else session, random_))
            try:
                model = KAN.load(path) if is_model else _session(path).model
            except CheckpointError as error:
                kinds[str(error).split(":")[0].split("=")[0][:40]] += 1
                continue
            accepted += 1
            works(model, folder)
    return {"files": count, "refused": count - accepted, "accepted and whole": accepted, "reasons": len(kinds)}


def works(model: torch.nn.Module, folder: Path) -> None:
    """A network that was accepted evaluates, and survives being saved again."""
    assert isinstance(model, KAN)
    y = model(torch.zeros(3, model.width[0].count))
    assert y.shape == (3, model.width[-1].count)
    model.save(folder / "again")
    assert bits(KAN.load(folder / "again")) == bits(model)


def forged(data: bytes, random_: random.Random) -> bytes:
    """The file with one or two things changed, and the right checksum."""
    document, tensors = parts(data)
    for _ in range(random_.choice((1, 1, 2))):
        if random_.random() < 0.7:
            _change_document(document, random_)
        else:
            _change_tensor(tensors, random_)
    return reseal(document, tensors)


def parts(data: bytes) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    length = int.from_bytes(data[:8], "little")
    return json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["kanwidget"]), load(data)


def reseal(document: dict[str, Any], tensors: dict[str, torch.Tensor]) -> bytes:
    """A file of any document and tensors, with the right checksum."""
    rest = {key: value for key, value in document.items() if key != "sha256"}
    written = json.dumps({"sha256": "0" * 64, **rest}, separators=(",", ":"))
    data = save(tensors, metadata={"kanwidget": written})
    return data[: container._BEGIN] + container._checksum(data) + data[container._END :]


def _change_document(document: dict[str, Any], random_: random.Random) -> None:
    places = list(_places(document))
    holder, key = random_.choice(places)
    match random_.randrange(6):
        case 0 if isinstance(holder, dict):
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[random_.choice(["x", "__class__", "sha256", "values"])] = holder[key]
        case 2 if isinstance(holder, list):
            holder.append(holder[key])
        case 3:
            other, name = random_.choice(places)
            holder[key] = json.loads(json.dumps(other[name]))
        case _:
            holder[key] = random_.choice(VALUES)


def _places(value: Any) -> Any:
    """Every entry of the document, as (holder, key)."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in list(entries):
        yield value, key
        yield from _places(entry)


def _change_tensor(tensors: dict[str, torch.Tensor], random_: random.Random) -> None:
    name = random_.choice(sorted(tensors))
    tensor = tensors[name]
    match random_.randrange(9):
        case 0:
            del tensors[name]
        case 1:
            tensors[random_.choice(["x", "layers.9.coef", "\0", "é"])] = tensor.clone()
        case 2:
            tensors[name] = tensor.to(random_.choice([torch.float16, torch.int64, torch.bool, torch.float32]))
        case 3:
            tensors[name] = tensor.flatten()
        case 4:
            tensors[name] = tensor[..., :-1].clone() if tensor.ndim else tensor
        case 5:
            tensors[name] = torch.empty(random_.choice([(0,), (0, 10**9), (10**9, 0, 3), ()]))
        case 6 if tensor.numel() and tensor.is_floating_point():
            flat = tensor.clone().flatten()
            flat[random_.randrange(len(flat))] = random_.choice([float("nan"), float("inf"), -1e30, 0.5, 0.0])
            tensors[name] = flat.view(tensor.shape)
        case 7 if tensor.is_floating_point():
            tensors[name] = -tensor
        case _:
            other = random_.choice(sorted(tensors))
            tensors[name], tensors[other] = tensors[other], tensors[name]


def _session(path: Path) -> Session:
    return Session.load(path, table())
