"""Names, sizes and what is said of them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from experiments.data.raw_table import (
    MOST_CELLS,
    MOST_COLUMNS,
    RawTable,
    brief,
    check_size,
    column_names,
    listed,
    shown,
)
from experiments.errors import DataError


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (["a", "b", "a "], ["a", "b", "a.1"]),
        (["a", "a", "a", "b", "b"], ["a", "a.1", "a.2", "b", "b.1"]),
        (["a", "a", "a.1"], ["a", "a.2", "a.1"]),  # as pandas does
        (["a.1", "a", "a", "a"], ["a.1", "a", "a.2", "a.3"]),
        (["0", "", "0"], ["0", "1", "0.1"]),
    ],
)
def test_a_name_that_stands_twice_gets_a_number(given: list[str], names: list[str]) -> None:
    assert column_names(given) == names


def test_a_column_without_a_name_is_its_position_or_pandas_word() -> None:
    assert column_names(["", "a", ""]) == ["0", "a", "2"]
    assert column_names(["", "0", "1"]) == ["Unnamed: 0", "0", "1"]


def test_columns_of_one_name_are_told_apart_by_their_values() -> None:
    columns = [pa.chunked_array([values]) for values in (["1", "4"], ["2", "5"], ["1", "4"], ["3", "6"])]
    raw = RawTable.of_file(Path("my.csv"), ["a", "b ", " a", "b"], columns, ["before", ""])
    assert list(raw.columns) == ["a", "b", "b.1"]
    assert raw.repeated == {"b"}
    assert raw.repairs == (
        "before",
        "columns whose name stands twice named 'b.1'",
        "columns that stand twice with the same values read once ('a')",
    )
    assert list(RawTable.of_file(Path("my.csv"), ["", ""], [columns[0]] * 2).columns) == [
        "0",
        "1",
    ]  # no name is no name


def test_a_sheet_has_so_many_cells_at_most() -> None:
    check_size("my.csv", MOST_CELLS // 2, 2)
    with pytest.raises(DataError, match=f"at most {MOST_CELLS} cells can be read"):
        check_size("my.csv", MOST_CELLS // 2 + 1, 2)
    check_size("my.csv", 2, MOST_COLUMNS)
    with pytest.raises(
        DataError, match=f"at most {MOST_COLUMNS} columns can be read, but it has {MOST_COLUMNS + 1}; take"
    ):
        check_size("my.csv", 2, MOST_COLUMNS + 1)


def test_what_a_person_wrote_is_short_and_readable() -> None:
    assert shown("a\n\x1b") == r"'a\n\x1b'"
    assert len(shown("a" * 600)) == 62
    assert shown("Blood\u00a0pressure\u200b") == "'Blood pressure'"  # as a person types it
    assert listed([str(number) for number in range(12)]).endswith("'8', '9' and 2 more")


@pytest.mark.parametrize(
    ("said", "brief_of"), [("one\ntwo", "one"), ("", "ValueError"), ("\x1b", r"\x1b"), ("a" * 300, "a" * 200 + "...")]
)
def test_what_a_library_says_is_too(said: str, brief_of: str) -> None:
    assert brief(ValueError(said)) == brief_of
