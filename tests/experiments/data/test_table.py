"""A table is read-only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.data.table import Table, appended
from experiments.errors import DataError


def test_its_arrays_are_read_only() -> None:
    for key in ["features", "target", "groups", "time", "weights", "numbers"]:
        row_of = {name: np.zeros(2) for name in ("target", "groups", "time", "weights", "numbers")}
        table = Table("mine", np.zeros((2, 1)), ("number",), ("a",), target_name="y", classes=None, **row_of)
        with pytest.raises(ValueError, match="read-only"):
            getattr(table, key)[0] = 1


MINE = Table("mine", np.zeros((3, 2)), ("number",) * 2, ("a", "b"), np.array([0, 1, 1]), "y", None)


def test_the_test_rows_come_last() -> None:
    test = replace(MINE, features=np.ones((2, 2)), target=np.array([1, 0]), weights=np.ones(2))
    whole = appended(replace(MINE, weights=np.zeros(3)), test)
    assert (whole.own_test, np.asarray(whole.features)[:, 0].tolist()) == (2, [0, 0, 0, 1, 1])
    assert whole.target.tolist() == [0, 1, 1, 1, 0]
    assert whole.weights is not None
    assert whole.weights.tolist() == [0, 0, 0, 1, 1]


def test_a_missing_value_in_one_part_makes_a_frame_of_both() -> None:
    whole = appended(MINE, replace(MINE, features=pd.DataFrame({"a": [1.0, 2, 3], "b": [np.nan, 2, 3]})))
    assert isinstance(whole.features, pd.DataFrame)
    assert (whole.features.dtypes == np.float64).all()
    assert whole.features["b"].isna().tolist() == [False] * 3 + [True, False, False]


def test_classes_are_matched_by_name() -> None:
    one, other = replace(MINE, classes=("a", "b")), replace(MINE, classes=("b",), target=np.zeros(3, np.int64))
    assert appended(one, other).target.tolist() == [0, 1, 1, 1, 1, 1]


def test_rows_of_another_kind_are_refused() -> None:
    for change, message in [
        ({"features": np.zeros((3, 1)), "kinds": ("number",)}, "data: .* the 2 features of mine, .* but have 1"),
        ({"kinds": ("pixel", "pixel")}, "data: the test rows must .* of the same kinds"),
        (
            {"target": np.array(["a", "b", "b"])},
            "data: target 'y' must have the same type in the test rows as in the others; correct it",
        ),
        (
            {"time": np.array(["2026-01-01"] * 3, "datetime64[D]")},
            "data.time: the test rows and the others must all have dates, or all numbers",
        ),
        ({"classes": ("a", "c")}, "data: the test rows have classes that the rows to learn from lack: 'c'; remove"),
    ]:
        mine = replace(MINE, classes=("a", "b")) if "classes" in change else replace(MINE, time=np.arange(3))
        with pytest.raises(DataError, match=message):
            appended(mine, replace(MINE, **change))


def test_rows_of_the_test_file_are_numbered_after_all_of_the_first_file() -> None:
    kept = replace(MINE, numbers=np.array([0, 2, 5]))
    assert appended(MINE, MINE).numbers is None
    for one, other, numbers in [(kept, MINE, [0, 2, 5, 9, 10, 11]), (MINE, kept, [0, 1, 2, 9, 11, 14])]:
        whole = appended(one, other, 9)
        assert whole.numbers is not None
        assert whole.numbers.tolist() == numbers
