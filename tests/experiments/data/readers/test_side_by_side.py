"""Tables that stand side by side are read one below another, or the one with the target alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.data.raw_table import RawTable
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.table_file import read_table
from support.tables import cells, write_rows

TWICE = "x,y,,x,y\n1,a,,3,c\n2,b,,4,d\n,,,5,e\n"
OTHERS = "x,y,,x,y,,day,x,y\n1,a,,3,c,,mon,8,v\n2,b,,4,d,,tue,9,w\n,,,5,e,,,,\n"
BELOW = {"x": ["1", "2", "3", "4", "5"], "y": ["a", "b", "c", "d", "e"]}


def read(tmp_path: Path, lines: str, form: str, keys: FileKeys) -> RawTable:
    rows = [line.split(",") for line in lines.splitlines()]
    return read_table(write_rows(tmp_path / f"my.{form}", rows), keys)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("keys", [FileKeys(target="y"), FileKeys(target=-1), FileKeys(), FileKeys(model=("x",))])
def test_tables_with_the_same_names_are_put_one_below_another(tmp_path: Path, form: str, keys: FileKeys) -> None:
    raw = read(tmp_path, TWICE, form, keys)
    assert cells(raw) == BELOW
    assert raw.repairs == ("2 tables of 'x', 'y' put one below another, as they stand side by side",)
    first, last = ("line 2", "line 4") if form == "csv" else ("row 2 of the sheet", "row 4 of the sheet")
    assert [raw.place(row) for row in (0, 2, 4)] == [first, first, last]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_of_other_tables_the_first_with_what_is_wanted_is_read(tmp_path: Path, form: str) -> None:
    said = "2 tables of 'x', 'y' put one below another, 1 other table beside them left out"
    raw = read(tmp_path, OTHERS, form, FileKeys(target="Y"))
    assert (cells(raw), raw.repairs) == (BELOW, (said,))
    said = "1 table of 'day', 'x', 'y' read alone, 2 other tables beside it left out"
    raw = read(tmp_path, OTHERS, form, FileKeys(target="day"))
    assert (cells(raw), raw.repairs) == ({"day": ["mon", "tue"], "x": ["8", "9"], "y": ["v", "w"]}, (said,))


@pytest.mark.parametrize(
    "lines",
    [
        "id,x,y,,x,y\np,1,a,,3,c\nq,2,b,,4,d\n",  # both eyes of a patient: as many rows
        "x,y,,z,w\n1,a,,3,c\n2,b,,4,d\n,,,5,e\n",  # no name is shared
        "x,y,,x,w\n1,a,,3,c\n2,b,,4,d\n,,,5,e\n",  # one is
        "x,y,,x,,y\n1,a,,3,k,c\n2,b,,4,,d\n,,,5,,e\n",  # a column without a name has a value
        "x,y,x,y\n1,a,3,c\n2,b,4,d\n,,5,e\n",  # without a column between
        "q,w,e,r,t\n1,a,,3,c\n2,b,,4,d\n,,,5,e\n",  # a name above it
    ],
)
def test_one_table_with_an_empty_column_is_read_as_it_is(tmp_path: Path, lines: str) -> None:
    raw = read(tmp_path, lines, "csv", FileKeys())
    assert raw.rows == len(lines.splitlines()) - 1
    assert "side by side" not in "".join(raw.repairs)


def test_without_a_table_that_has_the_target_nothing_is_chosen(tmp_path: Path) -> None:
    raw = read(tmp_path, TWICE, "csv", FileKeys(target="z"))
    assert (len(raw.columns), raw.rows) == (5, 3)
