"""Numbers with the other decimal mark: read by the format of the rows to learn from, they would be far too large.

Where those have `1.234,5`, and new rows `246.01`, a new `246.010` is not 246,010.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from experiments.data.column_types import is_text
from experiments.data.number_formats import fits, is_number_format, with_other_mark
from experiments.data.raw_table import RawTable, shown
from experiments.errors import DataError


def refuse_other_decimals(rows: RawTable, formats: Mapping[str, str]) -> None:
    """Refuse a column some of whose numbers are written with the other decimal mark alone, and none without it.

    Args:
        rows:    cleaned rows.
        formats: column -> format of the rows to learn from.

    Raises:
        DataError: there is such a column; the message names the first such number.
    """
    for name, form in formats.items():
        other = with_other_mark(form) if is_number_format(form) else None
        if other is None or name not in rows.columns or not is_text(rows.columns[name].type):
            continue
        ours, theirs = (_fitting(rows.columns[name], each) for each in (form, other))
        if (theirs & ~ours).any() and not (ours & ~theirs).any():
            row = int((theirs & ~ours).argmax())
            cell = shown(rows.columns[name][row].as_py())
            raise DataError(
                f"{rows.where}: column {shown(name)} must hold numbers written as {form}, but {cell} in "
                f"{rows.place(row)} has the other decimal mark; write the column so."
            )


def _fitting(texts: pa.ChunkedArray, form: str) -> NDArray[np.bool_]:
    """Mark (N,) the cells that are written in a format."""
    return np.asarray(pc.fill_null(fits(texts, form), False))
