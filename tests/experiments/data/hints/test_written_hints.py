"""Codes with leading zeros that are read as numbers, and numbers of several units, are pointed out."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pytest

from experiments.data.hints.written_hints import written_hints
from experiments.data.raw_table import RawTable
from experiments.data.table import Kind, TableReading

ZIPS = ["02139", "10115", None, "90210"]
AGES = [f"{age} {'y' if age % 3 else 'years'}" for age in range(30, 60)]


def hints(texts: Sequence[str | None], kind: Kind, name: str = "x", named: Sequence[str] = ()) -> list[str]:
    raw = RawTable("t", "t.csv", {name: pa.chunked_array([pa.array(texts)])})
    return list(written_hints(raw, TableReading(((name, kind),)), named))


def test_codes_that_are_read_as_numbers_are_pointed_out() -> None:
    assert hints(ZIPS, "number", "zip code") == [
        "column 'zip code' has leading zeros, as codes have, but is read as numbers; --categories 'zip code' takes it "
        "for codes"
    ]
    assert hints(ZIPS, "number", named=["x"]) == []
    assert hints(ZIPS, "category") == []


@pytest.mark.parametrize(
    "texts", [["01", "02", "12"], ["2139", "10115"], ["0213", "10115"], ["0.213", "10115"], ["0012", "0013"], [None]]
)
def test_other_numbers_are_not(texts: list[str | None]) -> None:
    assert hints(texts, "number") == []


def test_a_time_of_digits_is_no_code() -> None:
    assert hints(["0830", "1215"], "number", "start_time") == []


def test_numbers_of_several_units_are_pointed_out() -> None:
    assert hints(AGES, "category") == [
        "column 'x' is read as categories, as its numbers have the units 'y', 'years'; write one of them alone"
    ]


@pytest.mark.parametrize(
    "texts",
    [
        [f"{number}{letter}" for number in range(20) for letter in "AB"],  # houses
        [f"{number} {'abcdef'[number % 6]}" for number in range(30)],
        [*AGES, "unknown"],
        AGES[:19],
        ["red", "blue"],
    ],
)
def test_other_categories_are_not(texts: list[str | None]) -> None:
    assert hints(texts, "category") == []
