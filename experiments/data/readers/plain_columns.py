"""Columns of a caller or of a Parquet file in the types of Arrow of which it can choose rows and measure texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow import types

if TYPE_CHECKING:
    import pandas as pd


def plain_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Turn a column of views into one of the same values, and its categories into texts."""
    if types.is_dictionary(column.type):
        of = column.type.value_type
        if types.is_string(of) or types.is_large_string(of):
            return column
        parts = [pa.DictionaryArray.from_arrays(part.indices, _texts(part.dictionary)) for part in column.chunks]
        return pa.chunked_array(parts, pa.dictionary(column.type.index_type, pa.string()))
    kind = _plain_type(column.type)
    return column if kind == column.type else column.cast(kind)


def with_named_categories(column: pd.Series) -> pd.Series:
    """Turn the categories of a column, which may be numbers or intervals, into texts; other columns stay."""
    import pandas as pd

    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column
    return column.cat.rename_categories([str(category) for category in column.cat.categories])


def array_of(column: pd.Series) -> pa.Array:
    """Write a column of pandas as an array of Arrow; of types that Arrow lacks, and of several types, as texts."""
    import pandas as pd

    column = with_named_categories(column)
    if isinstance(column.dtype, pd.DatetimeTZDtype):  # of which Arrow asks pandas for values without their zone
        times, zone = pa.array(column.dt.tz_convert(None), from_pandas=True), pa.lib.tzinfo_to_string(column.dt.tz)
        return times.cast(pa.timestamp(times.type.unit, zone))
    try:
        array = pa.array(column, from_pandas=True)
        if not isinstance(array.type, pa.BaseExtensionType):
            return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        pass
    return pa.array(column.map(str, na_action="ignore").astype(object), pa.string(), from_pandas=True)


def _texts(values: pa.Array) -> pa.Array:
    try:
        return values.cast(pa.string())
    except pa.ArrowException:
        return pa.array([None if value is None else str(value) for value in values.to_pylist()], pa.string())


def _plain_type(kind: pa.DataType) -> Any:
    if types.is_string_view(kind):
        return pa.string()
    if types.is_binary_view(kind):
        return pa.binary()
    if types.is_struct(kind):
        return pa.struct([field.with_type(_plain_type(field.type)) for field in kind])
    if types.is_list(kind) or types.is_list_view(kind):
        return pa.list_(kind.value_field.with_type(_plain_type(kind.value_type)))
    if types.is_large_list(kind) or types.is_large_list_view(kind):
        return pa.large_list(kind.value_field.with_type(_plain_type(kind.value_type)))
    if types.is_map(kind):
        return pa.map_(_plain_type(kind.key_type), _plain_type(kind.item_type))
    return kind
