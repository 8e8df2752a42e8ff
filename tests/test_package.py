"""What people install: wheel and source archive, built without Node, whole, and working away from the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest

from kanwidget import __version__

ROOT = Path(__file__).parents[1]
STATIC = "kanwidget/static"
BUNDLE = ("widget.js", "widget.css", "LICENSES.txt")


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Surroundings without any program: no Node, no npm."""
    empty = tmp_path_factory.mktemp("programs")
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "SKIP_JUPYTER_BUILDER")}
    return kept | {"PATH": str(empty)}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, nowhere: dict[str, str]) -> Path:
    """A folder with the source archive, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT],
        env=nowhere,
        capture_output=True,
        check=True,
    )
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return built / f"kanwidget-{__version__}-py3-none-any.whl"


def test_the_wheel_has_the_page_and_nothing_but_the_package(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = archive.namelist()
        for name in BUNDLE:
            assert archive.read(f"{STATIC}/{name}") == (ROOT / STATIC / name).read_bytes()
    assert {name.split("/")[0] for name in names} == {"kanwidget", f"kanwidget-{__version__}.dist-info"}
    assert "kanwidget/py.typed" in names
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "kanwidget").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == modules


def test_the_source_archive_has_the_page_and_what_it_is_made_from(built: Path) -> None:
    with tarfile.open(built / f"kanwidget-{__version__}.tar.gz") as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names >= {f"{STATIC}/{name}" for name in BUNDLE}
    assert names >= {"js/src/index.ts", "js/package-lock.json", "pyproject.toml", "LICENSE", "tests/conftest.py"}
    assert not [name for name in names if "node_modules" in name]


def test_the_wheel_works_where_no_checkout_is(wheel: Path, nowhere: dict[str, str], tmp_path: Path) -> None:
    home, away = tmp_path / "home", tmp_path / "away"
    away.mkdir()
    install = [sys.executable, "-m", "pip", "install", "-qq", "--no-deps", "--no-index", "--target", home, wheel]
    subprocess.run(install, env=nowhere, check=True)
    code = (
        "import json, kanwidget\n"
        "page = kanwidget.KANWidget\n"
        "print(json.dumps([kanwidget.__file__, kanwidget.__version__, str(page._esm), str(page._css)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=away,
        env=nowhere | {"PYTHONPATH": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == [
        str(home / "kanwidget" / "__init__.py"),
        __version__,
        *((ROOT / STATIC / name).read_text(encoding="utf-8") for name in BUNDLE[:2]),
    ]


def test_every_bundled_package_has_its_licence_beside_the_page_and_its_name_in_it() -> None:
    """Against npm's own list of what the page needs to run: what is not needed there is not bundled."""
    lock = json.loads((ROOT / "js" / "package-lock.json").read_text())["packages"]
    needed = {
        name.removeprefix("node_modules/"): (entry["version"], entry["license"])
        for name, entry in lock.items()
        if name and not entry.get("dev") and not entry.get("optional")
    }
    listed, *texts = (ROOT / STATIC / "LICENSES.txt").read_text(encoding="utf-8").split("-" * 80 + "\n")
    packages = [f"{name} {version} ({licence}): " for name, (version, licence) in sorted(needed.items())]
    assert [line.strip().partition("Copyright")[0] for line in listed.splitlines() if "Copyright" in line] == packages
    for package, text in zip(packages, texts, strict=True):
        assert text.startswith(package)
        assert "Permission is hereby granted" in text
    first = (ROOT / STATIC / "widget.js").read_text(encoding="utf-8").partition("\n")[0]
    assert first.startswith("/*!") and all(package in first for package in packages)
