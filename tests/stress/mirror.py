"""A page without a browser: it keeps what the kernel sends, and compares it with what the kernel has."""

from __future__ import annotations

import base64
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
        answers: custom messages since the last :meth:`heard`.
    """

    def __init__(self, widget: KANWidget) -> None:
        self.widget = widget
        self.state = {name: value for name, value in widget.get_state().items() if name not in STATIC}
        self.answers: list[dict[str, Any]] = []
        self.frame: tuple[dict[str, Any], bytes] | None = None
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
        """A message as it comes off the wire; the one answer to it."""
        self.answers = []
        self.widget._handle_msg({"content": {"data": {"method": "custom", "content": message}}, "buffers": []})
        told = [answer for answer in self.answers if not answer.get("push")]
        assert len(told) == 1, f"every request gets exactly one answer, {len(told)} came to {message!r}"
        return told[0]

    def write(self, name: str, value: Any) -> None:
        """A trait that the page, or a link in it, has changed on its side already."""
        self.state[name] = value
        data = {"method": "update", "state": {name: value}, "buffer_paths": []}
        self.widget._handle_msg({"content": {"data": data}, "buffers": []})

    def check(self) -> None:
        """What the page has is what the kernel has."""
        widget = self.widget
        later = LATER if widget.playing else set()
        for name, value in widget.get_state().items():
            if name not in STATIC | UNASKED | later:
                assert same(self.state[name], value), f"{name}: the page has {self.state[name]!r}, not {value!r}"
        if self.frame is not None:
            self._check_frame(*self.frame)

    def _check_frame(self, header: dict[str, Any], numbers: bytes) -> None:
        """The last frame describes the model in the making, unless something came after it without a frame."""
        if header["seq"] != self.widget._screen.seq:
            return
        model = self.widget.session.preview()
        assert header["grid"] == model.grid and header["k"] == model.k
        assert header["symbolic"] == [
            [l, e.i, e.j, e.name] for l, (layer, _) in enumerate(model.stack()) for e in layer.symbolic
        ]
        assert header["inputs"] == list(model.input_names)
        size = sum(int(np.prod(shape)) for _, shape in header["arrays"])
        assert len(numbers) == 4 * size, "the buffer is not what its header says"
        values, at = np.frombuffer(numbers, "<f4"), 0
        for name, shape in header["arrays"]:
            count = int(np.prod(shape))
            l, _, what = name.partition("/")
            if what in ("coef", "knots", "scale_sp", "mask"):
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
