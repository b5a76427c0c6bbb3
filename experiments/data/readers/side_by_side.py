"""Tables that stand side by side in one sheet, with an empty column between them: they are put one below another."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyarrow as pa

from experiments.config.readable import count
from experiments.config.same_column import same_column
from experiments.data.raw_table import listed
from experiments.data.readers.file_keys import FileKeys
from experiments.data.readers.text.edges import empty_at_end
from experiments.data.readers.text.values import joined

SHARED = 2  # names of two tables that say the same kind of thing

Columns = list[pa.ChunkedArray]


def one_below_another(
    given: Sequence[str], columns: Sequence[pa.ChunkedArray], keys: FileKeys
) -> tuple[list[str], Columns, list[int], tuple[str, ...]]:
    """Put tables with the same names one below another; leave out others that share names with them.

    What is wanted of a table is a model's columns, or the target. Different tables of equally many rows may be one.

    Args:
        given:   name of each column, empty without one.
        columns: their values.

    Returns:
        the names and columns, the number of rows of each table that is read, and a line about it; all as they were
        where no tables stand side by side.
    """
    blocks = _blocks(given, columns)
    if len(blocks) < 2:
        return [*given], [*columns], [], ()
    names = [[given[at].strip() for at in block] for block in blocks]
    lengths = [_length([columns[at] for at in block]) for block in blocks]
    wanted = keys.model or (() if keys.target is None else (keys.target,))
    read = next((of_it for of_it in names if all(_has(of_it, name) for name in wanted)), None)
    apart = len(set(lengths)) > 1 or names.count(names[0]) == len(names)
    if read is None or not apart or not all(_share(of_it, read) for of_it in names):
        return [*given], [*columns], [], ()
    alike = [at for at, of_it in enumerate(names) if of_it == read]
    below = [
        joined([chunk for at in alike for chunk in columns[blocks[at][place]].slice(0, lengths[at]).chunks])
        for place in range(len(read))
    ]
    one = len(alike) == 1
    said = f"{count(len(alike), 'table')} of {listed(read)} {'read alone' if one else 'put one below another'}"
    if left := len(blocks) - len(alike):
        said += f", {count(left, 'other table')} beside {'it' if one else 'them'} left out"
    else:
        said += ", as they stand side by side"
    return read, below, [lengths[at] for at in alike], (said,)


def place_beside(place: Callable[[int], str], lengths: Sequence[int]) -> Callable[[int], str]:
    """Return a function that names the place of a row of tables that stand side by side.

    Args:
        place:   function that names the place of a row of the sheet.
        lengths: number of rows of each table.

    >>> place_beside("line {}".format, [3, 2])(4)
    'line 1'
    """

    def within(row: int) -> str:
        for length in lengths[:-1]:
            if row < length:
                break
            row -= length
        return place(row)

    return within


def _blocks(given: Sequence[str], columns: Sequence[pa.ChunkedArray]) -> list[list[int]]:
    """Return the positions of the columns of each table: all between two that have neither a name nor a value."""
    blocks: list[list[int]] = [[]]
    for at, name in enumerate(given):
        if name.strip() or _length([columns[at]]):
            blocks[-1].append(at)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _has(names: Sequence[str], wanted: str | int) -> bool:
    return isinstance(wanted, int) or bool(same_column(wanted, list(names)))


def _share(names: Sequence[str], others: Sequence[str]) -> bool:
    """Return whether all columns of a table have a name, and it shares some with another one."""
    return all(names) and len({*names} & {*others}) >= SHARED


def _length(columns: Columns) -> int:
    """Return the number of rows up to the last one with a value."""
    return len(columns[0]) - empty_at_end(columns)
