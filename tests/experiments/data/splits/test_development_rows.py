"""The development rows are known before the features are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.config.data_options import DataSection
from experiments.config.study_file import parse_spec
from experiments.data.columns.target_type import labelled
from experiments.data.identity.equal_rows import EqualRows
from experiments.data.prepare import prepare
from experiments.data.raw_table import RawTable
from experiments.data.splits.development_rows import development_rows, subset
from experiments.data.table import Table
from experiments.data.table_of import table_of
from experiments.errors import DataError

TARGET = np.repeat([0, 1, 2], [50, 30, 20]).astype(np.int64)
X = np.arange(200.0).reshape(100, 2)
WHOLE = Table("mine", X, ("number",) * 2, ("a", "b"), TARGET, "y", None, weights=X[:, 0], own_test=10)
Make = Callable[..., RawTable]
ROWS = {"x": [str(row / 3) for row in range(40)], "y": ["a", "b", "b", "b"] * 10}


def test_they_are_those_of_the_study(sheet: Make) -> None:
    spec = parse_spec(
        {"study": {"name": "s"}, "data": {"source": "mine.csv", "target": "y"}, "space": {"l2": {"low": 0, "high": 1}}},
        "-",
    )
    table = table_of(sheet(**ROWS), spec.data)
    numbers = prepare(spec, {}, table).development.table.numbers
    assert numbers is not None
    assert development_rows(table, spec.data).tolist() == sorted(numbers.tolist())


def test_they_are_all_rows_where_a_split_is_impossible(sheet: Make) -> None:
    data = DataSection(source="mine.csv", target="y")
    table = table_of(sheet(x=["1.5", "2.5", "3.5"], y=["a", "a", "b"]), data)
    assert development_rows(table, data).tolist() == [0, 1, 2]


def drawn(table: Table, rows: int, seed: int = 0) -> Table:
    return subset(labelled(table), rows, seed).table


def test_rows_stay_whole_and_in_order() -> None:
    part = drawn(WHOLE, 20)
    x = np.asarray(part.features)
    assert len(x) == 30
    assert (np.diff(x[:, 0]) > 0).all()
    assert part.weights is not None
    np.testing.assert_array_equal(part.weights, x[:, 0])
    np.testing.assert_array_equal(part.target, TARGET[(x[:, 0] / 2).astype(int)])
    assert part.numbers is not None
    np.testing.assert_array_equal(part.numbers, x[:, 0] / 2)
    again = drawn(replace(part, own_test=10), 5)
    assert again.numbers is not None
    np.testing.assert_array_equal(again.numbers, np.asarray(again.features)[:, 0] / 2)


def test_rows_that_are_equal_are_so_among_the_drawn_rows() -> None:
    equal = EqualRows(np.arange(100, dtype=np.uint64) // np.uint64(2), True, False)
    part = drawn(replace(WHOLE, equal=equal), 20)
    assert part.equal is not None
    assert part.numbers is not None
    np.testing.assert_array_equal(part.equal.keys, part.numbers // 2)
    assert (part.equal.copies, part.equal.test_copies) == (True, False)
    assert drawn(WHOLE, 20).equal is None


def test_the_own_test_part_is_kept() -> None:
    rows = subset(labelled(WHOLE), 20, 0)
    part = rows.table
    np.testing.assert_array_equal(rows.y, part.target)
    assert part.own_test == 10
    np.testing.assert_array_equal(np.asarray(part.features)[-10:], X[-10:])
    assert not np.isin(np.asarray(part.features)[:-10, 0], X[-10:, 0]).any()


@pytest.mark.parametrize("target", [TARGET, TARGET.astype(str)])
def test_each_class_keeps_its_share(target: np.ndarray) -> None:
    part = drawn(replace(WHOLE, target=target, own_test=0), 10)
    assert np.unique(part.target, return_counts=True)[1].tolist() == [5, 3, 2]


def test_numbers_are_not_stratified() -> None:
    assert len(drawn(replace(WHOLE, target=X[:, 0], own_test=0), 7).target) == 7


def test_a_class_of_one_row_is_refused_by_its_row() -> None:
    with pytest.raises(DataError, match=r"but class '1' has 1 \(its rows, from 0: 99\); .*data\.task = regression"):
        drawn(replace(WHOLE, target=np.r_[np.zeros(99, np.int64), 1], own_test=0), 7)


def test_the_seed_decides_which() -> None:
    one, again, other = (np.asarray(drawn(WHOLE, 20, seed).features) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_a_frame_has_the_same_rows() -> None:
    part = drawn(replace(WHOLE, features=pd.DataFrame(X, columns=["a", "b"])), 20)
    assert isinstance(part.features, pd.DataFrame)
    np.testing.assert_array_equal(part.features["a"], np.asarray(drawn(WHOLE, 20).features)[:, 0])


def test_all_rows_are_all() -> None:
    assert drawn(WHOLE, 90) is WHOLE


@pytest.mark.parametrize(("rows", "message"), [(91, "must be at most 90, .* got 91"), (2, "classes = 3")])
def test_a_choice_that_cannot_be_is_refused(rows: int, message: str) -> None:
    with pytest.raises(DataError, match=f"data.rows: .*{message}"):
        drawn(WHOLE, rows)
