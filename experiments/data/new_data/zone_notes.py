"""Notes on new rows whose times have a zone, where those of training had none, or the other way round.

The same moment may then be another hour.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa

from experiments.data.formats.column_types import cleaned
from experiments.data.formats.date_formats import ISO, days_of, days_of_times
from experiments.data.formats.zones import PROBE, zoned_columns
from experiments.data.raw_table import RawTable, listed

if TYPE_CHECKING:
    from experiments.data.new_data.row_format import RowFormat


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


def _has_hours(cells: pa.ChunkedArray, form: str) -> bool:
    """Return whether one of some cells is no whole day."""
    if not len(cells):
        return False
    days = days_of_times(cells) if pa.types.is_temporal(cells.type) else days_of(cells.cast(pa.string()), form)
    return bool((days % 1 > 0).any())  # of NaN it is not
