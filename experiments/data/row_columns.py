"""Columns that say something about their row, not about what is to be learnt: identifier, groups, time and weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.data.column_types import at, is_text, read_number, refuse_long, refuse_missing, texts
from experiments.data.raw_table import RawTable, shown
from experiments.data.texts import NUMBER
from experiments.errors import DataError


def check_identifiers(sheets: Sequence[RawTable], name: str) -> None:
    """The same identifier twice is the same thing twice, which may come to lie on both sides of a split.

    Raises:
        DataError: one is missing, or is there twice, in one sheet or in two.
    """
    seen: set[str] = set()
    for sheet in sheets:
        column = texts(sheet, name)
        refuse_missing(sheet, name, column, "the identifier")
        for row, value in enumerate(column.to_pylist()):
            if value in seen:
                raise DataError(
                    f"{at(sheet, name)} is the identifier, but {sheet.place(row)} has {shown(value)} again; remove the "
                    "row, or name the column as data.groups if its rows belong together."
                )
            seen.add(value)


def read_groups(sheet: RawTable, name: str | None = None) -> NDArray[Any] | None:
    """(N,) the name of each row's group; None without a column.

    Raises:
        DataError: one is missing or is a whole text.
    """
    if name is None:
        return None
    column = texts(sheet, name)
    refuse_missing(sheet, name, column, "the groups")
    refuse_long(sheet, name, column, "the groups are names")
    return np.asarray(column.to_numpy(zero_copy_only=False), str)


def read_time(sheet: RawTable, name: str | None = None) -> NDArray[Any] | None:
    """(N,) when each row was: numbers, or dates in ISO 8601, with zones as UTC; None without a column.

    Raises:
        DataError: one is missing or is neither.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if name is None:
        return None
    kind = sheet.columns[name].type
    column = sheet.columns[name]
    refuse_missing(sheet, name, column, "the time")
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return np.asarray(column.to_numpy())
    if not is_text(kind) or pc.all(pc.match_substring_regex(column, NUMBER)).as_py():
        return read_number(sheet, name)
    import pandas as pd

    times = pd.to_datetime(column.to_pandas(), format="ISO8601", utc=True, errors="coerce")
    if times.isna().any():
        row = int(times.isna().argmax())
        raise DataError(
            f"{at(sheet, name)} is the time, a number or a date like 2026-01-31 or 2026-01-31T12:00, but "
            f"{sheet.place(row)} has {shown(column[row].as_py())}."
        )
    found: NDArray[Any] = times.dt.tz_localize(None).to_numpy().astype("datetime64[ns]")
    return found


def read_weights(sheet: RawTable, name: str | None = None) -> NDArray[np.float64] | None:
    """(N,) how much each row counts, from 0 on; None without a column.

    Raises:
        DataError: one is missing or negative, or all are 0.
    """
    if name is None:
        return None
    values = read_number(sheet, name)
    wrong = np.flatnonzero(~(values >= 0))
    if len(wrong):
        raise DataError(
            f"{at(sheet, name)} is the weights, numbers from 0 on, but {sheet.place(int(wrong[0]))} has "
            f"{values[wrong[0]]}."
        )
    if not values.any():
        raise DataError(f"{at(sheet, name)} is the weights, but every one is 0.")
    return values
