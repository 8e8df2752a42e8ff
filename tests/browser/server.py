"""A program that serves pages on a free loopback port, for the length of a test session."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

START_S = 90


class Server:
    """Starts on entry, answers before entry returns, is gone with all its children on exit."""

    def __init__(
        self,
        command: Callable[[int], Sequence[object]],
        *,
        folder: Path,
        log: Path,
        env: Mapping[str, str],
        ready: str,
    ) -> None:
        """`command(port)` is the command line; `ready` the path that answers once the server is up."""
        self.folder = folder
        self.port = free_port()
        self.log = log
        self._command = [str(part) for part in command(self.port)]
        self._env = {**os.environ, **env}
        self._ready = ready

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Server:
        keeper = Path(__file__).with_name("keeper.py")
        with self.log.open("wb") as log:
            self._keeper = subprocess.Popen(
                [sys.executable, str(keeper), *self._command],
                cwd=self.folder,
                env=self._env,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._keeper.stdin is not None
        self._keeper.stdin.close()
        self._keeper.wait(timeout=30)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_S
        while self._keeper.poll() is None and time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(self.url + self._ready, timeout=5):
                    return
            except urllib.error.HTTPError:
                return  # it answers, if only to refuse
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"{self._command[0]} did not start. Its last words:\n{self.last_words()}")

    def last_words(self, characters: int = 3000) -> str:
        return self.log.read_text(errors="replace")[-characters:]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
