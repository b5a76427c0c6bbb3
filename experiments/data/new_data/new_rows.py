"""New rows for a model: a file's columns by name or position, or pictures, read like the rows of a study's table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from shlex import quote
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from experiments.config.regular_file import check_regular, why_unread
from experiments.config.same_column import columns_called, columns_in_part
from experiments.data.columns.reading import plain_rows, read_features
from experiments.data.formats.column_types import cleaned, read_number, refuse_missing
from experiments.data.formats.other_format import refuse_other_format
from experiments.data.formats.unread_cells import WRITE_THEM_SO, UnreadCells, unread_cells
from experiments.data.new_data.cell_notes import CellNotes
from experiments.data.new_data.last_rows import holds_row
from experiments.data.new_data.row_format import RowFormat
from experiments.data.new_data.written_otherwise import written_otherwise
from experiments.data.new_data.zone_notes import zone_notes
from experiments.data.raw_table import RawTable, column_names, listed, shown
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.idx import IDX_PICTURES, is_idx_pictures, read_idx_file
from experiments.data.readers.pictures.image_file import ENDINGS as PICTURES
from experiments.data.readers.plain_columns import array_of
from experiments.data.table import Kind
from experiments.data.texts import words_present
from experiments.errors import DataError
from nnet.near import did_you_mean, near

ARRAYS = (".npy", ".npz")


@dataclass(frozen=True)
class NewRows:
    """The rows of a file for a model.

    chunks:     frames of the model's columns in its order: float64 (NaN: missing) or strings, like `Table.features`, or
                pixels. The index has names if it names the rows.
    ignored:    the columns of the file that the model does not use.
    cells:      what is to be said of the cells of the chunks that were read.
    notes:      lines about how the file was read.
    unreadable: name of a row in the chunks that were read that has no values -> the reason.
    raw:        all columns of the file, whose rows are those of the chunks; None of pictures.
    """

    chunks: Iterator[pd.DataFrame]
    ignored: tuple[str, ...]
    cells: CellNotes
    notes: tuple[str, ...]
    unreadable: Mapping[str, str] = field(default_factory=dict)
    raw: RawTable | None = None


def read_rows(
    path: Path,
    form: RowFormat,
    rows: int,
    keep: Sequence[str] = (),
    layout: Mapping[str, Any] = MappingProxyType({}),
    scored: bool = False,
) -> NewRows:
    """Read the rows of a file as those of a study, of a folder of pictures, or of a picture.

    Args:
        rows:   number of rows of a chunk; the last may have fewer.
        keep:   columns of the file that name the rows, beside the identifiers of the form.
        layout: keys that say how a table is written, as `FileKeys` has them.
        scored: whether the target in the file is used, too.

    Raises:
        DataError: the file cannot be read or lacks a column, or a pixel is missing; from the chunks too, before the
            last of them if a column has cells of which none can be read.
    """
    try:
        check_regular(path)
        pictures = path.is_dir() or path.suffix.lower() in PICTURES
        if keep and (pictures or path.suffix.lower() in ARRAYS or is_idx_pictures(path)):
            raise DataError(f"--keep: {path} has no columns with names to keep; leave it out.")
        if pictures:
            return _of_pictures(path, form, rows)
        if form.picture is None and is_idx_pictures(path):
            raise DataError(f"{path}: holds pictures, but the model learnt from none; give {listed(form.names)}.")
        if form.picture is not None and (path.suffix.lower() in ARRAYS or is_idx_pictures(path)):
            return _of_picture_array(path, form, rows)
        raw = _raw_table(path, replace(form, identifiers=(*form.identifiers, *keep)), layout)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {why_unread(path, error)}.") from None
    if keep:
        form = replace(form, identifiers=tuple(dict.fromkeys((*form.identifiers, *_kept(raw, keep)))))
    raw = replace(raw, present=words_present(form.present))
    cells = CellNotes(form)
    known = {*form.names, *form.identifiers, form.target}
    ignored = tuple(name for name in raw.columns if not columns_called(name, known))
    spelled = _spelled(raw, form, list(raw.columns), "its first line must name the columns")
    notes = (*raw.notes, *raw.repairs, *(() if scored else _of_target(raw, form)))
    return NewRows(_chunks(raw, form, rows, spelled, cells), ignored, cells, notes, raw=raw)


def frame_rows(
    frame: pd.DataFrame, form: RowFormat, rows: int, cells: CellNotes | None = None
) -> Iterator[pd.DataFrame]:
    """Read the rows of a DataFrame with columns of any type, as `read_rows` reads a file.

    Args:
        cells: is told of the cells of each chunk.

    Raises:
        DataError: a column or a pixel is missing; before the last chunk, if a column has cells of which none can be
            read.
    """
    kinds, columns = dict(form.inputs), {}
    given = column_names(list(map(str, frame.columns)))
    for name, (_, column) in zip(given, frame.items(), strict=True):
        if known := columns_called(name, kinds):
            columns[name] = pa.chunked_array([_arrow(column, kinds[known[0]])])
    several = [name for name, often in Counter(map(str, frame.columns)).items() if often > 1 and name in columns]
    repeated = frozenset(name for name in several if _differ(frame, name))
    raw = RawTable("rows", "the rows", columns, present=words_present(form.present), repeated=repeated)
    positions = all(map(str.isdecimal, form.names))
    advice = "pass an array (rows, features), or name the columns so" if positions else ""
    return _chunks(raw, form, rows, _spelled(raw, form, given, advice), cells or CellNotes(form))


def _differ(frame: pd.DataFrame, name: str) -> bool:
    """Return whether several columns of a DataFrame have a name, and not the same values."""
    same = [column for label, column in frame.items() if str(label) == name]
    return not all(column.equals(same[0]) for column in same[1:])


def _of_target(raw: RawTable, form: RowFormat) -> tuple[str, ...]:
    """Say that new rows have their target already, unless it is kept beside the predictions."""
    names = [] if form.target.isdecimal() else columns_called(form.target, raw.columns)
    if not names or names[0] in form.identifiers or not cleaned(raw, names[:1]).columns[names[0]].drop_null():
        return ()
    name = names[0]
    return (
        f"the target {shown(name)} is there, too; it is not used: --keep {quote(name)} copies it beside the "
        "predictions, and python -m experiments.score scores them",
    )


def _kept(raw: RawTable, keep: Sequence[str]) -> list[str]:
    """Return the names of columns to keep as the file writes them.

    Raises:
        DataError: the file lacks one.
    """
    there = {name: columns_called(name, raw.columns) or columns_in_part(name, raw.columns) for name in keep}
    if lacking := [name for name, found in there.items() if len(found) != 1]:
        meant = did_you_mean(near(lacking[0], raw.columns))
        raise DataError(f"--keep: {raw.where} lacks {listed(lacking)}{meant}; it has {listed(list(raw.columns))}.")
    return [found[0] for found in there.values()]


def _arrow(column: pd.Series, kind: Kind) -> pa.Array:
    """Write a column as training reads it, and as a file holds it.

    Objects are texts, but for dates, times and truth values. A category's whole numbers have no point, and a number's
    truth values are 0 and 1.
    """
    array = array_of(column)
    if column.dtype == object and not pa.types.is_temporal(array.type) and not pa.types.is_boolean(array.type):
        return array_of(column.map(str, na_action="ignore"))
    if kind == "number" and (pa.types.is_boolean(array.type) or pd.api.types.is_bool_dtype(column.dtype)):
        return pa.array(column.astype("boolean").astype("Int64"), from_pandas=True)
    if kind == "category" and pa.types.is_floating(array.type) and (column.dropna() % 1 == 0).all():
        return pa.array(column.astype("Int64"), from_pandas=True)
    return array


def _raw_table(path: Path, form: RowFormat, layout: Mapping[str, Any]) -> RawTable:
    names = form.names
    if path.suffix.lower() in ARRAYS:
        return _of_array(path, form)
    from experiments.data.readers.table_file import read_table

    usual: dict[str, Any] = {f"usual_{key}": value for key, value in form.layout.items()}
    keys = FileKeys(model=tuple(names), words=form.words, fill_down=form.fill_down, **usual)
    raw = read_table(path, replace(keys, holds_row=partial(holds_row, form), **layout))
    return _by_position(raw, names, form.target) if all(map(str.isdecimal, names)) else raw


def _of_pictures(path: Path, form: RowFormat, rows: int) -> NewRows:
    """Read a folder of pictures, or a picture."""
    if form.picture is None:
        what = "a folder" if path.is_dir() else "a picture"
        has_pixels = any(kind == "pixel" for _, kind in form.inputs)
        reason = "does not know the size of its pictures" if has_pixels else "did not learn from pictures"
        raise DataError(f"{path}: is {what}, but the model {reason}; give a table of {listed(form.names)}.")
    if idx := sorted(one.name for one in path.glob(IDX_PICTURES) if is_idx_pictures(one)):
        raise DataError(f"{path}: is a folder of IDX files; give one file of pictures, such as {path / idx[0]}.")
    from experiments.data.new_data.new_pictures import NewPictures

    new = NewPictures(path, form.picture)
    return NewRows(new.chunks(form.names, rows), (), CellNotes(form), new.notes, new.unreadable)


def _of_picture_array(path: Path, form: RowFormat, rows: int) -> NewRows:
    """Read an array of pictures."""
    from experiments.data.new_data.new_pictures import array_rows

    assert form.picture is not None
    x, where, said = _array(path)
    pixels, notes = array_rows(x, where, form.picture)
    parts = (pixels[start : start + rows] for start in range(0, len(pixels), rows))
    frames = (pd.DataFrame(part, columns=form.names, copy=False) for part in parts)
    return NewRows(frames, (), CellNotes(form), said + notes)


def _of_array(path: Path, form: RowFormat) -> RawTable:
    """Read the columns of an array, whose names are their positions; to a model of numbers True is 1."""
    if not all(name.isdecimal() for name in form.names):
        raise DataError(f"{path}: the model needs columns with names, which arrays lack; take a .csv or .parquet.")
    from experiments.data.readers.arrays.npy import columns_of

    x, _, notes = _array(path)
    if x.dtype == np.bool_ and all(kind == "number" for _, kind in form.inputs):
        x = x.astype(np.uint8)
    return replace(columns_of(path, x.reshape(len(x), -1)), notes=notes)


def _array(path: Path) -> tuple[NDArray[Any], str, tuple[str, ...]]:
    """Return the (N, ...) array of new rows in a file, its place for messages, and lines about other arrays."""
    from experiments.data.readers.arrays.array_file import read_array
    from experiments.data.readers.arrays.npz import read_features

    if is_idx_pictures(path):
        return read_idx_file(path, 3), str(path), ()
    if path.suffix.lower() == ".npy":
        x, where = read_array(path), str(path)
        if x.ndim < 2 or not x.size:
            raise DataError(f"{path}: the shape must be (rows, features), but it is {x.shape}.")
        return x, where, ()
    name, x, notes = read_features(path)
    return x, f"{path}: {name}", notes


def _by_position(raw: RawTable, names: list[str], target: str) -> RawTable:
    """Count the columns of a table as the study counted them, if only the target is not there, or if it names others.

    In the second case a note says which columns were taken.
    """
    last = max(map(int, (*names, target if target.isdecimal() else "0")))
    lacks_target = target.isdecimal() and len(raw.columns) == last
    has_names = not set(names) & raw.columns.keys()
    if not lacks_target and not has_names:
        return raw
    positions = [str(at) for at in range(len(raw.columns) + lacks_target) if not (lacks_target and at == int(target))]
    taken = dict(zip(positions, raw.columns, strict=True))
    notes = raw.notes
    if has_names and set(names) <= taken.keys():
        notes = (*notes, f"by position, {listed([taken[name] for name in names])} are taken for {listed(names)}")
    return replace(raw, columns={at: raw.columns[name] for at, name in taken.items()}, notes=notes)


def _spelled(raw: RawTable, form: RowFormat, has: Sequence[str], advice: str) -> dict[str, str]:
    """Return column of the model -> its name in new rows.

    Args:
        has:    the columns of the new rows, for messages.
        advice: what a user can do about rows without any of the columns.

    Raises:
        DataError: a column is missing.
    """
    spelled = {name: columns_called(name, raw.columns) for name in form.names}
    if lacking := [name for name, there in spelled.items() if len(there) != 1]:
        more = f"; {advice}" if advice and len(lacking) == len(form.names) else ""
        raise DataError(
            f"{raw.where}: must have every column of the model, but lacks {listed(lacking)}; it has "
            f"{listed(has) or 'no column'}{more}."
        )
    return {name: there[0] for name, there in spelled.items()}


def _chunks(
    raw: RawTable, form: RowFormat, rows: int, spelled: Mapping[str, str], cells: CellNotes
) -> Iterator[pd.DataFrame]:
    if several := [name for name in form.names if name in raw.repeated]:
        raise DataError(
            f"{raw.where}: several columns are named {listed(several)}, with different values; rename them."
        )
    named = {name: columns_called(name, raw.columns) for name in form.identifiers}
    beside = {own[0]: _names_of(raw, own[0]) for own in named.values() if len(own) == 1}
    names = pd.MultiIndex.from_frame(pd.DataFrame(beside)) if beside else pd.RangeIndex(raw.rows)
    raw = replace(raw, columns={name: raw.columns[own] for name, own in spelled.items()})
    written = cleaned(raw, [name for name in form.formats if name in raw.columns])
    refuse_other_format(written, form.formats)
    cells.written = written_otherwise(raw, form)
    form = replace(form, formats={**form.formats, **cells.written})
    cells.zones = zone_notes(raw, form)
    return _read(raw, form, rows, names, cells)


def _names_of(raw: RawTable, name: str) -> pd.Series:
    """Return the texts of a column that names the rows.

    Raises:
        DataError: its cells are no texts, numbers or dates.
    """
    try:
        texts: pd.Series = raw.columns[name].cast(pa.string()).to_pandas()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise DataError(
            f"{raw.where}: column {shown(name)} cannot name the rows, as its cells are no texts; name another one."
        ) from None
    return texts


def _read(raw: RawTable, form: RowFormat, rows: int, names: pd.Index, cells: CellNotes) -> Iterator[pd.DataFrame]:
    """Yield the chunks of rows.

    Raises:
        DataError: a column has cells, but none in any chunk that can be read.
    """
    readable = set[str]()
    for at in range(0, raw.rows, rows):
        chunk, unread = _chunk(raw, form, at, rows)
        chunk = cells.categories.look_at(chunk)
        cells.ranges.look_at(chunk)
        cells.unread += unread
        readable |= {name for name in form.names if name not in readable and chunk[name].notna().any()}
        if at + rows >= raw.rows:
            unreadable = [name for name in cells.unread.columns if name not in readable]
            cells.unread.refuse(raw.where, unreadable, WRITE_THEM_SO)
        yield chunk.set_axis(names[at : at + rows])


def _chunk(raw: RawTable, form: RowFormat, start: int, rows: int) -> tuple[pd.DataFrame, UnreadCells]:
    columns = {name: raw.columns[name].slice(start, rows) for name in form.names}
    part = cleaned(replace(raw, columns=columns, place=lambda row: raw.place(start + row)), columns)
    reading = form.reading
    plain = plain_rows(part, reading)
    for name, kind in form.inputs:
        if kind == "pixel":
            refuse_missing(plain, name, "a pixel")
            read_number(plain, name, "")
    features, _ = read_features(reading, plain)
    unread = unread_cells(part, plain, reading, features)
    return pd.DataFrame(features, columns=form.names) if isinstance(features, np.ndarray) else features, unread
