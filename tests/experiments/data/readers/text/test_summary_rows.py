"""Rows that sum up others are found by their labels and their numbers, and are no data."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from experiments.data.raw_table import RawTable
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.table_file import read_table
from support.tables import cells

STORES = [("a", "10", "1.5"), ("b", "20", "2.5"), ("c", "40", "4.0"), ("d", "31", "2.5"), ("e", "20", "9.5")]
PARTS = [
    ("North", "p", "10"),
    ("North", "q", "30"),
    ("North Total", "", "40"),
    ("South", "p", "7"),
    ("South", "q", "8"),
    ("South", "r", "1"),
    ("South Total", "", "16"),
    ("Grand Total", "", "56"),
]


def read(
    tmp_path: Path, *rows: tuple[str, ...], form: str = "csv", separator: str = ",", model: tuple[str, ...] = ()
) -> RawTable:
    path = tmp_path / f"my.{form}"
    lines = [tuple("xyz"[: len(rows[0])]), *rows]
    if form == "csv":
        path.write_text("\n".join(separator.join(line) for line in lines))
    else:
        book = openpyxl.Workbook()
        for line in lines:
            book.worksheets[0].append([float(cell) if cell[:1].isdigit() else cell or None for cell in line])
        book.save(path)
    return read_table(path, FileKeys(target="z", model=model))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "row",
    [
        ("Mean", "24.2", "4.0"),
        ("Average:", "24", "4"),
        ("Durchschnitt", "24.20", ""),
        ("Median", "20", "2.5"),
        ("SD", "11.5412", "3.2016"),
        ("Std. Dev.", "10.32", "2.863564"),  # of all rows
        ("Min", "10", "1.5"),
        ("max", "40", "9.5"),
        ("N", "5", "5"),
    ],
)
def test_means_and_the_like_below_a_table_are_left_out(tmp_path: Path, form: str, row: tuple[str, ...]) -> None:
    raw = read(tmp_path, *STORES, row, form=form)
    assert raw.rows == len(STORES)
    assert raw.repairs == (f"1 row of the columns' means and the like left out ({row[0]!r})",)


def test_several_rows_sum_up_the_same_table(tmp_path: Path) -> None:
    raw = read(tmp_path, *STORES, ("Total", "121", "20.0"), ("Mean", "24.2", "4.0"), ("Max", "40", "9.5"))
    assert raw.rows == len(STORES)
    assert raw.repairs == (
        "a row of the columns' sums at the end left out ('Total')",
        "2 rows of the columns' means and the like left out ('Mean', 'Max')",
    )


@pytest.mark.parametrize(
    "row",
    [
        ("Mean", "24.2", "5.0"),  # another number
        ("Mean", "24.3", "4.0"),
        ("Mean", "", ""),
        ("Meaning", "24.2", "4.0"),
        ("Min", "40", "9.5"),
    ],
)
def test_a_row_whose_numbers_are_others_stays(tmp_path: Path, row: tuple[str, ...]) -> None:
    raw = read(tmp_path, *STORES, row)
    assert raw.rows == len(STORES) + 1 - (row[1:] == ("", ""))  # a label alone is a line below the table
    assert not any("means" in line for line in raw.repairs)


def test_sums_may_have_a_decimal_comma_and_points_between_thousands(tmp_path: Path) -> None:
    rows = [("a", "900,50", "800"), ("b", "1.200,25", "900"), ("c", "1.000,00", "700"), ("d", "1,25", "500")]
    for total in (
        ("Summe", "3.102,00", "2.900"),
        ("Total of all", "3.102,00", "2900"),
        ("Gesamtergebnis", "3102,00", ""),
    ):
        raw = read(tmp_path, *rows, total, separator=";")
        assert cells(raw)["x"] == ["a", "b", "c", "d"]
        assert raw.repairs == (f"a row of the columns' sums at the end left out ({total[0]!r})",)
    assert read(tmp_path, *rows, ("Summe", "3.102,01", "2.900"), separator=";").rows == 5


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_sums_of_the_parts_of_a_table_are_left_out(tmp_path: Path, form: str) -> None:
    raw = read(tmp_path, *PARTS, form=form)
    assert cells(raw)["x"] == ["North"] * 2 + ["South"] * 3
    assert raw.repairs == (
        "3 rows of the sums of rows above them left out ('North Total', 'South Total', 'Grand Total')",
    )
    assert [raw.place(row) for row in (1, 2)] == (
        ["line 3", "line 5"] if form == "csv" else ["row 3 of the sheet", "row 5 of the sheet"]
    )


def test_parts_of_parts_have_sums_too(tmp_path: Path) -> None:
    rows = [
        ("A", "1", "2"),
        ("A", "3", "4"),
        ("Sum A", "4", "6"),
        ("B", "5", "6"),
        ("Sum B", "5", "6"),
        ("Total", "9", "12"),
    ]
    deep = [*rows, *[(f"{name} 2" if name in ("Total", "Sum A", "Sum B") else name, y, z) for name, y, z in rows]]
    assert cells(read(tmp_path, *deep, ("Grand Total", "18", "24")))["x"] == ["A", "A", "B"] * 2


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ([*PARTS[:2], ("North Total", "", "41"), *PARTS[3:]], 8),  # one is no sum
        ([(f"Total {at % 3}", "p", str(at % 5)) for at in range(40)], 40),  # a brand, which is a sum now and then
        ([row if "Total" not in row[0] else ("Total", row[1], "5") for row in PARTS], 8),
        ([(name.replace("Total", "Tot"), y, z) for name, y, z in PARTS], 8),
        ([*PARTS, ("South", "s", "3")], 9),  # the last row has no sums
    ],
)
def test_rows_that_are_only_called_sums_stay(tmp_path: Path, rows: list[tuple[str, ...]], kept: int) -> None:
    assert read(tmp_path, *rows).rows == kept


def test_new_rows_are_not_summed_but_named(tmp_path: Path) -> None:
    raw = read(tmp_path, *PARTS, model=("x", "y"))
    assert raw.rows == len(PARTS)
    assert raw.repairs == ("3 rows called sums ('North Total', 'South Total', 'Grand Total') read like others",)
    assert read(tmp_path, *STORES, model=("x", "y")).repairs == ()
