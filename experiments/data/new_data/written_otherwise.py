"""New rows whose numbers and dates are all written otherwise than those that a model learnt from, and how.

A program of another country writes 17,3 for 17.3, and 26.1.2026 for 2026-01-26. What could be two numbers or two days
is not decided here.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.data.columns.column_kind import file_has_comma, settled_format
from experiments.data.formats.column_types import cleaned, is_text
from experiments.data.formats.date_formats import EPOCHS, ISO, NO_DATE, AmbiguousDates, date_format, days_of
from experiments.data.formats.number_formats import COMMAS
from experiments.data.new_data.row_format import RowFormat
from experiments.data.raw_table import RawTable


def written_otherwise(raw: RawTable, form: RowFormat) -> dict[str, str]:
    """Return column -> its format in new rows, for numbers with a decimal comma and dates of another single format.

    A decimal comma counts where training wrote plain numbers, and where a column of the rows has one beyond doubt;
    then points between thousands count, too. A date counts where none of its column has the format of training.

    Args:
        raw:  the new rows, with the columns of the model.
        form: the form in which the model takes rows.
    """
    texts = [(name, kind) for name, kind in form.inputs if name in raw.columns and is_text(raw.columns[name].type)]
    numbers = [name for name, kind in texts if kind == "number" and name not in form.formats]
    dates = [name for name, kind in texts if kind == "date" and not _fits(raw, name, form.formats.get(name, ISO))]
    return _with_comma(raw, numbers, form) | _of_dates(cleaned(raw, dates), dates, form)


def _with_comma(raw: RawTable, names: list[str], form: RowFormat) -> dict[str, str]:
    if not any(pc.any(pc.match_substring(raw.columns[name], ",")).as_py() for name in names):  # as in most files
        return {}
    rows = replace(cleaned(raw, names), missing=tuple(form.missing), comma=True)
    if not file_has_comma(rows, names):
        return {}
    formats = {name: settled_format(rows, name, "number") for name in names}
    return {name: written for name, written in formats.items() if written in COMMAS}


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
