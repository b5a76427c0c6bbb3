"""New rows for a model: a file's columns by name or position, read like the columns of a study's table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from experiments.config.data_options import DataSection
from experiments.config.near import same_column
from experiments.data.column_kind import INDEX_NAME
from experiments.data.column_types import cleaned, read_number, refuse_missing
from experiments.data.raw_table import RawTable, listed
from experiments.data.readers.file_keys import FileKeys
from experiments.data.reading import fitted, read_features
from experiments.data.table import Kind, Table, TableReading
from experiments.data.texts import words_present
from experiments.errors import DataError

Inputs = Sequence[tuple[str, Kind]]


@dataclass(frozen=True)
class RowFormat:
    """The form in which a model takes rows.

    inputs:      name and kind of each column.
    present:     words that are values although they look like missing ones.
    formats:     formats of numbers and dates, for the columns that are not written plainly.
    missing:     words that are missing numbers.
    identifiers: columns that name a row, to be written beside its prediction.
    target:      name of the column that is predicted.
    """

    inputs: Inputs
    present: Sequence[str] = ()
    formats: Mapping[str, str] = field(default_factory=dict)
    missing: Sequence[str] = ()
    identifiers: Sequence[str] = ()
    target: str = ""

    @property
    def names(self) -> list[str]:
        """Return the names of the inputs."""
        return [name for name, _ in self.inputs]


@dataclass(frozen=True)
class NewRows:
    """The rows of a file for a model.

    chunks:      frames of the model's columns in its order: float64 (NaN: missing) or strings, like `Table.features`.
    identifiers: columns of the file that name each row, as texts.
    ignored:     the columns of the file that the model does not use.
    unread:      number of cells of each chunk that are missing because they do not fit their column.
    notes:       lines about how the file was read.
    """

    chunks: Iterator[pd.DataFrame]
    identifiers: pd.DataFrame
    ignored: tuple[str, ...]
    unread: list[int]
    notes: tuple[str, ...] = ()


def formats_of(table: Table) -> dict[str, str]:
    """Return the formats of the columns that are features."""
    formats = {} if table.reading is None else table.reading.formats
    return {name: form for name, form in formats.items() if name in table.columns}


def identifiers_of(data: DataSection) -> tuple[str, ...]:
    """Return the columns that name a row: the identifier, and dropped columns with such a name."""
    dropped = [name for name in data.drop or () if isinstance(name, str) and re.fullmatch(INDEX_NAME, name)]
    return tuple(map(str, (*data.columns("identifier"), *dropped)))


def read_rows(path: Path, form: RowFormat, rows: int) -> NewRows:
    """Read the rows of a file in any format in which a study's table may be.

    Args:
        rows: number of rows of a chunk; the last may have fewer.

    Raises:
        DataError: the file cannot be read or lacks a column, or a pixel is missing; from the chunks too.
    """
    try:
        raw = _raw_table(path, form)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}.") from None
    raw = replace(raw, present=words_present(form.present))
    unread: list[int] = []
    known = {*form.names, *form.identifiers, form.target}
    ignored = tuple(name for name in raw.columns if name not in known)
    beside = {name: raw.columns[name].cast(pa.string()).to_pandas() for name in form.identifiers if name in raw.columns}
    return NewRows(_chunks(raw, form, rows, unread), pd.DataFrame(beside), ignored, unread, (*raw.notes, *raw.repairs))


def frame_rows(frame: pd.DataFrame, form: RowFormat, rows: int) -> Iterator[pd.DataFrame]:
    """Read the rows of a DataFrame with columns of any type, as `read_rows` reads a file.

    Raises:
        DataError: a column or a pixel is missing.
    """
    kinds = dict(form.inputs)
    columns = {
        str(name): pa.chunked_array([_arrow(column, kinds[str(name)])])
        for name, column in frame.items()
        if str(name) in kinds
    }
    return _chunks(RawTable("rows", "the rows", columns, present=words_present(form.present)), form, rows, [])


def _arrow(column: pd.Series, kind: Kind) -> pa.Array:
    """Write a column as a file holds it: mixed objects as texts, and a category's whole numbers without a point."""
    if column.dtype == object:
        column = column.map(str, na_action="ignore")
    elif kind == "category" and column.dtype.kind == "f" and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    return pa.array(column, from_pandas=True)


def _raw_table(path: Path, form: RowFormat) -> RawTable:
    names = form.names
    if path.suffix.lower() == ".npz":
        return _of_array(path, names)
    from experiments.data.readers.table_file import read_table

    raw = read_table(path, FileKeys(model=tuple(names)))
    return _positions_without_target(raw, names, form.target) if all(map(str.isdecimal, names)) else raw


def _of_array(path: Path, names: list[str]) -> RawTable:
    """Read the columns of an array, whose names are their positions."""
    if not all(name.isdecimal() for name in names):
        raise DataError(f"{path}: the model needs columns with names, which an .npz lacks; take a .csv or .parquet.")
    from experiments.data.readers.npz import read_features

    columns = {
        str(at): pa.chunked_array([np.ascontiguousarray(column)]) for at, column in enumerate(read_features(path).T)
    }
    return RawTable(path.stem, str(path), columns)


def _positions_without_target(raw: RawTable, names: list[str], target: str) -> RawTable:
    """Count the columns of a file without a header as the study counted them, if only the target is not there."""
    last = max(map(int, (*names, target if target.isdecimal() else "0")))
    if not target.isdecimal() or len(raw.columns) != last:
        return raw
    positions = [at for at in range(last + 1) if at != int(target)]
    return replace(raw, columns={str(at): column for at, column in zip(positions, raw.columns.values(), strict=True)})


def _chunks(raw: RawTable, form: RowFormat, rows: int, unread: list[int]) -> Iterator[pd.DataFrame]:
    spelled = {name: [name] if name in raw.columns else same_column(name, list(raw.columns)) for name in form.names}
    lacking = [name for name, there in spelled.items() if len(there) != 1]
    if lacking:
        raise DataError(
            f"{raw.where}: must have every column of the model, but lacks {listed(lacking)}; it has "
            f"{listed(list(raw.columns))}."
        )
    if several := [name for name in form.names if name in raw.repeated]:
        raise DataError(
            f"{raw.where}: several columns are named {listed(several)}, with different values; rename them."
        )
    raw = replace(raw, columns={name: raw.columns[there[0]] for name, there in spelled.items()})
    return (_chunk(raw, form, start, rows, unread) for start in range(0, raw.rows, rows))


def _chunk(raw: RawTable, form: RowFormat, start: int, rows: int, unread: list[int]) -> pd.DataFrame:
    columns = {name: raw.columns[name].slice(start, rows) for name in form.names}
    part = cleaned(replace(raw, columns=columns, place=lambda row: raw.place(start + row)), columns)
    reading = TableReading(tuple(form.inputs), form.formats)
    part, misfits = fitted(part, reading, form.missing)
    unread.append(misfits)
    for name, kind in form.inputs:
        if kind == "pixel":
            refuse_missing(part, name, "a pixel")
            read_number(part, name, "")
    features, _ = read_features(reading, part)
    return pd.DataFrame(features, columns=form.names) if isinstance(features, np.ndarray) else features
