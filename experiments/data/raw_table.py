"""A raw table: named columns as a file holds them, before their values are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.config.formats import stem_of
from experiments.config.readable import first_few, readable, typeable
from experiments.errors import DataError, first_line
from nnet.arrays import Rows

if TYPE_CHECKING:
    import pyarrow as pa

MOST_CELLS = 1 << 28  # 2 GiB as numbers
MOST_COLUMNS = 1 << 16  # each of which takes time and memory of its own, beside its cells
LARGEST_FILE = 1 << 31  # bytes, unpacked
SHOWN = 10  # names in a message
LONGEST = 60  # characters of a user's text in a message


@dataclass(frozen=True)
class Marks:
    """The marks of a file, by which a point between digits is known.

    comma:     whether another column has a decimal comma.
    separator: character between the columns, where nobody named it.
    """

    comma: bool = False
    separator: object = None


@dataclass(frozen=True)
class RawTable:
    """Columns of equal length.

    where:        the file, for messages.
    columns:      name -> Arrow array.
    place:        row (from 0) -> its place in the file, such as "line 7".
    declared:     columns that the file declares to be categories.
    unnamed:      columns without a name in a file that names others; pandas writes an index so.
    rows_of_file: number of rows of the whole file, if these are some of its rows.
    numbers:      (N,) position of each row in the file, from 0; None where all of its rows are here in order.
    notes:        lines about how the file was read.
    repairs:      lines about what was left out, renamed or guessed, so that the file can be read.
    layout:       keys of [data] with which nothing is left to decide about how the file is written.
    repeated:     names that columns with other values had, too.
    index:        columns that the file declares to be the index of its rows.
    present:      words that are values although they look like missing ones, in lower case.
    missing:      words among numbers that the study file names as missing.
    comma:        whether a column is known to have a decimal comma.
    """

    name: str
    where: str
    columns: dict[str, pa.ChunkedArray]
    place: Callable[[int], str] = "row {} (from 0)".format
    declared: frozenset[str] = field(default_factory=frozenset)
    unnamed: frozenset[str] = field(default_factory=frozenset)
    rows_of_file: int | None = None
    numbers: Rows | None = None
    notes: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()
    layout: Mapping[str, str | int | tuple[str, ...]] = field(default_factory=dict)
    repeated: frozenset[str] = frozenset()
    index: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()
    comma: bool = False

    @classmethod
    def of_file(
        cls, path: Path, given: Sequence[str], columns: Iterable[Any], repairs: Iterable[str] = (), **fields: Any
    ) -> RawTable:
        """Name the columns of a file; of columns with the same name and the same values one is left.

        Args:
            given:   names as they are in the file; a number is added to one that stands twice.
            repairs: lines, or empty texts, about what was left out, renamed or guessed before.
            fields:  all others, by name.
        """
        table: dict[str, pa.ChunkedArray] = {}
        first: dict[str, str] = {}
        copies, numbered, repeated = [], [], set()
        for name, own, column in zip(column_names(given), map(str.strip, given), columns, strict=True):
            if own and own in first:
                if column.equals(table[first[own]]):
                    copies.append(own)
                    continue
                numbered.append(name)
                repeated.add(first[own])
            else:
                first[own] = name
            table[name] = column
        said = [*filter(None, repairs)]
        if numbered:
            said.append(f"columns whose name stands twice named {', '.join(map(shown, numbered))}")
        if copies:
            said.append(f"columns that stand twice with the same values read once ({listed(copies)})")
        return cls(stem_of(path), str(path), table, repairs=tuple(said), repeated=frozenset(repeated), **fields)

    @property
    def rows(self) -> int:
        return len(next(iter(self.columns.values())))

    @property
    def marks(self) -> Marks:
        """Return the marks by which its numbers are known."""
        return Marks(self.comma, self.layout.get("separator"))

    def at(self, name: str) -> str:
        """Name a column in a message."""
        return f"{self.where}: column {shown(name)}"

    def refuse(self, name: str, wrong: Any, rule: str, advice: str) -> None:
        """Refuse a column with a wrong value.

        Args:
            wrong:  (N,) of bool, in NumPy, pandas or Arrow.
            rule:   follows the column's name in the message.
            advice: what a user can do about it.

        Raises:
            DataError: a value is wrong; the message names the first row with a wrong value.
        """
        rows = np.flatnonzero(wrong)
        if len(rows):
            row = int(rows[0])
            value = self.columns[name][row].as_py()
            has = "is empty" if value is None else f"has {shown(value) if isinstance(value, str) else value}"
            more = f" ({len(rows)} such rows)" if len(rows) > 1 else ""
            raise DataError(f"{self.at(name)} {rule}, but {self.place(row)} {has}{more}; {advice}.")


def column_names(given: Sequence[str]) -> list[str]:
    """Strip names; a column without a name is called by its position, and a name that stands twice gets a number.

    >>> column_names(["", " age", "age"])
    ['0', 'age', 'age.1']
    """
    stripped = [name.strip() for name in given]
    wanted = [name or (f"Unnamed: {at}" if str(at) in stripped else str(at)) for at, name in enumerate(stripped)]
    known, times, names = set(wanted), Counter[str](), []
    for name in wanted:
        number, unique = times[name], name
        while number and (unique := f"{name}.{number}") in known:
            number += 1
        times[name] = number + 1
        known.add(unique)
        names.append(unique)
    return names


def unnamed(given: Sequence[str]) -> frozenset[str]:
    """Return the names that columns without a name get."""
    return frozenset(name for name, cell in zip(column_names(given), given, strict=True) if not cell.strip())


def check_size(where: str, rows: int, columns: int) -> None:
    """Refuse a table that would not fit into memory as numbers.

    Raises:
        DataError: the table has too many cells, or too many columns.
    """
    if columns > MOST_COLUMNS:
        raise DataError(f"{where}: at most {MOST_COLUMNS} columns can be read, but it has {columns}; take fewer.")
    check_cells(where, rows, columns)


def check_cells(where: str, rows: int, columns: int) -> None:
    """Refuse an array that would not fit into memory as numbers.

    Raises:
        DataError: it has too many cells.
    """
    if rows * columns > MOST_CELLS:
        raise DataError(
            f"{where}: at most {MOST_CELLS} cells can be read, but it has {rows} rows x {columns} columns; take fewer."
        )


def shown(text: str) -> str:
    """Quote a user's text in a readable line.

    >>> shown("a" * 100)[-5:]
    "aa..'"
    """
    text = typeable(text)
    return repr(text if len(text) <= LONGEST else f"{text[: LONGEST - 2]}..")


def listed(names: Sequence[str]) -> str:
    """List the first names in a line."""
    return first_few([shown(name) for name in names], SHOWN)


def brief(error: Exception) -> str:
    """Return the first line of a library's message, short and readable."""
    return readable(first_line(error), 200)
