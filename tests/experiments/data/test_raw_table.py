"""Names, sizes and what is said of them."""

from __future__ import annotations

import pytest

from experiments.data.raw_table import MOST_CELLS, brief, check_size, column_names, listed, shown
from experiments.errors import DataError


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["a", "b", "a "], r"2 columns are named 'a' \(columns 0 and 2, counted from 0\)"),
        (["0", "", "0"], "2 columns are named '0'"),
    ],
)
def test_names_differ(given: list[str], message: str) -> None:
    with pytest.raises(DataError, match=f"my.csv: every column needs its own name, but {message}"):
        column_names("my.csv", given)


def test_a_column_without_a_name_is_its_position_or_pandas_word() -> None:
    assert column_names("my.csv", ["", "a", ""]) == ["0", "a", "2"]
    assert column_names("my.csv", ["", "0", "1"]) == ["Unnamed: 0", "0", "1"]


def test_a_sheet_has_so_many_cells_at_most() -> None:
    check_size("my.csv", MOST_CELLS // 2, 2)
    with pytest.raises(DataError, match=f"at most {MOST_CELLS} cells can be read"):
        check_size("my.csv", MOST_CELLS // 2 + 1, 2)


def test_what_a_person_wrote_is_short_and_readable() -> None:
    assert shown("a\n\x1b") == r"'a\n\x1b'"
    assert len(shown("a" * 600)) == 62
    assert listed([str(number) for number in range(12)]).endswith("'8', '9' and 2 more")


@pytest.mark.parametrize(
    ("said", "brief_of"), [("one\ntwo", "one"), ("", "ValueError"), ("\x1b", r"\x1b"), ("a" * 300, "a" * 200 + "...")]
)
def test_what_a_library_says_is_too(said: str, brief_of: str) -> None:
    assert brief(ValueError(said)) == brief_of
