"""The reading of a table: which columns are features and of which kind, decided from the development rows alone.

A column that says nothing of new rows is left out: it counts the rows, names them, is empty or never changes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from experiments.data.columns.column_kind import Decision, NoFeature, decide_column, file_has_comma, settled_format
from experiments.data.columns.column_roles import ColumnRoles
from experiments.data.columns.time_names import is_time_name, later_option
from experiments.data.formats.column_types import is_text, lenient_numbers, read_number, texts, words_in
from experiments.data.formats.number_formats import has_decimal_comma, is_number_format
from experiments.data.formats.plain_values import with_formats
from experiments.data.formats.without_words import without_words
from experiments.data.formats.zones import zoned_columns
from experiments.data.raw_table import RawTable, shown
from experiments.data.table import REASONS, Kind, LeftOut, Table, TableReading
from experiments.errors import DataError


def plain_rows(clean: RawTable, reading: TableReading) -> RawTable:
    """Write cleaned rows as their reading says, with plain numbers, and days for dates."""
    bare = without_words(clean, _numbers(reading), reading.words, reading.formats)
    return with_formats(bare, dict(reading.columns), reading.formats)


def _numbers(reading: TableReading) -> list[str]:
    """Return the columns that are no categories."""
    return [name for name, kind in reading.columns if kind != "category"]


def read_features(reading: TableReading, raw: RawTable) -> tuple[Any, tuple[int, int]]:
    """Read the features of rows whose formats are plain, as `Table.features` describes them.

    Returns:
        the features, and how many cells are missing because they are no numbers, and infinite or enormous ones.
    """
    values, unread, large = {}, 0, 0
    for name, kind in reading.columns:
        if kind == "category":
            values[name] = texts(raw, name).to_pandas()
        else:
            values[name], words, more = lenient_numbers(raw, name)
            unread, large = unread + words, large + more
    if "category" in reading.kinds or any(np.isnan(numbers).any() for numbers in values.values()):
        return pd.DataFrame(values), (unread, large)
    return np.column_stack(list(values.values())), (unread, large)


def with_features(table: Table, reading: TableReading, clean: RawTable, strict: bool | None) -> tuple[Table, RawTable]:
    """Read the features; what does not fit its column is missing and counted.

    Returns:
        the table, and its rows as their reading says, with plain numbers.

    Raises:
        DataError: if strict, a cell does not fit, or holds an infinite or enormous number; the message names it.
    """
    plain = plain_rows(clean, reading)
    if strict:
        for name in _numbers(reading):
            read_number(plain, name)
    features, (unread, large) = read_features(reading, plain)
    columns = tuple(name for name, _ in reading.columns)
    reading = replace(reading, unread=unread, large=large)
    return replace(table, features=features, kinds=reading.kinds, columns=columns, reading=reading), plain


def decide(rows: RawTable, roles: ColumnRoles, thousands: bool) -> TableReading:
    """Decide how the columns without a role are read.

    Args:
        rows:      cleaned development rows, in the order of the file.
        thousands: whether a point may stand between thousands in a column whose kind is named.

    Raises:
        DataError: dates are ambiguous.
    """
    columns: list[tuple[str, Kind]] = []
    left_out: list[LeftOut] = []
    formats, words = dict(roles.formats), dict.fromkeys(rows.missing)
    comma = any(is_number_format(form) and has_decimal_comma(form) for form in formats.values())
    rows = replace(rows, comma=comma or file_has_comma(rows, roles.numbers))
    for name in roles.features:
        decision = _decision(rows, name, roles)
        if isinstance(decision, LeftOut):
            left_out.append(decision)
            continue
        columns.append((name, decision.kind))
        words |= dict.fromkeys(decision.missing)
        points = thousands or name not in roles.kinds
        if name not in formats:
            form = decision.format
            form = settled_format(rows, name, decision.kind, points) if form is None else form
            formats |= {name: form} if form else {}
    readable = _readable(rows, words, columns, formats)
    found = tuple(word for word in words if word not in rows.missing and word not in readable)
    zoned = zoned_columns(rows, columns, formats)
    return TableReading(tuple(columns), formats, tuple(left_out), found, rows.missing, zoned=zoned)


def _decision(rows: RawTable, name: str, roles: ColumnRoles) -> Decision | LeftOut:
    """Return the kind of a column as it is named or decided, or the reason why it is no feature."""
    if name in roles.kinds:
        return Decision(roles.kinds[name], None)
    column = rows.columns[name]
    try:
        if name in rows.index:
            timed = pa.types.is_temporal(column.type) or is_time_name(name)
            raise NoFeature("index", f"{REASONS['index']}; {later_option(name)}" if timed else "")
        return decide_column(rows, name)
    except NoFeature as reason:
        if name not in roles.of("keep"):
            return LeftOut(name, reason.reason, reason.detail)
        return Decision("category" if is_text(column.type) and pc.any(words_in(column)).as_py() else "number", None)


def _readable(
    rows: RawTable, words: Collection[str], columns: Sequence[tuple[str, Kind]], formats: Mapping[str, str]
) -> set[str]:
    """Return the words that are numbers or dates in one of the columns, where they are no missing values."""
    texts, readable = pa.chunked_array([pa.array(list(words), pa.string())]), set[str]()
    different = {(kind, formats.get(name)): name for name, kind in columns if kind != "category"} if words else {}
    for (kind, form), name in different.items():
        plain = with_formats(replace(rows, columns={name: texts}), {name: kind}, {name: form} if form else {})
        read = plain.columns[name]
        readable |= set(texts.filter(pc.invert(words_in(read)) if is_text(read.type) else read.is_valid()).to_pylist())
    return readable


def refuse_decisions(where: str, reading: TableReading, roles: ColumnRoles) -> None:
    """Refuse what was decided beyond numbers and categories, all of it in one line.

    Raises:
        DataError: something was decided.
    """
    done = [f"column {shown(one.name)} ({one.why}) would be left out" for one in reading.left_out]
    done += [f"{shown(word)} would be a missing number" for word in reading.missing]
    dates = [name for name, kind in reading.columns if kind == "date" != roles.kinds.get(name)]
    done += [f"column {shown(name)} would be dates" for name in dates]
    done += [
        f"column {shown(name)} would have the format {shown(form)}"
        for name, form in reading.formats.items()
        if name not in roles.formats
    ]
    if reading.no_target:
        done.append(f"{reading.no_target} rows without a target would be left out")
    if done:
        raise DataError(
            f"{where}: data.strict leaves nothing to decide, but {'; '.join(done)}; name the columns in data.drop, "
            "data.dates and data.formats, and the words in data.missing."
        )


def taken(raw: RawTable, rows: Any) -> RawTable:
    """Choose rows of a raw table, in the order given."""
    indices = pa.array(rows)
    columns = {name: column.take(indices) for name, column in raw.columns.items()}
    numbers = np.asarray(rows) if raw.numbers is None else raw.numbers[rows]
    return replace(
        raw,
        columns=columns,
        place=lambda row: raw.place(int(rows[row])),
        rows_of_file=raw.rows_of_file or raw.rows,
        numbers=numbers,
    )
