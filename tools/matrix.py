"""Tries what people install: every combination of versions, each in an empty environment away from the checkout.

``make matrix`` builds source archive and wheel, installs them beside the lowest versions that pyproject.toml allows,
beside those of Google Colab, and beside the newest that the package index has, on the oldest and the newest Python
that are here. In each: the page is the one that was built, the demo ends in its formula, and the tests of the engine
and of the widget pass. Prints a table; the last column says what failed first.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
COLAB = ROOT / "tests" / "browser" / "hosts" / "colab.txt"
PAGE = ("widget.js", "widget.css", "LICENSES.txt")
TESTS = [
    f"tests/{room}" for room in ("model", "train", "symbolic", "discovery", "session", "io", "plot", "widget", "shared")
]
TESTS += [f"tests/test_{name}.py" for name in ("data", "seed", "classes", "examples")]
TOOLS = (
    "pandas>=2",
    "pytest>=8.3",
    "pytest-xdist>=3.6",
    "hypothesis>=6.100",
    "scipy>=1.11",
    "psutil>=6",
    "distributed>=2024.5",
)
SHOWN = ("torch", "numpy", "sympy", "matplotlib", "traitlets", "ipywidgets", "anywidget")


class Failed(Exception):
    """A step that did not do what it has to; the message is the step."""


@dataclass
class Combination:
    """One line of the table."""

    name: str
    python: str
    pins: list[str]
    archive: str
    """What is installed: "wheel" or "source"."""
    versions: dict[str, str] = field(default_factory=dict)
    tests: str = ""
    result: str = ""


def lowest() -> list[str]:
    """The lower bounds of pyproject.toml, as pins."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [re.sub(r"^([\w-]+)>=([\w.]+).*", r"\1==\2", wanted) for wanted in project["dependencies"]]


def pythons() -> list[str]:
    """The interpreters that are here, one for each version from 3.11 on, oldest first."""
    shims = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = (
        python
        for minor in range(11, 20)
        for python in (shutil.which(f"python3.{minor}"), *map(str, shims.glob(f"3.{minor}.*/bin/python")))
        if python
    )
    found: dict[str, str] = {}
    for python in candidates:
        code = "import ensurepip, sys, venv; print(sys.executable, '%d.%d' % sys.version_info[:2])"
        said = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False).stdout.split()
        if said:  # else a launcher of a version that is not there
            found.setdefault(said[1], said[0])
    return list(found.values())


def combinations(torch: str) -> list[Combination]:
    here = pythons()
    colab = [line for line in COLAB.read_text().splitlines() if line and not line.startswith("#")]
    oldest, newest = here[0], here[-1]
    table = [
        Combination("lowest", oldest, lowest(), "wheel"),
        Combination("Colab", oldest, [torch, *colab], "wheel"),
        Combination("newest", oldest, [torch], "source"),
    ]
    if newest != oldest:
        table += [Combination("Colab", newest, colab, "wheel"), Combination("newest", newest, [], "source")]
    return table


