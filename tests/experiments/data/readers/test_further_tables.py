"""Tables one below another are read as one where their names are the same, or the one with the target alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.data.raw_table import RawTable
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.table_file import read_table
from experiments.errors import DataError
from support.tables import cells, write_rows

FIRST = "x,y\n1,a\n2,b\n"
TWICE = f"{FIRST}\ny,x\nc,3\nd,4\n"
OTHER = f"{FIRST}\ncity,count,y\nBasel,3,c\nDelft,4,d\nBasel,5,c\n"
BOTH = {"x": ["1", "2", "3", "4"], "y": ["a", "b", "c", "d"]}
TOGETHER = "2 tables of 'x', 'y' one below another read as one"


def read(tmp_path: Path, lines: str, form: str = "csv", keys: FileKeys | None = None) -> RawTable:
    rows = [line.split(",") for line in lines.splitlines()]
    return read_table(write_rows(tmp_path / f"my.{form}", rows), keys or FileKeys(target="y"))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("keys", [FileKeys(target="y"), FileKeys(target=-1), FileKeys(), FileKeys(model=("x",))])
def test_tables_with_the_same_names_are_read_as_one(tmp_path: Path, form: str, keys: FileKeys) -> None:
    raw = read(tmp_path, TWICE, form, keys)
    assert cells(raw) == BOTH
    assert TOGETHER in raw.repairs
    lines = ["line 2", "line 3", "line 6", "line 7"]
    assert [raw.place(row) for row in range(4)] == [
        line if form == "csv" else f"row {line[5:]} of the sheet" for line in lines
    ]


@pytest.mark.parametrize(
    "lines",
    [
        f"{FIRST}x,y\n3,c\n4,d\n",  # two files, one behind the other
        f"{FIRST}\nx,y\n3,c\n\n4,d\n",
        f"{FIRST},\nx,y\n3,c\n4,d\n",
        f"Group A\n{FIRST}\nGroup B\nx,y\n3,c\n4,d\n",
    ],
)
def test_a_header_that_stands_again_is_no_row(tmp_path: Path, lines: str) -> None:
    raw = read(tmp_path, lines)
    assert cells(raw) == BOTH
    assert TOGETHER in raw.repairs


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_of_other_tables_that_with_the_target_is_read(tmp_path: Path, form: str) -> None:
    raw = read(tmp_path, OTHER, form)
    assert cells(raw) == {"x": ["1", "2"], "y": ["a", "b"]}
    assert raw.repairs == ("the table of 'x', 'y' read alone, 1 other table left out ('city', 'count', 'y')",)
    raw = read(tmp_path, OTHER, form, FileKeys(target="count"))
    assert cells(raw) == {"city": ["Basel", "Delft", "Basel"], "count": ["3", "4", "5"], "y": ["c", "d", "c"]}
    assert raw.place(0) == ("line 6" if form == "csv" else "row 6 of the sheet")
    model = read(tmp_path, OTHER, form, FileKeys(model=("city", "count")))
    assert list(model.columns) == ["city", "count", "y"]


def test_a_line_below_a_table_is_no_row_of_it(tmp_path: Path) -> None:
    raw = read(tmp_path, "x,y,z\n1,a,7\n2,b,8\nas of 2024\n\nx,y,z\n3,c,9\n4,d,9\n")
    assert cells(raw) == {**BOTH, "z": ["7", "8", "9", "9"]}
    assert "1 row below the table left out ('as of 2024')" in raw.repairs


@pytest.mark.parametrize(
    "lines",
    [
        "x,y\n1,a\n\n2,b\n\n3,c\n",  # blocks of rows
        "x,y\nred,a\n\nblue,b\nred,c\n",  # words that are above no number
        "x,y\n1,a\n\nred,b\n2,b\n",  # a word that stands below again
        "x,y\n1,a\n\nunknown,b\n2,c\n",  # no name
        "x,y\n1,a\n2,b\n\nill,b\n2,c\n",  # a value that stands above
        "x,y\n1,a\n\n,b\n2,c\n",
    ],
)
def test_a_gap_between_rows_is_none_between_tables(tmp_path: Path, lines: str) -> None:
    raw = read(tmp_path, lines)
    rows = [line.split(",") for line in lines.splitlines()[1:] if line]
    assert cells(raw) == {"x": [row[0] for row in rows], "y": [row[1] for row in rows]}
    assert raw.repairs == ()


def test_a_header_whose_word_the_study_file_names_is_a_row(tmp_path: Path) -> None:
    raw = read(tmp_path, TWICE.replace("y,x\nc,3\nd,4", "x,y\n3,c"), keys=FileKeys(target="y", words=("y",)))
    assert cells(raw) == {"x": ["1", "2", "x", "3"], "y": ["a", "b", "y", "c"]}


def test_uneven_lines_of_one_table_are_refused_as_before(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="every line must have the 2 cells that most lines have, but line 5 has 3"):
        read(tmp_path, f"{FIRST}\n3,c,5\n4,d\n")
    with pytest.raises(DataError, match="line 4 has 3"):
        read(tmp_path, f"{FIRST}3,c,5\n4,d\n")


def test_other_tables_may_take_turns(tmp_path: Path) -> None:
    raw = read(tmp_path, f"{FIRST}\np,q\n7,u\n8,v\n\nx,y\n3,c\n4,d\n\np,q\n9,w\n")
    assert cells(raw) == BOTH
    assert raw.repairs == (f"{TOGETHER}, 2 other tables left out ('p', 'q')",)


def test_very_many_gaps_are_between_rows(tmp_path: Path) -> None:
    rows = "\n\n".join(f"{row},{'ab'[row % 2]}" for row in range(600))
    raw = read(tmp_path, f"x,y\n{rows}\n\nabc,def\n1,c\n")
    assert raw.rows == 602
    assert read(tmp_path, f"x,y\n{rows}\n\nx,y\n1,c\n").rows == 601  # a header that stands again is none of them


def test_a_gap_above_a_line_below_the_table_is_none(tmp_path: Path) -> None:
    raw = read(tmp_path, "x,y,z\n1,a,7\n2,b,8\n\nas of 2024\n\nchecked by Bo\n")
    assert raw.rows == 2
    assert raw.repairs == ("2 rows below the table left out ('as of 2024', 'checked by Bo')",)


def test_a_table_without_rows_is_none(tmp_path: Path) -> None:
    raw = read(tmp_path, f"{FIRST}\nx,y\n")
    assert (cells(raw), raw.repairs) == (
        {"x": ["1", "2"], "y": ["a", "b"]},
        ("a header that stands again without rows left out",),
    )
    assert cells(read(tmp_path, "x,y\n,\n,\nx,y\n1,a\n2,b\n")) == {"x": ["1", "2"], "y": ["a", "b"]}
