"""A text table is read as it stands, or as it was meant with a line about it, or refused in a line that says where."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from experiments.data.raw_table import RawTable
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.table_file import read_table
from experiments.data.readers.text import delimited, text_file
from experiments.errors import DataError
from support.tables import cells


def read(tmp_path: Path, content: str | bytes, name: str = "my.csv", **keys: Any) -> RawTable:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path, FileKeys(**{"target": "y", **keys}))


PLAIN = {"x": ["1", "2"], "y": ["a", "b"]}


def test_one_table_in_many_forms(tmp_path: Path) -> None:
    for content, name in [
        ("x,y\n1,a\n2,b\n", "my.csv"),
        ("x,y\r\n1,a\r\n2,b", "my.csv"),
        ("x,y\r1,a\r2,b\r", "my.csv"),
        ("\n\nx,y\n\n1,a\n\n2,b\n\n", "my.csv"),
        (b"\xef\xbb\xbfx,y\n1,a\n2,b\n", "my.csv"),
        ('"x","y"\n"1","a"\n2,b\n', "my.csv"),
        ("x\ty\n1\ta\n2\tb\n", "my.tsv"),
        (" x , y \n1,a\n2,b\n", "MY.CSV"),
        ("x,y\n1,a\n2,b\n", "my.data"),
        ("x,y\n1,a\n2,b\n", os.fsdecode(b"m\xe4y.csv")),  # a name that is no UTF-8
        ("x,y\n1,a\n2,b\n".encode("utf-16"), "my.txt"),
    ]:
        raw = read(tmp_path, content, name)
        assert cells(raw) == PLAIN
        assert (raw.name, raw.rows, raw.notes, raw.repairs, raw.layout) == (Path(name).stem, 2, (), (), {})


@pytest.mark.parametrize(
    ("content", "layout", "said"),
    [
        ("x;y\n1;a\n2;b\n", {"separator": ";"}, "separated by semicolons"),
        ("x\ty\n1\ta\n2\tb\n", {"separator": "\t"}, "separated by tabs"),
        ("x|y\n1|a\n2|b\n", {"separator": "|"}, "separated by vertical bars"),
        ("sep=;\nx;y\n1;a\n2;b\n", {"separator": ";", "skip": 1}, "separated by semicolons"),
        ("# from 2024\nx,y\n1,a\n2,b\n", {"skip": 1}, "1 line above the table left out ('# from 2024')"),
        ("A title\n\nx,y\n1,a\n2,b\n", {"skip": 2}, "1 line above the table left out ('A title')"),
        ("size,look\nx,y\n1,a\n2,b\n", {"skip": 1}, "1 line above the table left out ('size,look')"),
        ("x,y\n1,a\n2,b\nTotal\n", {}, "1 row below the table left out ('Total')"),
        ("x,y\n1,a\n2,b\n,\n,\n", {}, "2 empty rows at the end left out"),
        ("x,y\n1,a,\n2,b\n", {}, "separators too many at the end of 1 line left out"),
        ("x,y,\n1,a,\n2,b,\n", {}, "1 column without a name or a value at the end left out"),
        ("x,y\n1,a,\n2,b,\n", {}, "1 column without a name or a value at the end left out"),
        ("x,y,\n1,a\n2,b\n", {}, ""),
        ("x,y\n1,'a'\n2,'b'\n", {}, "single quotes around the values of 'y' left out"),
        ('x, y\n1, "a"\n2, "b"\n', {}, ""),
        ("x,y,y\n1,a,a\n2,b,b\n", {}, "columns that stand twice with the same values read once ('y')"),
    ],
)
def test_what_is_meant_is_read_and_said(content: str, layout: dict[str, Any], said: str, tmp_path: Path) -> None:
    raw = read(tmp_path, content)
    assert cells(raw) == PLAIN
    assert raw.layout == layout
    assert len((*raw.notes, *raw.repairs)) == bool(said)
    assert said in "".join((*raw.notes, *raw.repairs))
    again = read(tmp_path, content, **raw.layout)  # with the keys that say it
    assert (cells(again), again.layout, again.notes) == (PLAIN, {}, ())


def test_columns_may_be_separated_by_white_space(tmp_path: Path) -> None:
    raw = read(tmp_path, "x  y\tz\n 1   2  3\n4\t 'a' \"New York\"  \n", "my.txt")
    assert cells(raw) == {"x": ["1", "4"], "y": ["2", "'a'"], "z": ["3", "New York"]}
    assert raw.layout == {"separator": " "}
    assert raw.place(1) == "line 3"


def test_another_encoding_is_guessed_and_said(tmp_path: Path) -> None:
    raw = read(tmp_path, "région,y\nMédoc,1\nCôte,2\n".encode("cp1252"))
    assert cells(raw) == {"région": ["Médoc", "Côte"], "y": ["1", "2"]}
    assert raw.repairs == ("read as cp1252; --set data.encoding=NAME reads it otherwise",)
    assert raw.layout == {"encoding": "cp1252"}
    told = read(tmp_path, "miasto,y\nŁódź,1\n".encode("cp1250"), encoding="cp1250")
    assert (cells(told)["miasto"], told.repairs, told.layout) == (["Łódź"], (), {})


def test_names_that_stand_twice_get_a_number(tmp_path: Path) -> None:
    raw = read(tmp_path, "x,x,y\n1,2,a\n3,4,b\n")
    assert cells(raw) == {"x": ["1", "3"], "x.1": ["2", "4"], "y": ["a", "b"]}
    assert raw.repairs == ("columns whose name stands twice named 'x.1'",)
    assert raw.repeated == {"x"}


def test_row_names_have_no_name_as_r_writes_them(tmp_path: Path) -> None:
    raw = read(tmp_path, '"x" "y"\n"r1" 1 2\n"r2" 3 4\n', "my.txt")
    assert cells(raw) == {"0": ["r1", "r2"], "x": ["1", "3"], "y": ["2", "4"]}
    assert raw.unnamed == {"0"}


def test_a_cell_may_hold_separators_quotes_and_lines(tmp_path: Path) -> None:
    raw = read(tmp_path, 'x,y\n"a, ""b""\nc",1\n2,3\n')
    assert cells(raw) == {"x": ['a, "b"\nc', "2"], "y": ["1", "3"]}
    assert [raw.place(row) for row in (0, 1)] == ["line 2", "line 4"]
    spaced = read(tmp_path, 'x, y\n1, "a, b"\n2, "c"\n')
    assert cells(spaced) == {"x": ["1", "2"], "y": ["a, b", "c"]}


def test_a_place_counts_empty_lines_and_lines_above(tmp_path: Path) -> None:
    raw = read(tmp_path, "x,y\n1,2\n\n\n3,4\n")
    assert raw.place(1) == "line 5"
    assert read(tmp_path, "1,2\n\n3,4\n").place(1) == "line 3"
    assert read(tmp_path, "# a\nx,y\n1,2\n\n3,4\n").place(1) == "line 5"
    assert raw.place(7) == "row 8"


def test_the_first_line_is_the_header_unless_it_holds_a_number(tmp_path: Path) -> None:
    for first, header, named in [
        ("x,y", None, True),
        ("2,x", None, False),
        ("5.1,setosa", None, False),
        ("-1e3,a", None, False),
        ("2019,y", None, True),  # the target is y
        ("2019,Y", None, True),
        ("x,2", True, True),
        ("a,b", False, False),
    ]:
        raw = read(tmp_path, f"{first}\n3,b\n5,c\n", header=header)
        assert list(raw.columns) == (first.split(",") if named else ["0", "1"])
        assert raw.rows == 3 - named


def test_a_doubtful_header_is_said_and_kept(tmp_path: Path) -> None:
    raw = read(tmp_path, "0,1,2\n5,6,7\n5,6,8\n", target=-1)
    assert (raw.rows, raw.layout) == (2, {"header": True})
    assert raw.notes == ("line 1 was read as the header; --set data.header=false reads it as data",)
    raw = read(tmp_path, "# a\n5,6,7\n5,6,8\n", target=-1)
    assert (raw.rows, raw.layout) == (2, {"header": False, "skip": 1})
    assert raw.notes == ("line 2 was read as data; --set data.header=true reads it as the header",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty"),
        ("\n\r\n", "the file is empty"),
        ("x,y\n", "this file has only a header"),
        ("x,y\n1,2\n\n3\n4,5", "2 cells that most lines have, but line 4 has 1: '3'"),
        ("x,y\n1,2\n3\n4\n5,6\n1,2", "line 3 has 1: '3'; so have 1 other line: 4"),
        ("x,y\n1,2,3\n4,5", "2 cells that most lines have, but line 2 has 3: '1,2,3'"),
        ("x,y\n1,2\n3", "line 3 has 1: '3'"),  # the end of a file that was cut off
        ("x,y,z\n1,2\n3,4\n", "2 cells that most lines have, but line 1 has 3: 'x,y,z'"),
        ('x,y\n1,2\n3,"4\n5,6\n', "on line 3 that of '4.n5,6.n' is open"),
        ('x,y\n1,2\n"a,4\n5,6\n', "on line 3 that of 'a,4.n5,6.n' is open"),
        ("x,y\n1,2\n3,\0\n", "line 3 has a NUL byte"),
    ],
)
def test_what_is_no_table_is_refused_with_its_place(content: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=rf"my\.csv: .*{message}") as caught:
        read(tmp_path, content)
    assert len(str(caught.value).splitlines()) == 1


def test_a_column_without_a_name_is_called_by_its_position(tmp_path: Path) -> None:
    assert list(read(tmp_path, ",x,\na,b,c\n").columns) == ["0", "x", "2"]


def test_a_giant_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_file, "LARGEST_FILE", 8)
    with pytest.raises(DataError, match="at most 8 bytes, but this file has 9"):
        read(tmp_path, "x,y\n1,2\n3")


def test_the_blocks_of_a_large_file_are_joined(tmp_path: Path) -> None:
    rows = "".join(f"{number},{number % 2}\n" for number in range(600_000))
    raw = read(tmp_path, "x,y\n" + rows)
    assert raw.rows == 600_000
    assert {column.num_chunks for column in raw.columns.values()} == {1}  # a wide file would have thousands
    assert raw.columns["x"][-1].as_py() == "599999"


def test_a_line_may_be_longer_than_a_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK", 1000)
    raw = read(tmp_path, "x,y\n" + "a" * 3000 + ",1\nb,2\n")
    assert (len(raw.columns["x"][0].as_py()), raw.rows) == (3000, 2)


def test_a_file_may_have_lost_its_packing_and_kept_its_name(tmp_path: Path) -> None:
    assert cells(read(tmp_path, "x,y\n1,a\n2,b\n", "my.csv.gz")) == PLAIN


def test_a_plain_file_loads_no_library_for_other_ones(tmp_path: Path) -> None:
    (tmp_path / "my.csv").write_text("x,y\n1,é\n2,3\n", encoding="utf-8")
    program = (
        "import sys; from pathlib import Path; from experiments.data.readers.table_file import read_table; "
        "from experiments.data.readers.file_keys import FileKeys; "
        f"read_table(Path({str(tmp_path / 'my.csv')!r}), FileKeys()); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"charset_normalizer", "openpyxl", "pandas", "pydantic"} & set(done.stdout.split())


def test_a_table_that_a_program_drew_is_read_without_its_lines(tmp_path: Path) -> None:
    (tmp_path / "my.txt").write_text(" a | y\n----+-----\n 1 | p\n 2 | q\n(2 rows)\n")
    raw = read_table(tmp_path / "my.txt", FileKeys(target="y"))
    assert {name: [cell.strip() for cell in column.to_pylist()] for name, column in raw.columns.items()} == {
        "a": ["1", "2"],
        "y": ["p", "q"],
    }
    assert raw.repairs == ("lines of dashes left out", "1 row below the table left out ('(2 rows)')")
    assert raw.place(1) == "line 4"
