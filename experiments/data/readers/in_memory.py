"""Rows that a caller has in memory, as a table: arrays or a DataFrame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.data.cells import SourceCells
from experiments.data.table import LARGEST, Kind, Table, picture_of
from experiments.data.texts import MISSING
from experiments.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

SOURCE = "given"  # what the study's file says of its source
PIXELS = 255.0  # the largest byte

Rows: TypeAlias = "Table | pd.DataFrame | tuple[ArrayLike | pd.DataFrame, ArrayLike]"


def given_table(data: Rows, target: str | None = None) -> Table:
    """The table that a caller's data is.

    Numbers are number columns, NaN is a missing one; words and truth values are category columns, in which the same
    texts are missing as in files. Bytes with three or more axes are pictures.

    Args:
        data:   a table, (x, y), or a DataFrame that holds the target too.
        target: its column in such a DataFrame; the last one if None.

    Raises:
        DataError: shapes do not fit, or a value is none that can be learnt from.
    """
    import pandas as pd

    if isinstance(data, Table):
        return data
    if isinstance(data, pd.DataFrame):
        name = data.columns[-1] if target is None else target
        if name not in data.columns:
            raise DataError(f"target: {name!r} is no column of the DataFrame.")
        cells = SourceCells.of(data)
        x: Any = data.drop(columns=[name])
        y: Any = data[name]
    elif isinstance(data, tuple) and len(data) == 2:
        x, y = data
        cells = None
    else:
        raise DataError(f"data: must be (x, y), a DataFrame or a Table, but got a {type(data).__name__}.")
    values, name = _target(y), str(getattr(y, "name", None) or "target")
    if isinstance(x, pd.DataFrame):
        features, kinds = _frame(x)
        pixel_range = None
    else:
        features, kinds, pixel_range = _array(x)
    if len(features) != len(values) or not features.size:
        raise DataError(f"data: x is (rows, features) and y (rows,), but they are {features.shape}, {values.shape}.")
    named = isinstance(x, pd.DataFrame)
    columns = tuple(str(one) for one in (x.columns if named else range(features.shape[1])))
    if len(set(columns)) < len(columns):
        raise DataError("data: every column of the DataFrame needs its own name.")
    picture = None if pixel_range is None else picture_of(np.shape(x)[1:])
    cells = cells or SourceCells.of(x if named else np.asarray(x), pd.Series(y).to_frame())
    return Table(SOURCE, features, kinds, columns, values, name, None, pixel_range, picture=picture, cells=cells)


def _target(y: Any) -> NDArray[Any]:
    import pandas as pd

    series = y if isinstance(y, pd.Series) else _rectangular("y", y)
    if series.ndim != 1:
        raise DataError(f"data: y must be of shape (rows,), but got {series.shape}.")
    series = pd.Series(series)
    if series.isna().any():
        raise DataError(f"data: y is missing in row {int(series.isna().to_numpy().argmax())}.")
    if series.dtype.kind in "iuf":
        return np.asarray(series, np.float64 if series.dtype.kind == "f" else np.int64)
    return np.asarray(series.astype(str), object)


def _array(x: Any) -> tuple[Any, tuple[Kind, ...], float | None]:
    """Features of an array, and of which kind; a DataFrame where a number is missing."""
    import pandas as pd

    array = _rectangular("x", x)
    if array.ndim < 2 or not array.size or array.dtype.kind not in "iufb":
        raise DataError(f"data: x must be numbers of shape (rows, features), but got {array.dtype} of {array.shape}.")
    pictures = array.ndim > 2 and array.dtype == np.uint8
    wide = np.array(array.reshape(len(array), -1), np.uint8 if pictures else np.float64, order="C")
    kind: Kind = "pixel" if pictures else "number"
    if not pictures:
        _check_finite(wide.astype(np.float64, copy=False), range(wide.shape[1]))
    features = pd.DataFrame(wide, columns=list(map(str, range(wide.shape[1])))) if np.isnan(wide).any() else wide
    return features, (kind,) * wide.shape[1], PIXELS if pictures else None


def _frame(x: pd.DataFrame) -> tuple[Any, tuple[Kind, ...]]:
    """Features of a DataFrame, and of which kind; an array where all are numbers and none is missing."""
    import pandas as pd

    columns: dict[str, Any] = {}
    kinds: list[Kind] = []
    for position, name in enumerate(x.columns):
        column = x.iloc[:, position]
        if column.dtype.kind in "mMc":
            raise DataError(f"data: column {name!r} holds {column.dtype}; numbers or words are wanted.")
        number = column.dtype.kind in "iuf"
        columns[str(name)] = column.to_numpy(np.float64, na_value=np.nan) if number else _words(column)
        kinds.append("number" if number else "category")
    if len(columns) < x.shape[1]:
        raise DataError("data: every column of the DataFrame needs its own name.")
    frame = pd.DataFrame(columns)
    numbers = [name for name, kind in zip(columns, kinds, strict=True) if kind == "number"]
    _check_finite(frame[numbers].to_numpy(np.float64), numbers)
    plain = len(numbers) == len(columns) and not frame.isna().to_numpy().any()
    return (np.ascontiguousarray(frame.to_numpy(np.float64)) if plain else frame), tuple(kinds)


def _rectangular(name: str, values: Any) -> NDArray[Any]:
    try:
        return np.asarray(values)
    except ValueError:  # rows of different lengths
        raise DataError(f"data: {name} must be an array, but its rows have different lengths.") from None


def _words(column: pd.Series) -> Any:
    """Stripped texts; None where one is missing."""
    words = column.map(lambda one: str(one).strip(), na_action="ignore").astype(object)
    missing = column.isna() | words.map(lambda one: str(one).lower() in MISSING)
    return words.where(~missing, None).array


def _check_finite(values: NDArray[np.float64], names: Any) -> None:
    wrong = np.argwhere(np.abs(values) > LARGEST)  # not so for NaN
    if len(wrong):
        row, column = wrong[0]
        raise DataError(
            f"data: every number must be at most {LARGEST:g}, but row {row} of column {list(names)[column]!r} has "
            f"{values[row, column]}."
        )
