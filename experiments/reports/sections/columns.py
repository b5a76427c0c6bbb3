"""The table of the columns: how each was read, and how much of it is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from experiments.data.table import REASONS
from experiments.evaluation.records.results import ReadingRecord, StudyResult
from experiments.reports.blocks import Block, Column, Fact, Folded, Row, Table, Words, note, number

SHOWN = 60  # columns


def columns(result: StudyResult) -> tuple[Block, ...]:
    """Tabulate the columns with their kinds and missing cells, of many those that have something to say; no pixels."""
    reading = result.reading
    if reading is None:
        return ()
    said = [note("{}", Fact(f"reading.notes[{at}]", line)) for at, line in enumerate(reading.notes)]
    if {one.kind for one in reading.columns} <= {"pixel"}:
        return tuple(said)
    formats = any(one.format for one in reading.columns)
    rows, gone = list(_rows(reading, formats)), list(_left_out(reading, formats))
    everything, shown, rest = len(rows) + len(gone), [*rows, *gone], "{} more columns are in results.json."
    if everything > SHOWN:
        usual = Counter(one.kind for one in reading.columns).most_common(1)[0][0]
        plain = [one.kind == usual and not one.missing and not one.format for one in reading.columns]
        shown = [*gone, *(row for row, is_plain in zip(rows, plain, strict=True) if not is_plain)]
        if len(shown) <= SHOWN:
            more = "more columns are" if shown else "columns are all"
            rest = f"{{}} {more} read as {usual}, without a missing cell; results.json names them."
    blocks: list[Block] = [_table(shown[:SHOWN], formats)] if shown else []
    if beyond := everything - len(shown[:SHOWN]):
        blocks.append(note(rest, number("reading.columns.rest", beyond)))
    blocks.append(note("Missing cells are counted among the development rows."))
    return (*said, Folded("How each column was read", tuple(blocks)))


def _table(rows: Sequence[Row], formats: bool) -> Table:
    titles = [Column("column", number=False), Column("read as", number=False)]
    titles += [Column("written as", number=False)] if formats else []
    return Table("Columns", (*titles, Column("missing")), tuple(rows))


def _rows(reading: ReadingRecord, formats: bool) -> Iterator[Row]:
    for at, one in enumerate(reading.columns):
        key = f"reading.columns[{at}]"
        form: tuple[Words, ...] = (Fact(f"{key}.format", one.format) if one.format else "",) if formats else ()
        name, kind = Fact(f"{key}.name", one.name), Fact(f"{key}.kind", one.kind)
        yield Row(name, kind, *form, number(f"{key}.missing", one.missing))


def _left_out(reading: ReadingRecord, formats: bool) -> Iterator[Row]:
    for at, gone in enumerate(reading.left_out):
        blank = ("",) if formats else ()
        yield Row(Fact(f"reading.left_out[{at}].name", gone.name), f"left out: {REASONS[gone.reason]}", *blank, "")
