"""New rows with a decimal comma, or with dates of another format, are read, unless they could be two things."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.data.new_data.cell_notes import CellNotes
from experiments.data.new_data.new_rows import frame_rows, read_rows
from experiments.data.new_data.row_format import RowFormat
from experiments.errors import DataError

FORM = RowFormat([("day", "date"), ("x", "number"), ("n", "number")])
DAY = pd.Timestamp("2026-01-31").timestamp() / 86400


def test_a_decimal_comma_and_thousands_beside_it_are_read(tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_text("day;x;n\n31.01.2026;17,3;1.234\n31.01.2026;17;12.000\n;;7\n", encoding="utf-8")
    rows = read_rows(path, FORM, 2)
    chunk = pd.concat(rows.chunks, ignore_index=True)
    assert chunk["x"].tolist()[:2] == [17.3, 17.0]
    assert chunk["n"].tolist() == [1234.0, 12000.0, 7.0]
    assert chunk["day"].tolist()[:2] == [DAY, DAY]
    assert chunk.isna().sum().tolist() == [1, 1, 0]
    assert rows.cells.lines() == [
        "written otherwise than in training, and read so: 'x' as 1234,5, 'n' as 1.234,5, 'day' as %d.%m.%Y"
    ]


@pytest.mark.parametrize(("cell", "number"), [("1.234", 1234.0), ("1,234", 1.234)])
def test_a_point_or_a_comma_before_three_digits_is_what_the_other_columns_say(cell: str, number: float) -> None:
    (chunk,) = frame_rows(pd.DataFrame({"day": None, "x": ["17,3", "2,5"], "n": [cell, "5"]}), FORM, 10)
    assert chunk["n"].tolist() == [number, 5.0]


@pytest.mark.parametrize(
    ("learnt", "cells", "read"),
    [
        (None, ["1,234.5", "2,000,000", "7"], "1,234.5"),
        (None, ["1,234", "985"], "1,234.5"),
        (None, ["1,390.5"], "1,234.5"),
        (None, ["1,234.5", "2,000", "n/a"], "1,234.5"),
        (None, ["1'234.5", "7"], "1'234.5"),
        (None, ["1\u2019234", "-7"], "1'234.5"),
        (None, ["1 234", "7.25"], "1 234.5"),
        (None, ["1\u00a0234", "7.25"], "1 234.5"),
        ("1,234.5", ["1 234.5", "7"], "1 234.5"),
        ("1'234.5", ["1,234.5", "7"], "1,234.5"),
    ],
)
def test_other_marks_between_thousands_are_read(learnt: str | None, cells: list[str], read: str) -> None:
    form = RowFormat([("x", "number")], formats={"x": learnt} if learnt else {})
    notes = CellNotes(form)
    (chunk,) = frame_rows(pd.DataFrame({"x": cells}), form, 10, notes)
    plain = pd.to_numeric(pd.Series(cells).str.replace("[,'\u2019 \u00a0]", "", regex=True), errors="coerce")
    pd.testing.assert_series_equal(chunk["x"], plain.astype(float), check_names=False)
    assert notes.lines() == [f"written otherwise than in training, and read so: 'x' as {read}"]


@pytest.mark.parametrize(
    ("learnt", "cells", "unread"),
    [
        (None, ["1,234", "2,500"], 2),
        (None, ["1,234", "-"], 2),
        ("$1234.5", ["1,234.5", "$7"], 1),
        ("1,234.5", ["1,234", "1234.5"], 0),
    ],
)
def test_numbers_that_could_be_others_or_fit_are_no_other_format(learnt: str, cells: list[str], unread: int) -> None:
    form = RowFormat([("x", "number"), ("z", "number")], formats={"x": learnt} if learnt else {})
    notes = CellNotes(form)
    rows = frame_rows(pd.DataFrame({"x": [*cells, *(["5.5"] if unread == 1 else [])], "z": 1}), form, 10, notes)
    if unread == len(cells):
        with pytest.raises(DataError, match="none of its 2 cells fits"):
            list(rows)
    else:
        assert next(rows)["x"].isna().sum() == unread
    assert notes.written == {}


def test_between_semicolons_a_comma_before_three_digits_could_be_a_decimal_one(tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    form = RowFormat([("a", "number"), ("x", "number")])
    path.write_text("a;x\n1;1,234\n2;985\n", encoding="utf-8")
    rows = read_rows(path, form, 10)
    assert next(rows.chunks)["x"].isna().tolist() == [True, False]
    path.write_text('a,x\n1,"1,234"\n2,985\n', encoding="utf-8")
    assert next(read_rows(path, form, 10).chunks)["x"].tolist() == [1234.0, 985.0]


@pytest.mark.parametrize(
    ("learnt", "cells", "read"),
    [
        ("%d.%m.%Y", ["2026-01-31", None], "ISO8601"),
        ("%m/%d/%Y", ["31 January 2026"], "%d %B %Y"),
        ("seconds", ["2026-01-31"], "ISO8601"),
        (None, ["31/01/2026 00:00", "31/01/2026 00:00"], "%d/%m/%Y %H:%M"),
    ],
)
def test_dates_of_another_format_are_read(learnt: str | None, cells: list[str], read: str) -> None:
    form = RowFormat([("day", "date")], formats={"day": learnt} if learnt else {})
    cells_of = CellNotes(form)
    (chunk,) = frame_rows(pd.DataFrame({"day": cells}), form, 10, cells_of)
    assert chunk["day"].dropna().unique().tolist() == [DAY]
    assert cells_of.written == {"day": read}


def test_times_of_day_of_another_format_are_read() -> None:
    """A workbook holds 17:45 as 17:45:00."""
    form = RowFormat([("at", "date")], formats={"at": "%H:%M"})
    (chunk,) = frame_rows(pd.DataFrame({"at": ["18:00:00", "06:00:00"]}), form, 10)
    assert chunk["at"].tolist() == [0.75, 0.25]


@pytest.mark.parametrize(
    ("learnt", "cells"),
    [
        (None, ["03/04/2026"]),  # of March or April
        (None, ["12:30"]),
        ("%H:%M", ["2026-01-31"]),
        ("%d.%m.%Y", ["12.31.2026"]),  # with day and month exchanged
        (None, ["31.01.2026", "soon"]),
    ],
)
def test_what_could_be_another_day_or_is_none_is_refused(learnt: str | None, cells: list[str]) -> None:
    form = RowFormat([("day", "date")], formats={"day": learnt} if learnt else {})
    with pytest.raises(DataError, match="column 'day' must hold dates"):
        list(frame_rows(pd.DataFrame({"day": cells}), form, 10))


@pytest.mark.parametrize("cells", [["1,390"], ["17,3 kg"]])
def test_what_could_be_another_number_is_refused(cells: list[str]) -> None:
    with pytest.raises(
        DataError, match=r"column 'x' must hold numbers such as 1234\.5, but its only cell does not fit"
    ):
        list(frame_rows(pd.DataFrame({"x": cells}), RowFormat([("x", "number")]), 10))


def test_a_stray_comma_or_date_is_missing_as_before() -> None:
    form, frame = RowFormat(FORM.inputs), pd.DataFrame({"day": ["2026-01-31", "31.01.2026"], "x": ["1.5", "1,5"]})
    cells = CellNotes(form)
    (chunk,) = frame_rows(frame.assign(n=1), form, 10, cells)
    assert chunk.isna().to_numpy().tolist() == [[False] * 3, [True, True, False]]
    assert cells.written == {}
