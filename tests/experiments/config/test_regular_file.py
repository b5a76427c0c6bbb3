from __future__ import annotations

import os
from pathlib import Path

import pytest

from experiments.config.regular_file import read_regular, write_atomically


def test_a_file_is_read_also_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"all")
    (tmp_path / "link").symlink_to("file")
    assert read_regular(tmp_path / "link") == b"all"


def test_a_pipe_and_a_device_are_refused_before_they_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    for name in ("pipe", "zero"):
        with pytest.raises(OSError, match="it must be a regular file"):
            read_regular(tmp_path / name)


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "file")


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("somebody's")
    for name in ("page", ".page.part"):
        (tmp_path / name).symlink_to("file")
    write_atomically(tmp_path / "page", b"ours")
    assert (tmp_path / "file").read_text() == "somebody's"
    assert not (tmp_path / "page").is_symlink()
    assert (tmp_path / "page").read_bytes() == b"ours"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "page"]
