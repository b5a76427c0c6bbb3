"""Cells in a format that reads like the column's own: the other decimal mark, or day and month exchanged.

Where the rows to learn from have `1.234,5`, and new rows `246.01`, a new `246.010` is not 246,010. Where they have
`31.12.2026` as `%d.%m.%Y`, and new rows `12.31.2026`, a new `03.04.2026` is no day of April.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from experiments.data.column_types import is_text
from experiments.data.date_formats import PROBE, days_of, is_date_format, with_day_and_month_exchanged
from experiments.data.number_formats import fits, is_number_format, with_other_mark
from experiments.data.raw_table import RawTable, shown
from experiments.errors import DataError


def refuse_other_format(rows: RawTable, formats: Mapping[str, str]) -> None:
    """Refuse a column some of whose cells fit the other format alone, and none its own alone.

    Args:
        rows:    cleaned rows.
        formats: column -> format of the rows to learn from.

    Raises:
        DataError: there is such a column; the message names the first such cell.
    """
    for name, form in formats.items():
        of_dates = not is_number_format(form) and is_date_format(form)
        other = with_day_and_month_exchanged(form) if of_dates else with_other_mark(form)
        column = rows.columns.get(name)
        if other is None or column is None or not is_text(column.type):
            continue
        ours = _fitting(column, form, of_dates)
        if ours.sum() == len(column) - column.null_count:  # as in most files: the other format is not tried
            continue
        theirs = _fitting(column, other, of_dates)
        if (theirs & ~ours).any() and not (ours & ~theirs).any():
            row = int((theirs & ~ours).argmax())
            cell = shown(column[row].as_py())
            what, has = (
                ("dates", f"is one of {other}, with day and month exchanged")
                if of_dates
                else ("numbers", "has the other decimal mark")
            )
            raise DataError(
                f"{rows.at(name)} must hold {what} written as {form}, but {cell} in "
                f"{rows.place(row)} {has}; write the column so."
            )


def monthly_notes(rows: RawTable, formats: Mapping[str, str]) -> Iterator[str]:
    """Say which dates were taken for first days of months, although they could be days of January.

    Args:
        rows:    cleaned rows.
        formats: column -> format that was found for it.
    """
    for name, form in formats.items():
        other = None if is_number_format(form) else with_day_and_month_exchanged(form)
        texts = rows.columns[name]
        if other is None or not is_text(texts.type):
            continue
        for part in (texts.slice(0, PROBE), texts):  # the first rows rule out most columns
            ours, theirs = days_of(part, form), days_of(part, other)
            if not np.array_equal(np.isnan(ours), np.isnan(theirs)):
                break
        else:
            if not np.array_equal(ours, theirs, equal_nan=True):
                yield (
                    f"column {shown(name)}: its dates are taken for first days of months ({form}); "
                    f"--formats '{name}={other}' takes them for days of January"
                )


def _fitting(texts: pa.ChunkedArray, form: str, of_dates: bool) -> NDArray[np.bool_]:
    """Mark (N,) the cells that are written in a format."""
    return ~np.isnan(days_of(texts, form)) if of_dates else np.asarray(pc.fill_null(fits(texts, form), False))
