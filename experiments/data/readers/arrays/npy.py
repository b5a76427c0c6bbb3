"""A .npy file as a raw table: an array of rows and columns, whose names are their positions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from experiments.data.raw_table import RawTable
from experiments.data.readers.arrays.array_file import read_array
from experiments.errors import DataError


def read_npy(path: Path, target: str | int | None) -> RawTable:
    """Read the columns of an array of shape (rows, columns); NaN is missing.

    Args:
        target: the target in [data].

    Raises:
        DataError: the file is not a .npy, is too large, or holds no such array, or no target is named.
    """
    array = read_array(path)
    raw = columns_of(path, array)
    if target is None:
        raise DataError(
            f"data.target: name the column to predict by its position, as in --target 0 for the first or --target -1 "
            f"for the last of the {array.shape[1]} columns of {path}."
        )
    return raw


def columns_of(path: Path, array: NDArray[Any]) -> RawTable:
    """Return the columns of a file's array of shape (rows, columns).

    Raises:
        DataError: the array has another shape.
    """
    if array.ndim != 2 or not array.size:
        raise DataError(
            f"{path}: a single array must be a table of shape (rows, columns), one of which is the target, but it is "
            f"{array.shape}; save rows and target together, as in numpy.savez('{path.stem}.npz', X=..., y=...)."
        )
    columns = {
        str(at): pa.chunked_array([pa.array(np.ascontiguousarray(column), from_pandas=True)])
        for at, column in enumerate(array.T)
    }
    return RawTable(path.stem, str(path), columns)
