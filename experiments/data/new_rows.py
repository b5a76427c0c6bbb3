"""New rows for a model: a file's columns by name or position, read like the columns of a study's table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from experiments.data.column_types import cleaned, lenient_numbers, misfits, read_number, refuse_missing, texts
from experiments.data.raw_table import RawTable, listed
from experiments.data.readers.file_keys import FileKeys
from experiments.data.table import Kind
from experiments.data.texts import words_present
from experiments.errors import DataError

Inputs = Sequence[tuple[str, Kind]]


@dataclass(frozen=True)
class NewRows:
    """The rows of a file for a model.

    chunks:  frames of the model's columns in its order: float64 (NaN: missing) or strings, like `Table.features`.
    ignored: the columns of the file that the model does not use.
    notes:   lines about how the file was read.
    unread:  for each chunk that was read, the number of cells that are missing because they do not fit their column.
    """

    chunks: Iterator[pd.DataFrame]
    ignored: tuple[str, ...]
    unread: list[int]
    notes: tuple[str, ...] = ()


def read_rows(path: Path, inputs: Inputs, rows: int, present: Sequence[str] = ()) -> NewRows:
    """Read the rows of a file in any format in which a study's table may be.

    Args:
        inputs:  name and kind of each column of the model.
        rows:    number of rows of a chunk; the last may have fewer.
        present: words that are values although they look like missing ones.

    Raises:
        DataError: the file cannot be read or lacks a column, or a pixel is missing; from the chunks too.
    """
    kinds = dict(inputs)
    try:
        raw = _raw_table(path, list(kinds))
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}.") from None
    raw = replace(raw, present=words_present(present))
    unread: list[int] = []
    ignored = tuple(name for name in raw.columns if name not in kinds)
    return NewRows(_chunks(raw, kinds, rows, unread), ignored, unread, (*raw.notes, *raw.repairs))


def frame_rows(frame: pd.DataFrame, inputs: Inputs, rows: int, present: Sequence[str] = ()) -> Iterator[pd.DataFrame]:
    """Read the rows of a DataFrame with columns of any type, as `read_rows` reads a file.

    Raises:
        DataError: a column or a pixel is missing.
    """
    kinds = dict(inputs)
    columns = {
        str(name): pa.chunked_array([_arrow(column, kinds[str(name)])])
        for name, column in frame.items()
        if str(name) in kinds
    }
    return _chunks(RawTable("rows", "the rows", columns, present=words_present(present)), kinds, rows, [])


def _arrow(column: pd.Series, kind: Kind) -> pa.Array:
    """Write a column as a file holds it: mixed objects as texts, and a category's whole numbers without a point."""
    if column.dtype == object:
        column = column.map(str, na_action="ignore")
    elif kind == "category" and column.dtype.kind == "f" and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    return pa.array(column, from_pandas=True)


def _raw_table(path: Path, names: list[str]) -> RawTable:
    if path.suffix.lower() == ".npz":
        return _of_array(path, names)
    from experiments.data.readers.table_file import read_table

    return read_table(path, FileKeys(model=tuple(names)))


def _of_array(path: Path, names: list[str]) -> RawTable:
    """Read the columns of an array, whose names are their positions."""
    if not all(name.isdecimal() for name in names):
        raise DataError(f"{path}: the model needs columns with names, which an .npz lacks; take a .csv or .parquet.")
    from experiments.data.readers.npz import read_features

    columns = {
        str(at): pa.chunked_array([np.ascontiguousarray(column)]) for at, column in enumerate(read_features(path).T)
    }
    return RawTable(path.stem, str(path), columns)


def _chunks(raw: RawTable, kinds: dict[str, Kind], rows: int, unread: list[int]) -> Iterator[pd.DataFrame]:
    lacking = [name for name in kinds if name not in raw.columns]
    if lacking:
        raise DataError(f"{raw.where}: must have every column of the model, but lacks {listed(lacking)}.")
    if several := [name for name in kinds if name in raw.repeated]:
        raise DataError(
            f"{raw.where}: several columns are named {listed(several)}, with different values; rename them."
        )
    return (_chunk(raw, kinds, start, rows, unread) for start in range(0, raw.rows, rows))


def _chunk(raw: RawTable, kinds: dict[str, Kind], start: int, rows: int, unread: list[int]) -> pd.DataFrame:
    columns = {name: raw.columns[name].slice(start, rows) for name in kinds}
    part = cleaned(replace(raw, columns=columns, place=lambda row: raw.place(start + row)), kinds)
    unread.append(misfits(part, [name for name, kind in kinds.items() if kind == "number"]))
    return pd.DataFrame({name: _values(part, name, kind) for name, kind in kinds.items()})


def _values(part: RawTable, name: str, kind: Kind) -> Any:
    if kind == "category":
        return texts(part, name).to_pandas()
    if kind == "number":
        return lenient_numbers(part, name)
    refuse_missing(part, name, "a pixel")
    return read_number(part, name, "")
