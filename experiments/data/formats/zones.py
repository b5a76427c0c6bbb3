"""The columns of dates whose times have a zone. All times are taken in UTC."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from experiments.data.formats.column_types import is_text
from experiments.data.formats.date_formats import EPOCHS, ISO, ZONE
from experiments.data.raw_table import RawTable

if TYPE_CHECKING:
    from experiments.data.table import Kind

PROBE = 50  # cells
WITH_ZONE = re.compile(rf".*[T ]\d\d.*\d{ZONE}")  # of a date like 2026-01-31T12:00Z


def zoned_columns(rows: RawTable, columns: Sequence[tuple[str, Kind]], formats: Mapping[str, str]) -> tuple[str, ...]:
    """Return the columns of dates whose first cells have a zone; numbers since 1970 are in UTC.

    Args:
        rows:    cleaned rows.
        columns: name and kind of each column.
        formats: column -> format of its dates, where they are not plain.
    """
    dates = [(name, formats.get(name, ISO)) for name, kind in columns if kind == "date"]
    return tuple(name for name, form in dates if _has_zone(rows.columns[name].drop_null().slice(0, PROBE), form))


def _has_zone(cells: pa.ChunkedArray, form: str) -> bool:
    """Return whether one of some cells has a zone."""
    if pa.types.is_timestamp(cells.type):
        return cells.type.tz is not None
    if form in EPOCHS or "%z" in form.casefold():
        return True
    return form == ISO and is_text(cells.type) and any(map(WITH_ZONE.fullmatch, cells.to_pylist()))
