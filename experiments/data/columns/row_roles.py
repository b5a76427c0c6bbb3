"""The columns of a row's identifier, group, time and weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from experiments.data.columns.column_kind import file_has_comma, settled_format
from experiments.data.formats.column_types import is_text, read_number, refuse_long, refuse_missing, texts, words_in
from experiments.data.formats.date_formats import ISO, days_of_times
from experiments.data.formats.number_formats import is_number_format
from experiments.data.formats.plain_values import with_formats
from experiments.data.raw_table import RawTable
from experiments.errors import DataError

SMALL = 1000  # above every month, day, hour and minute
MICROSECONDS = 86_400_000_000  # of a day; float64 holds no finer times of these centuries


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


def read_groups(raw: RawTable, name: str) -> NDArray[Any]:
    """Return (N,) the name of each row's group.

    Raises:
        DataError: a name is missing or is a long text.
    """
    refuse_missing(raw, name, "the groups")
    refuse_long(raw, name, "name the groups by shorter texts")
    return np.asarray(texts(raw, name).to_numpy(zero_copy_only=False), str)


def read_times(raw: RawTable, names: Sequence[str], formats: Mapping[str, str]) -> NDArray[Any]:
    """Return (N,) the time of each row; of several columns the first one orders rows, and each other one equal ones.

    Args:
        names:   columns of a time, the coarsest one first, as year, month and day.
        formats: column -> its format, if the study file names it.

    Raises:
        DataError: as `read_time`; or a column but the first does not hold small numbers, as months and hours are.
    """
    first, *others = names
    whole = read_time(raw, first, formats.get(first))
    for at, name in enumerate(others, 1):
        part = _as_number(read_time(raw, name, formats.get(name)))
        rule = f"is part of the time and must hold numbers from 0 to below {SMALL}, or times of day"
        raw.refuse(name, ~((part >= 0) & (part < SMALL)), rule, "name the parts of data.time from years to minutes")
        whole = _as_number(whole) + part / float(SMALL) ** at
    return whole


def _as_number(time: NDArray[Any]) -> NDArray[np.float64]:
    """Return times as numbers: dates as days since 1970."""
    days = time.dtype.kind == "M"
    numbers: NDArray[np.float64] = time.astype("datetime64[us]").astype(np.float64) / MICROSECONDS if days else time
    return numbers


def read_time(raw: RawTable, name: str, form: str | None = None) -> NDArray[Any]:
    """Return (N,) the time of each row, numbers or dates, with zones as UTC.

    A duration is a number of days.

    Args:
        form: format of the dates, if the study file names it.

    Raises:
        DataError: a time is missing, or neither a number nor a date.
    """
    column = raw.columns[name]
    refuse_missing(raw, name, "the time")
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        return np.asarray(column.to_numpy())
    if pa.types.is_duration(column.type):
        return days_of_times(column)
    if form is None and not (is_text(column.type) and pc.any(words_in(column)).as_py()):
        return read_number(raw, name)
    form = form or settled_format(raw, name, "date") or ISO
    days = with_formats(raw, {name: "date"}, {name: form}).columns[name]
    wrong = words_in(days) if is_text(days.type) else days.is_null()
    rule = "is the time and must hold numbers or dates of one format, such as 2026-01-31 or 31.01.2026 12:00"
    raw.refuse(name, wrong, rule, "correct it, or name the format in data.formats")
    exact: NDArray[Any] = np.round(days.to_numpy() * MICROSECONDS).astype("datetime64[us]").astype("datetime64[ns]")
    return exact


def weights_format(raw: RawTable, name: str, features: Sequence[str], thousands: bool = True) -> str:
    """Infer the format of weights that are not written plainly; empty of others.

    Args:
        features:  columns that may be numbers; if one has a decimal comma, the comma of weights such as 1,390 is one,
                   and the point of 1.390 stands between thousands.
        thousands: whether a point of plain numbers may stand between thousands.
    """
    if not is_text(raw.columns[name].type):
        return ""
    return settled_format(replace(raw, comma=file_has_comma(raw, features)), name, "number", thousands)


def read_weights(raw: RawTable, name: str, form: str | None = None) -> NDArray[np.float64]:
    """Return (N,) the weight of each row, from 0 on.

    Args:
        form: format of the weights, if it is named or was inferred.

    Raises:
        DataError: a weight is missing or negative, or all are 0.
    """
    rule, plain = "is the weights and must hold numbers", raw
    if is_text(raw.columns[name].type):
        form = form if form and is_number_format(form) else None
        plain = with_formats(raw, {name: "number"}, {name: form} if form else {})
        written = f"{rule} written as {form}" if form else rule
        advice = f"correct it, or name the format of the column, as in --formats '{name}=1234,5'"
        raw.refuse(name, words_in(plain.columns[name]), written, advice)
    values = read_number(plain, name, "")
    raw.refuse(name, ~(values >= 0), f"{rule} from 0 on", "correct it")
    if not values.any():
        raise DataError(f"{raw.at(name)} is the weights, but every weight is 0; name another column.")
    return values
