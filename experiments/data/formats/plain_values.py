"""The formats of a table's columns: cells as they are written become plain numbers, and dates become days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.data.formats.column_types import is_text, words_in
from experiments.data.formats.date_formats import ISO, NO_DATE, days_of, days_of_times
from experiments.data.formats.number_formats import INFINITE, fits, has_decimal_comma, plain_numbers
from experiments.data.raw_table import RawTable
from experiments.data.table import Kind

NOT_IN_FORMAT = "?!"  # a word, so that it counts as a cell that does not fit


def with_formats(raw: RawTable, kinds: Mapping[str, Kind], formats: Mapping[str, str]) -> RawTable:
    """Write the numbers and dates of cleaned columns as plain numbers; a date becomes its days since 1970.

    A cell that does not fit its column's format stays a word. A date without a format is read by ISO 8601.

    Args:
        kinds:   kinds of the columns that are changed.
        formats: their formats, for those that have one.
    """
    changed = {
        name: _as_days(raw.columns[name], formats.get(name, ISO))
        if kind == "date"
        else _as_numbers(raw.columns[name], formats.get(name))
        for name, kind in kinds.items()
        if kind in ("date", "number")
    }
    return replace(raw, columns=raw.columns | changed)


def _as_days(column: pa.ChunkedArray, form: str) -> pa.ChunkedArray:
    missing = pc.is_in(column, pa.array(NO_DATE)) if is_text(column.type) else column.is_null()
    if pa.types.is_temporal(column.type):
        days = days_of_times(column)
    else:
        days = days_of(column if is_text(column.type) else pc.cast(column, pa.string(), safe=False), form)
    wrong = np.isnan(days) & ~np.asarray(missing) & ~np.asarray(column.is_null())
    numbers = pa.array(days, from_pandas=True)
    if not wrong.any():
        return pa.chunked_array([numbers])
    return pa.chunked_array([pc.if_else(pa.array(wrong), NOT_IN_FORMAT, numbers.cast(pa.string()))])


def _as_numbers(column: pa.ChunkedArray, form: str | None) -> pa.ChunkedArray:
    if pa.types.is_temporal(column.type):
        return pa.chunked_array([pa.array(days_of_times(column), from_pandas=True)])
    if form is None or not is_text(column.type):
        return column
    fitting = fits(column, form)
    plain = plain_numbers(pc.if_else(fitting, column, pa.scalar(None, pa.string())), form)
    if has_decimal_comma(form):  # 7.5 would be another number
        written_alike = pc.match_substring_regex(column, INFINITE)
        column = pc.if_else(pc.or_(words_in(column), written_alike), column, NOT_IN_FORMAT)
    return pc.if_else(fitting, plain, column)
