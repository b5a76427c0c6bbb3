"""A caller's arrays or DataFrame as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.data.cells import SourceCells
from experiments.data.table import Kind, Table, array_columns, refuse_large
from experiments.data.texts import MISSING
from experiments.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

SOURCE = "given"  # data.source of such a study

Rows: TypeAlias = "Table | pd.DataFrame | tuple[ArrayLike | pd.DataFrame, ArrayLike]"


def given_table(data: Rows, target: str | None = None) -> Table:
    """Make a table of a caller's data.

    Numbers are number columns, in which NaN is a missing number. Words and truth values are category columns, in which
    the same texts are missing as in files. Bytes with three or more axes are images.

    Args:
        data:   a table, (x, y), or a DataFrame with the target in it.
        target: its column in such a DataFrame; the last one if None.

    Raises:
        DataError: the shapes do not match, or a value cannot be learnt from.
    """
    import pandas as pd

    if isinstance(data, Table):
        return data
    cells = None
    if isinstance(data, pd.DataFrame):
        name = data.columns[-1] if target is None else target
        if name not in data.columns:
            raise DataError(f"target: must be a column of the DataFrame, but got {name!r}.")
        cells = SourceCells.of(data)
        x: Any = data.drop(columns=[name])
        y: Any = data[name]
    elif isinstance(data, tuple) and len(data) == 2:
        x, y = data
    else:
        raise DataError(f"data: must be (x, y), a DataFrame or a Table, but got a {type(data).__name__}.")
    values = _target(y)
    if isinstance(x, pd.DataFrame):
        columns = _frame_columns(x)
    else:
        x = _array("x", x)
        if x.ndim < 2 or not x.size or x.dtype.kind not in "iufb":
            raise DataError(f"data: x must be numbers of shape (rows, features), but got {x.dtype} of {x.shape}.")
        columns = array_columns(x, "data")
    if x.shape[0] != len(values) or not x.size:
        raise DataError(f"data: x must be (rows, features) and y (rows,), but x is {x.shape} and y is {values.shape}.")
    return Table(
        name=SOURCE,
        target=values,
        target_name=str(getattr(y, "name", None) or "target"),
        classes=None,
        cells=cells or SourceCells.of(x, pd.Series(y).to_frame()),
        **columns,
    )


def _target(y: Any) -> NDArray[Any]:
    import pandas as pd

    series = y if isinstance(y, pd.Series) else _array("y", y)
    if series.ndim != 1:
        raise DataError(f"data: y must be of shape (rows,), but got {series.shape}.")
    series = pd.Series(series)
    if series.isna().any():
        row = int(series.isna().to_numpy().argmax())
        raise DataError(f"data: y must have a value in every row, but row {row} (from 0) has none; remove the row.")
    if series.dtype.kind in "iuf":
        return np.asarray(series, np.float64 if series.dtype.kind == "f" else np.int64)
    return np.asarray(series.astype(str), object)


def _array(name: str, values: Any) -> NDArray[Any]:
    try:
        return np.array(values)
    except ValueError:  # rows of different lengths
        raise DataError(f"data: {name} must be an array, but its rows have different lengths.") from None


def _frame_columns(x: pd.DataFrame) -> dict[str, Any]:
    """Return the fields of a Table that describe a DataFrame; the features are an array if no number is missing."""
    import pandas as pd

    names = tuple(map(str, x.columns))
    if len(set(names)) < len(names):
        raise DataError("data: every column of the DataFrame needs its own name; rename them.")
    frame = pd.DataFrame(index=range(len(x)))
    numbers = []
    for name, (_, column) in zip(names, x.items(), strict=True):
        if column.dtype.kind in "mMc":
            raise DataError(f"data: column {name!r} must hold numbers or words, but holds {column.dtype}; drop it.")
        if column.dtype.kind in "iuf":
            numbers.append(name)
            frame[name] = column.to_numpy(np.float64, na_value=np.nan)
        else:
            frame[name] = _words(column)
    refuse_large(frame[numbers].to_numpy(np.float64), numbers, "data")
    plain = len(numbers) == len(names) and not frame.isna().to_numpy().any()
    kinds: tuple[Kind, ...] = tuple("number" if name in numbers else "category" for name in names)
    return {
        "features": np.ascontiguousarray(frame.to_numpy(np.float64)) if plain else frame,
        "kinds": kinds,
        "columns": names,
    }


def _words(column: pd.Series) -> Any:
    """Strip texts; a missing text becomes None."""
    words = column.map(lambda cell: str(cell).strip(), na_action="ignore").astype(object)
    missing = column.isna() | words.map(lambda word: str(word).lower() in MISSING)
    return words.where(~missing, None).array
