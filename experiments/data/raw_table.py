"""A sheet: named columns as a file holds them, before anything is read into their values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from experiments.errors import DataError, first_line

if TYPE_CHECKING:
    import pyarrow as pa

MOST_CELLS = 1 << 28  # as numbers they take 2 GiB
LARGEST_FILE = 1 << 31  # bytes, unpacked
SHOWN = 10  # names
MOST_SAID = 200  # characters


@dataclass(frozen=True)
class RawTable:
    """Columns of one length.

    where:    the file, as messages name it.
    columns:  name -> Arrow array.
    place:    row (from 0) -> where a user finds it, as in "line 7".
    declared: columns whose type in the file says that they are categories.
    """

    name: str
    where: str
    columns: dict[str, pa.ChunkedArray]
    place: Callable[[int], str]
    declared: frozenset[str] = field(default_factory=frozenset)

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(next(iter(self.columns.values())))


def column_names(where: str, given: Sequence[str]) -> list[str]:
    """The names, stripped; a column without one is called by its position.

    Raises:
        DataError: two have the same name.

    >>> column_names("my.csv", ["", " age"])
    ['0', 'age']
    """
    names = [name.strip() or str(at) for at, name in enumerate(given)]
    if len(set(names)) < len(names):
        name, times = Counter(names).most_common(1)[0]
        first, second = [at for at, one in enumerate(names) if one == name][:2]
        raise DataError(
            f"{where}: every column needs its own name, but {times} are called {shown(name)} (columns {first} and "
            f"{second}, counted from 0); rename them."
        )
    return names


def check_size(where: str, rows: int, columns: int) -> None:
    """Refuse a sheet that would not fit into memory as numbers.

    Raises:
        DataError: it has too many cells.
    """
    if rows * columns > MOST_CELLS:
        raise DataError(
            f"{where}: at most {MOST_CELLS} cells are read, but it has {rows} rows x {columns} columns; take fewer."
        )


def shown(text: str, longest: int = 60) -> str:
    """Text of a user's, quoted, in one readable line.

    >>> shown("a" * 100)[-5:]
    "aa..'"
    """
    return repr(text if len(text) <= longest else f"{text[: longest - 2]}..")


def listed(names: Sequence[str]) -> str:
    """The first names, in one line."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(shown(name) for name in names[:SHOWN]) + more


def brief(error: Exception) -> str:
    """What a library says, its first line, short and readable."""
    line = first_line(error)
    line = line if line.isprintable() else repr(line)
    return line if len(line) <= MOST_SAID else f"{line[:MOST_SAID]}.."
