"""Tables that stand one below another, each with a header: those with the same names are read as one table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.config.readable import count
from experiments.config.same_column import same_column
from experiments.data.raw_table import listed
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.text.edges import empty_at_end, empty_rows, rows_of_all, without_last_rows
from experiments.data.readers.text.layout import NUMBER_OR_COMMA
from experiments.data.readers.text.values import joined
from experiments.data.texts import MISSING, MISSING_NUMBERS
from nnet.arrays import Rows

SAMPLE = 20  # rows below a header
FEWEST = 2  # names of a header
MOST_GAPS = 500  # from which on gaps are between rows, and not between tables

Columns = list[pa.ChunkedArray]


@dataclass(frozen=True)
class _Part:
    """The rows of one table: from `start` to before `stop`; above them stand a title, perhaps, and the names."""

    names: tuple[str, ...]
    start: int
    stop: int


def read_as_one(
    given: Sequence[str], columns: Columns, after_gaps: Iterable[int], keys: FileKeys
) -> tuple[list[str], Columns, Rows | None, tuple[str, ...]]:
    """Put tables with the same names below the first one that has what is wanted, and leave out the others.

    What is wanted is a model's columns, or the target. A table begins at a row that repeats the header, or behind a
    gap, perhaps below a title, at a row of names: different words, above numbers, that do not stand again below.

    Args:
        given:      name of each column, empty without one.
        columns:    their values.
        after_gaps: positions of rows above which a line is empty, where such lines are no rows.

    Returns:
        the names and columns, the positions of their rows, and a line about it; None for the positions where there is
        one table.
    """
    parts = _parts(given, columns, after_gaps, keys)
    if not parts:
        return [*given], columns, None, ()
    wanted = keys.model or (() if keys.target is None else (keys.target,))
    read = next((part for part in parts if all(_has(part.names, name) for name in wanted)), parts[0])
    alike = [part for part in parts if _order(part, read) is not None]
    kept: list[Rows] = []
    below: list[Columns] = []
    footers: tuple[str, ...] = ()
    for part in alike:
        of_it = [columns[at].slice(part.start, part.stop - part.start) for at in _order(part, read) or ()]
        of_it = [column.slice(0, len(column) - empty_at_end(of_it)) for column in of_it]
        of_it, _, said_of_it = without_last_rows(of_it, holds_row=keys.holds_row_in(read.names[0]))
        footers += said_of_it
        below.append(of_it)
        kept.append(part.start + np.arange(len(of_it[0])))
    together = [joined([chunk for of_it in below for chunk in of_it[at].chunks]) for at in range(len(read.names))]
    names = listed([*filter(None, read.names)])
    said = f"{count(len(alike), 'table')} of {names} one below another read as one"
    if not alike[1:]:
        said = f"the table of {names} read alone" if parts[1:] else "a header that stands again without rows left out"
    if others := [part.names for part in parts if part not in alike]:
        said += f", {count(len(others), 'other table')} left out ({listed([*filter(None, others[0])])})"
    return [*read.names], together, np.concatenate(kept), (said, *footers)


def _order(part: _Part, first: _Part) -> Sequence[int] | None:
    """Return the columns of a table in the order of another one's; None if these are others."""
    if part.names == first.names:
        return range(len(part.names))
    different = len(set(part.names)) == len(part.names) and sorted(part.names) == sorted(first.names)
    return [part.names.index(name) for name in first.names] if different else None


def place_within(place: Callable[[int], str], rows: Rows | None) -> Callable[[int], str]:
    """Return a function that names the place of a row of some of a file's rows.

    >>> place_within("line {}".format, np.array([0, 1, 4]))(2)
    'line 4'
    """
    return place if rows is None else lambda row: place(int(rows[row]))


def positions_among(rows: Rows | None, positions: Iterable[int]) -> Iterator[int]:
    """Yield the positions of rows among some of a file's rows; of one that is left out, that of the next.

    >>> list(positions_among(np.array([0, 1, 4]), [1, 2, 4])), list(positions_among(None, [1]))
    ([1, 2, 2], [1])
    """
    for position in positions:
        yield position if rows is None else int(np.searchsorted(rows, position))