class Trial:
    """One combination in a folder of its own, which is gone afterwards."""

    def __init__(self, combination: Combination, dist: Path, log: Path) -> None:
        self.combination, self.dist, self.log = combination, dist, log
        self.folder = Path(tempfile.mkdtemp(prefix="kanwidget-matrix-"))
        self.python = self.folder / "environment" / "bin" / "python"

    def __enter__(self) -> Trial:
        return self

    def __exit__(self, *exception: object) -> None:
        shutil.rmtree(self.folder)

    def run(self, step: str, *command: object, where: Path | None = None) -> str:
        """What a command prints, run away from the checkout and without Node."""
        programs = self.folder / "environment" / "bin"
        kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "SKIP_JUPYTER_BUILDER")}
        done = subprocess.run(
            [str(part) for part in command],
            cwd=where or self.folder,
            env=kept | {"PATH": str(programs), "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        with self.log.open("a") as log:
            log.write(f"\n== {step}: {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
        if done.returncode:
            raise Failed(step)
        return done.stdout

    def install(self) -> None:
        self.run("environment", self.combination.python, "-m", "venv", self.folder / "environment")
        pattern = {"wheel": "*.whl", "source": "*.tar.gz"}[self.combination.archive]
        (archive,) = self.dist.glob(pattern)
        pip = (self.python, "-m", "pip", "install", "-qq", "--prefer-binary")
        self.run("install", *pip, archive, *self.combination.pins)
        self.run("install tests", *pip, *TOOLS, *self.combination.pins)
        self.run("pip check", self.python, "-m", "pip", "check")
        code = f"from importlib.metadata import version\nprint(*map(version, {SHOWN}))"
        self.combination.versions = dict(zip(SHOWN, self.run("versions", self.python, "-c", code).split(), strict=True))

    def page(self) -> None:
        where = self.run("import", self.python, "-c", "import kanwidget; print(kanwidget.__file__)").strip()
        if self.folder not in Path(where).parents:
            raise Failed("import from elsewhere")
        installed, built = Path(where).parent / "static", ROOT / "kanwidget" / "static"
        for name in PAGE:
            if (installed / name).read_bytes() != (built / name).read_bytes():
                raise Failed(f"another {name}")

    def demo(self) -> None:
        said = self.run("demo", self.python, "-m", "kanwidget.demo")
        if "formula: exp(y**2 + sin(pi*x))" not in said or not (self.folder / "demo.html").stat().st_size:
            raise Failed("demo without its formula")

    def tests(self) -> None:
        """The tests out of the source archive, where no package lies beside them."""
        (archive,) = self.dist.glob("*.tar.gz")
        with tarfile.open(archive) as source:
            source.extractall(self.folder, filter="data")
        (tree,) = self.folder.glob("kanwidget-*/")
        shutil.rmtree(tree / "kanwidget")
        # warnings of other versions of other packages are theirs
        options = ("-n", "2", "--dist", "worksteal", "-p", "no:cacheprovider", "-o", "filterwarnings=default")
        said = self.run("tests", self.python, "-m", "pytest", *options, *TESTS, where=tree)
        self.combination.tests = re.findall(r"(\d+ passed)", said)[-1]


def tried(combination: Combination, dist: Path, log: Path) -> None:
    with Trial(combination, dist, log) as trial:
        try:
            for step in (trial.install, trial.page, trial.demo, trial.tests):
                step()
            combination.result = "passed"
        except Failed as failed:
            combination.result = f"failed: {failed}"


def line(combination: Combination) -> str:
    version = subprocess.run([combination.python, "-V"], capture_output=True, text=True, check=True).stdout.split()[1]
    versions = "".join(f"{combination.versions.get(name, '-'):>{max(8, len(name)) + 2}}" for name in SHOWN)
    said = f"{combination.name:<8}{version:<9}{combination.archive:<8}{versions}"
    return f"{said}  {combination.tests:>12}  {combination.result}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--torch", default="torch==2.13.0", help="PyTorch on the oldest Python (default: %(default)s)")
    parser.add_argument("--only", default="", help="only combinations whose line has this text in it")
    parser.add_argument("--logs", type=Path, default=ROOT / "dist", help="folder of the logs (default: dist)")
    options = parser.parse_args()
    options.logs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as dist:
        subprocess.run([sys.executable, "-m", "build", "--outdir", dist, ROOT], capture_output=True, check=True)
        head = "".join(f"{name:>{max(8, len(name)) + 2}}" for name in SHOWN)
        print(f"{'':<8}{'Python':<9}{'archive':<8}{head}  {'tests':>12}", flush=True)
        table = [c for c in combinations(options.torch) if options.only in line(c)]
        for n, combination in enumerate(table):
            log = options.logs / f"matrix-{n}-{combination.name}.log"
            log.unlink(missing_ok=True)
            tried(combination, Path(dist), log)
            print(line(combination), flush=True)
    failed = [combination for combination in table if combination.result != "passed"]
    print(f"{len(table) - len(failed)} passed, {len(failed)} failed; logs in {options.logs}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
