"""A sheet is read with its types, and what stands around its table is left out."""

from __future__ import annotations

import datetime
import io
import re
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from experiments.data.raw_table import RawTable
from experiments.data.readers import excel
from experiments.data.readers.excel import read_excel
from experiments.data.readers.file_keys import FileKeys
from experiments.errors import DataError
from support.tables import cells

Rows = Sequence[Sequence[Any]]
DAYS = [datetime.datetime(2026, 1, day) for day in (1, 2, 3)]
TABLE: Rows = [["a", "b", "c"], [1, "x", DAYS[0]], [2, None, DAYS[1]], [None, "z", DAYS[2]]]
CELLS = {"a": [1, 2, None], "b": ["x", None, "z"], "c": DAYS}


def written(path: Path, **sheets: Rows) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def read(tmp_path: Path, rows: Rows, **keys: Any) -> RawTable:
    return read_excel(written(tmp_path / "my.xlsx", Data=rows), FileKeys(**{"target": "y", **keys}))


@pytest.mark.parametrize("size", ["A1", "A1:B3", "A1:Z900"])
def test_the_size_that_a_sheet_declares_is_not_believed(tmp_path: Path, size: str) -> None:
    with (
        zipfile.ZipFile(written(tmp_path / "right.xlsx", Data=TABLE)) as right,
        zipfile.ZipFile(tmp_path / "my.xlsx", "w") as wrong,
    ):
        for name in right.namelist():
            content = right.read(name)
            if name.endswith("sheet1.xml"):
                content, changed = re.subn(rb'(<dimension ref=")[^"]*', rb"\g<1>" + size.encode(), content)
                assert changed == 1
            wrong.writestr(name, content)
    assert cells(read_excel(tmp_path / "my.xlsx", FileKeys(target="y"))) == CELLS


def test_types_stay(tmp_path: Path) -> None:
    raw = read(tmp_path, TABLE)
    assert cells(raw) == CELLS
    assert [column.type for column in raw.columns.values()] == [pa.int64(), pa.string(), pa.timestamp("us")]
    assert (raw.name, raw.rows, raw.notes, raw.repairs, raw.layout) == ("my", 3, (), (), {})
    assert [raw.place(row) for row in (0, 2, 7)] == ["row 2 of the sheet", "row 4 of the sheet", "row 7 (from 0)"]
    mixed = read(tmp_path, [["a", "b", "c"], [1, True, 1.5], ["-", False, 2], [2.5, None, None]])
    assert cells(mixed) == {"a": ["1", "-", "2.5"], "b": [True, False, None], "c": [1.5, 2.0, None]}


@pytest.mark.parametrize(
    ("above", "below", "margin", "layout", "said"),
    [
        ([["A title"]], [], 0, {"skip": 1}, "1 row above the table left out ('A title')"),
        ([["A title"], [], ["of 2026"], []], [], 0, {"skip": 4}, "2 rows above the table left out ('A title')"),
        ([[], []], [], 2, {}, ""),
        ([], [["Total"]], 0, {}, "1 row below the table left out ('Total')"),
        ([], [[], ["Source: us"]], 0, {}, "1 row below the table left out ('Source: us')"),
    ],
)
def test_what_stands_around_is_left_out(
    above: Rows, below: Rows, margin: int, layout: dict[str, Any], said: str, tmp_path: Path
) -> None:
    rows = [[*[None] * margin, *row] if row else [] for row in [*above, *TABLE, *below]]
    raw = read(tmp_path, rows)
    values = cells(raw)
    assert (values["b"], values["c"]) == (CELLS["b"], CELLS["c"])
    assert [value and int(value) for value in values["a"]] == CELLS["a"]  # texts where a text stood below them
    assert list(values) == ["a", "b", "c"]
    assert raw.layout == layout
    assert len(raw.repairs) == bool(said)
    assert said in "".join(raw.repairs)
    again = read(tmp_path, rows, **raw.layout)
    assert (cells(again), again.layout) == (values, {})


def test_a_note_beside_a_row_is_a_column_without_a_name(tmp_path: Path) -> None:
    rows = [*TABLE[:2], [2, None, DAYS[1], None, "odd"], *TABLE[3:]]
    raw = read(tmp_path, rows)
    assert cells(raw) == {**CELLS, "3": [None, "odd", None]}
    assert raw.unnamed == {"3"}


def test_the_first_sheet_with_a_table_is_read_and_others_are_named(tmp_path: Path) -> None:
    path = written(tmp_path / "my.xlsx", Cover=[["Read me"]], Data=TABLE, Other=[["p"], [1], [2]])
    raw = read_excel(path, FileKeys())
    assert cells(raw) == CELLS
    assert raw.layout == {"sheet": "Data"}
    assert raw.notes == ("sheet 'Data' was read, not 'Other'; --set data.sheet=NAME reads another",)
    other = read_excel(path, FileKeys(sheet="Other"))
    assert (cells(other), other.layout, other.notes) == ({"p": [1, 2]}, {}, ())
    with pytest.raises(
        DataError, match=r"data\.sheet: .* has no sheet 'othr' \(did you mean 'Other'\?\); it has 'Cover'"
    ):
        read_excel(path, FileKeys(sheet="othr"))
    with pytest.raises(DataError, match="the sheet has fewer than 2 rows"):
        read_excel(path, FileKeys(sheet="Cover"))