def _parts(given: Sequence[str], columns: Columns, after_gaps: Iterable[int], keys: FileKeys) -> list[_Part]:
    """Return the tables with rows from the top, the first of which has the given names; none of a single table."""
    length, names = len(columns[0]), _trimmed(given)
    if not names:
        return []
    again = _rows_of(names, columns)
    gaps = [*islice(chain((empty_rows(columns) + 1).tolist(), after_gaps), MOST_GAPS + 1)]
    found = {*(gaps if len(gaps) <= MOST_GAPS else ()), *again}
    starts = sorted(start for start in found if 0 < start < length)  # others are of lines below the table
    heads = [(0, -1, names)]  # its first row, perhaps a title, the row of its names, and these
    begins = None  # first row of titles above the header to come
    for start, stop in pairwise([*starts, length]):
        at, begins = start, start if begins is None else begins
        while at < stop and sum(map(bool, _cells(columns, at))) == 1:
            at += 1
        if at == stop:
            continue
        cells = _trimmed(_cells(columns, at))
        if not set(cells) & set(keys.words) and (at in again or _are_names(cells, columns, at, stop)):
            heads.append((begins, at, cells))
        begins = None
    ends = [*(start for start, _, _ in heads[1:]), length]
    parts = [_part(cells, columns, at + 1, stop) for (_, at, cells), stop in zip(heads, ends, strict=True)]
    if not heads[1:]:
        return []
    return [part for part in parts if not _is_empty(columns, part.start, part.stop)]


def _part(names: tuple[str, ...], columns: Columns, start: int, stop: int) -> _Part:
    """Return a table with an empty name for each column that has values, but no name."""
    width = len(columns)
    while width > len(names) and _is_empty(columns[width - 1 : width], start, stop):
        width -= 1
    return _Part((*names, *[""] * (width - len(names))), start, stop)


def _is_empty(columns: Columns, start: int, stop: int) -> bool:
    """Return whether some columns have no value in some rows."""
    return empty_at_end([column.slice(start, stop - start) for column in columns]) == stop - start


def _rows_of(names: Sequence[str], columns: Columns) -> set[int]:
    """Return the positions of the rows that hold the names of the columns."""
    if len([*filter(None, names)]) < FEWEST:
        return set()
    if not all(pa.types.is_string(column.type) for column in columns):
        return set()
    pairs = [*zip(names, columns, strict=False)]
    at, first = next((at, name) for at, name in enumerate(names) if name)
    if not pc.any(pc.match_substring(columns[at], first)).as_py():  # which loads no pandas
        return set()
    marks = (pc.equal(pc.utf8_trim_whitespace(column), name).fill_null(not name) for name, column in pairs)
    return set(rows_of_all(marks).tolist())


def _are_names(cells: Sequence[str], columns: Columns, at: int, stop: int) -> bool:
    """Return whether a row is the header of the rows below it."""
    named = [(name, columns[place]) for place, name in enumerate(cells) if name]
    words = [name for name, _ in named if not NUMBER_OR_COMMA.fullmatch(name) and not _is_missing(name)]
    if len(named) < FEWEST or len(set(words)) < len(named):
        return False
    below = [(name, _texts(column, at + 1, min(stop, at + 1 + SAMPLE))) for name, column in named]
    if not any(any(texts) and all(map(_is_number, texts)) for _, texts in below):
        return False
    # a value stands in its column again, a name only in a header that does
    same = [_equal(column, name) for name, column in named]
    again = len(rows_of_all(same))
    return all((pc.sum(one).as_py() or 0) == again for one in same)


def _equal(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """Mark the cells of a column that are a name."""
    return pc.equal(pc.utf8_trim_whitespace(column.cast(pa.string())), name).fill_null(False)


def _is_number(cell: str) -> bool:
    return NUMBER_OR_COMMA.fullmatch(cell) is not None or _is_missing(cell)


def _is_missing(cell: str) -> bool:
    return cell.lower() in (*MISSING, *MISSING_NUMBERS)


def _cells(columns: Columns, at: int) -> list[str]:
    return [_texts(column, at, at + 1)[0] for column in columns]


def _texts(column: pa.ChunkedArray, start: int, stop: int) -> list[str]:
    """Return cells as stripped texts."""
    return ["" if cell is None else str(cell).strip() for cell in column.slice(start, stop - start).to_pylist()]


def _trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    """Return stripped cells up to the last that is not empty."""
    filled = [at for at, cell in enumerate(cells) if cell.strip()]
    return tuple(cell.strip() for cell in cells[: filled[-1] + 1]) if filled else ()


def _has(names: Sequence[str], wanted: str | int) -> bool:
    return isinstance(wanted, int) or bool(same_column(wanted, names))
