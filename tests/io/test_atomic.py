"""What lies in the folder before, during and after a save."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kanwidget.io import atomic


def test_an_existing_file_keeps_its_permissions_and_a_link_its_target(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to(real)
    atomic.write(link, b"new")
    assert link.is_symlink() and real.read_bytes() == b"new" and real.stat().st_mode & 0o777 == 0o640


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    atomic.write(tmp_path / "ours", b"new")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_folder_in_its_place_stays_and_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    with pytest.raises(OSError):
        atomic.write(tmp_path / "model", b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["model"]


def test_only_old_parts_of_this_file_are_swept(tmp_path: Path) -> None:
    old = tmp_path / f".model.{'0' * 16}.part"
    fresh = tmp_path / f".model.{'1' * 16}.part"
    others = [tmp_path / name for name in (f".model2.{'0' * 16}.part", ".model.part", f"model.{'0' * 16}.part")]
    for file in (old, fresh, *others):
        file.write_bytes(b"part")
        if file is not fresh:
            os.utime(file, (0, 0))
    atomic.write(tmp_path / "model", b"new")
    assert not old.exists()
    assert all(file.exists() for file in (fresh, *others))


def test_a_name_as_long_as_a_name_may_be(tmp_path: Path) -> None:
    atomic.write(tmp_path / ("m" * 255), b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["m" * 255]
