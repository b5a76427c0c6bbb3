"""Lines of unequal length are read where they can mean one thing only, or all are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.data.readers.text import ragged
from experiments.data.readers.text.layout import Layout, layout_of
from experiments.data.readers.text.ragged import read_ragged
from experiments.data.readers.text.text_file import TextFile, open_text
from experiments.errors import DataError


def opened(path: Path, text: str) -> tuple[TextFile, Layout]:
    path.write_text(text, encoding="utf-8", newline="")
    layout = layout_of(text.splitlines(keepends=True))
    assert layout is not None
    return open_text(path), layout


def test_cells_too_many_are_left_out_if_they_are_empty(tmp_path: Path) -> None:
    file, layout = opened(tmp_path / "my.csv", "a,b\n1,2,\n3,4\n5,6, ,\n7\n  \n")
    columns, short, said = read_ragged(file, layout, 1)
    assert [column.to_pylist() for column in columns] == [["1", "3", "5", "7"], ["2", "4", "6", ""]]
    assert short == [(4, ["7"])]
    assert said == ("separators too many at the end of 2 lines left out",)


def test_cells_of_columns_that_are_empty_may_lack_at_the_end(tmp_path: Path) -> None:
    """A sheet saved as CSV has as many separators in its lines as cells were ever used in some rows."""
    file, layout = opened(tmp_path / "my.csv", "a,b,,\n1,2,,\n3,4,,\n5,6\n7,8,\n1,2,,\n")
    columns, short, said = read_ragged(file, layout, 1)
    assert [column.to_pylist() for column in columns[:2]] == [["1", "3", "5", "7", "1"], ["2", "4", "6", "8", "2"]]
    assert [set(column.to_pylist()) for column in columns[2:]] == [{""}, {""}]
    assert (short, said) == ([], ("separators of empty columns lacking at the end of 2 lines added",))
    file, layout = opened(tmp_path / "my.csv", "a,b,c,\n1,2,3,\n3,4,4,\n5,6\n7,8,9,\n1,2,3,\n")
    with pytest.raises(DataError, match="4 cells that most lines have, but line 4 has 2: '5,6'"):
        read_ragged(file, layout, 1)  # the cell of c may be any of its three


def test_many_rows_are_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ragged, "ROWS", 4)
    file, layout = opened(tmp_path / "my.txt", "a b c\n" + "".join(f"{row} x  {row % 3}\n" for row in range(10)))
    columns, _, _ = read_ragged(file, layout, 1)
    assert columns[0].to_pylist() == list(map(str, range(10)))
    assert columns[0].num_chunks == 3


def test_every_uneven_line_is_named(tmp_path: Path) -> None:
    file, layout = opened(tmp_path / "my.csv", "a,b\n1,2\n3\n1,2\n4,5,6\n1,2\n7\n")
    with pytest.raises(
        DataError, match="2 cells that most lines have, but line 3 has 1: '3'; so have 2 other lines: 5, 7"
    ):
        read_ragged(file, layout, 1)
    file, layout = opened(tmp_path / "my.csv", "a,b\n1,2\n" + "3\n1,2\n" * 9)
    with pytest.raises(DataError, match=r"so have 8 other lines: 5, 7, 9, 11, 13, \.\.\."):
        read_ragged(file, layout, 1)


def test_many_short_lines_at_the_end_are_no_footer(tmp_path: Path) -> None:
    file, layout = opened(tmp_path / "my.csv", "a,b,c\n" + "1,2,3\n" * 40 + "x\n" * 21)
    with pytest.raises(DataError, match="line 42 has 1: 'x'; so have 20 other lines"):
        read_ragged(file, layout, 1)


def test_a_cell_that_is_too_long_is_refused(tmp_path: Path) -> None:
    file, layout = opened(tmp_path / "my.csv", "a,b\n1,2\n")
    file.path.write_text(f"a,b\n1,{'2' * 200_000}\n")
    with pytest.raises(DataError, match="cannot be read as a table: field larger than field limit"):
        read_ragged(file, layout, 1)
