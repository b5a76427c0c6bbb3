"""New numbers with the other decimal mark are refused, where a cell shows it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from experiments.config.data_options import DataSection
from experiments.data.other_decimals import refuse_other_decimals
from experiments.data.raw_table import RawTable
from experiments.data.table_of import table_of
from experiments.errors import DataError

Make = Callable[..., RawTable]


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
        refuse_other_decimals(sheet(x=cells), {"x": form})


@pytest.mark.parametrize(
    ("form", "cells"),
    [
        ("1.234,5", ["246.010", "1.000"]),  # thousands, for all that is known
        ("1.234,5", ["246,5", "246.01"]),  # one that does not fit
        ("1234,5", ["246.01"]),
        ("%d.%m.%Y", ["246.01"]),
        ("1.234,5", [1.5, 2.5]),
    ],
)
def test_other_columns_are_not(form: str, cells: list[object], sheet: Make) -> None:
    refuse_other_decimals(sheet(x=cells), {"x": form, "z": "1.234,5"})


def test_a_test_file_with_the_other_mark_is_refused_and_its_target_is_not_looked_at(sheet: Make) -> None:
    rows = {"x": ["1.234,5", "2,5", "7.200,25"] * 10, "y": ["1.234,5", "2,5", "3,5"] * 10}
    data = DataSection(source="mine.csv", target="y", test="theirs.csv")
    whole = {"x": ["1.250,5", "3,5"], "y": ["4,25", "5,5"]}
    assert table_of(sheet(**rows), data, sheet(**whole)).own_test == 2
    with pytest.raises(DataError, match=r"'x' must hold numbers written as 1\.234,5, but '3\.5' in row 1 has the"):
        table_of(sheet(**rows), data, sheet(**whole | {"x": ["1.250", "3.5"]}))
