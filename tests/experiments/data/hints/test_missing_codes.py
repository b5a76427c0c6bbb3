"""Codes for missing numbers and answers are pointed out where they are apart from all other values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from experiments.config.target import Target
from experiments.data.hints.missing_codes import code_hints, missing_codes, target_hint

RANDOM = np.random.default_rng(0)
LIKERT = np.arange(1.0, 6)


def numbers(*parts: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.concatenate([np.atleast_1d(np.asarray(part, np.float64)) for part in parts])


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        (numbers(LIKERT, [9] * 5), (9,)),
        (numbers(LIKERT, [8] * 2, [9] * 3), (8, 9)),
        (numbers([0, 1] * 9, [7] * 5, [9]), (7, 9)),
        (numbers(LIKERT, [-9] * 5, [99] * 5), (-9, 99)),
        (numbers(np.arange(20, 80), [888] * 3, [999] * 3), (888, 999)),
        (numbers(LIKERT, 6, 7, [97] * 2, [98] * 2, [99]), (97, 98, 99)),
        (numbers(RANDOM.normal(size=60), [-77] * 5), (-77,)),
        (numbers(RANDOM.uniform(15, 24, size=60), [99.99] * 5), (99.99,)),  # magnitudes of a catalogue of stars
        (numbers(RANDOM.uniform(0, 200, size=60), [-99.9] * 3, [-999.9] * 2), (-999.9, -99.9)),
    ],
)
def test_codes_that_are_apart_are_found(values: Any, codes: tuple[float, ...]) -> None:
    assert missing_codes(values) == codes
    assert missing_codes(-values) == tuple(sorted(-code for code in codes))


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        (numbers([2, 7, 30, 400, 5e6] * 9, [-999] * 5), (-999,)),  # masses of mammals: others reach farther
        (numbers(RANDOM.uniform(0, 5000, size=60), [-99] * 3, [-9] * 2), (-99, -9)),
        (numbers(np.arange(30), [-1] * 5), (-1,)),
        (numbers(np.arange(30), [-1] * 5, [0] * 2), ()),  # a tail: 0 is nearly as frequent
        (numbers(np.arange(15), [-1] * 5), ()),  # of a scale
        (numbers(np.arange(30), [-1] * 9, -2), ()),
        (numbers(np.arange(30), [-9] * 5), ()),  # not as far as the others reach
        (numbers(RANDOM.uniform(-5, 5000, size=600), [-999] * 5), ()),  # other numbers below 0
        (numbers([2, 7, 30, 400, 5e6] * 9, [-999] * 4), ()),
    ],
)
def test_codes_below_0_are_found_where_no_other_number_is(values: Any, codes: tuple[float, ...]) -> None:
    assert missing_codes(values) == codes


def test_a_column_of_one_other_number_has_codes_of_two_digits_or_a_sign() -> None:
    assert missing_codes(numbers([1] * 9, [-9] * 5)) == (-9,)
    assert missing_codes(numbers([1] * 9, [99] * 5)) == (99,)


@pytest.mark.parametrize(
    "values",
    [
        numbers(LIKERT, [9] * 4),  # in too few rows
        numbers(np.arange(11), [9] * 9),
        numbers(np.arange(5, 10), [9] * 9),
        numbers(np.arange(1, 8), [9] * 9),  # not as far as the others reach
        numbers(LIKERT, [7] * 9),
        numbers([4, 6, 8] * 9),  # cylinders
        numbers([0] * 60, [1, 2, 3, 4, 5], [8] * 7),  # siblings
        numbers([1, 9] * 9),
        numbers(np.arange(18, 99), [99] * 9),
        numbers([7, 8, 9] * 9),
        numbers([9] * 9),
        numbers([]),
    ],
)
def test_other_numbers_are_none(values: Any) -> None:
    assert missing_codes(values) == ()


def test_columns_with_the_same_codes_are_one_line_that_names_where_the_code_is_a_value() -> None:
    columns = {"a": numbers(LIKERT, [9] * 6), "b": numbers(LIKERT, [9] * 5), "c": np.arange(11.0)}
    lines, names = code_hints(columns)
    assert names == {"a", "b"}
    assert lines == [
        "columns 'a', 'b' hold 9 in 6 development rows or fewer, apart from their other values; if that is a missing "
        "number, data.missing = [\"9\"] says so, but also in 'c'."
    ]


def test_codes_of_one_digit_are_none_where_more_columns_hold_them_as_values() -> None:
    columns = {"sweets": numbers(LIKERT, [9] * 6), "bread": np.arange(11.0), "milk": np.arange(1.0, 10)}
    assert code_hints(columns) == ([], set())
    assert code_hints({**columns, "sweets": numbers(LIKERT, [99] * 6)})[1] == {"sweets"}


@pytest.mark.parametrize("name", ["StoreID", "store_id", "Zip code", "id", "Nr"])
def test_codes_of_one_digit_are_none_of_an_identifier(name: str) -> None:
    stores = numbers([1, 2, 3, 4] * 9, [7] * 9)
    assert code_hints({name: stores}) == ([], set())
    assert code_hints({"covid": stores})[1] == {"covid"}


def test_a_class_that_is_no_answer_is_pointed_out() -> None:
    line = (
        "target 'y' has '9' in 6 development rows; if that is no answer, data.drop_classes = [\"9\"] leaves these rows "
        "out."
    )
    assert target_hint("y", Target(("0", "1", "9")), np.array([0, 1, 2] * 6)) == line
    words = Target(("Unknown", "no", "weiß nicht", "yes"))
    said = target_hint("y", words, np.array([0, 1, 2, 3]))
    assert said is not None
    assert 'data.drop_classes = ["Unknown", "weiß nicht"]' in said
    coded = target_hint("y", Target(("1 Yes", "2 No", "8 Don't know", "9 = Refused")), np.arange(4))
    assert coded is not None
    assert 'data.drop_classes = ["8 Don\'t know", "9 = Refused"]' in coded
    assert target_hint("y", Target(("unknown", "yes")), np.array([0, 1])) is None  # nothing would be left to tell
    assert target_hint("y", Target(tuple("0123456789")), np.arange(60) % 10) is None
    assert target_hint("y", Target(("a", "b", "c")), np.array([0, 1, 2])) is None


def test_a_code_among_the_numbers_of_a_target_is_pointed_out() -> None:
    said = target_hint("y", Target(), numbers(np.arange(60), [999] * 5))
    assert said is not None
    assert said.startswith("target 'y' has '999' in 5 development rows;")
    assert target_hint("y", Target(), np.arange(60.0)) is None
