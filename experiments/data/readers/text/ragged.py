"""A text table that Arrow does not take: separated by white space, with quotes after spaces, or with uneven lines."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from experiments.config.readable import count
from experiments.data.raw_table import brief, check_size, shown
from experiments.data.readers.text.edges import MOST_FOOTERS, Columns
from experiments.data.readers.text.layout import Layout, records
from experiments.data.readers.text.text_file import TextFile
from experiments.errors import DataError

ROWS = 1 << 14  # rows that are Python's at a time
NAMED = 5  # lines in a message


Line = tuple[int, list[str]]  # its number, from 0, and its cells


class UnevenLines(DataError):
    """Lines with more or fewer cells than others, in one table or in several."""


def read_ragged(file: TextFile, layout: Layout, skip: int) -> tuple[Columns, list[Line], tuple[str, ...]]:
    """Read the columns of a table line by line.

    Empty cells that are too many at the end of a line are left out. So many as a line lacks of columns that are empty
    in the first lines, their names, too, are added. Lines at the end that have too few cells are filled with empty
    ones, for they may stand below the table.

    Args:
        skip: number of lines above the first row.

    Returns:
        the columns, the lines at the end that were too short, and what to say about cells that were left out or added.

    Raises:
        DataError: a line before the last ones has too few cells, or a line has too many.
    """
    width = layout.width
    parts: list[list[pa.Array]] = []
    rows: list[list[str]] = []
    short: list[Line] = []
    uneven: list[Line] = []
    longer = shorter = 0
    filled = max(at + 1 for _, _, cells in layout.head for at, cell in enumerate(cells) if cell.strip() or at == 0)
    try:
        for begins, _, cells in records(file.lines(), layout.separator, layout.spaced, skip):
            if len(cells) > width and not any(map(str.strip, cells[width:])):
                cells, longer = cells[:width], longer + 1
            elif filled <= len(cells) < width:
                cells, shorter = [*cells, *[""] * (width - len(cells))], shorter + 1
            if len(cells) == width:
                uneven += short
                short = []
                rows.append(cells)
                if len(rows) == ROWS:
                    parts.append(_arrays(rows, width))
                    rows = []
            elif len(cells) > width:
                uneven.append((begins, cells))
            elif len(cells) > 1 or cells[0].strip():  # else a line of white space
                short.append((begins, cells))
    except csv.Error as error:
        raise DataError(f"{file.path}: cannot be read as a table: {brief(error)}.") from None
    if uneven or len(short) > MOST_FOOTERS:
        raise uneven_lines(file, layout, sorted(uneven + short))
    rows += [cells + [""] * (width - len(cells)) for _, cells in short]
    parts.append(_arrays(rows, width))
    columns = [pa.chunked_array([part[at] for part in parts], pa.string()) for at in range(width)]
    said = [f"separators too many at the end of {count(longer, 'line')} left out"] if longer else []
    if shorter:
        said.append(f"separators of empty columns lacking at the end of {count(shorter, 'line')} added")
    return columns, short, tuple(said)


def read_widest(file: TextFile, layout: Layout, skip: int) -> Columns:
    """Read as many columns as the widest line has, and fill the other lines with empty cells.

    Args:
        skip: number of lines above the first row.

    Raises:
        DataError: a cell is too long.
    """
    try:
        lines = [cells for _, _, cells in records(file.lines(), layout.separator, layout.spaced, skip)]
    except csv.Error as error:
        raise DataError(f"{file.path}: cannot be read as a table: {brief(error)}.") from None
    rows = [cells for cells in lines if len(cells) > 1 or cells[0].strip()]
    width = max(map(len, rows))
    check_size(str(file.path), len(rows), width)
    return [pa.chunked_array([part]) for part in _arrays([row + [""] * (width - len(row)) for row in rows], width)]


def uneven_lines(file: TextFile, layout: Layout, lines: Sequence[Line]) -> UnevenLines:
    """Return the error that names the lines with too few or too many cells."""
    begins, cells = lines[0]
    more = len(lines) - 1
    others = ", ".join(str(at + 1) for at, _ in lines[1 : NAMED + 1]) + (", ..." if more > NAMED else "")
    also = f"; so have {count(more, 'other line')}: {others}" if more else ""
    return UnevenLines(
        f"{file.path}: every line must have the {layout.width} cells that most lines have, but line {begins + 1} has "
        f"{len(cells)}: {shown(layout.separator.join(cells))}{also}."
    )


def _arrays(rows: Sequence[Sequence[str]], width: int) -> list[pa.Array]:
    columns: Any = zip(*rows, strict=True) if rows else [()] * width
    return [pa.array(column, pa.string()) for column in columns]
