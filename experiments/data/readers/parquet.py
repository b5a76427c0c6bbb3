"""A .parquet file as a raw table; its header is checked before memory is taken."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet, types

from experiments.data.raw_table import LARGEST_FILE, RawTable, brief, check_size, column_names, listed
from experiments.data.readers.nested_columns import without_nesting
from experiments.data.readers.plain_columns import plain_column
from experiments.errors import DataError

INDEX = re.compile(r"__index_level_\d+__")  # pandas' name of an index without a name


def read_parquet(path: Path) -> RawTable:
    """Read the columns of a file; texts stay packed in dictionaries until their size is known.

    The columns that pandas' metadata names as the index come first, as in a .csv.

    Raises:
        DataError: the file is not a .parquet, or is too large.
    """
    try:
        with parquet.ParquetFile(path) as file:
            about, schema = file.metadata, file.schema_arrow
        size = sum(about.row_group(at).total_byte_size for at in range(about.num_row_groups))
        if size > LARGEST_FILE:
            raise DataError(f"{path}: must unpack to at most {LARGEST_FILE} bytes, but its header announces {size}.")
        if not schema.names or not about.num_rows:
            rows = about.num_rows
            raise DataError(f"{path}: a table needs rows, but it has {rows} rows and {len(schema.names)} columns.")
        check_size(str(path), about.num_rows, len(schema.names))
        texts = [column.name for column in schema if types.is_string(column.type) or types.is_large_string(column.type)]
        with parquet.ParquetFile(path, read_dictionary=texts) as file:
            table = file.read()
        table.validate(full=True)  # refuses texts that are not UTF-8 and wrong codes of dictionaries
        categories = {column.name for column in schema if types.is_dictionary(column.type)}
        table, of_lists = without_nesting(table, str(path))
        columns = [plain_column(column) for column in table.columns]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as parquet: {brief(error)}.") from None
    read = table.column_names
    index = [at for at, name in enumerate(read) if name in _index_of(schema) or INDEX.fullmatch(name)]
    order = index + [at for at in range(len(columns)) if at not in index]
    given = [read[at] for at in order]
    names = column_names(given)
    expanded = f"every number of the lists in {listed(of_lists)} read as a column of its own"
    return RawTable.of_file(
        path,
        given,
        [columns[at] for at in order],
        declared=frozenset(name for name, own in zip(names, given, strict=True) if own in categories),
        notes=(expanded,) if of_lists else (),
        index=frozenset(names[: len(index)]),
    )


def _index_of(schema: pa.Schema) -> list[str]:
    """Return the names of the columns that pandas' metadata names as the index."""
    try:
        named = json.loads((schema.metadata or {})[b"pandas"])["index_columns"]
        return [name for name in named if isinstance(name, str)]
    except (KeyError, TypeError, ValueError, RecursionError):  # not written by pandas
        return []