def test_a_sheet_that_names_the_target_is_read_before_one_that_does_not(tmp_path: Path) -> None:
    cover = [["column", "meaning"], ["a", "a count"], ["c", "the day"], ["b", "a letter"]]
    file = written(tmp_path / "my.xlsx", About=cover, Data=TABLE, Later=TABLE)
    raw = read_excel(file, FileKeys(target="C "))
    assert cells(raw) == CELLS
    assert raw.notes == ("sheet 'Data' was read, not 'About', 'Later'; --set data.sheet=NAME reads another",)
    assert raw.layout == {"sheet": "Data"}
    assert raw.place(1) == "row 3 of the sheet"
    assert read_excel(file, FileKeys(target="d")).layout["sheet"] == "About"
    assert read_excel(file, FileKeys(target=0)).layout["sheet"] == "About"
    below = written(tmp_path / "below.xlsx", About=[["Survey"], ["Rows", 3]], Data=[["size", "day"], *TABLE])
    assert list(read_excel(below, FileKeys(target="c")).columns) == ["a", "b", "c"]
    assert read_excel(file, FileKeys(target="c", sheet="Later")).layout == {}


def test_a_sheet_that_names_the_columns_of_the_model_is_read_before_a_cover(tmp_path: Path) -> None:
    file = written(tmp_path / "new.xlsx", About=[["Notes"], ["Measured in May"]], Data=TABLE)
    assert read_excel(file, FileKeys(target="y", model=("B", "a"))).layout["sheet"] == "Data"
    assert read_excel(file, FileKeys(target="y", model=("a", "z"))).layout["sheet"] == "About"


def merged(path: Path, rows: Rows, *ranges: str) -> Path:
    book = openpyxl.load_workbook(written(path, Data=rows))
    for range_ in ranges:
        book["Data"].merge_cells(range_)
    book.save(path)
    return path


def test_every_row_of_merged_cells_has_their_value(tmp_path: Path) -> None:
    rows = [["region", "x", "y"], *([None, at, "no" if at % 2 else "yes"] for at in range(6))]
    rows[1][0], rows[4][0] = "north", 7
    raw = read_excel(merged(tmp_path / "my.xlsx", rows, "A2:A3", "A5:B7"), FileKeys(target="y"))
    assert cells(raw)["region"] == ["north", "north", None, "7", "7", "7"]
    assert cells(raw)["x"] == [0, 1, 2, 7, 7, 7]
    assert raw.repairs == ("every row of merged cells read with their value ('region', 'x')",)
    title = merged(tmp_path / "title.xlsx", [["Survey", None, None], [None] * 3, *TABLE], "A1:C2")
    assert list(read_excel(title, FileKeys(target="c")).columns) == ["a", "b", "c"]
    beside = merged(tmp_path / "beside.xlsx", [["Survey", None, None], *TABLE], "A1:C1", "A2:A2")
    assert read_excel(beside, FileKeys(target="c")).repairs[0].startswith("1 row above the table left out ('Survey')")


def test_a_header_whose_cells_are_merged_over_two_rows_ends_with_the_second(tmp_path: Path) -> None:
    head = [["id", "size", None, "y"], [None, "length", "width", None]]
    rows = [*head, *([at, at / 2, at / 3, "no" if at % 2 else "yes"] for at in range(6))]
    raw = read_excel(merged(tmp_path / "my.xlsx", rows, "A1:A2", "B1:C1", "D1:D2"), FileKeys(target="y"))
    assert list(raw.columns) == ["id", "length", "width", "y"]
    assert raw.rows == 6
    assert raw.repairs == ("1 row above the table left out ('id'); --set data.skip=0 reads them",)
    data = [["north", 1, "yes"], [None, 2, "no"], ["south", 3, "yes"], [None, 4, "no"]]
    raw = read_excel(merged(tmp_path / "data.xlsx", data, "A1:A2", "A3:A4"), FileKeys(target=2))
    assert cells(raw)["0"] == ["north", "north", "south", "south"]


def test_a_later_row_that_names_the_target_is_the_header(tmp_path: Path) -> None:
    raw = read(tmp_path, [["size", None, "look"], ["a", "b", "y"], *TABLE[1:]])
    assert list(raw.columns) == ["a", "b", "y"]
    assert raw.layout == {"skip": 1}
    assert raw.repairs == ("1 row above the table left out ('size'); --set data.skip=0 reads them",)


