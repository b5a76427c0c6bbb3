"""A .parquet file as a raw table; its header is checked before memory is taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from experiments.data.raw_table import LARGEST_FILE, RawTable, brief, check_size, column_names
from experiments.errors import DataError


def read_parquet(path: Path) -> RawTable:
    """Read the columns of a file; texts stay packed in dictionaries until their size is known.

    Raises:
        DataError: the file is not a .parquet, is too large, or holds lists or structures.
    """
    import pyarrow as pa
    from pyarrow import parquet, types

    try:
        with parquet.ParquetFile(path) as file:
            about, schema = file.metadata, file.schema_arrow
        size = sum(about.row_group(at).total_byte_size for at in range(about.num_row_groups))
        if size > LARGEST_FILE:
            raise DataError(f"{path}: must unpack to at most {LARGEST_FILE} bytes, but its header announces {size}.")
        names = column_names(str(path), schema.names)
        if not names or not about.num_rows:
            raise DataError(f"{path}: a table needs rows, but it has {about.num_rows} rows and {len(names)} columns.")
        check_size(str(path), about.num_rows, len(names))
        nested = [column for column in schema if types.is_nested(column.type)]
        if nested:
            raise DataError(
                f"{path}: every column must hold single values, but {nested[0].name!r} holds {nested[0].type}."
            )
        texts = [column.name for column in schema if types.is_string(column.type) or types.is_large_string(column.type)]
        table = parquet.read_table(path, read_dictionary=texts, partitioning=None)
        table.validate(full=True)  # refuses texts that are not UTF-8 and wrong codes of dictionaries
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as parquet: {brief(error)}.") from None
    declared = (name for name, column in zip(names, schema, strict=True) if types.is_dictionary(column.type))
    columns: dict[str, Any] = dict(zip(names, table.columns, strict=True))
    return RawTable(path.stem, str(path), columns, declared=frozenset(declared))
