"""New rows whose numbers and dates are all written otherwise than those that a model learnt from, and how.

A program of another country writes 17,3 for 17.3, and 26.1.2026 for 2026-01-26, and a workbook 1,234.5 for 1234.5.
What could be two numbers or two days is not decided here.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.data.columns.column_kind import file_has_comma, settled_format
from experiments.data.formats.column_types import cleaned, is_text, words_in
from experiments.data.formats.date_formats import EPOCHS, ISO, NO_DATE, AmbiguousDates, date_format, days_of
from experiments.data.formats.number_formats import COMMAS, GROUPS, PLAIN
from experiments.data.new_data.row_format import RowFormat
from experiments.data.raw_table import RawTable

WITH_POINT = (PLAIN, *(form for form in GROUPS if form not in COMMAS))  # formats without a decimal comma
BETWEEN_THOUSANDS = ",'\u2019 \u00a0\u202f"  # in these formats


def written_otherwise(raw: RawTable, form: RowFormat) -> dict[str, str]:
    """Return column -> its format in new rows, for numbers with other marks and dates of another single format.

    A decimal comma counts where training wrote plain numbers, and where a column of the rows has one beyond doubt;
    then points between thousands count, too. Other thousands count where training had no unit, and where they can be no
    decimals. A date counts where none of its column has the format of training.

    Args:
        raw:  the new rows, with the columns of the model.
        form: the form in which the model takes rows.
    """
    texts = [(name, kind) for name, kind in form.inputs if name in raw.columns and is_text(raw.columns[name].type)]
    numbers = [name for name, kind in texts if kind == "number" and name not in form.formats]
    dates = [name for name, kind in texts if kind == "date" and not _fits(raw, name, form.formats.get(name, ISO))]
    pointed = [name for name, kind in texts if kind == "number" and form.formats.get(name, PLAIN) in WITH_POINT]
    grouped = [name for name in pointed if _may_hold(raw.columns[name], BETWEEN_THOUSANDS)]
    thousands = _with_thousands(cleaned(raw, grouped), grouped, form)
    return thousands | _with_comma(raw, numbers, form) | _of_dates(cleaned(raw, dates), dates, form)


def _may_hold(column: pa.ChunkedArray, marks: str) -> bool:
    """Return whether the memory of a column's texts holds one of some characters: no expression is as fast."""
    memory = [buffer.to_pybytes() for chunk in column.chunks if (buffer := chunk.buffers()[2]) is not None]
    return any(mark.encode() in part for mark in marks for part in memory)


def _with_comma(raw: RawTable, names: list[str], form: RowFormat) -> dict[str, str]:
    if not any(_may_hold(raw.columns[name], ",") for name in names):  # as in most files
        return {}
    rows = replace(cleaned(raw, names), missing=tuple(form.missing), comma=True)
    if not file_has_comma(rows, names):
        return {}
    formats = {name: settled_format(rows, name, "number") for name in names}
    return {name: written for name, written in formats.items() if written in COMMAS}


def _with_thousands(rows: RawTable, names: list[str], form: RowFormat) -> dict[str, str]:
    """Return column -> its format, of numbers between whose thousands another mark stands than in training."""
    found = {}
    for name in names:
        written = settled_format(replace(rows, missing=tuple(form.missing)), name, "number")
        other = written in WITH_POINT and written != form.formats.get(name, PLAIN)
        if other and (written != "1,234.5" or _no_decimals(rows, name)):
            found[name] = written
    return found


def _no_decimals(rows: RawTable, name: str) -> bool:
    """Return whether the commas of a column's numbers stand between thousands alone: 1,234 could be a bit more than 1.

    They do where a number has two marks or more, or some have none, as decimals of just three digits beside whole
    numbers are not to be expected; but for these alone between semicolons, where commas are decimal ones.
    """
    texts = rows.columns[name].drop_null()
    if pc.any(pc.match_substring_regex(texts, r",.*[.,]")).as_py():
        return True
    return rows.marks.separator != ";" and not pc.all(words_in(texts)).as_py()


def _fits(raw: RawTable, name: str, form: str) -> bool:
    """Return whether the first cell of a column is a date of a format."""
    present = raw.columns[name].drop_null().slice(0, 1)
    return bool(len(present)) and not bool(np.isnan(days_of(pc.utf8_trim_whitespace(present), form)).any())


def _of_dates(rows: RawTable, names: list[str], form: RowFormat) -> dict[str, str]:
    found = {}
    for name in names:
        learnt = form.formats.get(name, ISO)
        present = rows.columns[name].drop_null()
        present = present.filter(pc.invert(pc.is_in(present, pa.array([*NO_DATE, *form.missing], pa.string()))))
        if not len(present) or not np.isnan(days_of(present, learnt)).all():
            continue
        try:
            written = date_format(present)
        except AmbiguousDates:
            continue
        if written is not None and _has_days(written) == _has_days(learnt):
            found[name] = written
    return found


def _has_days(form: str) -> bool:
    """Return whether a format is of dates, and not of times of day."""
    return form == ISO or form in EPOCHS or re.search("%[YGy]", form) is not None
