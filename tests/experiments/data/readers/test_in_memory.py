from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.data.readers.in_memory import given_table
from experiments.errors import DataError
from support.tables import mixed_frame, mixed_table

X = np.arange(12.0).reshape(6, 2)
Y = np.array([0, 1, 2, 0, 1, 2])
FRAME = mixed_frame(30)


def test_arrays_are_numbers() -> None:
    table = given_table((X.astype(np.float32), Y))
    assert (table.kinds, table.columns, table.target_name) == (("number", "number"), ("0", "1"), "target")
    np.testing.assert_array_equal(table.features, X)
    assert isinstance(table.features, np.ndarray)
    assert table.features.dtype == np.float64
    assert given_table((X.tolist(), list("abcabc"))).target.tolist() == list("abcabc")


def test_a_hole_in_an_array_is_a_missing_number() -> None:
    table = given_table((np.where(X == 4, np.nan, X), Y))
    assert isinstance(table.features, pd.DataFrame)
    assert table.features.isna().to_numpy().sum() == 1


def test_bytes_in_three_axes_are_pictures() -> None:
    table = given_table((np.zeros((6, 4, 4), np.uint8), Y))
    assert (set(table.kinds), table.features.shape, table.pixel_range) == ({"pixel"}, (6, 16), 255.0)
    assert table.picture == (4, 4)
    assert given_table((np.zeros((6, 2, 2, 3), np.uint8), Y)).picture == (2, 2, 3)
    assert set(given_table((np.zeros((6, 4), np.uint8), Y)).kinds) == {"number"}


@pytest.mark.parametrize("types", [{}, {"city": "str", "colour": "category"}, {"age": "Float64"}])
def test_a_frame_has_kinds_by_its_types(types: dict[str, str]) -> None:
    table = given_table(FRAME.astype(types).assign(price=np.arange(30.5, 60)))
    assert table.kinds == ("number", "category", "number", "category")
    assert table.columns == ("age", "city", "height", "colour")
    assert (table.target_name, table.target.dtype) == ("price", np.float64)
    assert isinstance(table.features, pd.DataFrame)
    pd.testing.assert_frame_equal(table.features, FRAME, check_dtype=False)
    assert table.features["age"].dtype == np.float64


def test_the_target_is_the_last_column_or_the_one_named() -> None:
    assert given_table(FRAME).target_name == "colour"
    table = given_table(FRAME, "age")
    assert (table.target_name, table.columns) == ("age", ("city", "height", "colour"))


def test_truth_values_are_categories_and_classes() -> None:
    table = given_table(pd.DataFrame({"a": [True, False], "y": [False, True]}))
    assert (table.kinds, table.target.tolist()) == (("category",), ["False", "True"])


def test_the_same_texts_are_missing_as_in_files() -> None:
    table = given_table((pd.DataFrame({"a": [" x ", "?", "NA", "", None, "x"]}), Y))
    assert isinstance(table.features, pd.DataFrame)
    assert table.features["a"].fillna("-").tolist() == ["x", "-", "-", "-", "-", "x"]


def test_a_frame_of_whole_numbers_is_an_array() -> None:
    table = given_table((pd.DataFrame(X.astype(int), columns=["a", "b"]), Y))
    assert isinstance(table.features, np.ndarray)
    assert table.columns == ("a", "b")


def test_a_table_stays_itself() -> None:
    table = replace(mixed_table(20), name="mine")
    assert given_table(table) is table


def test_what_is_no_table_is_refused() -> None:
    for data, target, words in [
        ((X, Y[:4]), None, r"\(6, 2\) and y is \(4,\)"),
        ((X[:, 0], Y), None, "of shape"),
        (([[1, 2], [3]], Y[:2]), None, "x must be an array, but its rows"),
        ((X[:2], [[1, 2], [3]]), None, "y must be an array, but its rows"),
        ((X, X), None, r"y must be of shape \(rows,\), but got \(6, 2\)"),
        ((X[:0], Y[:0]), None, r"got float64 of \(0, 2\)"),
        ((np.array([["a"], ["b"]]), Y[:2]), None, "must be numbers"),
        ((np.where(X == 4, np.inf, X), Y), None, "row 2 .from 0. of column '0' has inf"),
        ((X, np.where(Y == 1, np.nan, Y)), None, "row 1 .from 0. has none"),
        (FRAME, "nothing", "must be a column of the DataFrame, but got 'nothing'"),
        (
            (pd.DataFrame({"a": pd.to_datetime(["2020-01-01"] * 6)}), Y),
            None,
            "column 'a' must hold numbers or words, but holds datetime64",
        ),
        ((pd.DataFrame(X, columns=["a", "a"]), Y), None, "its own name"),
        ((pd.DataFrame({"a": [1.0, 1e200]}), Y[:2]), None, "row 1 .from 0. of column 'a'"),
        (X, None, "but got a ndarray"),
    ]:
        with pytest.raises(DataError, match=words):
            given_table(data, target)
