"""Shares without their percent sign: where the rows to learn from have `27.3%`, a new 0.273 is no 0.273%."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from experiments.data.column_types import is_number, is_text
from experiments.data.number_formats import PLAIN, fits, is_number_format, plain_numbers
from experiments.data.raw_table import RawTable, shown
from experiments.errors import DataError

SIGNS = ("%", "‰")


def has_sign(form: str) -> bool:
    """Return whether numbers of a format have a percent sign, also within brackets."""
    return form.rstrip(")").endswith(SIGNS)


def refuse_bare_shares(rows: RawTable, formats: Mapping[str, str]) -> None:
    """Refuse a column whose bare numbers are from -1 to 1 where the rows to learn from have percents.

    A workbook holds 27.3% as 0.273, and one such cell may stand among percents. Larger numbers can only be percents
    without their sign.

    Args:
        rows:    cleaned rows.
        formats: column -> format of the rows to learn from.

    Raises:
        DataError: there is such a column; the message names its first number beside 0.
    """
    for name, form in formats.items():
        column = rows.columns.get(name)
        if column is None or not is_number_format(form) or not has_sign(form):
            continue
        sizes = np.abs(_bare_numbers(column))
        if not sizes.size or not 0 < np.nanmax(sizes, initial=0) <= 1:
            continue
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
