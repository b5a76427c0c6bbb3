"""The rows of a test file are refused where they say nothing to a model, and their other unread cells are said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from experiments.config.data_options import DataSection
from experiments.data.raw_table import RawTable
from experiments.data.table import Table, TableReading
from experiments.data.table_of import table_of
from experiments.errors import DataError

Make = Callable[..., RawTable]
ROWS = 40
DAYS = [f"2026-01-{1 + row % 28:02}" for row in range(ROWS)]
MANY = {"x": [f"{row / 4}" for row in range(ROWS)], "day": DAYS, "y": ["a", "b"] * 20}
MANY |= {"flag": ["True", "False", "False", "True"] * 10}
CODES = [f"code {row % 30}" for row in range(ROWS)]


def made(sheet: Make, ours: dict[str, Any] | None = None, keys: dict[str, Any] | None = None, **theirs: Any) -> Table:
    """A table of many rows and the rows of a test file, of which some columns are others."""
    data = DataSection(source="mine.csv", target="y", **(keys or {}))
    return table_of(sheet(**MANY | (ours or {})), data, sheet(**MANY | (ours or {}) | theirs))


def reading_of(table: Table) -> TableReading:
    assert table.reading is not None
    return table.reading


@pytest.mark.parametrize(
    ("column", "cells", "words"),
    [
        ("day", ["31.01.2026"] * ROWS, r"dates such as 2026-01-31, but none of its 40 cells fits: '31\.01\.2026' in"),
        (
            "x",
            ["-0,43"] * 39 + [""],
            r"numbers such as 1234\.5, but none of its 39 cells fits: '-0,43' in row 0; write",
        ),
        (
            "x",
            [""] * 39 + ["0,5"],
            "numbers such as .*, but its only cell does not fit: '0,5' in row 39; write them so",
        ),
        (
            "x",
            pa.chunked_array([pa.array([b"1.5"] * ROWS)]),
            "numbers such as .*, but none of its 40 cells fits: \"b'1.5'\" in row 0",
        ),
        (
            "flag",
            [""] + ["yes", "no", "no"] * 13,
            "categories to learn from such as 'False', 'True', but none of its 39 cells fits: 'yes' in row 1; "
            r"write them so, or leave a cell empty if it is missing, or name the column in data\.drop\.$",
        ),
    ],
)
def test_a_column_of_which_no_cell_can_be_used_is_refused(sheet: Make, column: str, cells: Any, words: str) -> None:
    with pytest.raises(DataError, match=rf"^mine\.csv: column '{column}' must hold {words}"):
        made(sheet, **{column: cells})


def test_cells_that_do_not_fit_are_counted_and_said(sheet: Make) -> None:
    assert (reading_of(made(sheet)).unread, reading_of(made(sheet)).notes) == (0, ())
    table = made(sheet, x=["0,5", "1,5", *["2.5"] * 38], day=[*DAYS[:39], "soon"])
    assert reading_of(table).unread == 3
    assert reading_of(table).notes == (
        "cells of the test rows do not fit their column: 'x' (2 cells, first '0,5' in row 0; expected numbers such as "
        "1234.5), 'day' ('soon' in row 39; expected dates such as 2026-01-31)",
    )
    both = made(sheet, {"x": ["n.v.", *MANY["x"][1:]]}, {"numbers": ("x",)}, x=["1e300", "soon", *["2.5"] * 38])
    assert (reading_of(both).unread, reading_of(both).large) == (2, 1)
    assert len(reading_of(both).notes) == 2


def test_what_is_missing_or_known_in_part_is_read(sheet: Make) -> None:
    for column, cells in {
        "x": [""] * ROWS,
        "day": ["-"] * ROWS,
        "flag": [""] * ROWS,
    }.items():
        assert made(sheet, **{column: cells}).own_test == ROWS
    table = made(sheet, flag=["True", *["maybe"] * 39])
    assert (reading_of(table).unread, reading_of(table).notes) == (0, ())


def test_categories_that_only_spell_one_to_learn_from_otherwise_are_that_one(sheet: Make) -> None:
    table = made(sheet, flag=["TRUE", " false", *MANY["flag"][2:]])
    features: Any = table.features
    assert features["flag"].tolist() == MANY["flag"] * 2
    assert reading_of(table).notes == (
        "2 cells are read as categories of training, which they spell otherwise: flag ('TRUE' as 'True', "
        "'false' as 'False')",
    )


def test_percents_without_their_sign_are_refused(sheet: Make) -> None:
    percents = {"x": [f"{row / 4}%" for row in range(ROWS)]}
    shares = pa.chunked_array([pa.array([row / 400 for row in range(ROWS)])])
    with pytest.raises(
        DataError, match=r"column 'x' must hold numbers written as 1234\.5%, but 0\.0025 in row 1 has no %"
    ):
        made(sheet, percents, x=shares)


def test_unknown_categories_are_said_where_there_are_many(sheet: Make) -> None:
    strange = ["", *(f"other {row}" for row in range(39))]
    keys = {"categories": ("code",)}
    assert reading_of(made(sheet, {"code": CODES}, keys, code=strange)).notes == (
        "no cell of the test rows' column 'code' has one of the 30 categories to learn from such as 'code 0', "
        "'code 1', 'code 10': 'other 0' in row 1",
    )
    few = [f"code {row % 20}" for row in range(ROWS)]
    with pytest.raises(DataError, match="none of its 39 cells fits: 'other 0' in row 1"):
        made(sheet, {"code": few}, keys, code=strange)