def test_a_hidden_sheet_is_read_if_it_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "my.xlsx", Secret=TABLE, Data=[["p"], [1], [2]])
    book = openpyxl.load_workbook(path)
    book["Secret"].sheet_state = "hidden"
    book.save(path)
    assert list(read_excel(path, FileKeys()).columns) == ["p"]
    assert cells(read_excel(path, FileKeys(sheet="Secret"))) == CELLS


def test_the_values_of_formulas_are_those_that_were_saved(tmp_path: Path) -> None:
    path = written(tmp_path / "my.xlsx", Data=[["a", "b"], [1, "=A2*2"], [2, "=A3*2"]])
    content = {}
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    content[name] = content[name].replace(b"<f>A2*2</f><v />", b"<f>A2*2</f><v>2</v>")
    content[name] = content[name].replace(b"<f>A2*2</f><v></v>", b"<f>A2*2</f><v>2</v>")
    with zipfile.ZipFile(path, "w") as archive:
        for part, text in content.items():
            archive.writestr(part, text)
    assert cells(read_excel(path, FileKeys())) == {"a": [1, 2], "b": [2, None]}


def test_a_header_of_numbers_is_told_from_data(tmp_path: Path) -> None:
    raw = read(tmp_path, [[2019, 2020, 2021], [1, 2, 3], [4, 5, 7]], target=-1)
    assert cells(raw) == {"2019": [1, 4], "2020": [2, 5], "2021": [3, 7]}
    assert raw.layout == {"header": True}
    raw = read(tmp_path, [[1.5, 2, "x"], [4, 5, "y"]], target=-1)
    assert (cells(raw), raw.layout) == ({"0": [1.5, 4.0], "1": [2, 5], "2": ["x", "y"]}, {"header": False})


def test_names_that_stand_twice_get_a_number(tmp_path: Path) -> None:
    raw = read(tmp_path, [["a", "a ", None], [1, 2, 3], [4, 5, 6]])
    assert cells(raw) == {"a": [1, 4], "a.1": [2, 5], "2": [3, 6]}
    assert (raw.repeated, raw.unnamed) == ({"a"}, {"2"})


def test_many_rows_are_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "CELLS", 3)
    raw = read(tmp_path, [["a", "b"], [1, None], [2, None], [2.5, "x"], [None, "y"], [3, None]])
    assert cells(raw) == {"a": [1.0, 2.0, 2.5, None, 3.0], "b": [None, None, "x", "y", None]}


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    for rows, words in [([], "every sheet has fewer than 2 rows"), ([["a", "b"]], "every sheet has fewer than 2 rows")]:
        with pytest.raises(DataError, match=rf"my\.xlsx: .*{words}"):
            read(tmp_path, rows)
    with pytest.raises(DataError, match="has no table below its row 9"):
        read(tmp_path, TABLE, skip=9)


def test_what_is_no_xlsx_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "my.xlsx"
    for content, words in [
        (b"", "cannot be read as .xlsx"),
        (b"a,b\n1,2\n", "cannot be read as .xlsx"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "has a password, or is an old .xls; save it as .xlsx"),
        (written(tmp_path / "whole.xlsx", Data=TABLE).read_bytes()[:900], "cannot be read as .xlsx"),
    ]:
        path.write_bytes(content)
        with pytest.raises(DataError, match=rf"my\.xlsx: {words}"):
            read_excel(path, FileKeys())
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("my.csv", "a,b\n")
    with pytest.raises(DataError, match=r"cannot be read as \.xlsx"):
        read_excel(path, FileKeys())


def test_what_it_announces_is_checked_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "my.xlsx", Data=TABLE)
    monkeypatch.setattr(excel, "_opened", lambda _: pytest.fail("it was read"))
    for start, part in (("xl/worksheets/", "xl/worksheets/sheet1.xml"), ("", "docProps/app.xml")):
        monkeypatch.setattr(excel, "LARGEST", {**excel.LARGEST, start: 50})
        with pytest.raises(DataError, match=rf"its part '{part}' must unpack to at most 50 bytes, but announces"):
            read_excel(path, FileKeys())
        monkeypatch.undo()
        monkeypatch.setattr(excel, "_opened", lambda _: pytest.fail("it was read"))


@pytest.mark.slow
def test_a_row_far_below_costs_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "my.xlsx", Data=TABLE)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = parts[name].replace(b'<row r="4"', b'<row r="99999999999"').replace(b'r="A4"', b'r="A99999999999"')
    with zipfile.ZipFile(content := io.BytesIO(), "w") as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    path.write_bytes(content.getvalue())
    assert read_excel(path, FileKeys()).rows == 2


def test_openpyxl_is_named_where_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "my.xlsx", Data=TABLE)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(DataError, match=r"my\.xlsx: to read \.xlsx files, type pip install openpyxl; or save it as"):
        read_excel(path, FileKeys())
