"""The table of the columns: how each was read, and how much of it is missing."""

from __future__ import annotations

from collections.abc import Iterator

from experiments.data.table import REASONS
from experiments.evaluation.results import ReadingRecord, StudyResult
from experiments.reports.blocks import Block, Column, Fact, Row, Table, Words, note, number

SHOWN = 60  # columns


def columns(result: StudyResult) -> tuple[Block, ...]:
    """Tabulate the columns with their kinds and missing cells; pixels are not listed."""
    reading = result.reading
    if reading is None:
        return ()
    said = [note("{}", Fact(f"reading.notes[{at}]", line)) for at, line in enumerate(reading.notes)]
    if {one.kind for one in reading.columns} <= {"pixel"}:
        return tuple(said)
    formats = any(one.format for one in reading.columns)
    rows = tuple(_rows(reading, formats))
    titles = [Column("column", number=False), Column("read as", number=False)]
    titles += [Column("written as", number=False)] if formats else []
    table = Table("Columns", (*titles, Column("missing")), rows[:SHOWN])
    beyond = len(rows) - SHOWN
    more = (note("{} more columns are in results.json.", number("reading.columns.rest", beyond)),) if beyond > 0 else ()
    return (table, note("Missing cells are counted among the development rows."), *more, *said)


def _rows(reading: ReadingRecord, formats: bool) -> Iterator[Row]:
    for at, one in enumerate(reading.columns):
        key = f"reading.columns[{at}]"
        form: tuple[Words, ...] = (Fact(f"{key}.format", one.format) if one.format else "",) if formats else ()
        name, kind = Fact(f"{key}.name", one.name), Fact(f"{key}.kind", one.kind)
        yield Row((name, kind, *form, number(f"{key}.missing", one.missing)))
    for at, gone in enumerate(reading.left_out):
        blank = ("",) if formats else ()
        yield Row((Fact(f"reading.left_out[{at}].name", gone.name), f"left out: {REASONS[gone.reason]}", *blank, ""))
