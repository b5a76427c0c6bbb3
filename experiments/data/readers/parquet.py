"""A .parquet file as a sheet; what it declares is checked before memory is taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from experiments.data.raw_table import LARGEST_FILE, RawTable, brief, check_size, column_names
from experiments.errors import DataError


def read_parquet(path: Path) -> RawTable:
    """The columns of a file; texts stay packed in dictionaries until they are known to be short.

    Raises:
        DataError: it is no such file, is too large, or holds lists or structures.
    """
    import pyarrow as pa
    from pyarrow import parquet, types

    try:
        with parquet.ParquetFile(path) as file:
            found, schema = file.metadata, file.schema_arrow
        groups = (found.row_group(at) for at in range(found.num_row_groups))
        size = sum(group.total_byte_size for group in groups)
        if size > LARGEST_FILE:
            raise DataError(f"{path}: at most {LARGEST_FILE} bytes are unpacked, but its header promises {size}.")
        names = column_names(str(path), schema.names)
        if not names or not found.num_rows:
            raise DataError(f"{path}: a table needs rows, but it has {found.num_rows} rows, {len(names)} columns.")
        check_size(str(path), found.num_rows, len(names))
        nested = [column for column in schema if types.is_nested(column.type)]
        if nested:
            raise DataError(f"{path}: column {nested[0].name!r} holds {nested[0].type}, not one value a row.")
        texts = [one.name for one in schema if types.is_string(one.type) or types.is_large_string(one.type)]
        table = parquet.read_table(path, read_dictionary=texts, partitioning=None)
        table.validate(full=True)  # texts are UTF-8, dictionaries have what is asked of them
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as parquet: {brief(error)}.") from None
    declared = (name for name, one in zip(names, schema, strict=True) if types.is_dictionary(one.type))
    columns: dict[str, Any] = dict(zip(names, table.columns, strict=True))
    return RawTable(path.stem, str(path), columns, lambda row: f"row {row} (from 0)", frozenset(declared))
