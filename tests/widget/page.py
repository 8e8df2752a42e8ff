"""A page that talks to a widget, without a browser."""

from __future__ import annotations

from typing import Any

from kanwidget import KANWidget

Answer = dict[str, Any]


class Page:
    """A page that talks to a widget: numbers its requests and keeps what comes back."""

    def __init__(self, widget: KANWidget, name: str = "page") -> None:
        self.widget, self.name, self.last = widget, name, 0
        self.received: list[tuple[Answer, list[bytes]]] = []
        send = widget._send

        def record(message: Answer, buffers: list[bytes] | None = None) -> None:
            if message.get("method") == "custom":
                self.received.append((message["content"], buffers or []))
            send(message, buffers)

        widget._send = record  # the wire, where a browser would be; the widget itself is real

    def ask(self, name: str, /, **args: Any) -> Answer:
        self.last += 1
        return self.say({"v": 1, "id": self.last, "client": self.name, "name": name, "args": args})

    @property
    def pushes(self) -> list[Answer]:
        """What came without being asked for."""
        return [content for content, _ in self.received if content.get("push")]

    def say(self, message: Any) -> Answer:
        before = len(self.received)
        self.widget._handle_custom_msg(message, [])
        new = self.received[before:]
        assert len(new) == 1, "every request gets exactly one answer"
        return new[0][0]
