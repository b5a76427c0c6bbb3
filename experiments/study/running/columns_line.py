"""The line that says how a source was read: what is predicted from what, and what was left out."""

from __future__ import annotations

import json
from itertools import groupby

from experiments.config.readable import count, first_few, readable
from experiments.data.prepare import StudyData
from experiments.data.table import TableReading
from nnet.near import enumerated

SHOWN = 10  # columns in a line
LONGEST = 40  # characters of a name
NOT_KEPT = ("no_values", "mixed_numbers")  # reasons of columns that --keep would not make useful


def columns_line(data: StudyData, reading: TableReading) -> str:
    """Say what is predicted from what, and what was left out."""
    target = readable(data.development.table.target_name, LONGEST)
    line = f"{data.name}: {_rows(data, reading)} -> {target}"
    if data.development.table.picture is not None:
        classes = len(data.target.classes)
        line += f" ({count(classes, 'class', 'classes')})" if classes else " (a number)"
    if reading.left_out:
        line += f"; left out: {_left_out(reading)}"
        line += "; --keep NAME takes one in" if any(one.reason not in NOT_KEPT for one in reading.left_out) else ""
    for form in dict.fromkeys(reading.formats.values()):
        names = [readable(name, LONGEST) for name, other in reading.formats.items() if other == form]
        line += f"; {first_few(names, SHOWN)} read as {form}"
    if reading.missing:
        line += f"; taken for missing numbers: {', '.join(readable(word, LONGEST) for word in reading.missing)}"
    if reading.no_target:
        words = ", ".join(json.dumps(word, ensure_ascii=False) for word in reading.target_words[:SHOWN])
        key = f" ({words} taken for missing; data.present = [{words}] keeps it)" if words else ""
        line += f"; {count(reading.no_target, 'row')} without {target} left out{key}"
    if reading.dropped:
        gone = first_few([readable(name, LONGEST) for name in reading.dropped], SHOWN)
        line += f"; {count(sum(reading.dropped.values()), 'row')} of {gone} left out (data.drop_classes)"
    line += "".join(f"; {note}" for note in reading.notes)
    if reading.large:
        line += f"; {count(reading.large, 'infinite or enormous number')} taken for missing"
    if reading.unread:
        line += f"; {count(reading.unread, 'unfit cell')} taken for missing"
    return line


def _rows(data: StudyData, reading: TableReading) -> str:
    """Count the rows and the features, or the pictures with their size and colour."""
    shape = data.development.table.picture
    if shape is not None:
        colour = "in colour" if len(shape) == 3 else "grey"
        return f"{count(data.rows, 'picture')} of {shape[1]} x {shape[0]}, {colour}"
    kinds = (("number", "numbers"), ("category", "categories"), ("date", "dates"), ("pixel", "pixels"))
    parts = [count(number, one, more) for one, more in kinds if (number := reading.kinds.count(one))]
    return f"{count(data.rows, 'row')}, {enumerated(parts)}"


def _left_out(reading: TableReading) -> str:
    """Name the first columns that were left out; those one after another for the same reason have it once."""
    parts = []
    for why, same in groupby(reading.left_out[:SHOWN], key=lambda one: one.why):
        names = [_shown(one.name, reading) for one in same]
        each = "each " if names[1:] and why.split()[0] in ("counts", "differs") else ""
        parts.append(f"{', '.join(names)} ({each}{why})")
    more = len(reading.left_out) - SHOWN
    return ", ".join(parts) + (f" and {more} more" if more > 0 else "")


def _shown(name: str, reading: TableReading) -> str:
    """Name a column; one without a name in the file is known by its position."""
    return f"column {name}, which has no name" if name in reading.unnamed else readable(name, LONGEST)
