"""New cells in a format that reads like the column's own are refused; where nothing shows it, they are read."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from experiments.config.data_options import DataSection
from experiments.data.formats.other_format import refuse_other_format
from experiments.data.new_data.new_rows import frame_rows, read_rows
from experiments.data.new_data.row_format import RowFormat
from experiments.data.raw_table import RawTable
from experiments.data.table_of import table_of
from experiments.errors import DataError

Make = Callable[..., RawTable]
SHARES = RowFormat([("share", "number")], formats={"share": "1234.5%"})


@pytest.mark.parametrize(
    ("form", "cells", "first"),
    [
        ("1.234,5", ["246.010", "246.01", "n/a"], "246.01"),
        ("1.234,5 €", ["246.01 €", "1.5 €"], "246.01 €"),
        ("1,234.5", ["246,010", "246,01"], "246,01"),
    ],
)
def test_a_number_with_the_other_mark_alone_is_refused(form: str, cells: list[str], first: str, sheet: Make) -> None:
    with pytest.raises(DataError, match=f"must hold numbers written as {form}, but '{first}' in .* the other decimal"):
        refuse_other_format(sheet(x=cells), {"x": form})


@pytest.mark.parametrize(
    ("form", "cells"),
    [
        ("%d.%m.%Y", ["03.04.2026", "12.31.2026", None]),
        ("%m/%d/%y", ["03/04/26", "31/12/26"]),
        ("%d-%m-%Y %H:%M", ["12-31-2026 10:15", "03-04-2026 9:00"]),
    ],
)
def test_a_date_that_fits_with_day_and_month_exchanged_alone_is_refused(
    form: str, cells: list[str | None], sheet: Make
) -> None:
    words = (
        f"must hold dates written as {form}, but '[^']*31[^']*' in .* with day and month exchanged; write the column"
    )
    with pytest.raises(DataError, match=words):
        refuse_other_format(sheet(x=cells), {"x": form})


@pytest.mark.parametrize(
    ("form", "cells"),
    [
        ("1.234,5", ["246.010", "1.000"]),  # thousands, for all that is known
        ("1.234,5", ["246,5", "246.01"]),  # one that does not fit
        ("1234,5", ["246.01"]),
        ("%d.%m.%Y", ["246.01"]),
        ("%d.%m.%Y", ["03.04.2026", "05.06.2026"]),  # for all that is known
        ("%d.%m.%Y", ["31.12.2026", "12.31.2026"]),  # one that does not fit
        ("%Y-%m-%d", ["2026-31-12"]),
        ("ISO8601", ["2026-01-02"]),
        ("1.234,5", [1.5, 2.5]),
    ],
)
def test_other_columns_are_not(form: str, cells: list[object], sheet: Make) -> None:
    refuse_other_format(sheet(x=cells), {"x": form, "z": "1.234,5"})


def test_a_test_file_with_the_other_mark_is_refused_and_its_target_is_not_looked_at(sheet: Make) -> None:
    rows = {"x": ["1.234,5", "2,5", "7.200,25"] * 10, "y": ["1.234,5", "2,5", "3,5"] * 10}
    data = DataSection(source="mine.csv", target="y", test="theirs.csv")
    whole = {"x": ["1.250,5", "3,5"], "y": ["4,25", "5,5"]}
    assert table_of(sheet(**rows), data, sheet(**whole)).own_test == 2
    with pytest.raises(DataError, match=r"'x' must hold numbers written as 1\.234,5, but '3\.5' in row 1 has the"):
        table_of(sheet(**rows), data, sheet(**whole | {"x": ["1.250", "3.5"]}))


def test_a_file_is_judged_as_a_whole_however_it_is_divided(tmp_path: Path) -> None:
    form = RowFormat([("day", "date"), ("x", "number")], formats={"day": "%d.%m.%Y"})
    lines = ["day,x", *["31.12.2026,1"] * 4, "12.31.2026,2"]
    (tmp_path / "new.csv").write_text("\n".join(lines) + "\n")
    rows = read_rows(tmp_path / "new.csv", form, 2)
    assert sum(len(chunk) for chunk in rows.chunks) == 5
    assert rows.cells.unread.count == 1


def test_dates_that_could_be_days_of_january_are_said_to_be_first_days_of_months(sheet: Make) -> None:
    def notes(*days: str, **keys: Any) -> tuple[str, ...]:
        table = table_of(
            sheet(day=[*days, None], y=["a", "b"] * 8 + ["a"]), DataSection(source="x.csv", target="y", **keys)
        )
        assert table.reading is not None
        return table.reading.notes

    months = [f"{month}/1/{year}" for year in range(2017, 2021) for month in (2, 3, 4, 5)]
    assert notes(*months) == (
        "column 'day': its dates are taken for first days of months (%m/%d/%Y); --formats 'day=%d/%m/%Y' takes them "
        "for days of January",
    )
    assert notes(*months, formats={"day": "%m/%d/%Y"}) == ()  # by name
    assert notes(*months[1:], "13/1/2019") == ()
    assert notes(*(f"{1 + at % 12}/{1 + at % 12}/2019" for at in range(16))) == ()  # the same day in either format


def workbook(path: Path, cells: list[float]) -> Path:
    """A workbook whose cells Excel shows as 27.3 % and the like."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["share"])
    for cell in cells:
        book.active.append([cell])
    for (one,) in book.active.iter_rows(min_row=2):
        one.number_format = "0.0%"
    book.save(path)
    return path


def test_the_percents_of_a_workbook_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "new.xlsx", [0.0, 0.273, 1.0])
    with pytest.raises(DataError) as refused:
        list(read_rows(path, SHARES, 10).chunks)
    assert str(refused.value) == (
        f"{path}: column 'share' must hold numbers written as 1234.5%, but 0.273 in row 3 of the sheet has no %, and "
        "could be a share of 1; write the column with it, such as '27.3%'."
    )


@pytest.mark.parametrize(
    "cells",
    [
        [0.0, 0.5],
        np.float16([0, 0.5]),
        [Decimal("0"), Decimal("0.5")],
        ["0", "0.5"],
        ["0.0", " 0.5 "],
        ["27.3%", "0.5"],
    ],
)
def test_shares_of_1_are_refused_whatever_they_are(cells: Any, tmp_path: Path) -> None:
    frame = pd.DataFrame({"share": cells})
    with pytest.raises(DataError, match=r"column 'share' must hold .* but 0\.5 in row 1 .* has no %"):
        list(frame_rows(frame, SHARES, 10))
    frame.to_csv(tmp_path / "new.csv", index=False)
    with pytest.raises(DataError, match=r"column 'share' must hold .* but '?0\.5'? in line 3 has no %"):
        list(read_rows(tmp_path / "new.csv", SHARES, 1).chunks)


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["27.3%", "0"], [27.3, 0.0]),
        ([27.3, 0.5], [27.3, 0.5]),
        (np.float16([27.5, 0.5]), [27.5, 0.5]),
        ([0, 0], [0.0, 0.0]),
        (["0.273%"], [0.273]),
        (["27.3%", "60", "0.5"], [27.3, 60.0, 0.5]),
    ],
)
def test_percents_are_read(cells: Any, read: list[float]) -> None:
    (chunk,) = frame_rows(pd.DataFrame({"share": cells}), SHARES, 10)
    assert chunk["share"].tolist() == read


def test_other_units_need_no_sign() -> None:
    form = RowFormat([("share", "number")], formats={"share": "1234.5 kg"})
    (chunk,) = frame_rows(pd.DataFrame({"share": [0.25]}), form, 10)
    assert chunk["share"].tolist() == [0.25]
