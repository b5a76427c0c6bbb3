"""Equal rows are copies where chance would have left rows that differ in one column alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import datasets

from experiments.data.identity.cells import SourceCells
from experiments.data.identity.equal_rows import EqualRows, equal_pictures, equal_rows

ROWS = 600
CHANCE = np.random.default_rng(0)
NUMBERS = CHANCE.normal(size=(ROWS, 3))
COIN = CHANCE.integers(0, 2, ROWS)


def compared(*columns: Any, own_test: int = 0, judged: Sequence[bool] | None = None) -> EqualRows:
    return equal_rows(SourceCells.of(*columns), own_test, judged)


def repeated(rows: Any, times: int = 2, part: int = 3) -> Any:
    """Rows of which a part stands several times."""
    return rows[np.r_[np.arange(len(rows)), np.repeat(np.arange(len(rows) // part), times - 1)]]


def test_rows_have_the_same_key_if_every_cell_is_equal() -> None:
    frame = pd.DataFrame(
        {
            "a": [1.0, 1.0, 1.0, np.nan, np.nan, 2.0, 1.0],
            "b": ["x", " x", "y", "x", "x", "1", "x"],
            "c": [1, 1, 1, 1, 1, 1, 2],
        }
    )
    keys = compared(frame).keys.tolist()
    assert [keys.index(key) for key in keys] == [0, 0, 2, 3, 3, 5, 6]
    assert compared(frame[["b", "a", "c"]]).keys[0] != keys[0]  # 1 in one column is not 1 in another


def test_an_exchange_of_two_cells_is_another_row() -> None:
    keys = compared(np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 2.0]])).keys
    assert keys[0] == keys[2] != keys[1]


@pytest.mark.parametrize("times", [2, 5])
def test_rows_of_numbers_that_stand_twice_are_copies(times: int) -> None:
    assert compared(repeated(NUMBERS, times), repeated(COIN, times)).copies
    assert not compared(NUMBERS, COIN).copies


def test_a_few_near_misses_do_not_make_copies_chance() -> None:
    numbers, rare = repeated(NUMBERS), repeated((np.arange(ROWS) == 7).astype(float))
    rare[-2:] = 1.0  # two copies that were corrected, in a column where nearly all rows agree
    assert compared(numbers, rare).copies


def test_copies_among_rounded_numbers_are_found() -> None:
    rounded = np.c_[CHANCE.integers(0, 40, (ROWS, 3)), CHANCE.integers(0, 3, ROWS)].astype(float)
    assert not compared(rounded).copies
    assert compared(repeated(rounded, 2, 1)).copies


@pytest.mark.parametrize("columns", [2, 3, 6])
def test_rows_of_few_categories_are_equal_by_chance(columns: int) -> None:
    categories = pd.DataFrame(CHANCE.choice(["a", "b", "c"], (ROWS, columns)))
    keys = compared(categories).keys
    assert len(np.unique(keys)) < ROWS
    assert not compared(categories).copies
    assert not compared(categories, COIN).copies


def test_columns_that_follow_from_another_do_not_make_chance_copies() -> None:
    """As prices do, which are the same for all who buy in one week."""
    week = CHANCE.integers(0, 150, ROWS)
    prices = CHANCE.normal(size=(150, 4))[week]
    assert len(np.unique(compared(prices, COIN).keys)) < ROWS / 2
    assert not compared(prices, COIN).copies


def test_rare_flags_are_equal_by_chance() -> None:
    flags = (CHANCE.random((ROWS, 30)) < 0.04).astype(float)
    assert len(np.unique(compared(flags).keys)) < ROWS
    assert not compared(flags).copies


def test_a_row_that_is_a_tenth_of_the_table_is_a_frequent_value() -> None:
    for zeros, copies in ((ROWS // 10, True), (ROWS // 10 + 1, False)):
        numbers = NUMBERS.copy()
        numbers[:zeros] = 0.0
        assert compared(numbers).copies == copies


def test_the_columns_that_are_not_judged_are_compared() -> None:
    """Columns that follow from the target hide that the same features have several targets."""
    town = CHANCE.integers(0, 200, ROWS)
    features, follows = CHANCE.normal(size=(200, 2))[town], 1000.0 * town + COIN
    assert compared(features, COIN, follows).copies
    judged = compared(features, COIN, follows, judged=[True, True, True, False])
    assert not judged.copies
    np.testing.assert_array_equal(judged.keys, compared(features, COIN, follows).keys)


def test_the_sources_own_test_rows_say_nothing_of_the_others() -> None:
    both = np.r_[NUMBERS, NUMBERS[:50]]
    found = compared(both, own_test=50)
    assert (found.copies, found.test_copies) == (False, True)
    np.testing.assert_array_equal(found.keys[-50:], found.keys[:50])
    categories = CHANCE.integers(0, 3, (ROWS, 3)).astype(float)
    assert not compared(categories, own_test=50).test_copies


@pytest.mark.parametrize("name", ["breast_cancer", "diabetes", "digits", "iris", "wine"])
def test_known_data_sets_have_no_copies(name: str) -> None:
    bunch = getattr(datasets, f"load_{name}")()
    found = compared(bunch.data, bunch.target)
    assert not found.copies
    assert len(bunch.data) - len(np.unique(found.keys)) == (1 if name == "iris" else 0)
    assert compared(repeated(bunch.data, 2, 1), repeated(bunch.target, 2, 1)).copies


def test_pictures_are_never_equal_by_chance() -> None:
    pixels = CHANCE.integers(0, 2, (40, 4)).astype(np.uint8)  # many are equal
    found = equal_pictures(pixels, np.zeros(40), 0)
    same = (pixels[:, None] == pixels[None]).all(axis=2)
    np.testing.assert_array_equal(found.keys[:, None] == found.keys[None], same)
    assert found.copies
    other = equal_pictures(pixels[[0, 0]], np.array([0, 1]), 0)
    assert other.keys[0] != other.keys[1]
    assert not other.copies


def test_chosen_rows_keep_their_keys() -> None:
    found = compared(repeated(NUMBERS))
    part = found.take(np.array([5, 3, ROWS + 3]))
    np.testing.assert_array_equal(part.keys, found.keys[[5, 3, 3]])
    assert part.copies


def test_one_equal_pair_is_no_evidence_beside_near_misses() -> None:
    numbers = np.round(NUMBERS, 3)
    numbers[1] = numbers[0]
    assert compared(numbers, COIN * 0).copies
    numbers[3, :2] = numbers[2, :2]  # a pair that differs in the third column alone
    assert not compared(numbers, COIN * 0).copies
    numbers[5] = numbers[4]
    assert compared(numbers, COIN * 0).copies
