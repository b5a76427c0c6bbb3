"""Shares without their percent sign: where the rows to learn from have `27.3%`, a new 0.273 is no 0.273%."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow.compute as pc

from experiments.data.column_types import is_number
from experiments.data.number_formats import is_number_format
from experiments.data.raw_table import RawTable, shown
from experiments.errors import DataError

SIGNS = ("%", "‰")


def refuse_bare_shares(rows: RawTable, formats: Mapping[str, str]) -> None:
    """Refuse a column of numbers from -1 to 1 where the rows to learn from have percents.

    A workbook holds 27.3% as 0.273. Larger numbers can only be percents without their sign.

    Args:
        formats: column -> format of the rows to learn from.

    Raises:
        DataError: there is such a column; the message names its first number beside 0.
    """
    for name, form in formats.items():
        column = rows.columns.get(name)
        if column is None or not is_number_format(form) or not form.endswith(SIGNS) or not is_number(column.type):
            continue
        sizes = pc.abs(column)
        if pc.max(sizes).as_py() is None or not 0 < pc.max(sizes).as_py() <= 1:
            continue
        row = pc.index(pc.fill_null(pc.greater(sizes, 0), False), True).as_py()
        raise DataError(
            f"{rows.at(name)} must hold numbers written as {form}, but {column[row].as_py()} in {rows.place(row)} has "
            f"no {form[-1]}, and could be a share of 1; write the column with it, such as {shown('27.3' + form[-1])}."
        )
