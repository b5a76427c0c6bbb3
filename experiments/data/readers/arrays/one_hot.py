"""The target of arrays: one value a row, or one-hot rows, each of which has exactly one 1."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.raw_table import SHOWN
from experiments.errors import DataError


def target_problem(shape: tuple[int, ...], dtype: np.dtype[Any], name: str) -> str | None:
    """Say why an array of a shape is no target; None if it may be one.

    >>> target_problem((9, 2, 2), np.dtype(float), "y")
    'y must be (rows,), (rows, 1) or one-hot (rows, classes), but is (9, 2, 2)'
    """
    if len(shape) == 1 or (len(shape) == 2 and (shape[1] == 1 or (shape[1] > 1 and dtype.kind in "biuf"))):
        return None
    return f"{name} must be (rows,), (rows, 1) or one-hot (rows, classes), but is {shape}"


def read_target(
    y: NDArray[Any], own_test: int, name: str, where: str
) -> tuple[NDArray[Any], tuple[str, ...] | None, tuple[str, ...]]:
    """Read a target of (N,), (N, 1) or one-hot (N, classes).

    Args:
        own_test: number of rows at the end that are the source's own test part.

    Returns:
        the target as int64, float64 or texts; the names of the classes where it is one-hot, into which it holds
        indices; and a line for what was understood.

    Raises:
        DataError: a row has not exactly one 1, or only test rows have a class.
    """
    if y.ndim == 2 and y.shape[1] > 1:
        return _from_one_hot(y, own_test, name, where)
    y = y.ravel()
    if y.dtype.kind in "biu":
        return y.astype(np.int64), None, ()
    return y.astype(np.float64) if y.dtype.kind == "f" else y.astype(str), None, ()


def _from_one_hot(
    y: NDArray[Any], own_test: int, name: str, where: str
) -> tuple[NDArray[np.int64], tuple[str, ...], tuple[str, ...]]:
    wrong = ~(((y == 0) | (y == 1)).all(axis=1) & ((y == 1).sum(axis=1) == 1))
    if wrong.any():
        row = int(wrong.argmax())
        raise DataError(
            f"{where}: a target has one value a row, or one-hot rows with exactly one 1, but {name} is {y.shape} and "
            f"its row {row} (from 0) is {y[row].tolist()[:SHOWN]}; name another array in data.target."
        )
    columns = y.argmax(axis=1)
    used = np.unique(columns[: len(columns) - own_test])
    if len(strange := np.setdiff1d(columns, used)):
        raise DataError(f"{where}: class {strange[0]} of {name} is only in the test rows; remove them.")
    target = np.searchsorted(used, columns).astype(np.int64)
    return target, tuple(map(str, used.tolist())), (f"{name} is one-hot, read as {len(used)} classes",)
