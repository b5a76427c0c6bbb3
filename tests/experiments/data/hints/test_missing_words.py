"""Words that are taken for missing numbers are pointed out where they are limits, or stand elsewhere as values."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pytest

from experiments.data.hints.missing_words import missing_word_hints
from experiments.data.raw_table import RawTable
from experiments.data.table import TableReading


def hints(age: Sequence[str | None], sex: Sequence[str | None], missing: tuple[str, ...]) -> list[str]:
    columns = {"age": pa.chunked_array([pa.array(age)]), "sex": pa.chunked_array([pa.array(sex)])}
    raw = RawTable("t", "t.csv", columns, "line {}".format)
    return [*missing_word_hints(raw, TableReading((("age", "number"), ("sex", "category")), missing=missing))]


def test_limits_are_pointed_out_in_one_line() -> None:
    assert hints(["<0.5", "1", "<0.5", "> 9"], ["m", "f", "m", "f"], ("<0.5", "> 9")) == [
        "'<0.5', '> 9' in 3 development cells are taken for missing, but are the smallest or largest numbers; write a "
        "number for each, such as its limit"
    ]


def test_a_row_is_pointed_out_whose_word_is_a_value_of_another_column() -> None:
    assert hints(["1", "male", "2", None], ["male", "X", "male", "f"], ("male",)) == [
        "the cells of line 1 may be shifted: 'male' in column 'age' is a value of 'sex'; correct that row"
    ]


@pytest.mark.parametrize(
    ("age", "sex", "word"),
    [
        (["1", "ill", "2", "3"], ["m", "f", "m", "f"], "ill"),
        (["1", "m", "2", "3"], ["m", "f", "f", "f"], "m"),  # once, as in a row that is shifted itself
        (["1", "m", "m", "3"], ["m", "f", "m", "f"], "m"),  # two rows
        (["1", "unknown", "2", "3"], ["unknown", "f", "unknown", "f"], "unknown"),
    ],
)
def test_other_words_are_not(age: list[str | None], sex: list[str | None], word: str) -> None:
    assert hints(age, sex, (word,)) == []
