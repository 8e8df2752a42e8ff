"""Runs a server for as long as standard input stays open, then ends it and everything that it started.

A test process may be interrupted, time out or be killed. Its end of the pipe closes in every case, so no
server and no kernel outlives it.
"""

import select
import subprocess
import sys

import psutil

PATIENCE_S = 8


def main(argv: list[str]) -> int:
    server = psutil.Popen(argv, stdin=subprocess.DEVNULL)
    while server.poll() is None and not select.select([sys.stdin], [], [], 0.5)[0]:
        pass  # waits half a second at a time: nothing is ever written to the pipe, it only closes
    family = [server, *server.children(recursive=True)] if server.is_running() else []
    for process in family[:1]:  # a notebook server that is asked politely ends its kernels itself
        process.terminate()
    _, left = psutil.wait_procs(family, timeout=PATIENCE_S)
    for process in left:
        process.kill()
    psutil.wait_procs(left, timeout=PATIENCE_S)
    return server.returncode or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
