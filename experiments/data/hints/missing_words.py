"""Hints about words that are taken for missing numbers: limits, and words that a shifted row has in another column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from experiments.config.readable import count
from experiments.data.columns.target_column import LIMIT
from experiments.data.formats.column_types import is_text
from experiments.data.raw_table import RawTable, listed, shown
from experiments.data.table import TableReading
from experiments.data.texts import MISSING_NUMBERS

REPEATED = 2  # rows of a category, at least, that is known to be one


def missing_word_hints(rows: RawTable, reading: TableReading) -> Iterator[str]:
    """Say which words that were taken for missing numbers say more.

    Args:
        rows: cleaned development rows.
    """
    words = [word for word in reading.missing if word.lower() not in MISSING_NUMBERS]
    limits = [word for word in words if re.match(LIMIT, word)]
    if limits:
        cells = sum(len(_rows_with(rows, reading, word)) for word in limits)
        yield (
            f"{listed(limits)} in {count(cells, 'development cell')} are taken for missing, but are the smallest or "
            "largest numbers; write a number for each, such as its limit"
        )
    for word in words:
        places = _rows_with(rows, reading, word)
        others = [name for name, kind in reading.columns if kind == "category" and _is_value(rows.columns[name], word)]
        if word not in limits and len(places) == 1 and others:
            name, row = places[0]
            yield (
                f"the cells of {rows.place(row)} may be shifted: {shown(word)} in column {shown(name)} is a value of "
                f"{shown(others[0])}; correct that row"
            )


def _rows_with(rows: RawTable, reading: TableReading, word: str) -> Sequence[tuple[str, int]]:
    """Return the columns of numbers, and the rows, in which a word stands."""
    found = []
    for name, kind in reading.columns:
        column = rows.columns[name]
        if kind == "number" and is_text(column.type):
            marked = pc.indices_nonzero(pc.equal(column, word).fill_null(False)).to_pylist()
            found += [(name, row) for row in marked]
    return found


def _is_value(column: pa.ChunkedArray, word: str) -> bool:
    return is_text(column.type) and (pc.sum(pc.equal(column, word)).as_py() or 0) >= REPEATED
