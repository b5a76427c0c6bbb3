"""A caller's arrays or DataFrame as a table. A DataFrame is read as a file is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.config.data_options import LISTS, NAMING, DataSection
from experiments.config.formats import GIVEN
from experiments.data.hints.time_order import LATER
from experiments.data.identity.cells import SourceCells
from experiments.data.raw_table import RawTable, check_size, column_names, shown
from experiments.data.readers.masked_arrays import has_masked, without_mask, without_masked_names
from experiments.data.readers.missing_labels import refuse_missing_labels
from experiments.data.table import Table, array_columns
from experiments.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Given: TypeAlias = "Table | pd.DataFrame | tuple[ArrayLike | pd.DataFrame, ArrayLike]"

TARGET = "target"  # name of a target without a name
LARGE_INTEGER = 2.0**63  # least number that is no int64


def given_table(data: Given, section: DataSection) -> Table:
    """Make a table of a caller's data.

    The numbers of an array are number columns, in which NaN and a masked value are missing numbers. Bytes with three
    or more axes are images.

    Args:
        data:    a table; (x, y); or a DataFrame or another table with Arrow's interface, with the target in it.
        section: [data], which names the target and the roles of a DataFrame's columns.

    Raises:
        DataError: the shapes do not match, or a value cannot be learnt from.
    """
    if isinstance(data, Table):
        return data
    if is_of_columns(data):
        return _of_frame(data, section)
    if isinstance(data, tuple) and len(data) == 2:
        x, y = data
        return _of_arrays(x, y, section)
    raise DataError(f"data: must be (x, y), a DataFrame or a Table, but got {_got(data)}.")


def _got(data: Any) -> str:
    """Name what is no table, and what to pass in its place."""
    if isinstance(data, tuple):
        return f"{len(data)} parts; pass weights as a column of x, a DataFrame, which weights='...' names"
    if isinstance(data, list):
        return "a list; pass pandas.DataFrame(data), or (x, y)"
    if isinstance(data, Mapping):
        return f"a {type(data).__name__}; pass pandas.DataFrame(data)"
    if isinstance(data, np.ndarray):
        return f"an array of {data.shape}; pass (x, y), as (data[:, :-1], data[:, -1]) where y is its last column"
    return f"a {type(data).__name__}"


def is_of_columns(data: Any) -> bool:
    """Return whether data is a table with named columns, such as pandas' or Polars', or (x, y) with such an x."""
    x = data[0] if isinstance(data, tuple) and len(data) == 2 else data
    return hasattr(x, "columns") and hasattr(x, "__arrow_c_stream__")


def _refuse_several_names(frame: Any) -> None:
    """Refuse a DataFrame whose columns have several names each, as a pivot table's.

    Raises:
        DataError: it is one.
    """
    levels = getattr(getattr(frame, "columns", None), "nlevels", 1)
    if levels > 1:
        raise DataError(
            f"data: every column of the DataFrame needs a single name, but has {levels}; join them, as by "
            "frame.columns = ['_'.join(map(str, names)) for names in frame.columns]."
        )


def raw_of_frame(data: Any, section: DataSection) -> tuple[RawTable, Any, DataSection]:
    """Return the columns of a caller's table, the table itself, and the section that names its target.

    Args:
        data: as `is_of_columns` takes it.

    Raises:
        DataError: the shapes do not match, or there are no rows.
    """
    frame = data
    _refuse_several_names(data[0] if isinstance(data, tuple) else data)
    if isinstance(data, tuple):
        x, y = data
        frame, section = _with_target(x, y, section)
    frame, notes = _with_named_index(frame, section)
    columns = _arrow_columns(frame)
    names = column_names(list(map(str, columns)))
    rows = len(next(iter(columns.values()))) if columns else 0
    if not rows:
        raise DataError(f"data: a table needs rows and columns, but it has {rows} rows and {len(names)} columns.")
    check_size("data", rows, len(names))
    arrow = dict(zip(names, columns.values(), strict=True))
    declared = frozenset(name for name, column in arrow.items() if _is_dictionary(column))
    return RawTable(GIVEN, "data", arrow, declared=declared, notes=notes), frame, section


def _of_frame(data: Any, section: DataSection) -> Table:
    from experiments.data.table_of import table_of

    raw, frame, section = raw_of_frame(data, section)
    table = table_of(raw, section)
    if table.reading is None or not _is_coded(frame, list(raw.columns).index(table.target_name)):
        return table
    return replace(table, reading=replace(table.reading, coded=True))


def _is_coded(frame: Any, at: int) -> bool:
    """Return whether a column of a DataFrame holds pandas' categories, which are numbers."""
    import pandas as pd

    kind = frame.dtypes.iloc[at] if isinstance(frame, pd.DataFrame) else None
    return isinstance(kind, pd.CategoricalDtype) and kind.categories.dtype.kind in "iuf"


def _with_named_index(frame: Any, section: DataSection) -> tuple[Any, tuple[str, ...]]:
    """Make columns of the parts of a DataFrame's index that [data] names, and say which other part holds dates."""
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        return frame, ()
    asked = {name for key in NAMING for name in section.columns(key)}
    named = [name for name in frame.index.names if name in asked and name not in frame.columns]
    levels = [frame.index.get_level_values(at) for at in range(frame.index.nlevels)]
    dates = [at for at in levels if isinstance(at, pd.DatetimeIndex | pd.PeriodIndex) and at.name not in named]
    frame = frame.reset_index(level=named) if named else frame
    if not dates or section.time is not None or section.groups is not None:
        return frame, ()
    name, first = ("date", "index.name = 'date' and ") if dates[0].name is None else (dates[0].name, "")
    of = "" if first else f" {shown(str(name))}"
    note = (
        f"the index{of} holds dates and is no column; if new rows will be later ones, {first}data.time = {name} {LATER}"
    )
    return frame, (note,)


