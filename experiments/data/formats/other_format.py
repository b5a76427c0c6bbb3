"""Cells in a format that reads like the column's own: the other decimal mark, day and month exchanged, or a bare share.

Where the rows to learn from have `1.234,5`, and new rows `246.01`, a new `246.010` is not 246,010. Where they have
`31.12.2026` as `%d.%m.%Y`, and new rows `12.31.2026`, a new `03.04.2026` is no day of April. Where they have `27.3%`, a
new 0.273 is no 0.273%.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from experiments.data.formats.column_types import is_number, is_text
from experiments.data.formats.date_formats import PROBE, days_of, is_date_format, with_day_and_month_exchanged
from experiments.data.formats.number_formats import (
    PLAIN,
    fits,
    has_sign,
    is_number_format,
    plain_numbers,
    with_other_mark,
)
from experiments.data.raw_table import RawTable, shown
from experiments.errors import DataError


def refuse_other_format(rows: RawTable, formats: Mapping[str, str]) -> None:
    """Refuse a column that is written otherwise than in the rows to learn from, but would be read as if it were not.

    Args:
        rows:    cleaned rows.
        formats: column -> format of the rows to learn from.

    Raises:
        DataError: there is such a column; the message names the first such cell.
    """
    for name, form in formats.items():
        if name in rows.columns:
            _refuse_exchanged(rows, name, form)
            if is_number_format(form) and has_sign(form):
                _refuse_bare_shares(rows, name, form)


def _refuse_exchanged(rows: RawTable, name: str, form: str) -> None:
    """Refuse a column some of whose cells fit the other format alone, and none its own alone."""
    column, of_dates = rows.columns[name], not is_number_format(form) and is_date_format(form)
    other = with_day_and_month_exchanged(form) if of_dates else with_other_mark(form)
    if other is None or not is_text(column.type):
        return
    ours = _fitting(column, form, of_dates)
    if ours.sum() == len(column) - column.null_count:  # as in most files: the other format is not tried
        return
    theirs = _fitting(column, other, of_dates)
    if (theirs & ~ours).any() and not (ours & ~theirs).any():
        row = int((theirs & ~ours).argmax())
        what, has = "numbers", "has the other decimal mark"
        if of_dates:
            what, has = "dates", f"is one of {other}, with day and month exchanged"
        raise DataError(
            f"{rows.at(name)} must hold {what} written as {form}, but {shown(column[row].as_py())} in "
            f"{rows.place(row)} {has}; write the column so."
        )


def _refuse_bare_shares(rows: RawTable, name: str, form: str) -> None:
    """Refuse a column of percents whose bare numbers are from -1 to 1: larger ones can only be percents without a sign.

    A workbook holds 27.3% as 0.273, and one such cell may stand among percents.
    """
    column = rows.columns[name]
    sizes = np.abs(_bare_numbers(column))
    if sizes.size and 0 < np.nanmax(sizes, initial=0) <= 1:
        row, sign = int((sizes > 0).argmax()), form.rstrip(")")[-1]
        raise DataError(
            f"{rows.at(name)} must hold numbers written as {form}, but {column[row].as_py()} in {rows.place(row)} has "
            f"no {sign}, and could be a share of 1; write the column with it, such as {shown('27.3' + sign)}."
        )


def _bare_numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Return (N,) the numbers of a column that are written without its unit, NaN elsewhere."""
    if is_number(column.type):
        return np.asarray(column.to_pandas(), np.float64)
    if not is_text(column.type):
        return np.empty(0)
    plain = pc.if_else(fits(column, PLAIN), column, pa.scalar(None, pa.string()))
    return np.asarray(pc.cast(plain_numbers(plain, PLAIN), pa.float64()).to_pandas(), np.float64)


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
