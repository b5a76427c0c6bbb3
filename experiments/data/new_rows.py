"""New rows for a model: a file's columns found by name or position, and read as those of a study's table are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.data.column_types import at, cleaned, read_number, texts
from experiments.data.raw_table import RawTable, listed
from experiments.data.table import Kind
from experiments.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

ENDINGS = (".csv", ".npz", ".parquet", ".tsv")

Inputs = Sequence[tuple[str, Kind]]


@dataclass(frozen=True)
class NewRows:
    """Rows of a file, and the names of its columns that the model has no use for.

    chunks: frames of the model's columns in its order: float64 (NaN: missing) or strings, as `Table.features` has them.
    """

    chunks: Iterator[pd.DataFrame]
    ignored: tuple[str, ...]


def read_rows(path: Path, inputs: Inputs, rows: int) -> NewRows:
    """The rows of a .csv, .tsv, .parquet or .npz.

    Args:
        inputs: name and kind of each column that is needed.
        rows:   of a chunk; the last one may have fewer.

    Raises:
        DataError: the file cannot be read, lacks a column, or a cell is not of its column's kind; from the chunks too.
    """
    if path.suffix.lower() not in ENDINGS:
        raise DataError(f"{path}: new rows come from a {', '.join(ENDINGS)}.")
    kinds = dict(inputs)
    try:
        sheet = _sheet(path, list(kinds))
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}.") from None
    lacking = [name for name in kinds if name not in sheet.columns]
    if lacking:
        raise DataError(f"{path}: the model needs columns that the file lacks: {listed(lacking)}.")
    return NewRows(_chunks(sheet, kinds, rows), tuple(name for name in sheet.columns if name not in kinds))


def frame_rows(frame: pd.DataFrame, inputs: Inputs, rows: int) -> Iterator[pd.DataFrame]:
    """The rows of a DataFrame whose columns may be of any type, as `read_rows` gives those of a file.

    Raises:
        DataError: it lacks a column, or a cell is not of its column's kind.
    """
    import pyarrow as pa

    kinds = dict(inputs)
    named = {str(name): frame.iloc[:, at] for at, name in enumerate(frame.columns)}
    lacking = [name for name in kinds if name not in named]
    if lacking:
        raise DataError(f"the rows lack columns that the model needs: {listed(lacking)}.")
    columns = {name: pa.chunked_array([_arrow(named[name], kind)]) for name, kind in kinds.items()}
    return _chunks(RawTable("rows", "the rows", columns, lambda row: f"row {row} (from 0)"), kinds, rows)


def _arrow(column: pd.Series, kind: Kind) -> pa.Array:
    """A column as a file would hold it: mixed objects are texts, and a category that is a whole number has no point."""
    import pyarrow as pa

    if column.dtype == object:
        column = column.map(str, na_action="ignore")
    elif kind == "category" and column.dtype.kind == "f" and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    return pa.array(column, from_pandas=True)


def _sheet(path: Path, names: list[str]) -> RawTable:
    if path.suffix.lower() == ".npz":
        return _of_array(path, names)
    if path.suffix.lower() == ".parquet":
        from experiments.data.readers.parquet import read_parquet

        return read_parquet(path)
    from experiments.data.readers.delimited import first_cells, read_text

    # names that are positions may be those of a model whose rows had none
    named = set(names) <= set(first_cells(path)) or not all(name.isdecimal() for name in names)
    return read_text(path, header=named)


def _of_array(path: Path, names: list[str]) -> RawTable:
    """The columns of an array, which have no names; a model's have none where they are called by position."""
    if not all(name.isdecimal() for name in names):
        raise DataError(f"{path}: the model's columns have names, which an .npz has not; take a .csv or .parquet.")
    import pyarrow as pa

    from experiments.data.readers.npz import read_features

    x = read_features(path)
    columns = {str(column): pa.chunked_array([np.ascontiguousarray(x[:, column])]) for column in range(x.shape[1])}
    return RawTable(path.stem, str(path), columns, lambda row: f"row {row} (from 0)")


def _chunks(sheet: RawTable, kinds: dict[str, Kind], rows: int) -> Iterator[pd.DataFrame]:
    import pandas as pd

    for start in range(0, sheet.rows, rows):
        part = cleaned(_slice(sheet, list(kinds), start, rows), kinds)
        yield pd.DataFrame({name: _values(part, name, kind) for name, kind in kinds.items()})


def _slice(sheet: RawTable, names: list[str], start: int, rows: int) -> RawTable:
    columns = {name: sheet.columns[name].slice(start, rows) for name in names}
    return replace(sheet, columns=columns, place=lambda row: sheet.place(start + row))


def _values(sheet: RawTable, name: str, kind: Kind) -> Any:
    if kind == "category":
        return texts(sheet, name).to_pandas()
    values = read_number(sheet, name, "")
    if kind == "pixel" and np.isnan(values).any():
        row = int(np.isnan(values).argmax())
        raise DataError(f"{at(sheet, name)} is a pixel, but is missing at {sheet.place(row)}.")
    return values
