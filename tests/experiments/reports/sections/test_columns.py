from __future__ import annotations

from dataclasses import replace

from experiments.evaluation.records.results import ColumnRecord, LeftOutColumn, ReadingRecord
from experiments.reports.blocks import Table, plain, unfolded
from experiments.reports.sections.columns import columns
from support.sections import texts


def _shown(result, **reading):
    blocks = columns(replace(result, reading=ReadingRecord(**reading)))
    tables = [block for block in unfolded(blocks) if isinstance(block, Table)]
    rows = [[plain(cell) for cell in row.cells] for table in tables for row in table.rows]
    titles = [plain(column.title) for table in tables for column in table.columns]
    return titles, rows, texts(blocks)


def test_each_column_has_its_kind_and_its_missing_cells(study):
    area = ColumnRecord(name="area", kind="number", missing=1234)
    gone = LeftOutColumn(name="id", reason="identifies_rows")
    titles, rows, notes = _shown(study[0], columns=(area, ColumnRecord(name="town", kind="category")), left_out=(gone,))
    assert titles == ["column", "read as", "missing"]
    assert rows == [
        ["area", "number", "1,234"],
        ["town", "category", "0"],
        ["id", "left out: differs in nearly every row", ""],
    ]
    assert notes == ["Missing cells are counted among the development rows."]


def test_formats_have_a_column_where_there_are_any(study):
    paid = ColumnRecord(name="paid", kind="number", format="$1,234.5")
    titles, rows, _ = _shown(study[0], columns=(paid, ColumnRecord(name="b", kind="number")))
    assert titles == ["column", "read as", "written as", "missing"]
    assert rows == [["paid", "number", "$1,234.5", "0"], ["b", "number", "", "0"]]


def test_pixels_are_not_listed(study):
    pixels = tuple(ColumnRecord(name=f"p{at}", kind="pixel") for at in range(784))
    assert _shown(study[0], columns=pixels, notes=("resized to 28 x 28",)) == ([], [], ["resized to 28 x 28"])
    assert columns(replace(study[0], reading=None)) == ()


def test_of_many_columns_those_that_say_something_are_listed(study):
    many = [ColumnRecord(name=f"c{at}", kind="number") for at in range(75)]
    titles, rows, notes = _shown(study[0], columns=tuple(many))
    assert (titles, rows) == ([], [])
    assert notes[0] == "75 columns are all read as number, without a missing cell; results.json names them."
    many[70] = ColumnRecord(name="late", kind="number", missing=3)
    many[71] = ColumnRecord(name="town", kind="category")
    gone = LeftOutColumn(name="id", reason="identifies_rows")
    _, rows, notes = _shown(study[0], columns=tuple(many), left_out=(gone,))
    assert [row[0] for row in rows] == ["id", "late", "town"]
    assert notes[0] == "73 more columns are read as number, without a missing cell; results.json names them."
    some = tuple(ColumnRecord(name=f"c{at}", kind="number", missing=1) for at in range(75))
    _, rows, notes = _shown(study[0], columns=some, left_out=(gone,))
    assert (len(rows), rows[0][0], notes[0]) == (60, "id", "16 more columns are in results.json.")
