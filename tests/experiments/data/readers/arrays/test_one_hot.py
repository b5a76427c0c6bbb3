"""A target has one value a row, or exactly one 1."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.data.readers.arrays.one_hot import read_target
from experiments.errors import DataError


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.float32])
def test_one_hot_rows_are_classes(dtype: type) -> None:
    target, classes, said = read_target(np.eye(4, dtype=dtype)[[2, 0, 2, 3]], 0, "y", "my.npz")
    assert (target.tolist(), classes, said) == ([1, 0, 1, 2], ("0", "2", "3"), ("y is one-hot, read as 3 classes",))


def test_a_column_is_one_value_a_row() -> None:
    target, classes, said = read_target(np.array([[1.5], [2.0]]), 0, "y", "my.npz")
    assert (target.tolist(), classes, said) == ([1.5, 2.0], None, ())


def test_what_is_not_one_hot_is_refused() -> None:
    for row in ([1, 1, 0], [0, 0, 0], [0.5, 0.5, 0], [2, 0, 0], [np.nan, 1, 0]):
        y = np.eye(3)
        y[1] = row
        with pytest.raises(DataError, match=r"exactly one 1, but y is \(3, 3\) and its row 1 \(from 0\) is \["):
            read_target(y, 0, "y", "my.npz")
    with pytest.raises(DataError, match="class 2 of y is only in the test rows"):
        read_target(np.eye(3), 1, "y", "my.npz")
