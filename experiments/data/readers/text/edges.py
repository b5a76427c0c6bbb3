"""The edges of a table that are no part of it: columns without a name or a value, footers and empty rows at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from experiments.config.readable import count
from experiments.data.raw_table import listed
from experiments.data.readers.text.layout import NUMBER
from experiments.data.readers.text.summary_rows import sums_up

MOST_FOOTERS = 20  # rows
NARROW = 2  # columns of a table that may have rows with one value

Columns = list[pa.ChunkedArray]
HoldsRow = Callable[[str, bool], bool]


def without_empty_columns(names: Sequence[str], columns: Columns) -> tuple[list[str], Columns, tuple[str, ...]]:
    """Leave out the last columns if they have neither a name nor a value, as separators at the end of lines make them.

    Returns:
        the names and columns that are left, and a line about the others.
    """
    width = len(names)
    while width > 1 and not names[width - 1].strip() and bool(pc.all(_empty(columns[width - 1])).as_py()):
        width -= 1
    lost = len(names) - width
    said = (f"{count(lost, 'column')} without a name or a value at the end left out",) if lost else ()
    return list(names[:width]), columns[:width], said


def without_last_rows(
    columns: Columns, short: int = 0, holds_row: HoldsRow | None = None
) -> tuple[Columns, int, tuple[str, ...]]:
    """Leave out the last rows if they are empty, footers, or a row of totals. One row at least is left.

    The first cell of a footer is a text that no other row has there. It has no other cell, but the last rows that were
    short in the file may have some. The cells of totals are the sums of their columns, after such a text or nothing;
    so are means and the like, after a text that names them.

    New rows are never compared with each other: a footer among them is a text that holds no row.

    Args:
        short:     number of rows at the end that had fewer cells than the others.
        holds_row: function of the only text of a last row, in its first cell, and whether the row was short, that
                   returns whether it is a row for a model; None of rows to learn from.

    Returns:
        the columns, the number of short rows that are no footers, and lines about the rows that were left out.
    """
    footers: list[str] = []
    summed: dict[str, list[str]] = {"sums": [], "means": []}
    empty = 0
    while len(columns) > 1 and len(columns[0]):
        last = [column[-1].as_py() for column in columns]
        filled = [at for at, value in enumerate(last) if not _is_nothing(value)]
        if not filled:
            gone = empty_at_end(columns)
            empty, short = empty + gone, max(0, short - gone)
        elif (
            len(columns[0]) > 1
            and len(footers) < MOST_FOOTERS
            and _is_footer(columns, last, filled, bool(short), holds_row)
        ):
            footers.append(str(last[0]).strip())
            gone, short = 1, max(0, short - 1)
        elif holds_row is None:
            what = sums_up(columns, last, filled, _is_label(columns[filled[0]], last[filled[0]]))
            if not what or (what == "sums" and summed["sums"]):  # a second row of sums is data
                break
            summed[what].append(str(last[filled[0]]).strip())
            gone, short = 1, max(0, short - 1)
        else:
            break
        columns = [column.slice(0, len(column) - gone) for column in columns]
    said = []
    if footers:
        said.append(f"{count(len(footers), 'row')} below the table left out ({listed(footers[::-1])})")
    if summed["sums"]:
        said.append(f"a row of the columns' sums at the end left out ({listed(summed['sums'])})")
    if means := summed["means"]:
        said.append(f"{count(len(means), 'row')} of the columns' means and the like left out ({listed(means[::-1])})")
    if empty:
        said.append(f"{count(empty, 'empty row')} at the end left out")
    return columns, short, tuple(said)


def _is_footer(
    columns: Columns, last: Sequence[Any], filled: Sequence[int], short: bool, holds_row: HoldsRow | None
) -> bool:
    alone = filled == [0] and (short or len(columns) > NARROW)
    if holds_row is not None:
        return alone and _is_title(last[0]) and not holds_row(last[0].strip(), short)
    return (short or alone) and _is_label(columns[0], last[0])


def _is_label(column: pa.ChunkedArray, cell: Any) -> bool:
    """Return whether the cell is a text that no other row of its column has."""
    return _is_title(cell) and bool(pc.sum(pc.equal(column.cast(pa.string()), cell)).as_py() == 1)


def _is_title(cell: Any) -> bool:
    """Return whether the cell is a text that is no number."""
    return isinstance(cell, str) and bool(cell.strip()) and not NUMBER.fullmatch(cell.strip())


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _empty(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Mark the cells that are null or white space."""
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column.is_null()
    return pc.equal(pc.utf8_trim_whitespace(column), "").fill_null(True)


def empty_at_end(columns: Columns) -> int:
    """Return the number of rows at the end of which every cell is empty."""
    full = np.zeros(len(columns[0]), bool)
    for column in columns:
        full |= ~_empty(column).to_numpy()
    rows = np.flatnonzero(full)
    return len(full) - (int(rows[-1]) + 1 if len(rows) else 0)


def empty_rows(columns: Columns) -> NDArray[np.intp]:
    """Return the positions of the rows without any value."""
    return rows_of_all(map(without_value, columns))


def without_value(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Mark the cells that are null or white space, without a constant of Python's, which loads pandas."""
    if not pa.types.is_string(column.type):
        return column.is_null()
    nothing = pc.invert(pc.utf8_length(pc.utf8_trim_whitespace(column)).cast(pa.bool_()))
    return pc.or_kleene(column.is_null(), nothing)


def rows_of_all(marks: Iterable[pa.ChunkedArray]) -> NDArray[np.intp]:
    """Return the positions of the rows that all of some arrays mark; the first ones rule out most."""
    every: Any = None
    for one in marks:
        every = one if every is None else pc.and_(every, one)
        if not pc.any(every).as_py():
            return np.empty(0, np.intp)  # NumPy's view of an array loads pandas
    return np.flatnonzero(every)


def without_quotes(names: list[str], columns: Columns) -> tuple[list[str], Columns, tuple[str, ...]]:
    """Take off the single quotes of columns whose texts all stand in them, and of names that all do.

    Returns:
        the names and columns, and a line about them.
    """
    changed = []
    for at, column in enumerate(columns):
        first = next((value for value in column.slice(0, 20).to_pylist() if not _is_nothing(value)), "")
        if not (isinstance(first, str) and _is_quoted(first)):
            continue
        if pc.all(pc.or_(pc.match_substring_regex(column, QUOTED), _empty(column))).as_py():
            columns = [*columns[:at], pc.replace_substring_regex(column, QUOTED, r"\1"), *columns[at + 1 :]]
            changed.append(at)
    plain = [name.strip()[1:-1] if _is_quoted(name) else name for name in names]
    if changed:
        said = f"single quotes around the values of {listed([plain[at] or str(at) for at in changed])} left out"
        return plain, columns, (said,)
    if len(names) > 1 and all(map(_is_quoted, names)):
        return plain, columns, ("single quotes around the names of columns left out",)
    return names, columns, ()


QUOTED = r"(?s)^\s*'(.*)'\s*$"


def _is_quoted(text: str) -> bool:
    text = text.strip()
    return len(text) > 1 and text[0] == text[-1] == "'"
