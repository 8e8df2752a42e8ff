"""Makes the folder of hostile files: ``python -m tests.attacks.make``. Each has a word that its refusal must say."""

from __future__ import annotations

import copy
import io
import json
import pickle
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from ..stress.damage import parts, reseal
from ..stress.samples import network, session

FOLDER = Path(__file__).parent / "files"
Document, Tensors = dict[str, Any], dict[str, torch.Tensor]


class Bomb:
    """What a pickle can do, and a file of ours cannot."""

    def __reduce__(self) -> Any:
        return exec, ("import builtins; builtins.attacked = True",)


def torch_file() -> bytes:
    file = io.BytesIO()
    torch.save({"model": network().state_dict()}, file)
    return file.getvalue()


def changed(data: bytes, change: Callable[[Document, Tensors], Any]) -> bytes:
    """A file with the right checksum and another content."""
    document, tensors = parts(data)
    document = copy.deepcopy(document)
    change(document, tensors)
    return reseal(document, tensors)


def put(*path: Any) -> Callable[[Document, Tensors], None]:
    """Change one entry of the document: its path, then its value."""
    *way, last, value = path

    def change(document: Document, _: Tensors) -> None:
        for key in way:
            document = document[key]
        document[last] = value

    return change


def tensor(name: str, value: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[Document, Tensors], None]:
    def change(_: Document, tensors: Tensors) -> None:
        tensors[name] = value(tensors[name]).contiguous()

    return change


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


def many_lies(document: Document, tensors: Tensors) -> None:
    """A hundred layers that are one."""
    layer = document["model"]["layers"][0]
    document["model"]["width"] = [2] * 101
    document["model"]["layers"] = [layer] * 100


def filled(t: torch.Tensor, value: float) -> torch.Tensor:
    return torch.full_like(t, value)


def attacks() -> dict[str, tuple[bytes, str]]:
    """File name → content and what its refusal says."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "file"
        network().save(path)
        model = path.read_bytes()
        session().save(path)
        held = path.read_bytes()
    flipped, hidden = bytearray(model), bytearray(model)
    flipped[-3] ^= 1
    hidden[200] ^= 1
    first = ("model", "layers", 0)
    code = ("session", "moments", 1, "code")
    forged: dict[str, tuple[Callable[[Document, Tensors], Any], str]] = {
        "format-from-the-future": (put("format", 99), "install a later one"),
        "format-is-a-text": (put("format", "1"), "format="),
        "holds-a-virus": (put("holds", "virus"), "not a model"),
        "another-class": (put("model", "class", "Popen"), "class="),
        "width-of-millions": (put("model", "width", [10**6, 10**6]), "entries"),
        "width-of-nothing": (put("model", "width", [0, 1]), "width"),
        "layers-that-are-one": (many_lies, "the file"),
        "degree-of-thousands": (put(*first, "k", 900), "shape"),
        "degree-below-zero": (put(*first, "k", -1), "layers[0].k=-1"),
        "edge-outside": (put(*first, "symbolic", [[99, 0, "sin"]]), "an integer from 0 to 1"),
        "edge-twice": (put(*first, "symbolic", [[0, 0, "sin"], [0, 0, "sin"]]), "layers[0]"),
        "function-eval": (put(*first, "symbolic", [[0, 0, "eval"]]), "unknown function"),
        "function-import": (put(*first, "symbolic", [[0, 0, "__import__('os').system('id')"]]), "unknown function"),
        "base-function-path": (put(*first, "base_fun", "os.system"), "base_fun=os.system"),
        "base-function-own": (put(*first, "base_fun", {"name": "f", "values": [0.0] * 6}), "hand it in as base_fun"),
        "built-in-redefined": (put("model", "functions", [{"name": "sin", "values": [0.0] * 6}]), "built in"),
        "tensor-elsewhere": (put(*first, "coef", "/etc/passwd"), "no tensor"),
        "tensor-unnamed": (lambda _, tensors: tensors.update(extra=torch.zeros(3)), "nothing names"),
        "entry-unknown": (put("model", "__class__", "os"), "which is not known"),
        "entry-missing": (lambda document, _: document["model"].pop("layers"), "lacks"),
        "names-too-few": (put("model", "input_names", []), "input_names"),
        "deeply-nested": (put("model", "config", nested(400)), "config"),
        "knots-not-finite": (tensor("layers.0.knots", lambda t: filled(t, float("nan"))), "not finite"),
        "knots-equal": (tensor("layers.0.knots", lambda t: filled(t, 1.0)), "strictly increase"),
        "knots-downwards": (tensor("layers.0.knots", lambda t: -t), "strictly increase"),
        "coefficients-infinite": (tensor("layers.1.coef", lambda t: filled(t, float("inf"))), "not finite"),
        "coefficients-whole": (tensor("layers.1.coef", torch.Tensor.long), "floating-point"),
        "coefficients-empty": (tensor("layers.1.coef", lambda t: torch.empty(10**9, 0, 10**9)), "shape"),
        "mask-of-halves": (tensor("layers.0.mask", lambda t: filled(t, 0.5)), "other than 0 and 1"),
        "reference-without-end": (tensor("reference", lambda t: t.repeat(50, 1)), "reference"),
    }
    scripts = {
        "code-import": "import os",
        "code-call": "model.fit(dataset, steps=__import__('os').system('id'))",
        "code-in-comment": "# harmless\n__import__('os').system('id')",
        "code-lambda": "model.fit(dataset, callbacks=[lambda step: exit()])",
    }
    return {
        "empty": (b"", "not a file that kanwidget saved"),
        "pickle": (pickle.dumps(Bomb()), "not a file that kanwidget saved"),
        "torch": (torch_file(), "not a file that kanwidget saved"),
        "json": (json.dumps({"model": {}}).encode(), "not a file that kanwidget saved"),
        "cut-off": (model[:-100], "damaged"),
        "cut-in-description": (model[:300], "cut off"),
        "flipped-bit": (bytes(flipped), "checksum"),
        "flipped-bit-in-description": (bytes(hidden), "checksum"),
        "something-after-the-end": (model + b"#!/bin/sh\n", "checksum"),
        "description-of-exabytes": ((2**60).to_bytes(8, "little") + model[8:], "cut off or damaged"),
        "description-of-nothing": (bytes(8) + model[8:], "cut off or damaged"),
        **{name: (changed(model, change), said) for name, (change, said) in forged.items()},
        **{
            f"session-{name}": (changed(held, put(*code, [0, [line]])), "no session writes")
            for name, line in scripts.items()
        },
        "session-other-rows": (changed(held, put("session", "dataset", "sha256", "0" * 64)), "other rows"),
        "session-no-moments": (changed(held, put("session", "moments", [])), "position"),
        "session-position-outside": (changed(held, put("session", "position", 49)), "position"),
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    said = {}
    for name, (data, words) in attacks().items():
        (FOLDER / f"{name}.safetensors").write_bytes(data)
        said[name] = words
    (FOLDER / "said.json").write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
