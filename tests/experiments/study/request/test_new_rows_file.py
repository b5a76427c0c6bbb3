"""No output of a command takes the place of a stream, of a folder or of the rows it was made from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from experiments.errors import SpecError, StudyStateError
from experiments.study.request.new_rows_file import check_out, is_stream, layout_keys


def test_streams_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to("pipe")
    with (tmp_path / "file").open() as opened:
        streams = [tmp_path / "pipe", tmp_path / "link", Path("/dev/stdout"), Path(f"/dev/fd/{opened.fileno()}")]
        assert [is_stream(one) for one in streams] == [True] * 4
    assert [is_stream(tmp_path / name) for name in ("file", "new")] == [False, False]


def test_a_folder_and_the_rows_themselves_are_no_place_for_an_output(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a\n1\n")
    (tmp_path / "same.csv").symlink_to("rows.csv")
    for out, words in ((tmp_path, "is a folder"), (tmp_path / "same.csv", "which would be lost")):
        with pytest.raises(StudyStateError, match=words):
            check_out(out, tmp_path / "rows.csv")
    check_out(tmp_path / "out.csv", tmp_path / "rows.csv")


def test_keys_beyond_the_layout_are_taken_where_a_command_has_a_use_for_them(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    assert layout_keys(file, ["data.separator=;", "data.skip=2"]) == {"separator": ";", "skip": 2}
    with pytest.raises(SpecError, match=r"new rows have the keys data\.separator.*, but got 'data\.drop_classes=x'"):
        layout_keys(file, ["data.drop_classes=x"])
    for kind in (file, tmp_path / "arrays.npz", tmp_path):
        assert layout_keys(kind, ["data.drop_classes=x"], ("drop_classes",)) == {"drop_classes": ("x",)}
    both = layout_keys(file, ["data.drop_classes=x", "data.skip=2"], ("drop_classes",))
    assert both == {"drop_classes": ("x",), "skip": 2}
    with pytest.raises(SpecError, match="separator cannot be set"):
        layout_keys(tmp_path / "arrays.npz", ["data.separator=;"], ("drop_classes",))
