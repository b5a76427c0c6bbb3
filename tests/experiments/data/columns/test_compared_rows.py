"""Columns that number the rows are not compared; what differs in every row for another reason is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from experiments.data.columns.compared_rows import compared_rows
from experiments.data.raw_table import RawTable

Make = Callable[..., RawTable]


def test_a_column_of_different_fractions_or_dates_is_compared(sheet: Make) -> None:
    days = pd.date_range("2020-01-01", periods=40).strftime("%Y-%m-%d").tolist()
    rows: dict[str, list[Any]] = {"a": [float(row // 2) for row in range(40)], "y": ["no", "yes"] * 20}
    assert not compared_rows(sheet(**rows, b=[row + 0.5 for row in range(40)])).copies
    assert not compared_rows(sheet(**rows, b=days)).copies


def test_rows_are_equal_in_all_columns_but_those_that_count_them(sheet: Make) -> None:
    chance = [f"{row * 7919 % 1009}.5" for row in range(30)]
    rows: dict[str, list[Any]] = {"a": chance * 2, "b": chance[::-1] * 2, "y": ["no", "yes"] * 30}
    found = compared_rows(sheet(n=[str(row) for row in range(60)], **rows))
    assert found.copies
    assert (found.keys[:30] == found.keys[30:]).all()
    assert len(set(found.keys.tolist())) == 30


def test_the_keys_do_not_depend_on_what_is_dropped(sheet: Make) -> None:
    chance = [f"{row * 7919 % 1009}.5" for row in range(30)]
    rows = sheet(one=["1"] * 60, a=chance * 2, b=chance[::-1] * 2, y=["no", "yes"] * 30)
    found, again = compared_rows(rows), compared_rows(rows, drop=("one", "b"))
    assert (found.keys == again.keys).all()  # by whose order statistics draw copies


@pytest.mark.parametrize("counts", ["plain", "empty", "thousands"])
def test_a_column_counts_the_rows_also_with_an_empty_cell_or_with_points(counts: str, sheet: Make) -> None:
    chance = [f"{row * 7919 % 1009},5" for row in range(600)]
    numbers = [str(row) for row in range(1, 1201)]
    if counts == "empty":
        numbers[7] = numbers[70] = ""
    elif counts == "thousands":  # 1 and 1.000 are two numbers
        numbers = [f"{row:,}".replace(",", ".") for row in range(1, 1201)]
    rows = {"n": numbers, "a": chance * 2, "b": chance[::-1] * 2, "y": ["no", "yes"] * 600}
    assert compared_rows(sheet(**rows)).copies
    mostly_empty = [number if row < 600 else "" for row, number in enumerate(numbers)]
    assert not compared_rows(sheet(**{**rows, "n": mostly_empty})).copies
