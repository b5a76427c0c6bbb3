"""Columns whose values are objects or lists of numbers, as columns of their fields and numbers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from experiments.data.raw_table import check_size
from experiments.data.readers.json_rows import DEEPEST

LONGEST = 10_000  # numbers of a list, each of which becomes a column


def without_nesting(table: pa.Table, where: str) -> tuple[pa.Table, list[str]]:
    """Give every field of objects, and every number of lists that are equally long, a column of its own.

    Returns:
        the table with columns such as user.age and place.0, and the names of the columns that held lists.

    Raises:
        DataError: it has too many cells then.

    >>> table = pa.table({"place": [[1.5, 2.5], [3.5, 4.5]], "user": [{"age": 3}, {"age": 4}]})
    >>> without_nesting(table, "it")[0].column_names
    ['place.0', 'place.1', 'user.age']
    """
    for _ in range(DEEPEST):
        if not any(types.is_struct(kind) for kind in table.schema.types):
            break
        table = table.flatten()
    lengths = [_length(column) for column in table.columns]
    if not any(lengths):
        return table, []
    check_size(where, table.num_rows, sum(length or 1 for length in lengths))
    columns: list[pa.ChunkedArray] = []
    fields: list[pa.Field] = []
    for field, column, length in zip(table.schema, table.columns, lengths, strict=True):
        for at, numbers in enumerate(_numbers(column, length) if length else ()):
            columns.append(numbers)
            fields.append(pa.field(f"{field.name}.{at}", numbers.type))
        if not length:
            columns.append(column)
            fields.append(field)
    of_lists = [name for name, length in zip(table.column_names, lengths, strict=True) if length]
    return pa.table(columns, pa.schema(fields, table.schema.metadata)), of_lists


def _length(column: pa.ChunkedArray) -> int:
    """Return the length of the lists of numbers in a column; 0 if it has other values, or they differ in length."""
    kind = column.type
    if not (types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)):
        return 0
    if not (types.is_integer(kind.value_type) or types.is_floating(kind.value_type)) or column.null_count:
        return 0
    ends = pc.min_max(pc.list_value_length(column)).as_py()
    return ends["min"] if ends["min"] == ends["max"] <= LONGEST else 0


def _numbers(column: pa.ChunkedArray, length: int) -> list[pa.ChunkedArray]:
    values = pc.list_flatten(column).to_numpy().reshape(-1, length)
    return [pa.chunked_array([pa.array(np.ascontiguousarray(one), from_pandas=True)]) for one in values.T]
