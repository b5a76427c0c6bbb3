"""From a raw table to a table: the role of every column, by name or by position."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from experiments.config.data_options import LISTS, SINGLE, DataSection
from experiments.config.documents import in_one_line
from experiments.config.near import did_you_mean, near, same_column
from experiments.data.cells import SourceCells
from experiments.data.column_types import (
    cleaned,
    is_text,
    misfits,
    read_number,
    refuse_long,
    refuse_missing,
    texts,
    without_words,
    words_in,
)
from experiments.data.dotted_classes import without_dots
from experiments.data.raw_table import SHOWN, RawTable, listed, shown
from experiments.data.reading import decide, read_features, taken
from experiments.data.spellings import with_one_spelling
from experiments.data.splits import split
from experiments.data.subset import subset
from experiments.data.table import REASONS, Table, TableReading, appended
from experiments.data.target_column import missing_words, read_target
from experiments.data.target_type import target_of
from experiments.data.texts import words_present
from experiments.errors import DataError


def table_of(raw: RawTable, data: DataSection, test: RawTable | None = None) -> Table:
    """Make a table of a raw table; the rows of a test file come last, and its columns are read like the first file's.

    How features are read follows from the development rows alone. A cell of another row that does not fit is missing.

    Raises:
        DataError: a column named in [data] does not exist or has two roles, or a value breaks its column's rule.
    """
    roles = _roles(raw, data)
    raw = replace(raw, present=words_present(data.present or ()))
    (target,) = roles["target"]
    raw, test = without_dots(raw, test, target)
    single = [name for key in SINGLE for name in roles.get(key, ())]
    others = {*single, *roles.get("drop", ())}
    names = [name for name in raw.columns if name not in others]
    if not names:
        raise DataError(f"{raw.where}: a table needs features, but every column has another role.")
    if raw.rows < 2:
        raise DataError(f"{raw.where}: a table needs at least 2 rows, but it has {raw.rows}.")
    if test is not None and (lacking := [name for name in (*names, *single) if name not in test.columns]):
        raise DataError(f"data.test: {test.where} lacks {listed(lacking)}, which {raw.where} has.")
    strict, missing = bool(data.strict), data.missing or ()
    declared = dict.fromkeys(roles.get("categories", ()), True) | dict.fromkeys(roles.get("numbers", ()), False)
    exact = frozenset({target} if target in declared else ())
    ours = cleaned(raw, [*names, *single])
    ours = replace(ours, declared=ours.declared | exact)
    theirs = None
    if test is not None:
        test = replace(test, present=raw.present)
        theirs = cleaned(test, [*names, *single])
        theirs = replace(theirs, declared=theirs.declared | exact)
    for name in roles.get("identifier", ()):
        check_identifiers([ours] if theirs is None else [ours, theirs], name)
    before, lost = raw.rows, missing_words(raw, ours, target)
    if not strict:
        raw, ours = with_target(raw, ours, target, lost)
    table = _without_features(ours, raw, roles, target in declared)
    if len(np.unique(table.target)) < 2:
        every = f"{raw.at(target)} is the target, but every row has {table.target[0]}"
        raise DataError(f"{every}; name another column{_present(lost)}.")
    rows = np.arange(raw.rows) if test is not None else development_rows(table, data)
    reading = decide(taken(ours, rows), names, declared, frozenset(roles.get("keep", ())), missing, strict)
    if not reading.columns:
        gone = "; ".join(f"{shown(one.name)} ({REASONS[one.reason]})" for one in reading.left_out[:SHOWN])
        raise DataError(f"{raw.where}: no column is left as a feature, of {gone}; name those to keep in data.keep.")
    numbers, words = [name for name, kind in reading.columns if kind == "number"], (*missing, *reading.missing)
    ours = without_words(ours, numbers, words)
    classes = (target,) if declared.get(target) else ()
    keys = {**reading.explicit(roles.get("drop", ()), missing, classes), **raw.layout}
    table = replace(table, spelled=_spelled(raw, data))
    reading = replace(
        reading,
        no_target=before - raw.rows,
        target_words=lost if table.target.dtype.kind == "U" else (),
        notes=(*raw.notes, *raw.repairs),
        unnamed=raw.unnamed,
        keys=keys,
        unread=misfits(ours, numbers),
    )
    table = _with_features(table, reading, ours, strict)
    if test is None or theirs is None:
        return table
    as_classes = target in declared or table.target.dtype.kind == "U"
    theirs = without_words(theirs, numbers, words)
    table = replace(table, reading=replace(reading, unread=misfits(theirs, numbers)))
    return appended(table, _with_features(_without_features(theirs, test, roles, as_classes), reading, theirs, strict))


def with_target(raw: RawTable, clean: RawTable, target: str, words: tuple[str, ...]) -> tuple[RawTable, RawTable]:
    """Leave out the rows without a target, of a table and of its cleaned columns.

    Args:
        words: what stands in those rows.

    Raises:
        DataError: more than half of the rows have none.
    """
    absent = np.asarray(clean.columns[target].is_null(nan_is_null=True))
    if not absent.any():
        return raw, clean
    if 2 * absent.sum() > len(absent):
        counts = f"{absent.sum()} of {len(absent)} rows have none"
        raise DataError(f"{raw.at(target)} is the target, but {counts}; name another column{_present(words)}.")
    rows = np.flatnonzero(~absent)
    return taken(raw, rows), taken(clean, rows)


def _present(words: tuple[str, ...]) -> str:
    """Advise the key that takes words for values."""
    return f", or set data.present = {json.dumps(words, ensure_ascii=False)} if that is a value" if words else ""


def development_rows(table: Table, data: DataSection) -> NDArray[np.intp]:
    """Return the rows that the study's own split gives to the search, in the order of the file.

    Where the split is impossible, these are all rows; the study itself then says what is wrong.
    """
    light = replace(table, features=np.zeros((len(table.target), 1)), kinds=("number",), columns=("",), cells=None)
    try:
        light, _ = with_one_spelling(light)
        target, y = target_of(light, data.task)
        if data.rows is not None:
            light, y = subset(light, target, y, data.rows, data.split_seed)
        development, _ = split(light, target, y, data.test_size, data.split_seed)
    except DataError:
        return np.arange(len(table.target))
    assert development.table.numbers is not None
    return np.sort(development.table.numbers)


def _without_features(clean: RawTable, raw: RawTable, roles: Mapping[str, tuple[str, ...]], as_classes: bool) -> Table:
    """Read the columns with a role; the cells are kept as they are in the raw table."""
    (target_name,) = roles["target"]
    target, classes = read_target(clean, target_name, as_classes)
    return Table(
        name=clean.name,
        features=np.empty((len(target), 0)),
        kinds=(),
        columns=(),
        target=target,
        target_name=target_name,
        classes=classes,
        groups=read_groups(clean, *roles.get("groups", ())),
        time=read_time(clean, *roles.get("time", ())),
        weights=read_weights(clean, *roles.get("weights", ())),
        cells=SourceCells.of(*raw.columns.values()),
    )


def _with_features(table: Table, reading: TableReading, clean: RawTable, strict: bool) -> Table:
    features = read_features(reading, clean, strict)
    columns = tuple(name for name, _ in reading.columns)
    return replace(table, features=features, kinds=reading.kinds, columns=columns, reading=reading)


def _roles(raw: RawTable, data: DataSection) -> dict[str, tuple[str, ...]]:
    """Return key of [data] -> the names of its columns."""
    if data.target is None:
        raise DataError(f"data.target: name the column to predict; {raw.where} has {listed(list(raw.columns))}.")
    _check_named(raw, data)
    roles: dict[str, tuple[str, ...]] = {}
    keys_of: dict[str, list[str]] = {}
    for key in (*SINGLE, *LISTS):
        if given := data.columns(key):
            roles[key] = tuple(_named(raw, column) or "" for column in given)
            for name in roles[key]:
                keys_of.setdefault(name, []).append(key)
    for name, keys in keys_of.items():
        if len(keys) > 1 and keys not in (["target", "categories"], ["categories", "keep"], ["numbers", "keep"]):
            raise DataError(f"data: column {shown(name)} is named in {' and in '.join(keys)}; leave only one of them.")
    return roles


def _check_named(raw: RawTable, data: DataSection) -> None:
    """Refuse columns that do not exist, all of them in one line with the nearest that do."""
    names = list(raw.columns)
    unknown = [
        f"data.{key}: {raw.where} has no column {column!r}" + (_meant(names, column) if isinstance(column, str) else "")
        for key in (*SINGLE, *LISTS)
        for column in data.columns(key)
        if _named(raw, column) is None
    ]
    if unknown:
        raise DataError(f"{in_one_line(unknown)}; it has {listed(names)}.")


def _meant(names: Sequence[str], typed: str) -> str:
    return did_you_mean([shown(name) for name in near(typed, names, 3)])


def _named(raw: RawTable, column: str | int) -> str | None:
    """Return the name of a column, which may be typed in another case or with other white space; None without one."""
    names = list(raw.columns)
    if isinstance(column, int):
        there = names[column] if -len(names) <= column < len(names) else None
        if there is None and str(column) in names:
            return str(column)
        if str(column) in names and there != str(column):
            raise DataError(
                f"{raw.where}: {column} is the name of one column and the position of another, {there!r}; name it as "
                f"\"'{column}'\", in quotes twice on the command line, or count its position from the end."
            )
        return there
    same = [column] if column in raw.columns else same_column(column, names)
    return same[0] if len(same) == 1 else None


def _spelled(raw: RawTable, data: DataSection) -> dict[str, str]:
    """Return column as [data] names it -> its name in the file, for those whose names differ."""
    typed = [name for key in (*SINGLE, *LISTS) for name in data.columns(key) if isinstance(name, str)]
    return {name: own for name in typed if (own := _named(raw, name)) and own != name}


def check_identifiers(files: Sequence[RawTable], name: str) -> None:
    """Refuse an identifier that two rows share: they are the same thing, and could lie on both sides of a split.

    Raises:
        DataError: an identifier is missing, or stands in two rows, of a file or of two files.
    """
    known: set[str] = set()
    for raw in files:
        refuse_missing(raw, name, "the identifier")
        values = texts(raw, name).to_pandas()
        raw.refuse(
            name,
            values.duplicated() | values.isin(known),
            "is the identifier and must differ in every row",
            "remove the repeated row, or name the column as data.groups if its rows belong together",
        )
        known |= set(values)


def read_groups(raw: RawTable, name: str | None = None) -> NDArray[Any] | None:
    """Return (N,) the name of each row's group; None without a column.

    Raises:
        DataError: a name is missing or is a long text.
    """
    if name is None:
        return None
    refuse_missing(raw, name, "the groups")
    refuse_long(raw, name, "name the groups by shorter texts")
    return np.asarray(texts(raw, name).to_numpy(zero_copy_only=False), str)


def read_time(raw: RawTable, name: str | None = None) -> NDArray[Any] | None:
    """Return (N,) the time of each row, numbers or dates in ISO 8601, with zones as UTC; None without a column.

    Raises:
        DataError: a time is missing, or neither a number nor a date.
    """
    if name is None:
        return None
    column = raw.columns[name]
    refuse_missing(raw, name, "the time")
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        return np.asarray(column.to_numpy())
    if not is_text(column.type) or not pc.any(words_in(column)).as_py():
        return read_number(raw, name)
    times = pd.to_datetime(column.to_pandas(), format="ISO8601", utc=True, errors="coerce")
    rule = "is the time and must hold numbers or dates like 2026-01-31 or 2026-01-31T12:00"
    raw.refuse(name, times.isna(), rule, "correct it")
    return np.asarray(times.dt.tz_localize(None).to_numpy().astype("datetime64[ns]"))


def read_weights(raw: RawTable, name: str | None = None) -> NDArray[np.float64] | None:
    """Return (N,) the weight of each row, from 0 on; None without a column.

    Raises:
        DataError: a weight is missing or negative, or all are 0.
    """
    if name is None:
        return None
    values = read_number(raw, name)
    raw.refuse(name, ~(values >= 0), "is the weights and must hold numbers from 0 on", "correct it")
    if not values.any():
        raise DataError(f"{raw.at(name)} is the weights, but every weight is 0; name another column.")
    return values