def _arrow_columns(frame: Any) -> dict[Any, pa.ChunkedArray]:
    """Return a DataFrame's columns in Arrow; values of several types become texts."""
    import pandas as pd
    import pyarrow as pa

    from experiments.data.readers.plain_columns import array_of, plain_column

    if not isinstance(frame, pd.DataFrame):
        table = pa.table(frame)
        return dict(zip(table.column_names, map(plain_column, table.columns), strict=True))
    if frame.columns.has_duplicates:
        raise DataError("data: every column of the DataFrame needs its own name; rename them.")
    return {name: pa.chunked_array([array_of(column)]) for name, column in frame.items()}


def _is_dictionary(column: pa.ChunkedArray) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_dictionary(column.type))


def _with_target(x: Any, y: Any, section: DataSection) -> tuple[pd.DataFrame, DataSection]:
    """Put a target beside its features."""
    import pandas as pd

    frame = x if isinstance(x, pd.DataFrame) else x.to_pandas()
    _refuse_other_order(frame, y)
    values = _column(y)
    if len(values) != len(frame):
        raise DataError(f"data: x must be (rows, features) and y (rows,), but x is {frame.shape} and y {values.shape}.")
    name = _target_name(y, section)
    if name in map(str, frame.columns):
        raise DataError(f"data: y is named {name!r}, which is also a column of x; drop that column or rename y.")
    whole = frame.assign(**{name: values if isinstance(values, np.ndarray) else values.array})
    return whole, section.model_copy(update={"target": name})


def _refuse_other_order(x: pd.DataFrame, y: Any) -> None:
    """Refuse a target whose index has the rows of x in another order, as it may be paired by place or by index.

    Raises:
        DataError: the two orders differ.
    """
    import pandas as pd

    rows = getattr(y, "index", None)
    if not isinstance(rows, pd.Index) or len(rows) != len(x) or rows.equals(x.index):
        return
    if rows.is_unique and x.index.is_unique and rows.isin(x.index).all():
        raise DataError(
            "data: y has the index of x in another order; pass y.loc[x.index] if the index says which rows belong "
            "together, or y.set_axis(x.index) if their places do."
        )


def _of_arrays(x: Any, y: Any, section: DataSection) -> Table:
    import pandas as pd

    named = [key for key in (*NAMING, *LISTS) if section.columns(key) and key != "target"]
    if named:
        raise DataError(f"data.{named[0]}: names columns, which arrays lack; pass a DataFrame.")
    if hasattr(x, "tocsr"):
        raise DataError("data: x is a sparse matrix, but must be an array; pass x.toarray().")
    if has_masked(x) and np.ma.asarray(x).dtype == np.uint8 and np.ndim(x) > 2:
        raise DataError("data: x holds pictures, which need every pixel, but pixels are masked; fill them in.")
    values, x = _target(y, section.present or ()), _array("x", x)
    if x.ndim < 2 or not x.size or x.dtype.kind not in "iufb":
        advice = "; pass a DataFrame of such columns" if x.dtype.kind in "OUSMm" else ""
        raise DataError(f"data: x must be numbers of shape (rows, features), but got {x.dtype} of {x.shape}{advice}.")
    if x.shape[0] != len(values):
        raise DataError(f"data: x must be (rows, features) and y (rows,), but x is {x.shape} and y is {values.shape}.")
    return Table(
        name=GIVEN,
        target=values,
        target_name=_target_name(y, section),
        classes=None,
        cells=SourceCells.of(x, pd.Series(_column(y)).to_frame()),
        **array_columns(x, "data"),
    )


def _target_name(y: Any, section: DataSection) -> str:
    """Return the name of a target: its own, or else the one that [data] gives it."""
    given = section.target if isinstance(section.target, str) else None
    return str(getattr(y, "name", None) or given or TARGET)


def _target(y: Any, present: Sequence[str]) -> NDArray[Any]:
    import pandas as pd

    series = pd.Series(_column(y))
    if series.isna().any():
        row = int(series.isna().to_numpy().argmax())
        raise DataError(f"data: y must have a value in every row, but row {row} (from 0) has none; remove the row.")
    kind = pd.api.types.infer_dtype(series)  # of the values, which may be objects
    if kind in ("integer", "floating", "mixed-integer-float", "decimal"):
        numbers = np.asarray(series, np.float64)
        whole = kind == "integer" and abs(numbers).max(initial=0) < LARGE_INTEGER
        return np.asarray(series, np.int64) if whole else numbers
    names = np.asarray(series.astype(str), object)
    refuse_missing_labels(names, present, "data: y")
    return names


def _column(y: Any) -> Any:
    """Return (N,) a target, also of shape (N, 1)."""
    import pandas as pd

    if isinstance(y, pd.Series):
        return y
    values = _array("y", y, without_masked_names)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise DataError(f"data: y must be of shape (rows,), but got {values.shape}; a class is a number or a name.")
    return values


def _array(name: str, values: Any, plain: Callable[[Any], NDArray[Any]] = without_mask) -> NDArray[Any]:
    try:
        return np.array(plain(values))
    except ValueError:  # rows of different lengths
        raise DataError(f"data: {name} must be an array, but its rows have different lengths.") from None
