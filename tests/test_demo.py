"""``python -m kanwidget.demo`` prints losses and the formula, and leaves one page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_demo(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kanwidget.demo"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=240, check=True)
    lines = done.stdout.splitlines()
    assert any("pruned to 2-1-1" in line for line in lines)
    assert any(line.startswith("formula: exp(y**2 + sin(pi*x))") for line in lines)
    assert [path.name for path in tmp_path.iterdir()] == ["demo.html"]
    assert done.stderr == "" or "it/s" in done.stderr
