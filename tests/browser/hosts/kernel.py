"""A second line to a running Jupyter kernel: what Python says, not what the page says."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from types import TracebackType
from typing import Any

import zmq
from jupyter_client.session import Session

ANSWER_S = 30


class KernelLine:
    """Asks a kernel by its connection file, next to the page's own connection.

    Plain blocking sockets: jupyter_client's own client wants an event loop, and Playwright holds this
    thread's. The kernel answers between two messages of the page, so a cell that blocks must end first.
    """

    def __init__(self, connection_file: Path) -> None:
        info = json.loads(connection_file.read_text())
        self._session = Session(key=info["key"].encode(), signature_scheme=info["signature_scheme"])
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.linger = 0
        self._socket.connect(f"{info['transport']}://{info['ip']}:{info['shell_port']}")

    def __enter__(self) -> KernelLine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()
        self._context.term()

    def evaluate(self, expression: str) -> Any:
        """The value of a Python expression, carried as JSON."""
        request = self._session.send(
            self._socket,
            "execute_request",
            {
                "code": "",
                "silent": True,
                "store_history": False,
                "allow_stdin": False,
                "stop_on_error": False,
                "user_expressions": {"value": f"__import__('json').dumps({expression})"},
            },
        )
        assert request is not None
        while self._socket.poll(ANSWER_S * 1000):
            _, reply = self._session.recv(self._socket)
            assert reply is not None
            if reply["parent_header"].get("msg_id") == request["header"]["msg_id"]:
                answer = reply["content"]["user_expressions"]["value"]
                if answer["status"] != "ok":
                    raise AssertionError(f"{expression}: {answer['ename']}: {answer['evalue']}")
                return json.loads(ast.literal_eval(answer["data"]["text/plain"]))
        raise AssertionError(f"{expression}: the kernel did not answer within {ANSWER_S} s")
