"""Words for missing values become missing in columns of numbers, however a number among them is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from experiments.data.formats.without_words import without_words
from experiments.data.raw_table import RawTable

Make = Callable[..., RawTable]


def kept(made: RawTable, words: tuple[str, ...], form: str = "") -> list[Any]:
    column = without_words(made, ["x"], words, {"x": form} if form else {}).columns["x"]
    return [value for value in column.to_pylist() if value is not None]


def test_a_word_is_taken_out_of_numbers_however_it_is_written(sheet: Make) -> None:
    words = ("-999", "unknown")
    for values in (["1", "-999", "-999.0", "unknown"], [1.0, -999.0, -999.0, None], [1, -999, -999, None]):
        assert len(kept(sheet(x=values), words)) == 1
    assert kept(sheet(x=["-9990", "-998"]), words) == ["-9990", "-998"]


@pytest.mark.parametrize("number", ["9999999", "-12345678", "1234567.25", "123456789012"])
def test_a_long_number_is_compared_to_the_last_digit(number: str, sheet: Make) -> None:
    near = f"{float(number) + 1:.2f}"
    cells = [number, f"{float(number):.3f}", f"{float(number):.12e}", near]
    assert kept(sheet(x=cells), (number,)) == [near]
    assert kept(sheet(x=[float(cell) for cell in cells]), (number,)) == [float(near)]


def test_a_number_is_compared_as_its_column_writes_it(sheet: Make) -> None:
    assert kept(sheet(x=["1.000", "1", "2.000"]), ("1",), "1.234,5") == ["1.000", "2.000"]
    assert kept(sheet(x=["1.000", "1", "2.000"]), ("1000",), "1.234,5") == ["1", "2.000"]
    assert kept(sheet(x=["-9,0", "9,0"]), ("-9",), "1234,5") == ["9,0"]
    assert kept(sheet(x=["$0.00", "0"]), ("0",), "$1,234.5") == ["$0.00"]  # an amount is no missing one
    assert kept(sheet(x=["20260131", "99999999"]), ("99999999",), "%Y%m%d") == ["20260131"]
