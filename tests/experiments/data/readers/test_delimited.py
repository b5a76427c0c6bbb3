"""A text file is read as it stands, or refused in a line that says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.data.raw_table import RawTable
from experiments.data.readers import delimited as text_file
from experiments.data.readers.delimited import read_text
from experiments.errors import DataError


def read(tmp_path: Path, content: str | bytes, name: str = "my.csv", header: bool | None = None) -> RawTable:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_text(path, header, "y")


def cells(sheet: RawTable) -> dict[str, list[str]]:
    return {name: column.to_pylist() for name, column in sheet.columns.items()}


def test_one_table_in_many_forms(tmp_path: Path) -> None:
    for content, name in [
        ("x,y\n1,a\n2,b\n", "my.csv"),
        ("x,y\r\n1,a\r\n2,b", "my.csv"),
        ("x,y\r1,a\r2,b\r", "my.csv"),
        ("\n\nx,y\n\n1,a\n\n2,b\n\n", "my.csv"),
        (b"\xef\xbb\xbfx,y\n1,a\n2,b\n", "my.csv"),
        ('"x","y"\n"1","a"\n2,b\n', "my.csv"),
        ("x;y\n1;a\n2;b\n", "my.csv"),
        ("x\ty\n1\ta\n2\tb\n", "my.tsv"),
        (" x , y \n1,a\n2,b\n", "MY.CSV"),
    ]:
        sheet = read(tmp_path, content, name)
        assert cells(sheet) == {"x": ["1", "2"], "y": ["a", "b"]}
        assert (sheet.name, sheet.rows) == (Path(name).stem, 2)


def test_a_cell_may_hold_separators_quotes_and_lines(tmp_path: Path) -> None:
    sheet = read(tmp_path, 'x,y\n"a, ""b""\nc",1\n2,3\n')
    assert cells(sheet) == {"x": ['a, "b"\nc', "2"], "y": ["1", "3"]}
    assert [sheet.place(row) for row in (0, 1)] == ["line 2", "line 4"]


def test_a_place_counts_empty_lines(tmp_path: Path) -> None:
    sheet = read(tmp_path, "x,y\n1,2\n\n\n3,4\n")
    assert sheet.place(1) == "line 5"
    assert read(tmp_path, "1,2\n\n3,4\n").place(1) == "line 3"


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
        sheet = read(tmp_path, f"{first}\n3,b\n5,c\n", header=header)
        assert list(sheet.columns) == (first.split(",") if named else ["0", "1"])
        assert sheet.rows == 3 - named


@pytest.mark.parametrize(
    ("first", "second", "named"),
    [
        ("0,1,2", "5,6,7", True),  # as pandas writes an array
        (",0,1", "17,5,6", True),  # and with its index
        ("0,1,label", "5,6,7", True),
        ("2019,2020,2021", "5,6,7", True),
        ("-1,0,d", "5,6,7", True),  # a word above a number
        ("0,2,1", "5,6,7", False),
        ("2021,2020,2019", "5,6,7", False),
        ("5,6,red", "7,8,blue", False),
        ("5,6,?", "7,8,9", False),
        ("5,red,5more", "7,blue,9", False),
    ],
)
def test_a_header_with_numbers_is_told_from_data(first: str, second: str, named: bool, tmp_path: Path) -> None:
    path = tmp_path / "my.csv"
    path.write_text(f"{first}\n{second}\n{second}\n")
    raw = read_text(path, None, -1)
    assert (raw.rows, len(raw.notes)) == (2 if named else 3, 1)
    assert raw.notes[0].startswith("line 1 was read as the header" if named else "line 1 was read as data")
    assert raw.unnamed == (frozenset({"Unnamed: 0"}) if first.startswith(",") else frozenset())


def test_what_is_no_table_is_refused_with_its_place(tmp_path: Path) -> None:
    for content, message in [
        ("", "the file is empty"),
        ("\n\r\n", "the file is empty"),
        ("x,y\n", "this file has only a header"),
        ("x,y\n1,2\n\n3\n4,5", "2 cells of line 1, but line 4 has 1: '3'"),
        ("x,y\n1,2,3\n4,5", "2 cells of line 1, but line 2 has 3: '1,2,3'"),
        ('x,y\n1,2\n3,"4\n5,6\n', "last cell, '4.n5,6.n', is open"),
        (b"x,y\n1,2\n3,\xe9\n", "line 3 has the byte 0xe9"),
        (b"x,\xe9\n1,2\n", "line 1 has the byte 0xe9"),
        ("x,y\n1,2\n".encode("utf-16"), "line 1 has the byte 0xff"),
        ("x,y,x\n1,2,3\n", "2 columns are named 'x' .columns 0 and 2"),
        ("1,,1\n".replace("1", "x"), "2 columns are named 'x'"),
    ]:
        with pytest.raises(DataError, match=rf"my\.csv: .*{message}") as caught:
            read(tmp_path, content)
        assert len(str(caught.value).splitlines()) == 1


def test_a_column_without_a_name_is_called_by_its_position(tmp_path: Path) -> None:
    assert list(read(tmp_path, ",x,\na,b,c\n").columns) == ["0", "x", "2"]


def test_a_giant_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_file, "LARGEST_FILE", 8)
    with pytest.raises(DataError, match="at most 8 bytes, but this file has 9"):
        read(tmp_path, "x,y\n1,2\n3")


def test_a_large_file_is_read_in_blocks(tmp_path: Path) -> None:
    rows = "".join(f"{number},{number % 2}\n" for number in range(300_000))
    sheet = read(tmp_path, "x,y\n" + rows)
    assert sheet.rows == 300_000
    assert sheet.columns["x"][-1].as_py() == "299999"
