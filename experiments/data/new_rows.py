"""New rows for a model: a file's columns by name or position, or pictures, read like the rows of a study's table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from experiments.data.column_types import cleaned, lenient_numbers, misfits, read_number, refuse_missing, texts
from experiments.data.raw_table import RawTable, listed
from experiments.data.table import Kind
from experiments.data.texts import words_present
from experiments.errors import DataError

ENDINGS = (".csv", ".npy", ".npz", ".parquet", ".tsv")

Inputs = Sequence[tuple[str, Kind]]


@dataclass(frozen=True)
class NewRows:
    """The rows of a file for a model.

    chunks:     frames of the model's columns in its order: float64 (NaN: missing) or strings, like `Table.features`, or
                pixels. The index has a name if it names the rows.
    ignored:    the columns of the file that the model does not use.
    unread:     for each chunk that was read, the number of cells that are missing because they do not fit their column.
    notes:      lines about what was passed over.
    unreadable: name of a row in the chunks that were read that has no values -> the reason.
    """

    chunks: Iterator[pd.DataFrame]
    ignored: tuple[str, ...]
    unread: list[int]
    notes: tuple[str, ...] = ()
    unreadable: Mapping[str, str] = field(default_factory=dict)


def read_rows(
    path: Path, inputs: Inputs, rows: int, present: Sequence[str] = (), picture: tuple[int, ...] | None = None
) -> NewRows:
    """Read the rows of a table, of a file of arrays, of a folder of pictures, or a picture.

    Args:
        inputs:  name and kind of each column of the model.
        rows:    number of rows of a chunk; the last may have fewer.
        present: words that are values although they look like missing ones.
        picture: (height, width) or (height, width, 3) of the pictures that the model learnt from.

    Raises:
        DataError: the file cannot be read or lacks a column, or a pixel is missing; from the chunks too.
    """
    kinds = dict(inputs)
    try:
        if path.is_dir() or path.suffix.lower() not in ENDINGS:
            return _of_pictures(path, kinds, rows, picture)
        if path.suffix.lower() in (".npy", ".npz") and picture is not None:
            return _of_picture_array(path, list(kinds), rows, picture)
        raw = _raw_table(path, list(kinds))
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}.") from None
    raw = replace(raw, present=words_present(present))
    unread: list[int] = []
    return NewRows(_chunks(raw, kinds, rows, unread), tuple(name for name in raw.columns if name not in kinds), unread)


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
    ending = path.suffix.lower()
    if ending in (".npy", ".npz"):
        return _of_array(path, names)
    if ending == ".parquet":
        from experiments.data.readers.parquet import read_parquet

        return read_parquet(path)
    from experiments.data.readers.delimited import first_cells, read_text

    # numbers as names are either the header's or the positions of columns without a header
    named = set(names) <= set(first_cells(path)) or not all(name.isdecimal() for name in names)
    return read_text(path, header=named)


def _of_pictures(path: Path, kinds: dict[str, Kind], rows: int, picture: tuple[int, ...] | None) -> NewRows:
    """Read a folder of pictures, or a picture."""
    from experiments.data.readers.image_file import ENDINGS as PICTURES

    is_folder = path.is_dir()
    if not is_folder and path.suffix.lower() not in PICTURES:
        raise DataError(f"{path}: must end in {', '.join(ENDINGS)}, or be a picture or a folder of pictures.")
    if picture is None:
        what = "a folder" if is_folder else "a picture"
        has_pixels = "pixel" in kinds.values()
        reason = "does not know the size of its pictures" if has_pixels else "did not learn from pictures"
        raise DataError(f"{path}: is {what}, but the model {reason}; give a table of {listed(list(kinds))}.")
    from experiments.data.new_pictures import NewPictures

    new = NewPictures(path, picture)
    return NewRows(new.chunks(list(kinds), rows), (), [], new.notes, new.unreadable)


def _of_picture_array(path: Path, names: list[str], rows: int, picture: tuple[int, ...]) -> NewRows:
    """Read an array of pictures."""
    from experiments.data.new_pictures import array_rows

    pixels, notes = array_rows(*_array(path), picture)
    parts = (pixels[start : start + rows] for start in range(0, len(pixels), rows))
    return NewRows((pd.DataFrame(part, columns=names, copy=False) for part in parts), (), [], notes)


def _of_array(path: Path, names: list[str]) -> RawTable:
    """Read the columns of an array, whose names are their positions."""
    if not all(name.isdecimal() for name in names):
        raise DataError(f"{path}: the model needs columns with names, which arrays lack; take a .csv or .parquet.")
    from experiments.data.readers.npy import columns_of

    x, _ = _array(path)
    return columns_of(path, x.reshape(len(x), -1))


def _array(path: Path) -> tuple[NDArray[Any], str]:
    """Return the (N, ...) array of new rows in a file, and its place for messages."""
    from experiments.data.readers.array_file import read_array
    from experiments.data.readers.npz import read_features

    if path.suffix.lower() == ".npy":
        x, where = read_array(path), str(path)
        if x.ndim < 2 or not x.size:
            raise DataError(f"{path}: the shape must be (rows, features), but it is {x.shape}.")
        return x, where
    name, x = read_features(path)
    return x, f"{path}: {name}"


def _chunks(raw: RawTable, kinds: dict[str, Kind], rows: int, unread: list[int]) -> Iterator[pd.DataFrame]:
    lacking = [name for name in kinds if name not in raw.columns]
    if lacking:
        raise DataError(f"{raw.where}: must have every column of the model, but lacks {listed(lacking)}.")
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
