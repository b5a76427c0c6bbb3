"""Codes that are read as numbers, numbers that are read as categories, and words in two spellings are pointed out."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pytest

from experiments.data.hints.written_hints import written_hints
from experiments.data.raw_table import RawTable
from experiments.data.table import Kind, TableReading

ZIPS = ["02139", "10115", None, "90210"]
AGES = [f"{age} {'y' if age % 3 else 'years'}" for age in range(30, 60)]


def commas(*texts: str, separator: str = ";", form: str = "1,234.5", where: str = "t.csv") -> list[str]:
    layout = {"separator": separator} if separator else {}
    raw = RawTable("t", where, {"x": pa.chunked_array([pa.array(texts)])}, layout=layout)
    return list(written_hints(raw, TableReading((("x", "number"),), {"x": form}), ()))


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
        "column 'x' is read as categories, as 'y', 'years' follow its numbers; if these are units, write one of "
        "them alone"
    ]


@pytest.mark.parametrize(
    "texts",
    [
        [f"{number}{letter}" for number in range(20) for letter in "AB"],  # houses
        [f"{number} {'abcdef'[number % 6]}" for number in range(30)],
        [f"{number % 15}{letter}" for number in range(60) for letter in ("", "a", "b")],  # a third is numbers
        ["1", "2", "3", "4", "other"] * 9,  # too few numbers for a scale
        ["1", "2", "3", "4", "5"] * 9,  # all are numbers
        AGES[:19],
        ["red", "blue"],
    ],
)
def test_other_categories_are_not(texts: list[str | None]) -> None:
    assert hints(texts, "category") == []


@pytest.mark.parametrize(
    ("texts", "share", "other"),
    [
        ([*map(str, range(20)), *[f"{number}+" for number in range(20, 30)]], 66, "20+"),
        ([*[f"{number},5" for number in range(30)], "7,5-", "krank", "8,5-", "9,5-"], 88, "7,5-"),
        (["1", "2", "3", "4", "5", "no answer"] * 9, 83, "no answer"),  # a scale
        ([*AGES, "unknown"], 64, "30 years"),
    ],
)
def test_numbers_among_other_cells_are_pointed_out(texts: list[str | None], share: int, other: str) -> None:
    assert hints(texts, "category") == [
        f"column 'x' is read as categories, though {share}% of its cells are numbers, the first other one is {other!r};"
        " --numbers x reads the numbers and takes the others for missing"
    ]
    assert hints(texts, "category", named=["x"]) == []


def test_two_spellings_of_a_word_are_pointed_out() -> None:
    assert hints(["Male", "female", "male", "New\u00a0York", "New York"], "category") == [
        r"column 'x' has 'Male' and 'male' or 'New\xa0York' and 'New York', which are different categories here; write "
        "them alike if they are one"
    ]
    assert hints(["tSM0", "TsM0", "TSM0", "tsm0", "Tsm0", "b"], "category") == []  # codes


def test_commas_that_may_be_decimal_are_pointed_out_where_none_is_between_the_cells() -> None:
    said = [
        "each number of 'x' has a comma before three digits, which is read as one of thousands, as in '3,102'; "
        "--formats x=1234,5 reads decimals"
    ]
    assert commas("3,102", "-2,941") == commas("3,102", "2,941", separator="", where="my.TSV") == said
    assert commas("3,102", "941") == commas("3,102", "1,202,941") == commas("3,102", "2,941.5") == []
    assert commas("3,102", separator="") == commas("3,102", form="1234,5") == commas("$3,102", form="$1,234.5") == []
