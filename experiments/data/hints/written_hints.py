"""Hints about how cells are written: codes with leading zeros that are read as numbers, and numbers of several units.

Nothing is changed. Each line says what would.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from shlex import quote

import pyarrow as pa
import pyarrow.compute as pc

from experiments.data.columns.time_names import is_time_name
from experiments.data.formats.column_types import FEW, PROBE, is_text
from experiments.data.raw_table import RawTable, listed, shown
from experiments.data.table import TableReading

CODE = r"^\d{4,}$"  # shorter ones are months and hours
WITH_UNIT = r"^[-+]?\d+(?:[.,]\d+)? ?(?P<unit>\p{L}+\.?)$"
MOST_UNITS = 5
NUMBER = r"^[-+]?\d+(?:[.,]\d+)? "  # and a blank, without which it could be the number of a house


def written_hints(rows: RawTable, reading: TableReading, named: Collection[str]) -> Iterator[str]:
    """Say which columns are written like codes or with several units, unless their kind is named.

    Args:
        rows: cleaned development rows.
    """
    for name, kind in reading.columns:
        column = rows.columns[name]
        if name in named or name in reading.formats or not is_text(column.type):
            continue
        present = column.drop_null()
        if kind == "number" and not is_time_name(name) and _are_codes(present):
            yield (
                f"column {shown(name)} has leading zeros, as codes have, but is read as numbers; "
                f"--categories {quote(name)} takes it for codes"
            )
        if kind == "category" and (units := _units(present)):
            yield (
                f"column {shown(name)} is read as categories, as its numbers have the units {listed(units)}; "
                "write one of them alone"
            )


def _are_codes(present: pa.ChunkedArray) -> bool:
    """Return whether all texts are as many digits, and some but not all begin with 0."""
    for part in (present.slice(0, PROBE), present):
        if not len(part) or not pc.all(pc.match_substring_regex(part, CODE)).as_py():
            return False
    if pc.count_distinct(pc.utf8_length(present)).as_py() > 1:
        return False
    zeros = pc.starts_with(present, "0")
    return bool(pc.any(zeros).as_py() and not pc.all(zeros).as_py())


def _units(present: pa.ChunkedArray) -> list[str]:
    """Return the units of numbers that have several; nothing of other texts."""
    if not len(present) or not pc.match_substring_regex(present[0], WITH_UNIT).as_py():
        return []
    different = pc.unique(present)
    units = pc.struct_field(pc.extract_regex(different, WITH_UNIT), [0])
    if len(different) < FEW or units.null_count or not pc.any(pc.match_substring_regex(different, NUMBER)).as_py():
        return []
    found: list[str] = pc.unique(units).to_pylist()
    return sorted(found) if 1 < len(found) <= MOST_UNITS else []
