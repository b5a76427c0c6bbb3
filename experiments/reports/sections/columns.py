"""The table of a file's columns: how each was read, and how much of it is missing."""

from __future__ import annotations

from collections.abc import Iterator

from experiments.data.table import REASONS
from experiments.evaluation.results import StudyResult
from experiments.reports.blocks import Block, Column, Fact, Row, Table, note, number

SHOWN = 60  # columns


def columns(result: StudyResult) -> tuple[Block, ...]:
    """Tabulate the columns of a file; nothing where the rows came from no file with columns."""
    reading = result.reading
    if reading is None or not reading.columns:
        return ()
    rows = tuple(_rows(result))
    titles = (Column("column", number=False), Column("read as", number=False), Column("written as", number=False))
    table = Table("Columns", (*titles, Column("missing")), rows[:SHOWN])
    beyond = len(rows) - SHOWN
    more = (note("{} more columns are in results.json.", number("reading.columns.rest", beyond)),) if beyond > 0 else ()
    said = [note("{}", Fact(f"reading.notes[{at}]", line)) for at, line in enumerate(reading.notes)]
    return (table, note("Missing cells are counted among the development rows."), *more, *said)


def _rows(result: StudyResult) -> Iterator[Row]:
    reading = result.reading
    for at, one in enumerate(reading.columns if reading else ()):
        key = f"reading.columns[{at}]"
        form = Fact(f"{key}.format", one.format) if one.format else ""
        name, kind = Fact(f"{key}.name", one.name), Fact(f"{key}.kind", one.kind)
        yield Row((name, kind, form, number(f"{key}.missing", one.missing)))
    for at, gone in enumerate(reading.left_out if reading else ()):
        yield Row((Fact(f"reading.left_out[{at}].name", gone.name), f"left out: {REASONS[gone.reason]}", "", ""))
