"""Test rows are known by any column beside the target, in whatever order, and other rows are not taken for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from experiments.data.identity.cells import SourceCells
from experiments.data.identity.column_hashes import FEWEST, KEPT, MOST_COLUMNS, column_hashes

RANDOM = np.random.default_rng(0)
ROWS = 40
FRAME = pd.DataFrame({"a": RANDOM.normal(size=ROWS), "b": RANDOM.normal(size=ROWS), "c": list("xy") * 20})
Y = RANDOM.integers(2, size=ROWS)


def of(frame: Any, y: Any = Y) -> set[bytes]:
    found = column_hashes(SourceCells.of(frame), y)
    assert list(found) == sorted(set(found))
    return set(found)


def test_each_column_with_many_values_has_one() -> None:
    assert len(of(FRAME)) == 2
    assert len(of(FRAME[["c"]])) == 0
    few = RANDOM.permutation(np.arange(ROWS) % FEWEST)
    assert [len(of(pd.DataFrame({"x": few % most}))) for most in (FEWEST - 1, FEWEST)] == [0, 1]


@pytest.mark.parametrize(
    "values", [np.arange(ROWS) + 7, RANDOM.permutation(ROWS) * 3, np.arange(ROWS) / 9, -np.arange(ROWS) // 1.7]
)
def test_what_counts_or_orders_the_rows_of_any_table_has_none(values: Any) -> None:
    assert of(pd.DataFrame({"x": values})) == set()
    assert len(of(pd.DataFrame({"x": RANDOM.permutation(values) + 0.5}))) == 1


def test_other_columns_and_another_order_change_nothing() -> None:
    order = RANDOM.permutation(ROWS)
    assert of(FRAME[["c", "b", "a"]]) == of(FRAME) == of(FRAME.iloc[order], Y[order])
    assert of(FRAME[["b"]]) < of(FRAME) < of(FRAME.assign(d=FRAME["a"] * FRAME["b"]))
    assert of(pa.chunked_array([FRAME["a"]])) < of(FRAME)


@pytest.mark.parametrize(
    ("frame", "y"),
    [
        (FRAME, 1 - Y),
        (FRAME, RANDOM.permutation(Y)),
        (FRAME[["a", "b"]].round(3), Y),
        (FRAME[:-1], Y[:-1]),
        (pd.DataFrame({"a": FRAME["a"].to_numpy()[::-1], "b": FRAME["b"].to_numpy()[::-1]}), Y),
    ],
)
def test_other_rows_have_others(frame: pd.DataFrame, y: Any) -> None:
    assert not of(frame, y) & of(FRAME)


def test_wide_tables_keep_the_smallest() -> None:
    wide = RANDOM.normal(size=(ROWS, MOST_COLUMNS + 1))
    assert of(wide) == set()
    some, more = of(wide[:, :300]), of(wide[:, 5:400])
    assert len(some) == len(more) == KEPT
    assert some & more


def test_the_rows_of_a_second_array_are_known_alone() -> None:
    array = FRAME[["a", "b"]].to_numpy()
    both = SourceCells.of(array + 1).followed_by(SourceCells.of(array))
    assert set(column_hashes(both.take(np.arange(ROWS) + ROWS), Y)) == of(array)


def test_the_rows_of_a_file_with_more_columns_are_known_by_its_own() -> None:
    few, more = SourceCells.of(FRAME[["a", "b"]]), SourceCells.of(FRAME.assign(more=np.arange(ROWS)))
    rows = few.followed_by(more).take(np.arange(ROWS) + ROWS)
    assert (rows.width, set(column_hashes(rows, Y))) == (more.width, of(FRAME))
