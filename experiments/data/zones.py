"""The columns of dates whose times have a zone, in new rows and in those that a model learnt from.

All are taken in UTC. Where only one of the two has zones, the same moment may be another hour.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa

from experiments.data.formats.column_types import cleaned, is_text
from experiments.data.formats.date_formats import EPOCHS, ISO, ZONE, days_of, days_of_times
from experiments.data.raw_table import RawTable, listed

if TYPE_CHECKING:
    from experiments.data.new_data.row_format import RowFormat
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


def zone_notes(raw: RawTable, form: RowFormat) -> list[str]:
    """Say in which columns the times of new rows have a zone, but had none in training, or the other way round.

    Days without a time of day are no news.

    Args:
        raw:  the new rows, with the columns of the model.
        form: the form in which the model takes rows, with the formats of the new ones.
    """
    if form.zoned is None:  # as of a model without dates, or of an earlier version
        return []
    dates = [name for name, kind in form.inputs if kind == "date"]
    heads = {name: raw.columns[name].drop_null().slice(0, PROBE) for name in dates}
    first = cleaned(replace(raw, columns=heads), dates)
    timed = [name for name in dates if _has_hours(first.columns[name].drop_null(), form.formats.get(name, ISO))]
    zoned = zoned_columns(first, form.inputs, form.formats)
    given = [name for name in timed if name in zoned and name not in form.zoned]
    lost = [name for name in timed if name in form.zoned and name not in zoned]
    lines = []
    if given:
        lines.append(
            f"the times of {listed(given)} have a zone, which those of training had not: they are taken in UTC, where "
            "the same moment may be another hour than in training"
        )
    if lost:
        lines.append(
            f"the times of {listed(lost)} have no zone, which those of training had: they are taken for UTC, which "
            "gives other hours if they are of another zone"
        )
    return lines


def _has_zone(cells: pa.ChunkedArray, form: str) -> bool:
    """Return whether one of some cells has a zone."""
    if pa.types.is_timestamp(cells.type):
        return cells.type.tz is not None
    if form in EPOCHS or "%z" in form.casefold():
        return True
    return form == ISO and is_text(cells.type) and any(map(WITH_ZONE.fullmatch, cells.to_pylist()))


def _has_hours(cells: pa.ChunkedArray, form: str) -> bool:
    """Return whether one of some cells is no whole day."""
    if not len(cells):
        return False
    days = days_of_times(cells) if pa.types.is_temporal(cells.type) else days_of(cells.cast(pa.string()), form)
    return bool((days % 1 > 0).any())  # of NaN it is not
