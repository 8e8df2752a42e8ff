"""A page without a browser: it keeps what the kernel sends, and compares it with what the kernel has."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import torch

from kanwidget import KANWidget
from kanwidget.widget import answers

__all__ = ["Mirror"]

LATER = {"step", "train_loss", "test_loss", "status"}  # while it trains they are sent now and then
UNASKED = {"suggestions"}  # what is worked out at rest is not sent
STATIC = {"_esm", "_css", "_anywidget_id"}


class Mirror:
    """The state of a page, and the last frame it was sent.

    Attributes:
        state: traits as the page has them.
        answers: custom messages since the last :meth:`say`.
        last: the last message that was said.
    """

    def __init__(self, widget: KANWidget) -> None:
        self.widget = widget
        self.state = {name: value for name, value in widget.get_state().items() if name not in STATIC}
        self.answers: list[dict[str, Any]] = []
        self.frame: tuple[dict[str, Any], bytes] | None = None
        self.last: Any = None
        self._number = 0
        send = widget._send

        def record(message: dict[str, Any], buffers: list[bytes] | None = None) -> None:
            if message["method"] in ("update", "echo_update"):
                self.state.update(message["state"])
            elif message["method"] == "custom":
                self._hear(message["content"], buffers or [])
            send(message, buffers)

        widget._send = record  # the wire, where a browser would be; the widget itself is real

    def _hear(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        self.answers.append(content)
        if "frame" in content:
            numbers = buffers[0] if buffers else base64.b64decode(content["data"])
            self.frame = content["frame"], bytes(numbers)

    def say(self, message: Any) -> dict[str, Any]:
        """A message, and the one answer to it."""
        self.hear(message)
        told = [answer for answer in self.answers if not answer.get("push")]
        assert len(told) == 1, f"every request gets exactly one answer, {len(told)} came to {message!r}"
        return told[0]

    def hear(self, message: Any) -> None:
        """A message as it comes off the wire."""
        self.answers, self.last = [], message
        self.widget._handle_msg({"content": {"data": {"method": "custom", "content": message}}, "buffers": []})

    def number(self) -> int:
        """The id of the next request."""
        self._number += 1
        return self._number

    def ask(self, name: str, /, **args: Any) -> dict[str, Any]:
        """A request as a page makes it."""
        return self.say({"v": 1, "id": self.number(), "client": "page", "name": name, "args": args})

    def write(self, **traits: Any) -> None:
        """Traits that the page, or a link in it, has changed on its side already."""
        self.state |= traits
        data = {"method": "update", "state": traits, "buffer_paths": []}
        self.widget._handle_msg({"content": {"data": data}, "buffers": []})

    def check(self) -> None:
        """What the page has is what the kernel has."""
        widget = self.widget
        later = LATER if widget.playing else set()
        for name, value in widget.get_state().items():
            if name not in STATIC | UNASKED | later:
                assert same(self.state[name], value), f"{name}: the page has {self.state[name]!r}, not {value!r}"
        if not widget.playing:
            header, numbers = (base64.b64decode(part) for part in self.state["snapshot"].split("."))
            self._check_frame(json.loads(header), numbers)
        if self.frame is not None and self.frame[0]["seq"] == widget._screen.seq:  # none was made after it
            self._check_frame(*self.frame)

    def _check_frame(self, header: dict[str, Any], numbers: bytes) -> None:
        """A frame describes the model in the making, that is the model where nothing is made."""
        model = self.widget.session.preview()
        assert header["width"] == [[nodes.sums, nodes.products] for nodes in model.width]
        assert header["grid"] == model.grid and header["k"] == model.k
        assert header["symbolic"] == [
            [l, e.i, e.j, e.name] for l, (layer, _) in enumerate(model.stack()) for e in layer.symbolic
        ]
        named = [model.node_name(0, i) for i in range(model.width[0].count)], list(model.output_names)
        assert (header["inputs"], header["outputs"]) == named, f"a frame of other names than {named}"
        assert header["pinned"] == [[e.l, e.i, e.j] for e in model.pinned_edges()]
        assert [len(layer) for layer in header["nodes"]] == [nodes.count for nodes in model.width]
        size = sum(int(np.prod(shape)) for _, shape in header["arrays"])
        assert len(numbers) == 4 * size, "the buffer is not what its header says"
        values, at = np.frombuffer(numbers, "<f4"), 0
        for name, shape in header["arrays"]:
            count = int(np.prod(shape))
            l, _, what = name.partition("/")
            if what in ("coef", "knots", "scale_base", "scale_sp", "mask", "affine"):
                mine = getattr(model.layer(int(l)), what).detach().double().numpy()
                assert np.allclose(values[at : at + count].reshape(shape), np.clip(mine, -3e38, 3e38), rtol=1e-6), name
            at += count


def same(a: Any, b: Any) -> bool:
    return bool(a == b) or (isinstance(a, float) and isinstance(b, float) and a != a and b != b)


def whole(widget: KANWidget) -> None:
    """Nothing of the kernel's state is corrupt."""
    session = widget.session
    history = session.history
    assert 0 <= history.position < len(history.moments) <= 50
    assert all(bool(torch.isfinite(p).all()) for p in session.model.parameters())
    assert widget.lamb == session.options.lamb and widget.opt == session.options.opt
    assert widget.lr == session.options.lr and widget.steps == session.options.steps
    assert widget.training == answers.options(session)
    if not widget.playing:
        assert widget.grid == session.model.grid[0]
        assert widget.step == session.step_count
        assert set(widget.symbolic) == {f"{e.l},{e.i},{e.j}" for e in session.model.symbolic_edges()}
        assert widget.history["position"] == history.position
    chosen = widget.selected_edge
    assert chosen is None or session.model.edge(*chosen)
