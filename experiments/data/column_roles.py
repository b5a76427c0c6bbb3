"""From a raw table to a table: the role of every column, by name or by position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from experiments.config.data_options import DataSection
from experiments.data.cells import SourceCells
from experiments.data.column_types import (
    cleaned,
    is_category,
    is_text,
    read_category,
    read_number,
    refuse_long,
    refuse_missing,
    texts,
    words_in,
)
from experiments.data.raw_table import RawTable, listed, shown
from experiments.data.table import Kind, Table, appended
from experiments.data.target_column import read_target, refuse_missing_words
from experiments.data.texts import words_present
from experiments.errors import DataError

SINGLE = ("target", "identifier", "groups", "time", "weights")
LISTS = ("drop", "categories", "numbers")


def table_of(raw: RawTable, data: DataSection, test: RawTable | None = None) -> Table:
    """Make a table of a raw table; the rows of a test file come last, and its columns are read like the first file's.

    Raises:
        DataError: a column named in [data] does not exist or has two roles, or a value breaks its column's rule.
    """
    roles = _roles(raw, data)
    raw = replace(raw, present=words_present(data.present or ()))
    (target,) = roles["target"]
    dropped = set(roles.get("drop", ()))
    single = [name for key in SINGLE for name in roles.get(key, ())]
    features = [name for name in raw.columns if name not in dropped.union(single)]
    if not features:
        raise DataError(f"{raw.where}: a table needs features, but every column has another role.")
    if raw.rows < 2:
        raise DataError(f"{raw.where}: a table needs at least 2 rows, but it has {raw.rows}.")
    ours = cleaned(raw, [name for name in raw.columns if name not in dropped])
    refuse_missing_words(raw, ours, target)
    named = dict.fromkeys(roles.get("categories", ()), True) | dict.fromkeys(roles.get("numbers", ()), False)
    categories = {name: named[name] if name in named else is_category(ours, name) for name in features}
    as_classes = target in named
    if as_classes:
        ours = replace(ours, declared=ours.declared | {target})
    table = _read(ours, raw, roles, categories, as_classes)
    check = [ours]
    if test is not None:
        lacking = [name for name in (*features, *single) if name not in test.columns]
        if lacking:
            raise DataError(f"data.test: {test.where} lacks {listed(lacking)}, which {raw.where} has.")
        theirs = cleaned(replace(test, present=raw.present), [*features, *single])
        if as_classes:
            theirs = replace(theirs, declared=theirs.declared | {target})
        check.append(theirs)
        as_classes = as_classes or table.target.dtype.kind == "U"
        table = appended(table, _read(theirs, test, roles, categories, as_classes))
    for name in roles.get("identifier", ()):
        check_identifiers(check, name)
    if len(np.unique(table.target[: raw.rows])) < 2:
        raise DataError(f"{raw.at(target)} is the target, but every row has {table.target[0]}; name another column.")
    return table


def _read(
    clean: RawTable,
    raw: RawTable,
    roles: Mapping[str, tuple[str, ...]],
    categories: Mapping[str, bool],
    as_classes: bool,
) -> Table:
    """Read the columns of a cleaned table; the cells are kept as they are in the raw table."""
    (target_name,) = roles["target"]
    target, classes = read_target(clean, target_name, as_classes)
    values = {
        name: read_category(clean, name) if categorical else read_number(clean, name)
        for name, categorical in categories.items()
    }
    kinds: tuple[Kind, ...] = tuple("category" if categorical else "number" for categorical in categories.values())
    features: Any
    if any(categories.values()) or any(np.isnan(numbers).any() for numbers in values.values()):
        features = pd.DataFrame(values)
    else:
        features = np.column_stack(list(values.values()))
    return Table(
        name=clean.name,
        features=features,
        kinds=kinds,
        columns=tuple(categories),
        target=target,
        target_name=target_name,
        classes=classes,
        groups=read_groups(clean, *roles.get("groups", ())),
        time=read_time(clean, *roles.get("time", ())),
        weights=read_weights(clean, *roles.get("weights", ())),
        cells=SourceCells.of(*raw.columns.values()),
    )


def _roles(raw: RawTable, data: DataSection) -> dict[str, tuple[str, ...]]:
    """Return key of [data] -> the names of its columns."""
    if data.target is None:
        raise DataError(f"data.target: name the column to predict; {raw.where} has {listed(list(raw.columns))}.")
    roles: dict[str, tuple[str, ...]] = {}
    keys_of: dict[str, list[str]] = {}
    for key in (*SINGLE, *LISTS):
        given = getattr(data, key)
        if given is not None:
            roles[key] = tuple(_named(raw, key, column) for column in (given if key in LISTS else (given,)))
            for name in roles[key]:
                keys_of.setdefault(name, []).append(key)
    for name, keys in keys_of.items():
        if len(keys) > 1 and keys != ["target", "categories"]:
            raise DataError(f"data: column {shown(name)} is named in {' and in '.join(keys)}; leave only one of them.")
    return roles


def _named(raw: RawTable, key: str, column: str | int) -> str:
    names = list(raw.columns)
    if isinstance(column, int) and -len(names) <= column < len(names):
        return names[column]
    if column in raw.columns:
        return str(column)
    raise DataError(f"data.{key}: {raw.where} has no column {column!r}; it has {listed(names)}.")


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
