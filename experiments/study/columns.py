"""The decisions about the columns of a file: a line that says them, and the keys of a study file that hold them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from experiments.config.documents import readable
from experiments.data.prepare import StudyData
from experiments.data.table import REASONS, TableReading
from experiments.reports.formatting import count

SHOWN = 10  # columns in a line
LONGEST = 40  # characters of a name


def columns_line(data: StudyData, reading: TableReading) -> str:
    """Say what is predicted from what, and what was left out."""
    kinds = reading.kinds
    parts = [(kinds.count("number"), "number", "numbers"), (kinds.count("category"), "category", "categories")]
    features = " and ".join(count(number, one, more) for number, one, more in parts if number)
    target = readable(data.development.table.target_name, LONGEST)
    line = f"{data.name}: {count(data.rows, 'row')}, {features} -> {target}"
    left_out = [f"{_shown(one.name, reading)} ({REASONS[one.reason]})" for one in reading.left_out]
    if left_out:
        more = f" and {len(left_out) - SHOWN} more" if len(left_out) > SHOWN else ""
        line += f"; left out: {', '.join(left_out[:SHOWN])}{more}; --keep NAME takes one in"
    if reading.missing:
        line += f"; taken for missing numbers: {', '.join(readable(word, LONGEST) for word in reading.missing)}"
    if reading.no_target:
        words = ", ".join(json.dumps(word, ensure_ascii=False) for word in reading.target_words[:SHOWN])
        key = f" ({words} taken for missing; data.present = [{words}] keeps it)" if words else ""
        line += f"; {count(reading.no_target, 'row')} without {target} left out{key}"
    line += "".join(f"; {note}" for note in reading.notes)
    if reading.unread:
        line += f"; {count(reading.unread, 'cell')} of the test rows taken for missing, as they do not fit their column"
    return line


def _shown(name: str, reading: TableReading) -> str:
    """Name a column; one without a name in the file is known by its position."""
    return f"column {name}, which has no name" if name in reading.unnamed else readable(name, LONGEST)


def with_columns(document: Mapping[str, Any], reading: TableReading | None) -> Mapping[str, Any]:
    """Write what was decided into the document of a study file, so that the next run decides nothing."""
    if reading is None or not reading.keys:
        return document
    decided = {
        key: list(value) if isinstance(value, tuple) else value for key, value in reading.keys.items() if value != ()
    }
    data = {key: value for key, value in document["data"].items() if key not in reading.keys}
    return {**document, "data": {**data, **decided}}
