"""Cells that do not fit are counted by column, and the first of each is named with its place and what was expected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from experiments.data.columns.reading import plain_rows, read_features
from experiments.data.formats.unread_cells import UnreadCells, unread_cells
from experiments.data.raw_table import RawTable
from experiments.data.table import Kind, TableReading
from experiments.errors import DataError

Make = Callable[..., RawTable]


def cells_of(raw: RawTable, kind: Kind = "number", form: str | None = None) -> UnreadCells:
    reading = TableReading((("x", kind),), {"x": form} if form else {}, (), ("none given",), ("n.g.",))
    plain = plain_rows(raw, reading)
    features, _ = read_features(reading, plain)
    return unread_cells(raw, plain, reading, features)


@pytest.mark.parametrize(
    ("values", "kind", "form", "said"),
    [
        (["1", "old"], "number", None, "'x' ('old' in row 1; expected numbers such as 1234.5)"),
        (
            ["a", "1,5", "b"],
            "number",
            "1234,5",
            "'x' (2 cells, first 'a' in row 0; expected numbers written as 1234,5)",
        ),
        (["1", "-", "old"], "number", None, "'x' (2 cells, first 'old' in row 2; expected numbers such as 1234.5)"),
        (["1", "-"], "number", None, "'x' ('-' in row 1; expected numbers such as 1234.5)"),
        (["1", "1e999"], "number", None, "'x' ('1e999' in row 1; expected numbers of at most 1e+100)"),
        ([1.0, float("inf")], "number", None, "'x' ('inf' in row 1; expected numbers of at most 1e+100)"),
        ([[1], [2]], "number", None, "'x' (2 cells, first '[1]' in row 0; expected numbers such as 1234.5)"),
        (["2026-01-31", "soon"], "date", None, "'x' ('soon' in row 1; expected dates such as 2026-01-31)"),
        (["31.1.2026"], "date", "%m/%d/%Y", "'x' ('31.1.2026' in row 0; expected dates written as %m/%d/%Y)"),
        (["1", "", "n.g.", "none given", None], "number", None, ""),
        (["2026-01-31", "0000-00-00"], "date", None, ""),
        (["a", "", None], "category", None, ""),
    ],
)
def test_the_first_cell_is_named(sheet: Make, values: list[Any], kind: Kind, form: str | None, said: str) -> None:
    assert cells_of(sheet(x=values), kind, form).named() == said


def test_a_sum_knows_the_columns_of_all(sheet: Make) -> None:
    parts = [cells_of(sheet(x=values)) for values in (["1", "-"], ["2", "3"], ["old", "new"])]
    whole = sum(parts, UnreadCells())
    assert [one.count for one in (*parts, whole)] == [1, 0, 2, 3]
    assert whole.named() == "'x' (3 cells, first 'old' in row 0; expected numbers such as 1234.5)"
    many = UnreadCells({f"c{at}": whole.columns["x"] for at in range(12)})
    assert many.named().endswith("numbers such as 1234.5) and 2 more columns")


def test_a_column_without_a_cell_that_fits_is_refused(sheet: Make) -> None:
    message = r"^new: column 'x' must hold numbers such as 1234\.5, but none of its 2 cells fits: 'a' in row 0; mend\.$"
    with pytest.raises(DataError, match=message):
        cells_of(sheet(x=["a", "b"])).refuse("new", ["x"], "mend")
    with pytest.raises(DataError, match="but its only cell does not fit: 'a' in row 0"):
        cells_of(sheet(x=["a"])).refuse("new", ["x"], "mend")
    cells_of(sheet(x=["a"])).refuse("new", [], "mend")
    for usual in (["-", "unknown"], ["inf", "1e999"], pa.chunked_array([[float("inf")]])):
        cells = cells_of(sheet(x=usual))
        assert cells.count
        cells.refuse("new", ["x"], "mend")
