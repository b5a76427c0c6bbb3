"""The file of outer folds is parsed once, and again where it or its keys have changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from experiments.config.data_options import DataSection
from experiments.data.load import load_table
from experiments.data.raw_table import RawTable
from experiments.data.readers import read_once as module
from experiments.data.readers import table_file
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.read_once import read_once
from experiments.errors import DataError
from support.tables import cells

KEYS = FileKeys(target="y")


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are parsed, one after the other."""
    paths: list[Path] = []

    def read_table(path: Path, keys: FileKeys) -> RawTable:
        assert not module._kept  # memory holds one table
        paths.append(path)
        return table_file.read_table(path, keys)

    monkeypatch.setattr(module, "read_table", read_table)
    monkeypatch.setattr(module, "_kept", {})
    return paths


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "my.csv").write_text("x,y\n1,a\n2,b\n")
    return tmp_path / "my.csv"


def test_a_file_is_parsed_once(path: Path, parsed: list[Path]) -> None:
    first, second = read_once(path, KEYS), read_once(path, KEYS)
    assert parsed == [path]
    assert cells(first) == cells(second) == cells(table_file.read_table(path, KEYS))
    del first.columns["x"]
    assert list(read_once(path, KEYS).columns) == ["x", "y"]


def test_it_is_parsed_again_where_it_or_its_keys_have_changed(path: Path, parsed: list[Path]) -> None:
    read_once(path, KEYS)
    path.write_text("x,y\n1,a\n3,b\n")
    os.utime(path, ns=(1, 1))
    assert cells(read_once(path, KEYS))["x"] == ["1", "3"]
    read_once(path, FileKeys(target="y", header=False))
    assert len(parsed) == 3


def test_a_file_that_cannot_be_read_is_refused_each_time(path: Path, parsed: list[Path]) -> None:
    path.write_text("x,y\n")
    for _ in range(2):
        with pytest.raises(DataError, match="has only a header"):
            read_once(path, KEYS)
    assert len(parsed) == 2


def test_outer_folds_read_a_file_once_and_other_studies_do_not_keep_it(path: Path, parsed: list[Path]) -> None:
    path.write_text("x,y\n" + "".join(f"{row % 7},{'ab'[row % 2]}\n" for row in range(60)))
    data = DataSection(source=str(path), target="y")
    load_table(data, {})
    assert not module._kept
    for fold in range(4):
        load_table(data.model_copy(update={"test_fold": (fold, 3)}), {})
    assert len(parsed) == 1
