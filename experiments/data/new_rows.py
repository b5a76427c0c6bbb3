"""New rows for a model: a file's columns by name or position, or pictures, read like the rows of a study's table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from experiments.config.near import did_you_mean, near, same_column
from experiments.config.regular_file import check_regular
from experiments.data.column_types import cleaned, read_number, refuse_missing
from experiments.data.raw_table import RawTable, column_names, listed
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.pictures.image_file import ENDINGS as PICTURES
from experiments.data.readers.plain_columns import with_named_categories
from experiments.data.reading import fitted, read_features
from experiments.data.row_format import RowFormat
from experiments.data.table import Kind, TableReading
from experiments.data.texts import words_present
from experiments.errors import DataError


@dataclass(frozen=True)
class NewRows:
    """The rows of a file for a model.

    chunks:     frames of the model's columns in its order: float64 (NaN: missing) or strings, like `Table.features`, or
                pixels. The index has names if it names the rows.
    ignored:    the columns of the file that the model does not use.
    unread:     number of cells of each chunk that are missing because they do not fit their column.
    notes:      lines about how the file was read.
    unreadable: name of a row in the chunks that were read that has no values -> the reason.
    """

    chunks: Iterator[pd.DataFrame]
    ignored: tuple[str, ...]
    unread: list[int]
    notes: tuple[str, ...] = ()
    unreadable: Mapping[str, str] = field(default_factory=dict)


def read_rows(
    path: Path, form: RowFormat, rows: int, keep: Sequence[str] = (), layout: Mapping[str, Any] = MappingProxyType({})
) -> NewRows:
    """Read the rows of a file as those of a study, of a folder of pictures, or of a picture.

    Args:
        rows:   number of rows of a chunk; the last may have fewer.
        keep:   columns of the file that name the rows, beside the identifiers of the form.
        layout: keys that say how a table is written, as `FileKeys` has them.

    Raises:
        DataError: the file cannot be read or lacks a column, or a pixel is missing; from the chunks too.
    """
    try:
        check_regular(path)
        pictures = path.is_dir() or path.suffix.lower() in PICTURES
        if keep and (pictures or path.suffix.lower() in (".npy", ".npz")):
            raise DataError(f"--keep: {path} has no columns with names to keep; leave it out.")
        if pictures:
            return _of_pictures(path, form, rows)
        if path.suffix.lower() in (".npy", ".npz") and form.picture is not None:
            return _of_picture_array(path, form, rows)
        raw = _raw_table(path, form, layout)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}.") from None
    if keep:
        form = replace(form, identifiers=tuple(dict.fromkeys((*form.identifiers, *_kept(raw, keep)))))
    raw = replace(raw, present=words_present(form.present))
    unread: list[int] = []
    known = {*form.names, *form.identifiers, form.target}
    ignored = tuple(name for name in raw.columns if name not in known and not same_column(name, known))
    return NewRows(_chunks(raw, form, rows, unread), ignored, unread, (*raw.notes, *raw.repairs))


def frame_rows(
    frame: pd.DataFrame, form: RowFormat, rows: int, unread: list[int] | None = None
) -> Iterator[pd.DataFrame]:
    """Read the rows of a DataFrame with columns of any type, as `read_rows` reads a file.

    Args:
        unread: receives for each chunk the number of cells that are missing because they do not fit their column.

    Raises:
        DataError: a column or a pixel is missing.
    """
    kinds, columns = dict(form.inputs), {}
    for name, (_, column) in zip(column_names(list(map(str, frame.columns))), frame.items(), strict=True):
        if known := [name] if name in kinds else same_column(name, kinds):
            columns[name] = pa.chunked_array([_arrow(column, kinds[known[0]])])
    raw = RawTable("rows", "the rows", columns, present=words_present(form.present))
    return _chunks(raw, form, rows, [] if unread is None else unread)


def unread_note(cells: int) -> str:
    """Say how many cells are missing because they do not fit; nothing if there are none."""
    if not cells:
        return ""
    said = "1 cell taken for missing, as it does" if cells == 1 else f"{cells} cells taken for missing, as they do"
    return f"{said} not fit the column"


def _kept(raw: RawTable, keep: Sequence[str]) -> list[str]:
    """Return the names of columns to keep as the file writes them.

    Raises:
        DataError: the file lacks one.
    """
    there = {name: [name] if name in raw.columns else same_column(name, raw.columns) for name in keep}
    if lacking := [name for name, found in there.items() if len(found) != 1]:
        meant = did_you_mean(near(lacking[0], raw.columns))
        raise DataError(f"--keep: {raw.where} lacks {listed(lacking)}{meant}; it has {listed(list(raw.columns))}.")
    return [found[0] for found in there.values()]


def _arrow(column: pd.Series, kind: Kind) -> pa.Array:
    """Write a column as a file holds it.

    Mixed objects are texts, a category's whole numbers have no point, and a number's truth values are 0 and 1.
    """
    column = with_named_categories(column)
    if kind == "number" and pd.api.types.is_bool_dtype(column.dtype):
        column = column.astype("Int64")
    elif column.dtype == object:
        column = column.map(str, na_action="ignore")
    elif kind == "category" and column.dtype.kind == "f" and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    return pa.array(column, from_pandas=True)


def _raw_table(path: Path, form: RowFormat, layout: Mapping[str, Any]) -> RawTable:
    names = form.names
    if path.suffix.lower() in (".npy", ".npz"):
        return _of_array(path, names)
    from experiments.data.readers.table_file import read_table

    usual = form.layout
    keys = FileKeys(model=tuple(names), usual_encoding=usual.get("encoding"), usual_sheet=usual.get("sheet"))
    raw = read_table(path, replace(keys, **layout))
    return _positions_without_target(raw, names, form.target) if all(map(str.isdecimal, names)) else raw


def _of_pictures(path: Path, form: RowFormat, rows: int) -> NewRows:
    """Read a folder of pictures, or a picture."""
    if form.picture is None:
        what = "a folder" if path.is_dir() else "a picture"
        has_pixels = any(kind == "pixel" for _, kind in form.inputs)
        reason = "does not know the size of its pictures" if has_pixels else "did not learn from pictures"
        raise DataError(f"{path}: is {what}, but the model {reason}; give a table of {listed(form.names)}.")
    from experiments.data.new_pictures import NewPictures

    new = NewPictures(path, form.picture)
    return NewRows(new.chunks(form.names, rows), (), [], new.notes, new.unreadable)


def _of_picture_array(path: Path, form: RowFormat, rows: int) -> NewRows:
    """Read an array of pictures."""
    from experiments.data.new_pictures import array_rows

    assert form.picture is not None
    pixels, notes = array_rows(*_array(path), form.picture)
    parts = (pixels[start : start + rows] for start in range(0, len(pixels), rows))
    return NewRows((pd.DataFrame(part, columns=form.names, copy=False) for part in parts), (), [], notes)


def _of_array(path: Path, names: list[str]) -> RawTable:
    """Read the columns of an array, whose names are their positions."""
    if not all(name.isdecimal() for name in names):
        raise DataError(f"{path}: the model needs columns with names, which arrays lack; take a .csv or .parquet.")
    from experiments.data.readers.arrays.npy import columns_of

    x, _ = _array(path)
    return columns_of(path, x.reshape(len(x), -1))


def _array(path: Path) -> tuple[NDArray[Any], str]:
    """Return the (N, ...) array of new rows in a file, and its place for messages."""
    from experiments.data.readers.arrays.array_file import read_array
    from experiments.data.readers.arrays.npz import read_features

    if path.suffix.lower() == ".npy":
        x, where = read_array(path), str(path)
        if x.ndim < 2 or not x.size:
            raise DataError(f"{path}: the shape must be (rows, features), but it is {x.shape}.")
        return x, where
    name, x = read_features(path)
    return x, f"{path}: {name}"


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
        header = "; its first line must name the columns" if len(lacking) == len(form.names) else ""
        raise DataError(
            f"{raw.where}: must have every column of the model, but lacks {listed(lacking)}; it has "
            f"{listed(list(raw.columns))}{header}."
        )
    if several := [name for name in form.names if name in raw.repeated]:
        raise DataError(
            f"{raw.where}: several columns are named {listed(several)}, with different values; rename them."
        )
    beside = {name: raw.columns[name].cast(pa.string()).to_pandas() for name in form.identifiers if name in raw.columns}
    names = pd.MultiIndex.from_frame(pd.DataFrame(beside)) if beside else pd.RangeIndex(raw.rows)
    raw = replace(raw, columns={name: raw.columns[there[0]] for name, there in spelled.items()})
    starts = range(0, raw.rows, rows)
    return (_chunk(raw, form, at, rows, unread).set_axis(names[at : at + rows]) for at in starts)


def _chunk(raw: RawTable, form: RowFormat, start: int, rows: int, unread: list[int]) -> pd.DataFrame:
    columns = {name: raw.columns[name].slice(start, rows) for name in form.names}
    part = cleaned(replace(raw, columns=columns, place=lambda row: raw.place(start + row)), columns)
    reading = TableReading(tuple(form.inputs), form.formats)
    part, misfits = fitted(part, reading, form.missing)
    for name, kind in form.inputs:
        if kind == "pixel":
            refuse_missing(part, name, "a pixel")
            read_number(part, name, "")
    features, large = read_features(reading, part)
    unread.append(misfits + large)
    return pd.DataFrame(features, columns=form.names) if isinstance(features, np.ndarray) else features
